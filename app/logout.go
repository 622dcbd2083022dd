package app

import (
	"context"

	"oneid/app/internal/delivery"
	"oneid/app/internal/departure"
	"oneid/app/sso"
)

// logoutHandlers build leaving every service, on what the sign-ins to them stand
// on.
func (a *App) logoutHandlers(services *sso.Handlers) *sso.LogoutHandlers {
	a.logouts = &sso.Logouts{
		Rules: services.Rules, Post: sso.Poster(readOptions(a.cfg).AllowLoopbackHTTP),
	}
	return &sso.LogoutHandlers{Logouts: a.logouts, Services: services, Sessions: a.sessions, Site: a.site}
}

// logoutErrands tell services of sessions that ended without their browser. They
// are named before the rules are made.
func (a *App) logoutErrands() delivery.Errands {
	return delivery.Errands{
		departure.Errand: func(ctx context.Context, session string) error { return a.logouts.Ended(ctx, session) },
	}
}
