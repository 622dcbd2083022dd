package sso_test

import (
	"context"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

func TestOpeningServicesKeepsASessionAliveWithoutWritingItEachTime(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	idle := app.Config.Session.Idle
	for range 4 { // each before the idle end, all together far behind it
		app.Clock.Advance(idle * 2 / 3)
		wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
	}
	seen := func() int { return app.Rows("sessions", "seen_at = '"+app.Clock.Now().Format(time.RFC3339)+"'") }
	if seen() != 1 {
		t.Error("the session's use was not noted")
	}
	if app.Rows("sessions", "xmin IN (SELECT xmin FROM assertions)") != 1 {
		t.Error("the session's use was noted in a commit of its own")
	}
	app.Clock.Advance(2 * time.Minute)
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
	if seen() != 0 {
		t.Error("the session was written again after two minutes")
	}

	// Also when nothing is answered, and when there is more to do first.
	app.Clock.Advance(idle * 2 / 3)
	wantRefused(t, b.Begin(viewer, samltest.Ask{IssuedAt: app.Clock.Now().Add(-time.Hour)}), string(saml.StaleRequest))
	if seen() != 1 {
		t.Error("the session's use was not noted when its request was refused")
	}
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Notice = true })
	app.Clock.Advance(idle * 2 / 3)
	b.Begin(viewer, samltest.Ask{})
	if seen() != 1 {
		t.Error("the session's use was not noted when a page came first")
	}
}

// Who ends a session holds it and waits for the head of its chain, which the
// answer holds.
func TestAnAnswerWaitsForNobodyWhoHoldsItsSession(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
	app.Clock.Advance(app.Config.Session.Idle * 2 / 3)
	err := db.InTx(app.Context(), app.DB, func(ctx context.Context, tx db.Tx) error {
		if _, err := tx.NewRaw("SELECT FROM sessions FOR UPDATE").Exec(ctx); err != nil {
			return err
		}
		wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
