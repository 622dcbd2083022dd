package apptest

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"io"
	"net/url"
	"testing"
	"time"

	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml/samltest"
)

// The services that have a service provider in every test database.
const (
	ConnectingOntario db.ServiceID = "connectingontario" // any active CPSO licence
	ClinicalConnect   db.ServiceID = "clinicalconnect"   // people named in it
	OTNHub            db.ServiceID = "otnhub"            // people named in it
)

func viewer(id db.ServiceID, now func() time.Time) samltest.Viewer {
	name := "https://" + string(id) + ".example"
	return samltest.NewViewer(name+"/metadata", name+"/acs", now)
}

// Viewer is the service provider of a service, by the test's clock.
func (a *App) Viewer(id db.ServiceID) samltest.Viewer { return viewer(id, a.Clock.Now) }

// Treat changes how a service is treated.
func (a *App) Treat(id db.ServiceID, change func(*policy.Policy)) {
	a.Helper()
	a.Write(func(ctx context.Context, tx db.Tx) error {
		row, err := db.ServiceProviderByEntity(ctx, tx, a.Viewer(id).EntityID)
		if err != nil {
			return err
		}
		treated, err := policy.Read(row.Policy)
		if err != nil {
			return err
		}
		change(&treated)
		raw, err := treated.JSON()
		if err != nil {
			return err
		}
		return db.SetPolicy(ctx, tx, row.EntityID, raw)
	})
}

// Open follows a service's request, made honest where it says nothing, up to
// the first page to read.
func (b *Browser) Open(v samltest.Viewer, ask samltest.Ask) *Page {
	b.Helper()
	return b.Begin(v, ask).Rest()
}

// Begin brings a service's request by redirect.
func (b *Browser) Begin(v samltest.Viewer, ask samltest.Ask) *Page {
	b.Helper()
	return b.Get("/saml/sso?" + v.Redirect(b.honest(ask)))
}

// BeginPosted brings a service's request by a form on the service's page.
func (b *Browser) BeginPosted(v samltest.Viewer, ask samltest.Ask) *Page {
	b.Helper()
	ask = b.honest(ask)
	return b.SendAcross("/saml/sso", url.Values{"SAMLRequest": {v.Post(ask)}, "RelayState": {ask.RelayState}})
}

func (b *Browser) honest(ask samltest.Ask) samltest.Ask {
	if ask.Destination == "" {
		ask.Destination = b.Base + "/saml/sso"
	}
	return ask
}

// Seen is what the service reads in the answer that the page posts to it.
func (p *Page) Seen(v samltest.Viewer) *samltest.Seen {
	p.Helper()
	form := p.Find("form[data-auto-submit]")
	if to := form.AttrOr("action", ""); to != v.ACSURL {
		p.Fatalf("%s %s (%d) posts to %q, want %q:\n%s", p.Method, p.Path, p.Status, to, v.ACSURL, p.Text())
	}
	response, _ := p.Value("SAMLResponse")
	seen, err := v.Read(response, samltest.ProductKey().Certificate)
	if err != nil {
		p.Fatalf("the service refuses the answer: %v", err)
	}
	return seen
}

func inflate(t testing.TB, packed string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := io.ReadAll(flate.NewReader(bytes.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
