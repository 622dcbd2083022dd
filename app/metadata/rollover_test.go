package metadata_test

import (
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/samlkey"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlsig"
)

const day = 24 * time.Hour

// subscriber is a service provider that believes the signing keys it read in our
// metadata last, and no others.
type subscriber struct {
	samltest.Viewer
	service db.ServiceID
	address string // where it fetches our metadata
	trusts  []*x509.Certificate
	opened  int
}

func subscribe(app *apptest.App, service db.ServiceID, address string) *subscriber {
	app.Helper()
	s := &subscriber{Viewer: app.Viewer(service), service: service, address: address}
	if address == "" {
		row, err := db.ServiceProviderByEntity(app.Context(), app.DB, s.EntityID)
		if err != nil {
			app.Fatal(err)
		}
		s.address = "/saml/metadata/" + row.MetadataToken
	}
	s.refresh(app)
	return s
}

// refresh reads our metadata as a careful service does: signed by the key that
// it was given once, not past its end.
func (s *subscriber) refresh(app *apptest.App) {
	app.Helper()
	doc := []byte(app.Browser().Get(s.address).WantStatus(200).Body)
	if _, err := xmlsig.VerifyEnveloped(samltest.Tree(doc).Root(), []*x509.Certificate{samltest.MetadataKey().Certificate}); err != nil {
		app.Fatalf("%s refuses our metadata: %v", s.service, err)
	}
	read, err := saml.ReadIdentityProvider(doc, app.Clock.Now(), saml.ReadOptions{})
	if err != nil {
		app.Fatalf("%s cannot read our metadata: %v", s.service, err)
	}
	if left := read.ValidUntil.Sub(app.Clock.Now()); left < 13*day || left > 14*day {
		app.Errorf("the metadata is valid for %s more, want 13 to 14 days", left)
	}
	s.trusts = read.Certificates
}

// open signs a person in to the service; it fails the test when the service
// knows no key that made the answer. It returns that key's fingerprint.
func (s *subscriber) open(app *apptest.App, b *apptest.Browser) string {
	app.Helper()
	page := b.Open(s.Viewer, samltest.Ask{})
	if page.Find("form[data-auto-submit]").Length() == 0 {
		app.Fatalf("%s, %s: no answer but %d:\n%s", s.service, app.Clock.Now().Format(time.DateOnly), page.Status, page.Text())
	}
	response, _ := page.Value("SAMLResponse")
	for _, cert := range s.trusts {
		if seen, err := s.Read(response, cert); err == nil && seen.Status == saml.StatusSuccess && seen.NameID != "" {
			s.opened++
			return saml.Fingerprint(cert)
		}
	}
	app.Fatalf("%s, %s: a sign-in fails, for none of the %d keys it knows made the answer",
		s.service, app.Clock.Now().Format(time.DateOnly), len(s.trusts))
	return ""
}

// Three services with three habits live through a change of our signing key: one
// fetches our metadata every day, one has it imported by hand now and then and
// writes to say so, and one does nothing for forty days. Everybody signs in to
// all of them every day.
func TestNoSignInFailsWhileTheSigningKeyChanges(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ring := &samlkey.Ring{Dir: app.Config.KeysDir, Clock: app.Clock}
	rules := &samlkey.Rules{DB: app.DB, Ring: ring, Audit: &audit.Log{Keys: app.Ring}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	daily := subscribe(app, apptest.ConnectingOntario, "")
	byHand := subscribe(app, apptest.ClinicalConnect, "/saml/metadata")
	asleep := subscribe(app, apptest.OTNHub, "")
	app.Exec("UPDATE service_providers SET metadata_fetched_at = NULL WHERE service_id = 'otnhub'")
	app.Exec("UPDATE services SET minimum = 'knowledge'") // a password will do: this is about keys
	ada := app.Account(apptest.Holder{Licence: "100093", Services: []db.ServiceID{apptest.ClinicalConnect, apptest.OTNHub}})
	old := saml.Fingerprint(samltest.ProductKey().Certificate)
	var next *db.SAMLKey
	change := samlkey.Switch{Use: db.KeySigning, Algorithm: samlkey.RSA}

	for today := 0; today <= 48; today++ {
		switch today {
		case 1:
			app.Clock.Advance(time.Hour)
			var err error
			next, err = rules.Next(t.Context(), "cli", samlkey.New{Use: db.KeySigning, Algorithm: samlkey.RSA})
			must(err)
			judge(t, app, 2)
		case 8: // its people import, say so, and are the first to get the new key
			byHand.refresh(app)
			must(rules.Confirm(t.Context(), "mail", byHand.EntityID))
			_, err := rules.SwitchService(t.Context(), "cli", byHand.EntityID)
			must(err)
		case 20:
			_, err := rules.Switch(t.Context(), "cli", change)
			var early *samlkey.Early
			if !errors.As(err, &early) || len(early.Step.Missing) != 1 || early.Step.Missing[0].EntityID != asleep.EntityID {
				t.Fatalf("on day 20 the switch says %v, want too early for the one asleep", err)
			}
		case 32:
			change.KeepUntil = app.Clock.Now().Add(12 * day)
			late, err := rules.Switch(t.Context(), "cli", change)
			must(err)
			if len(late) != 1 || late[0].EntityID != asleep.EntityID {
				t.Fatalf("laggards %v, want the one asleep", late)
			}
			judge(t, app, 2)
		case 40:
			asleep.refresh(app)
		case 46:
			must(rules.Retire(t.Context(), "cli", "signing-1", ""))
			judge(t, app, 1)
		case 47:
			byHand.refresh(app)
			asleep.refresh(app)
		}
		daily.refresh(app)
		b := app.SignedIn(ada)
		for _, c := range []struct {
			who   *subscriber
			fresh bool // whether it gets the new key today
		}{{daily, today >= 32}, {byHand, today >= 8}, {asleep, today >= 44}} {
			want := old
			if c.fresh {
				want = next.Fingerprint
			}
			if got := c.who.open(app, b); got != want {
				t.Errorf("day %d: %s gets key %.8s, want %.8s", today, c.who.service, got, want)
			}
		}
		app.Clock.Advance(day)
	}
	for _, s := range []*subscriber{daily, byHand, asleep} {
		if s.opened != 49 {
			t.Errorf("%s was opened %d times, want 49", s.service, s.opened)
		}
	}
	app.WantIntact()
}

// judge lets xmllint and xmlsec1 look at our metadata as it is now.
func judge(t *testing.T, app *apptest.App, signing int) {
	t.Helper()
	doc := []byte(app.Browser().Get("/saml/metadata").WantStatus(200).Body)
	samltest.Schema(t, samltest.MetadataSchema, doc)
	samltest.Xmlsec1(t, doc, "EntityDescriptor", samltest.MetadataKey().Certificate)
	read, err := saml.ReadIdentityProvider(doc, app.Clock.Now(), saml.ReadOptions{})
	if err != nil || len(read.Certificates) != signing {
		t.Errorf("%d signing certificates (%v), want %d", len(read.Certificates), err, signing)
	}
}
