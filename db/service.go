package db

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Who may open a service.
const (
	RuleEveryone = "everyone" // any active account
	RuleLicence  = "licence"  // any active licence of RuleCollege
	RuleNamed    = "named"    // people enrolled in it
)

// Service is something people open with their account.
type Service struct {
	bun.BaseModel `bun:"table:services"`

	ID          ServiceID `bun:",pk"`
	Position    int
	NameEn      string
	NameFr      string
	TaglineEn   string
	TaglineFr   string
	WhoEn       string
	WhoFr       string
	StartURL    string
	Rule        string
	RuleCollege CollegeCode `bun:",nullzero"`
	Minimum     string
	Contact     string
	OperatorEn  string // who runs it
	OperatorFr  string
	AuthorityEn string // under which it receives what it does
	AuthorityFr string
	Enabled     bool
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// ServiceProvider is the SAML side of a service, from its metadata.
type ServiceProvider struct {
	bun.BaseModel `bun:"table:service_providers"`

	EntityID  string `bun:",pk"`
	ServiceID ServiceID
	Metadata  []byte
	Version   int // rises with each change of metadata or policy: parsed copies are kept by it
	// Policy is how the service is treated, as package policy writes it.
	Policy     json.RawMessage `bun:"type:jsonb"`
	ValidUntil *time.Time
	Enabled    bool
	CreatedAt  time.Time
	UpdatedAt  time.Time

	// SigningKey, if any, signs for this service instead of the current key,
	// until KeepOldUntil where that is set.
	SigningKey   string `bun:",nullzero"`
	KeepOldUntil *time.Time
	// MetadataToken is in the address by which it fetches our metadata: so we
	// know that it has.
	MetadataToken     string `bun:",nullzero,default:gen_random_uuid()"`
	MetadataFetchedAt *time.Time
	KeysConfirmedAt   *time.Time

	// RecordingUntil is how long its exchanges are recorded for its operators.
	RecordingUntil *time.Time

	// KeyRing is the version of our keys, read with the row so that whoever signs
	// needs no query for it; 0 where a query leaves it out.
	KeyRing int64 `bun:",scanonly"`
}

// ServiceByID finds a service.
func ServiceByID(ctx context.Context, q bun.IDB, id ServiceID) (*Service, error) {
	s := new(Service)
	err := q.NewSelect().Model(s).Where("id = ?", id).Scan(ctx)
	return s, wrap(err, "find service %s", id)
}

// Services lists the services that can be opened at all, in their order.
func Services(ctx context.Context, q bun.IDB) ([]Service, error) {
	var all []Service
	err := q.NewSelect().Model(&all).Where("enabled").Order("position", "id").Scan(ctx)
	return all, wrap(err, "list services")
}

// AllServices lists every service, switched off or not, in their order.
func AllServices(ctx context.Context, q bun.IDB) ([]Service, error) {
	var all []Service
	err := q.NewSelect().Model(&all).Order("position", "id").Scan(ctx)
	return all, wrap(err, "list all services")
}

// SwitchService lets a service be opened, or not, everywhere at once.
func SwitchService(ctx context.Context, tx Tx, id ServiceID, on bool) error {
	res, err := tx.NewUpdate().Model((*Service)(nil)).Set("enabled = ?", on).Set("updated_at = ?", tx.At).Where("id = ?", id).Exec(ctx)
	return one(res, err, "switch service %s", id)
}

// ProviderOfService finds the service provider of a service.
func ProviderOfService(ctx context.Context, q bun.IDB, id ServiceID) (*ServiceProvider, error) {
	p := new(ServiceProvider)
	err := q.NewSelect().Model(p).Where("service_id = ?", id).Scan(ctx)
	return p, wrap(err, "find the provider of service %s", id)
}

// SetRecording has a service's exchanges recorded until a time.
func SetRecording(ctx context.Context, tx Tx, entityID string, until time.Time) error {
	res, err := tx.NewUpdate().Model((*ServiceProvider)(nil)).Set("recording_until = ?", until).
		Set("version = version + 1").Where("entity_id = ?", entityID).Exec(ctx)
	return one(res, err, "record exchanges of a service")
}

// EndRecording ends it before its time. ErrNotFound: it had ended already.
func EndRecording(ctx context.Context, tx Tx, entityID string) error {
	res, err := tx.NewUpdate().Model((*ServiceProvider)(nil)).Set("recording_until = NULL").
		Set("version = version + 1").Where("entity_id = ?", entityID).Where("recording_until > ?", tx.At).Exec(ctx)
	return one(res, err, "end the recording of exchanges of a service")
}

// ServiceProviderByEntity finds a service provider by its entity ID, enabled or
// not: the one check that it is lies with the caller.
func ServiceProviderByEntity(ctx context.Context, q bun.IDB, entityID string) (*ServiceProvider, error) {
	p := new(ServiceProvider)
	err := q.NewSelect().Model(p).ColumnExpr("service_provider.*").
		ColumnExpr("(SELECT version FROM saml_keyring) AS key_ring").Where("entity_id = ?", entityID).Scan(ctx)
	return p, wrap(err, "find service provider")
}

// PutService adds a service, or leaves one that is there as it is.
func PutService(ctx context.Context, tx Tx, s *Service) error {
	_, err := tx.NewInsert().Model(s).On("CONFLICT (id) DO NOTHING").Exec(ctx)
	return wrap(err, "put service %s", s.ID)
}

// SetServiceStart says where people open a service.
func SetServiceStart(ctx context.Context, tx Tx, id ServiceID, address string) error {
	res, err := tx.NewUpdate().Model((*Service)(nil)).
		Set("start_url = ?", address).Set("updated_at = ?", tx.At).Where("id = ?", id).Exec(ctx)
	return one(res, err, "set start of service %s", id)
}

// PutServiceProvider adds a service provider or replaces the metadata of the
// one with this entity ID, whose policy stays. ErrExists: the service has
// another provider.
func PutServiceProvider(ctx context.Context, tx Tx, p *ServiceProvider) error {
	_, err := tx.NewInsert().Model(p).
		On("CONFLICT (entity_id) DO UPDATE").
		Set("metadata = EXCLUDED.metadata").Set("version = service_provider.version + 1").
		Set("valid_until = EXCLUDED.valid_until").Set("updated_at = EXCLUDED.updated_at").
		Exec(ctx)
	return wrap(err, "put service provider")
}

// Doors lists the providers whose service may be opened from our side, by
// service.
func Doors(ctx context.Context, q bun.IDB) (map[ServiceID]string, error) {
	var rows []struct {
		ServiceID ServiceID
		EntityID  string
	}
	err := q.NewSelect().Table("service_providers").Column("service_id", "entity_id").
		Where("enabled AND policy -> 'unsolicited' = 'true'").Scan(ctx, &rows)
	doors := make(map[ServiceID]string, len(rows))
	for _, r := range rows {
		doors[r.ServiceID] = r.EntityID
	}
	return doors, wrap(err, "list services that open from here")
}

// SetPolicy replaces how a service provider is treated.
func SetPolicy(ctx context.Context, tx Tx, entityID string, policy json.RawMessage) error {
	res, err := tx.NewUpdate().Model((*ServiceProvider)(nil)).
		Set("policy = ?", policy).Set("version = version + 1").Set("updated_at = ?", tx.At).
		Where("entity_id = ?", entityID).Exec(ctx)
	return one(res, err, "set policy of a service provider")
}

// Enrolment is a person's place in a service that names its people.
type Enrolment struct {
	bun.BaseModel `bun:"table:enrolments"`

	AccountID AccountID `bun:",pk"`
	ServiceID ServiceID `bun:",pk"`
	Status    string
	StatusAt  time.Time
	Reason    string
	CreatedAt time.Time
}

// Standing of an enrolment.
const (
	EnrolmentActive    = "active"
	EnrolmentSuspended = "suspended"
	EnrolmentEnded     = "ended"
)

// EnrolmentFor finds a person's enrolment in a service.
func EnrolmentFor(ctx context.Context, q bun.IDB, account AccountID, service ServiceID) (*Enrolment, error) {
	e := new(Enrolment)
	err := q.NewSelect().Model(e).Where("account_id = ? AND service_id = ?", account, service).Scan(ctx)
	return e, wrap(err, "find enrolment of account %s in %s", account, service)
}

// InsertEnrolment enrols a person. ErrExists: they are enrolled already.
func InsertEnrolment(ctx context.Context, tx Tx, e *Enrolment) error {
	_, err := tx.NewInsert().Model(e).Exec(ctx)
	return wrap(err, "enrol account %s in %s", e.AccountID, e.ServiceID)
}

// HasActiveLicence tells whether an account holds an active licence of a
// college that somebody vouched for.
func HasActiveLicence(ctx context.Context, q bun.IDB, account AccountID, college CollegeCode) (bool, error) {
	held, err := q.NewSelect().Table("designations").
		Where("account_id = ? AND college = ? AND source <> 'stated' AND status = 'active'", account, college).Exists(ctx)
	return held, wrap(err, "look for a licence of account %s", account)
}
