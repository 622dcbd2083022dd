package app

import (
	"context"
	"maps"

	"oneid/app/internal/delivery"
	"oneid/app/internal/outbox"
	"oneid/app/signin"
)

// Run does an errand now, for tests that have no workers.
func (a *App) Run(ctx context.Context, errand outbox.Errand) error {
	return a.errands().Run(ctx, errand)
}

// errands are what is done out of a request's sight, by name.
func (a *App) errands() delivery.Errands {
	all := delivery.Errands{
		signin.ManyTries: (&signin.Warner{DB: a.db, Notices: a.notices}).Warn,
	}
	maps.Copy(all, a.recoveryErrands())
	maps.Copy(all, a.logoutErrands())
	return all
}
