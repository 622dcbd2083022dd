package services_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"oneid/app/config"
	"oneid/app/internal/apptest"
	"oneid/db"
)

// A password and a text are two kinds of proof and open whatever else wants two;
// a console, where it is in earnest, they do not.
func TestAPasswordAndATextOpenTheConsoleInASandboxAndNowhereElse(t *testing.T) {
	t.Parallel()
	const phone = "+14165550170"
	for mode, opens := range map[config.Mode]bool{config.Production: false, config.Sandbox: true, config.Development: true} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			w := apptest.New(t, func(_ map[string]string, cfg *config.Config) { cfg.Mode = mode })
			who := w.Account(apptest.Holder{First: "Sade", Last: "Okoye"})
			w.Asked(who, apptest.Means{Texts: []string{phone}, Questions: true})
			w.Write(func(ctx context.Context, tx db.Tx) error {
				return db.AddStaffRole(ctx, tx, who.ID, db.ServiceAdministrator)
			})
			b := w.Browser()
			b.Challenged(who).ByText(phone).WantRedirect("/home")

			for _, r := range w.Routes() {
				if !strings.HasPrefix(r.Path, "/services") {
					continue
				}
				path := strings.NewReplacer(":service", "otnhub", ":import", "x", ":id", "x", ":key", "signing-1").Replace(r.Path)
				page := b.Send(path, url.Values{"do": {"x"}})
				if r.Method == http.MethodGet {
					page = b.Get(path)
				}
				shut := page.Status == http.StatusForbidden && strings.Contains(page.Text(), "opens with a passkey only")
				if shut == opens {
					t.Errorf("%s %s answers %d to %q", r.Method, path, page.Status, page.To())
				}
			}
			if got := b.Get("/services").Status; (got == http.StatusOK) != opens {
				t.Errorf("the console answers %d", got)
			}
			if opens {
				return
			}
			// A passkey given to this very session opens it, and no other session.
			device := w.Device()
			b.AddPasskey(device, "Key").WantRedirect("/profile/passkeys")
			b.Get("/services").WantRedirect("/challenge")
			b.Post("/challenge/text", "phone", "1").WantNever("ConnectingOntario")
			b.Get("/services").WantRedirect("/challenge")
			other := w.Browser()
			other.Challenged(who)
			b.UsePasskey(device, "/challenge/passkey").WantRedirect("/services")
			b.Get("/services").WantStatus(http.StatusOK)
			if got := other.Get("/services").Status; got == http.StatusOK {
				t.Error("another session, half signed in, is let in too")
			}
		})
	}
}
