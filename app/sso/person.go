package sso

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/departure"
	"oneid/app/internal/journey"
	"oneid/db"
)

// HandOver frees a journey of whoever is signed in: somebody else is there, who
// signs in for it next. It returns where the browser goes: round the services
// that were opened in the session, which the caller ends, and then to sign in.
func (r *Rules) HandOver(ctx context.Context, id string, v Visitor) (string, error) {
	signin := journey.SigninPath + "?j=" + url.QueryEscape(id)
	_, err := journey.Find(ctx, r.DB, id, v.Browser)
	if errors.Is(err, db.ErrNotFound) {
		return "", r.noted(ctx, r.gone(ctx, id))
	}
	if err != nil || !v.Session.SignedIn() {
		return signin, err
	}
	round := ""
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.FreeJourney(ctx, tx, id); err != nil {
			return err
		}
		var err error
		if round, err = departure.Begin(ctx, tx, r.Outbox, v.Session.Who.Account, v.Session.ID, access.EndedSignedOut, signin); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SigninSessionEnded, Subject: string(v.Session.Who.Account), Details: map[string]string{"why": "somebody-else"},
		})
	})
	if err != nil || round == "" {
		return signin, err
	}
	return departure.Path(round), nil
}

// MarkShared notes that a browser became a shared workstation's, or one person's
// again.
func (r *Rules) MarkShared(ctx context.Context, who db.AccountID, shared bool) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		e := audit.Event{Kind: audit.SSOSharedSet, Subject: string(who), Details: map[string]string{"shared": fmt.Sprint(shared)}}
		if who == "" {
			e.Actor = "stranger"
		}
		return r.Audit.Record(ctx, tx, e)
	})
}

// AskAuthority has a person asked again under whose authority they open a
// service. It returns where the service is opened.
func (r *Rules) AskAuthority(ctx context.Context, who db.AccountID, id db.ServiceID) (string, error) {
	service, err := db.ServiceByID(ctx, r.DB, id)
	if errors.Is(err, db.ErrNotFound) {
		return journey.HomePath, nil
	}
	if err != nil {
		return "", err
	}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.ForgetAuthority(ctx, tx, who, id); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.SSOAuthorityForgot, Subject: string(who), Service: id})
	})
	if err != nil {
		return "", err
	}
	doors, err := db.Doors(ctx, r.DB)
	if err != nil {
		return "", err
	}
	return journey.Door(service, doors[id]), nil
}
