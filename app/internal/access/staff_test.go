package access_test

import (
	"context"
	"encoding/base64"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/db"
)

// staff is a browser in which somebody with a role is signed in.
func staff(t *testing.T, options ...apptest.Option) (*apptest.App, *apptest.Browser) {
	t.Helper()
	app := apptest.New(t, options...)
	agent := app.Account(apptest.Holder{})
	app.Write(func(ctx context.Context, tx db.Tx) error { return db.AddStaffRole(ctx, tx, agent.ID, "auditor") })
	return app, app.SignedIn(agent)
}

func TestSessionsOfStaffAreShorter(t *testing.T) {
	t.Parallel()
	app, b := staff(t)
	for range 2 {
		app.Clock.Advance(10*time.Minute - time.Second)
		b.Get("/home").WantStatus(200)
	}
	app.Clock.Advance(10 * time.Minute)
	b.Get("/home").WantRedirect("/session/ended?why=idle")
}

func TestSessionsOfStaffEndAfterEightHours(t *testing.T) {
	t.Parallel()
	app, b := staff(t)
	for range 59 {
		app.Clock.Advance(8 * time.Minute)
		b.Get("/home").WantStatus(200)
	}
	app.Clock.Advance(8*time.Minute - time.Second)
	b.Get("/home").WantStatus(200)
	app.Clock.Advance(time.Second)
	b.Get("/home").WantRedirect("/session/ended?why=cap")
}

func TestTheOperatorSaysHowLongSessionsLast(t *testing.T) {
	t.Parallel()
	settings := []apptest.Option{
		apptest.Setting("SESSION_IDLE", "5m"), apptest.Setting("SESSION_ABSOLUTE", "6m"),
		apptest.Setting("SESSION_STAFF_IDLE", "2m"), apptest.Setting("SESSION_STAFF_ABSOLUTE", "3m"),
	}
	for name, c := range map[string]struct {
		open           func(*testing.T, ...apptest.Option) (*apptest.App, *apptest.Browser)
		idle, absolute time.Duration
	}{
		"people": {signedInWith, 5 * time.Minute, 6 * time.Minute},
		"staff":  {staff, 2 * time.Minute, 3 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, b := c.open(t, settings...)
			app.Clock.Advance(c.idle - time.Second)
			b.Get("/home").WantStatus(200)
			app.Clock.Advance(c.absolute - c.idle)
			b.Get("/home").WantStatus(200)
			app.Clock.Advance(time.Second)
			b.Get("/home").WantRedirect("/session/ended?why=cap")

			app, b = c.open(t, settings...)
			app.Clock.Advance(c.idle)
			b.Get("/home").WantRedirect("/session/ended?why=idle")
		})
	}
}

func signedInWith(t *testing.T, options ...apptest.Option) (*apptest.App, *apptest.Browser) {
	t.Helper()
	app := apptest.New(t, options...)
	return app, app.SignedIn(app.Account(apptest.Holder{}))
}

func TestASessionsTokenIs256RandomBits(t *testing.T) {
	t.Parallel()
	_, b := signedIn(t)
	if token, err := base64.RawURLEncoding.DecodeString(b.Session()); err != nil || len(token) != 32 {
		t.Errorf("a token of %d bytes, %v; want 32", len(token), err)
	}
}

func TestSessionsAtASharedWorkstationAreShort(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	who := app.Account(apptest.Holder{})
	b := app.Browser()
	b.Post("/workstation", "shared", "yes").WantRedirect("/workstation").Follow().WantText("after 5 minutes", "after 60 minutes")
	b.SignIn(who).WantRedirect("/home")
	app.Clock.Advance(5*time.Minute - time.Second)
	b.Get("/home").WantStatus(200)
	app.Clock.Advance(5 * time.Minute)
	b.Get("/home").WantRedirect("/session/ended?why=idle")

	b = app.SignedIn(who)
	b.Post("/workstation", "shared", "yes") // the session that is open becomes so too
	for range 14 {
		app.Clock.Advance(4 * time.Minute)
		b.Get("/home").WantStatus(200)
	}
	app.Clock.Advance(4 * time.Minute)
	b.Get("/home").WantRedirect("/session/ended?why=cap")

	b.Post("/workstation")
	b.SignIn(who).WantRedirect("/home")
	app.Clock.Advance(15*time.Minute - time.Second)
	b.Get("/home").WantStatus(200)
}

func TestWhoIsAppointedMeanwhileGetsASessionOfStaff(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	who := app.Account(apptest.Holder{})
	b := app.SignedIn(who)
	before := b.Session()
	b.Get("/services").WantStatus(403)
	app.Write(func(ctx context.Context, tx db.Tx) error {
		return db.AddStaffRole(ctx, tx, who.ID, db.ServiceAdministrator)
	})
	b.Get("/services").WantStatus(200)
	if b.Session() == before {
		t.Error("the token is the one from before")
	}
	app.Clock.Advance(10*time.Minute - time.Second)
	b.Get("/services").WantStatus(200)
	app.Clock.Advance(10 * time.Minute)
	b.Get("/services").WantRedirect("/session/ended?why=idle")
}
