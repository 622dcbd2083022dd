package app

import (
	"context"

	"oneid/app/internal/delivery"
	"oneid/app/internal/freeze"
	"oneid/app/recovery"
	"oneid/db"
)

// freezer closes accounts whose person says that something was not them.
func (a *App) freezer() *freeze.Freezer { return &freeze.Freezer{Audit: a.audit, Notices: a.notices} }

// freezeByCall acts on the fraud key of a call.
func (a *App) freezeByCall(ctx context.Context, tx db.Tx, c *db.Code) error {
	if c.AccountID == "" {
		return nil
	}
	_, err := a.freezer().Freeze(ctx, tx, c.AccountID, freeze.ByCall)
	return err
}

func (a *App) recoveryErrands() delivery.Errands {
	return (&recovery.Errands{
		DB: a.db, Notices: a.notices, Codes: a.codes, Outbox: a.outbox, Throttle: a.throttle, Audit: a.audit,
		BaseURL: a.cfg.BaseURL, LoginDomain: a.cfg.LoginDomain,
	}).All()
}

// recovery builds getting back in.
func (a *App) recovery() *recovery.Handlers {
	questions := a.questions()
	return &recovery.Handlers{
		Rules: &recovery.Rules{
			DB: a.db, People: a.people, Questions: questions, Throttle: a.throttle, Outbox: a.outbox, Audit: a.audit,
		},
		Proofs: &recovery.Proofs{
			DB: a.db, Questions: questions, Codes: a.codes, Passkeys: a.passkeys, Outbox: a.outbox, Audit: a.audit,
		},
		Links: &recovery.Links{DB: a.db, Throttle: a.throttle, Outbox: a.outbox, Audit: a.audit},
		Reset: &recovery.Reset{
			DB: a.db, Passwords: a.newPasswords, Questions: questions, Throttle: a.throttle, Notices: a.notices, Audit: a.audit,
		},
		NotMe:    &recovery.NotMe{DB: a.db, Freezer: a.freezer()},
		Sessions: a.sessions, Site: a.site, LoginDomain: a.cfg.LoginDomain,
	}
}
