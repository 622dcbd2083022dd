package sso_test

import (
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/db"
	"oneid/saml/samltest"
)

// A clock that is off is seen where requests are answered as they come, too: once
// in a while, and not with every request.
func TestTheClockOfAServiceThatIsAnsweredAtOnceIsSeen(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	ada := doctor(app)
	opened(ada, viewer)
	app.Exec("DELETE FROM journeys") // the first one took a detour
	seen := func() (time.Duration, int) {
		ahead, from, err := db.ClockOffset(app.Context(), app.DB, apptest.ConnectingOntario, 50)
		if err != nil {
			t.Fatal(err)
		}
		return ahead, from
	}
	if _, from := seen(); from != 0 {
		t.Fatalf("seen %d times before", from)
	}
	for range 3 {
		wantSigned(ada, ada.Open(viewer, samltest.Ask{IssuedAt: app.Clock.Now().Add(40 * time.Second)}), viewer)
	}
	app.Clock.Advance(2 * time.Minute)
	wantSigned(ada, ada.Open(viewer, samltest.Ask{IssuedAt: app.Clock.Now().Add(50 * time.Second)}), viewer)
	if ahead, from := seen(); from != 2 || ahead != 45*time.Second {
		t.Errorf("ahead by %v, seen %d times, want 45s, twice", ahead, from)
	}
}

func TestOnlyTheNewestOfAClockIsKept(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Viewer(apptest.ConnectingOntario)
	for i := range 130 {
		if err := db.NoteClock(app.Context(), app.DB, apptest.ConnectingOntario, app.Clock.Now().Add(time.Duration(i)*time.Minute), time.Duration(i)*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if n := app.Rows("service_clocks", ""); n != 100 {
		t.Errorf("%d kept, want 100", n)
	}
	if ahead, from, err := db.ClockOffset(app.Context(), app.DB, apptest.ConnectingOntario, 3); err != nil || from != 3 || ahead != 128*time.Second {
		t.Errorf("ahead by %v of %d, %v", ahead, from, err)
	}
}
