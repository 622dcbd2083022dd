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
