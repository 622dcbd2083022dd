package home

import (
	"context"
	"time"

	"oneid/app/internal/journey"
	"oneid/app/internal/people"
	"oneid/db"
)

// Rules decides what a person finds here.
type Rules struct {
	DB     *db.DB
	People *people.Book
}

// Start is what a person's first page says.
type Start struct {
	// Unconfirmed is the email address that has not answered yet; empty when
	// it has.
	Unconfirmed string
	Services    []Opening
	At          time.Time // the moment that it tells of
}

// Opening is a service and whether it is open to the person.
type Opening struct {
	Service *db.Service
	Missing journey.Missing
	College *db.College // whose members the service is for; nil for none
	LastAt  time.Time   // when the person last opened it; zero for never
	Door    string      // where it is opened; empty for nowhere that we know
	// Authority is the organization under which it opens without asking; nil
	// where there is no choice.
	Authority *db.Organization
}

// Start looks at all services with the eyes of one person.
func (r *Rules) Start(ctx context.Context, id db.AccountID) (Start, error) {
	found := Start{At: r.DB.Clock.Now()}
	account, err := db.AccountByID(ctx, r.DB, id)
	if err != nil {
		return found, err
	}
	if account.EmailVerifiedAt == nil {
		contact, err := r.People.Contact(ctx, account)
		if err != nil {
			return found, err
		}
		found.Unconfirmed = contact.Email
	}
	services, err := db.Services(ctx, r.DB)
	if err != nil {
		return found, err
	}
	last, err := db.LastOpened(ctx, r.DB, id)
	if err != nil {
		return found, err
	}
	doors, err := db.Doors(ctx, r.DB)
	if err != nil {
		return found, err
	}
	remembered, err := db.RememberedAuthorities(ctx, r.DB, id)
	if err != nil {
		return found, err
	}
	for i := range services {
		opening, err := r.opening(ctx, account, &services[i])
		if err != nil {
			return found, err
		}
		opening.LastAt = last[services[i].ID]
		opening.Door = journey.Door(&services[i], doors[services[i].ID])
		if o, ok := remembered[services[i].ID]; ok {
			opening.Authority = &o
		}
		found.Services = append(found.Services, opening)
	}
	return found, nil
}

func (r *Rules) opening(ctx context.Context, account *db.Account, service *db.Service) (Opening, error) {
	missing, err := journey.MayOpen(ctx, r.DB, account, service)
	if err != nil {
		return Opening{}, err
	}
	opening := Opening{Service: service, Missing: missing}
	if missing == journey.NoLicence {
		opening.College, err = db.CollegeByCode(ctx, r.DB, service.RuleCollege)
	}
	return opening, err
}

// Door is a college whose members register through its portal.
type Door struct {
	College   *db.College
	PortalURL string
}

// Doors lists the colleges that people can register through now.
func (r *Rules) Doors(ctx context.Context) ([]Door, error) {
	providers, err := db.CollegeProviders(ctx, r.DB)
	if err != nil {
		return nil, err
	}
	var doors []Door
	for _, p := range providers {
		if p.PortalURL == "" {
			continue
		}
		college, err := db.CollegeByCode(ctx, r.DB, p.College)
		if err != nil {
			return nil, err
		}
		doors = append(doors, Door{College: college, PortalURL: p.PortalURL})
	}
	return doors, nil
}

// Policy returns the version of a text that is in force.
func (r *Rules) Policy(ctx context.Context, name, language string) (db.Document, error) {
	documents, err := db.DocumentsInForce(ctx, r.DB, language, r.DB.Clock.Now(), name)
	if err != nil {
		return db.Document{}, err
	}
	return documents[0], nil
}
