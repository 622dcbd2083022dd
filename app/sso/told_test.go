package sso_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"oneid/app"
	"oneid/app/internal/apptest"
	"oneid/app/internal/departure"
	"oneid/app/internal/outbox"
)

func TestServicesAreToldWhateverEndsASession(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]func(*everywhere){
		"a new password, chosen elsewhere": func(w *everywhere) {
			w.SignedIn(w.ada).Post("/profile/password", "current", w.ada.Password, "password", "Harbour 58 lantern", "confirm", "Harbour 58 lantern").
				WantStatus(303)
		},
		"this was not me": func(w *everywhere) {
			w.SignedIn(w.ada).AddPasskey(w.Device(), "Phone").WantRedirect("/profile/passkeys")
			notice, _ := w.WantSent(outbox.KindPasskeyAdded, "ada@example.ca").(outbox.Notice)
			link := strings.TrimPrefix(notice.Event.NotMe, w.Base)
			b := w.Browser()
			b.Get(link).WantStatus(200)
			b.Post(link, "freeze", "yes")
		},
		"too many sessions": func(w *everywhere) {
			for range w.Config.Session.Parallel {
				w.Clock.Advance(time.Second)
				w.SignedIn(w.ada)
			}
		},
		"another person in the same browser": func(w *everywhere) {
			w.b.SignIn(w.Account(apptest.Holder{First: "Bob"})).WantRedirect("/home")
			w.b.Post("/signout").WantRedirect("/signedout") // nothing of Ada's is Bob's to sign out of
		},
		"an operator, who suspends the account": func(w *everywhere) {
			if err := app.SuspendAccount(w.Context(), w.Config, w.ada.LoginID, "left", new(bytes.Buffer)); err != nil {
				w.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := openEverywhere(t)
			d := serveDirectly(w.App, apptest.OTNHub)
			w.Clock.Advance(time.Minute)
			ends(w)
			if !w.signedOut() {
				t.Error("still signed in")
			}
			if err := w.Errand(departure.Errand); err != nil || d.asked.Load() != 1 {
				t.Errorf("the service was asked %d times, %v", d.asked.Load(), err)
			}
		})
	}
}

func TestWhoSignsInAgainCanStillSignOutOfWhatTheyHadOpened(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	w.Clock.Advance(time.Minute)
	w.b.SignIn(w.ada).WantRedirect("/home")
	if n := w.Rows("river_job", "args->>'name' = '"+departure.Errand+"'"); n != 0 {
		t.Errorf("%d services were told of an end that was none", n)
	}
	w.b.Post("/signout").Rest().WantText("Signing you out")
}
