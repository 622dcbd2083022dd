package db

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Journey is a sign-in on its way to a service. What was asked was judged when
// it arrived and is kept as facts.
type Journey struct {
	bun.BaseModel `bun:"table:journeys"`

	ID         string `bun:",pk"`
	ServiceID  ServiceID
	EntityID   string
	RequestID  string          `bun:",nullzero"` // empty for a launch of our own
	Request    json.RawMessage `bun:"type:jsonb"`
	Browser    []byte          `bun:",nullzero"` // bound at the first visit
	CreatedAt  time.Time
	ExpiresAt  time.Time
	AnsweredAt *time.Time
	// AccountID was signed in when the journey was bound, ConfirmedBy said that
	// it is theirs though somebody else was.
	AccountID   AccountID `bun:",nullzero"`
	ConfirmedBy AccountID `bun:",nullzero"`
	// OrganizationID is the authority chosen for this journey.
	OrganizationID OrganizationID `bun:",nullzero"`
	// ProveAfter wants a proof given later than this.
	ProveAfter *time.Time
}

// InsertJourney adds a journey. ErrExists: this request of this service was
// received before.
func InsertJourney(ctx context.Context, tx Tx, j *Journey) error {
	_, err := tx.NewInsert().Model(j).Exec(ctx)
	return wrap(err, "insert journey")
}

// EndedJourney finds a journey that can't go on any more, for telling where it
// led.
func EndedJourney(ctx context.Context, q bun.IDB, id string) (*Journey, error) {
	j := new(Journey)
	err := q.NewSelect().Model(j).Where("id = ?", id).Scan(ctx)
	return j, wrap(err, "find ended journey")
}

// JourneyByID finds a journey that has not expired.
func JourneyByID(ctx context.Context, q bun.IDB, id string, now time.Time) (*Journey, error) {
	j := new(Journey)
	err := q.NewSelect().Model(j).Where("id = ? AND expires_at > ?", id, now).Scan(ctx)
	return j, wrap(err, "find journey")
}

// LockJourney is JourneyByID, held until the transaction ends.
func LockJourney(ctx context.Context, tx Tx, id string) (*Journey, error) {
	j := new(Journey)
	err := tx.NewSelect().Model(j).Where("id = ? AND expires_at > ?", id, tx.At).For("UPDATE").Scan(ctx)
	return j, wrap(err, "lock journey")
}

// JourneyOfRequest finds the journey that a service's request began.
func JourneyOfRequest(ctx context.Context, q bun.IDB, entityID, requestID string) (*Journey, error) {
	j := new(Journey)
	err := q.NewSelect().Model(j).Where("entity_id = ? AND request_id = ?", entityID, requestID).Scan(ctx)
	return j, wrap(err, "find journey of a request")
}

// BindJourney ties a journey to the first browser that visits it. ErrNotFound:
// another one came first.
func BindJourney(ctx context.Context, q bun.IDB, id string, browser []byte) error {
	res, err := q.NewUpdate().Model((*Journey)(nil)).Set("browser = ?", browser).
		Where("id = ? AND (browser IS NULL OR browser = ?)", id, browser).Exec(ctx)
	return one(res, err, "bind journey")
}

// MeetJourney notes who was the first to be signed in on a journey.
func MeetJourney(ctx context.Context, tx Tx, id string, account AccountID) error {
	_, err := tx.NewUpdate().Model((*Journey)(nil)).Set("account_id = ?", account).Where("id = ? AND account_id IS NULL", id).Exec(ctx)
	return wrap(err, "note account of a journey")
}

// FreeJourney lets another person, in a session of their own, carry a journey on
// in this browser.
func FreeJourney(ctx context.Context, tx Tx, id string) error {
	res, err := tx.NewUpdate().Model((*Journey)(nil)).Set("browser = NULL").Set("account_id = NULL").Set("organization_id = NULL").
		Where("id = ? AND answered_at IS NULL", id).Exec(ctx)
	return one(res, err, "free journey")
}

// ConfirmJourney notes that a person goes on with a journey that began while
// somebody else was signed in.
func ConfirmJourney(ctx context.Context, tx Tx, id string, account AccountID) error {
	res, err := tx.NewUpdate().Model((*Journey)(nil)).Set("confirmed_by = ?", account).
		Where("id = ? AND answered_at IS NULL", id).Exec(ctx)
	return one(res, err, "confirm journey")
}

// SetJourneyAuthority notes the authority chosen for a journey.
func SetJourneyAuthority(ctx context.Context, tx Tx, id string, organization OrganizationID) error {
	res, err := tx.NewUpdate().Model((*Journey)(nil)).Set("organization_id = ?", organization).
		Where("id = ? AND answered_at IS NULL", id).Exec(ctx)
	return one(res, err, "choose authority for a journey")
}

// ProveAgain wants a fresh proof for a journey from now on.
func ProveAgain(ctx context.Context, tx Tx, id string) error {
	res, err := tx.NewUpdate().Model((*Journey)(nil)).Set("prove_after = ?", tx.At).
		Where("id = ? AND answered_at IS NULL", id).Exec(ctx)
	return one(res, err, "ask for a fresh proof in a journey")
}

// AnswerJourney closes a journey. ErrNotFound: it was answered before.
func AnswerJourney(ctx context.Context, tx Tx, id string) error {
	res, err := tx.NewUpdate().Model((*Journey)(nil)).Set("answered_at = ?", tx.At).
		Where("id = ? AND answered_at IS NULL", id).Exec(ctx)
	return one(res, err, "answer journey")
}

// Assertion is one assertion in the ledger.
type Assertion struct {
	bun.BaseModel `bun:"table:assertions"`

	ID           string `bun:",pk"`
	ResponseID   string
	JourneyID    string // empty when the request was answered as it came
	RequestID    string `bun:",nullzero"`
	AccountID    AccountID
	ServiceID    ServiceID
	EntityID     string
	Session      string
	SessionIndex string
	NameID       string `bun:"name_id"`
	// The rest of the name: a logout has to give the whole of it.
	NameIDFormat    string `bun:"name_id_format"`
	NameQualifier   string
	SPNameQualifier string `bun:"sp_name_qualifier"`
	Context         string
	Attributes      []string `bun:",array"` // names only
	SHA256          []byte   `bun:"sha256"`
	AssertionSHA256 []byte   `bun:"assertion_sha256"` // of the assertion in clear, as it was signed
	KeyFingerprint  string
	Algorithm       string
	Encryption      string         // empty: in clear
	OrganizationID  OrganizationID // on whose authority; may be empty
	IssuedAt        time.Time
}

// Answered tells whether a request of a service was answered with an assertion.
func Answered(ctx context.Context, q bun.IDB, entityID, requestID string) (bool, error) {
	answered, err := q.NewSelect().Table("assertions").Where("entity_id = ? AND request_id = ?", entityID, requestID).Exists(ctx)
	return answered, wrap(err, "look for the answer to a request")
}

// InsertAssertion writes an assertion down, in the transaction that issues it.
func InsertAssertion(ctx context.Context, tx Tx, a *Assertion) error {
	if a.AssertionSHA256 == nil {
		a.AssertionSHA256 = []byte{}
	}
	_, err := tx.NewInsert().Model(a).Exec(ctx)
	return wrap(err, "write assertion down")
}

// LastOpened tells when each service was last opened by an account.
func LastOpened(ctx context.Context, q bun.IDB, account AccountID) (map[ServiceID]time.Time, error) {
	var rows []struct {
		ServiceID ServiceID
		At        time.Time
	}
	err := q.NewSelect().Table("assertions").Column("service_id").ColumnExpr("max(issued_at) AS at").
		Where("account_id = ?", account).Group("service_id").Scan(ctx, &rows)
	last := make(map[ServiceID]time.Time, len(rows))
	for _, r := range rows {
		last[r.ServiceID] = r.At
	}
	return last, wrap(err, "find last openings of account %s", account)
}

// NameID is the name a service knows a person by.
type NameID struct {
	bun.BaseModel `bun:"table:name_ids"`

	AccountID AccountID `bun:",pk"`
	EntityID  string    `bun:",pk"`
	Value     string
	CreatedAt time.Time
}

// NameIDFor returns the name a service knows a person by, and gives them fresh
// if they have none. It is never another person's.
func NameIDFor(ctx context.Context, tx Tx, account AccountID, entityID, fresh string) (string, error) {
	n := &NameID{AccountID: account, EntityID: entityID, Value: fresh, CreatedAt: tx.At}
	if _, err := tx.NewInsert().Model(n).On("CONFLICT (account_id, entity_id) DO NOTHING").Exec(ctx); err != nil {
		return "", wrap(err, "name account %s toward a service", account)
	}
	err := tx.NewSelect().Model(n).WherePK().Scan(ctx)
	return n.Value, wrap(err, "find name of account %s toward a service", account)
}
