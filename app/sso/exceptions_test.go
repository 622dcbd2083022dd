package sso_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlenc"
	"oneid/saml/xmlsig"
)

// tenMinutes is how long exceptions hold here: no session ends meanwhile.
const tenMinutes = 10 * time.Minute

// describes replaces what a service's metadata says, pair by pair.
func describes(app *apptest.App, v samltest.Viewer, pairs ...string) {
	app.Helper()
	app.Write(func(ctx context.Context, tx db.Tx) error {
		row, err := db.ServiceProviderByEntity(ctx, tx, v.EntityID)
		if err != nil {
			return err
		}
		row.Metadata = []byte(strings.NewReplacer(pairs...).Replace(string(row.Metadata)))
		return db.PutServiceProvider(ctx, tx, row)
	})
}

// encryptionKey is a key to encrypt for, with the methods that go with it.
func encryptionKey(methods ...string) string {
	key := `<md:KeyDescriptor use="encryption"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>` +
		base64.StdEncoding.EncodeToString(samltest.ViewerKey().Certificate.Raw) + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`
	for _, m := range methods {
		key += `<md:EncryptionMethod Algorithm="` + m + `"/>`
	}
	return key + `</md:KeyDescriptor><md:NameIDFormat>`
}

// message is the document that a page posts to a service.
func message(p *apptest.Page) string {
	p.Helper()
	value, _ := p.WantStatus(200).Value("SAMLResponse")
	doc, err := base64.StdEncoding.DecodeString(value)
	if err != nil || len(doc) == 0 {
		p.Fatalf("no message: %v", err)
	}
	return string(doc)
}

func excepted(app *apptest.App, what string) policy.Exception {
	return policy.Exception{What: what, Owner: "A. Lee", Reason: "their product is old", Until: app.Clock.Now().Add(tenMinutes)}
}

func TestAWeakSignatureIsMadeUntilItsExceptionEndsAndNoLonger(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) {
		p.SignatureAlgorithm, p.Exceptions = policy.RSASHA1, []policy.Exception{excepted(app, policy.ExceptSHA1)}
	})
	b, viewer := doctor(app), app.Viewer(apptest.ConnectingOntario)
	for range 2 { // the second is answered by what is remembered of the service
		if doc := message(b.Begin(viewer, samltest.Ask{})); !strings.Contains(doc, `SignatureMethod Algorithm="`+saml.RSASHA1+`"`) {
			t.Errorf("the exception counts for nothing:\n%s", doc)
		}
	}
	app.Clock.Advance(tenMinutes)
	doc := message(b.Begin(viewer, samltest.Ask{}))
	if strings.Contains(doc, saml.RSASHA1) || strings.Count(doc, xmlsig.RSASHA256) != 2 {
		t.Errorf("after its end:\n%s", doc)
	}
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
}

func TestAnAssertionGoesInClearUntilItsExceptionEndsAndNoLonger(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b, viewer := doctor(app), app.Viewer(apptest.ConnectingOntario)
	describes(app, viewer, `<md:NameIDFormat>`, encryptionKey())
	hidden := func() {
		t.Helper()
		doc := message(b.Begin(viewer, samltest.Ask{}))
		if strings.Contains(doc, "<saml:Assertion") || !strings.Contains(doc, xmlenc.AES128GCM) {
			t.Errorf("not hidden by GCM:\n%s", doc)
		}
		samltest.Schema(t, samltest.ProtocolSchema, []byte(doc))
		plain := samltest.Xmlsec1Decrypt(t, []byte(doc), samltest.ViewerKey())
		samltest.Schema(t, samltest.ProtocolSchema, []byte(doc))
		samltest.Xmlsec1(t, plain, "Assertion", samltest.ProductKey().Certificate)
	}
	hidden() // whenever the service has a key
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) {
		p.Encrypt, p.Exceptions = policy.EncryptNever, []policy.Exception{excepted(app, policy.ExceptClear)}
	})
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
	app.Clock.Advance(tenMinutes)
	hidden()
}

func TestCBCIsUsedUntilItsExceptionEndsAndNothingGoesOutAfter(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b, viewer := doctor(app), app.Viewer(apptest.ConnectingOntario)
	describes(app, viewer, `<md:NameIDFormat>`, encryptionKey(xmlenc.AES128CBC))
	wantDeclined(t, b.Open(viewer, samltest.Ask{}), viewer, saml.StatusRequestDenied)
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Exceptions = []policy.Exception{excepted(app, policy.ExceptCBC)} })
	doc := message(b.Begin(viewer, samltest.Ask{}))
	if !strings.Contains(doc, xmlenc.AES128CBC) {
		t.Errorf("not hidden by CBC:\n%s", doc)
	}
	samltest.Xmlsec1(t, []byte(doc), "Response", samltest.ProductKey().Certificate)
	app.Clock.Advance(tenMinutes)
	wantDeclined(t, b.Open(viewer, samltest.Ask{}), viewer, saml.StatusRequestDenied)
	if n := app.Rows("assertions", ""); n != 1 {
		t.Errorf("%d assertions, want the one of the exception", n)
	}
}

func TestWhereEncryptionIsRequiredNothingGoesOutWithoutAKey(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Encrypt = policy.EncryptRequired })
	b, viewer := doctor(app), app.Viewer(apptest.ConnectingOntario)
	wantDeclined(t, b.Open(viewer, samltest.Ask{}), viewer, saml.StatusRequestDenied)
	if n := app.Rows("assertions", ""); n != 0 {
		t.Errorf("%d assertions", n)
	}
	describes(app, viewer, `<md:NameIDFormat>`, encryptionKey())
	if doc := message(b.Begin(viewer, samltest.Ask{})); strings.Contains(doc, "<saml:Assertion") {
		t.Error("in clear")
	}
}

// Sign in Canada's profile refuses certificates past their end (CATS 3 MD05); the
// others take them for mere wrappings of a key.
func TestACertificatePastItsEndCountsOnlyWhereThePolicySaysSo(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b, viewer := doctor(app), app.Viewer(apptest.ConnectingOntario)
	end := samltest.ViewerKey().Certificate.NotAfter
	if !end.After(app.Clock.Now()) {
		t.Fatal("the test's certificate has ended already")
	}
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Requests, p.ExpiredKeys = policy.RequestsRequired, false })
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
	app.Clock.Advance(end.Sub(app.Clock.Now()) + time.Second)
	b = app.Browser()
	wantRefused(t, b.Begin(viewer, samltest.Ask{}), string(saml.NoKey))
	wantRefused(t, b.BeginPosted(viewer, samltest.Ask{}), string(saml.NoKey))
	wantRefused(t, b.Goodbye(viewer, samltest.Goodbye{NameID: "x"}), string(saml.NoKey))
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.ExpiredKeys = true })
	b.Open(viewer, samltest.Ask{}).WantText("Sign in to open ConnectingOntario")
}
