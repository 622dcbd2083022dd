package services

import (
	"context"
	"errors"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/metadatafetch"
	"oneid/app/internal/outbox"
	"oneid/app/internal/release"
	"oneid/db"
	"oneid/saml"
)

// Rules decides about services and their metadata.
type Rules struct {
	DB     *db.DB
	Audit  *audit.Log
	Outbox *outbox.Outbox
	Fetch  *metadatafetch.Fetcher
	// Metadata decides which addresses a service's metadata may hold.
	Metadata saml.ReadOptions
	// Release says what a service is told.
	Release *release.Book
}

// Who acted, where it was no account.
const (
	System = "system"
	Shell  = "cli"
)

// What is refused, as a result that a page can explain.
var (
	// ErrOwn: whoever proposed something can't be its second person.
	ErrOwn = errors.New("proposed by the same person")
	// ErrGone: somebody else decided about it meanwhile.
	ErrGone = errors.New("decided meanwhile")
	// ErrStops: what is in it keeps it out.
	ErrStops = errors.New("findings stop it")
	// ErrTaken: the service has another service provider.
	ErrTaken = errors.New("the service has another provider")
)

// Service is a service with its SAML side, if it has one.
type Service struct {
	db.Service
	Row      *db.ServiceProvider   // nil: nobody has registered one
	Provider *saml.ServiceProvider // nil without a row, or when it can't be read any more
	Trouble  error                 // why it can't
}

// Find finds a service by its name.
func (r *Rules) Find(ctx context.Context, id db.ServiceID) (Service, error) {
	s, err := db.ServiceByID(ctx, r.DB, id)
	if err != nil {
		return Service{}, err
	}
	row, err := db.ProviderOfService(ctx, r.DB, id)
	if errors.Is(err, db.ErrNotFound) {
		return Service{Service: *s}, nil
	}
	if err != nil {
		return Service{}, err
	}
	return r.with(*s, row), nil
}

// with reads the metadata in force. What has ended meanwhile is shown all the
// same: it is read as of the day it was taken.
func (r *Rules) with(s db.Service, row *db.ServiceProvider) Service {
	found := Service{Service: s, Row: row}
	now := r.DB.Clock.Now()
	found.Provider, found.Trouble = saml.ReadServiceProvider(row.Metadata, now, r.Metadata)
	if saml.CodeOf(found.Trouble) == saml.ProviderExpired {
		found.Provider, _ = saml.ReadServiceProvider(row.Metadata, time.Unix(0, 0), r.Metadata)
	}
	return found
}

// List lists all services in their order, and what waits for a second person.
func (r *Rules) List(ctx context.Context) ([]Service, []db.MetadataVersion, error) {
	all, err := db.AllServices(ctx, r.DB)
	if err != nil {
		return nil, nil, err
	}
	rows, err := db.ServiceProviders(ctx, r.DB)
	if err != nil {
		return nil, nil, err
	}
	waiting, err := db.WaitingVersions(ctx, r.DB)
	if err != nil {
		return nil, nil, err
	}
	list := make([]Service, len(all))
	for i, s := range all {
		list[i] = Service{Service: s}
		for j := range rows {
			if rows[j].ServiceID == s.ID {
				list[i] = r.with(s, &rows[j])
			}
		}
	}
	return list, waiting, nil
}

// Switch lets a service be opened, or not, everywhere at once.
func (r *Rules) Switch(ctx context.Context, who string, id db.ServiceID, on bool) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.SwitchService(ctx, tx, id, on); err != nil {
			return err
		}
		return r.note(ctx, tx, audit.ServiceSwitched, who, id, map[string]string{"on": yes(on)})
	})
}

func (r *Rules) note(ctx context.Context, tx db.Tx, kind audit.Kind, who string, id db.ServiceID, details map[string]string) error {
	return r.Audit.Record(ctx, tx, audit.Event{Kind: kind, Actor: who, Subject: string(id), Service: id, Details: details})
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
