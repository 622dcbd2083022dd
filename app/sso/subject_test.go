package sso_test

import (
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/app/internal/apptest"
	"oneid/app/internal/policy"
	"oneid/saml"
	"oneid/saml/samltest"
)

// about is a request that names its person.
func about(name, format string) samltest.Ask {
	return samltest.Ask{Edit: func(r *etree.Element) {
		if p := r.SelectElement("NameIDPolicy"); p != nil {
			r.RemoveChild(p)
		}
		subject := etree.NewElement("saml:Subject")
		id := subject.CreateElement("saml:NameID")
		id.SetText(name)
		if format != "" {
			id.CreateAttr("Format", format)
		}
		r.InsertChildAt(r.SelectElement("Issuer").Index()+1, subject)
	}}
}

func TestAServiceMayNameThePersonItWants(t *testing.T) {
	t.Parallel()
	for _, format := range []string{saml.NameIDPersistent, saml.NameIDTransient, saml.NameIDUnspecified} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t)
			app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) {
				p.NameIDs = []string{saml.NameIDPersistent, saml.NameIDTransient, saml.NameIDUnspecified}
			})
			viewer := app.Viewer(apptest.ConnectingOntario)
			ada := app.Account(apptest.Holder{Licence: "100093"})
			bob := app.Account(apptest.Holder{First: "Bob", Last: "Stone", Licence: "100094"})
			b := app.SignedIn(ada)
			known := func(b *apptest.Browser) string {
				return wantSigned(t, b.Open(viewer, samltest.Ask{Edit: func(r *etree.Element) {
					if p := r.SelectElement("NameIDPolicy"); p != nil {
						r.RemoveChild(p)
					}
					r.CreateElement("samlp:NameIDPolicy").CreateAttr("Format", format)
				}}), viewer).NameID
			}
			hers, his := known(b), known(app.SignedIn(bob))
			for _, stated := range []string{format, ""} {
				if got := wantSigned(t, b.Open(viewer, about(hers, stated)), viewer).NameID; got != hers {
					t.Errorf("asked for %q, the service is told of %q", hers, got)
				}
			}
			wantDeclined(t, b.Open(viewer, about("nobody", format)), viewer, saml.StatusUnknownPrincipal)

			page := b.Open(viewer, about(his, format)).WantStatus(200).WantText("Another person is expected", "ConnectingOntario asks for a person whom it knows already.")
			if page.Find(`button[value="confirm"]`).Length() != 0 {
				t.Error("she may go on in his name")
			}
			do(page, "confirm").WantText("Another person is expected")
			app.Clock.Advance(time.Second)
			j, _ := page.Value("j")
			do(page, "other")
			signin := b.Get("/signin?j=" + j).WantText("Sign in to open ConnectingOntario")
			back := signin.Post("/signin", "loginid", bob.LoginID, "password", bob.Password, "j", j).Rest()
			if back.Find(`button[value="confirm"]`).Length() != 0 {
				back = do(back, "confirm")
			}
			if got := wantSigned(t, back, viewer).NameID; got != his {
				t.Errorf("asked for %q, the service is told of %q", his, got)
			}
		})
	}
	t.Run("nobody who is not signed in learns which names there are", func(t *testing.T) {
		t.Parallel()
		app := apptest.New(t)
		app.Browser().Open(app.Viewer(apptest.ConnectingOntario), about("nobody", "")).WantText("Sign in to open ConnectingOntario")
	})
}
