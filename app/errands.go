package app

import (
	"oneid/app/internal/delivery"
	"oneid/app/signin"
)

// errands are what is done out of a request's sight, by name.
func (a *App) errands() delivery.Errands {
	return delivery.Errands{
		signin.ManyTries: (&signin.Warner{DB: a.db, Notices: a.notices}).Warn,
	}
}
