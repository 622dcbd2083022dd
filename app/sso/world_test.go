package sso_test

import (
	"encoding/json"
	"testing"

	"github.com/beevik/etree"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/saml"
	"oneid/saml/samltest"
)

// wantRefused wants the page of a request that gets no answer, whose number
// leads to the event that says why.
func wantRefused(t testing.TB, p *apptest.Page, code string) {
	t.Helper()
	if p.Status != 403 || p.Find("form[data-auto-submit]").Length() != 0 {
		t.Errorf("answered %d to %q, want to be refused as %s:\n%s", p.Status, p.To(), code, p.Text())
		return
	}
	reference := p.Reference()
	for _, e := range p.Audited(audit.SSORequestRefused) {
		if e.Reference == reference {
			if got := details(t, e.Details)["code"]; got != code {
				t.Errorf("refused as %q, want %q", got, code)
			}
			return
		}
	}
	t.Errorf("no event has the page's number %s", reference)
}

// wantSigned wants a service to learn who is signed in.
func wantSigned(t testing.TB, p *apptest.Page, v samltest.Viewer) *samltest.Seen {
	t.Helper()
	seen := p.WantStatus(200).Seen(v)
	if seen.Status != saml.StatusSuccess || seen.NameID == "" {
		t.Errorf("the service gets status %q, %q and name %q", seen.Status, seen.Substatus, seen.NameID)
	}
	return seen
}

// wantDeclined wants a service to get a status and no assertion.
func wantDeclined(t testing.TB, p *apptest.Page, v samltest.Viewer, substatus string) {
	t.Helper()
	seen := p.WantStatus(200).Seen(v)
	if seen.Status == saml.StatusSuccess || seen.Substatus != substatus || seen.NameID != "" {
		t.Errorf("the service gets status %q, %q and name %q, want %q", seen.Status, seen.Substatus, seen.NameID, substatus)
	}
}

func details(t testing.TB, text string) map[string]string {
	t.Helper()
	var d map[string]string
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// doctor has an account with an active licence, and is signed in.
func doctor(app *apptest.App) *apptest.Browser {
	return app.SignedIn(app.Account(apptest.Holder{First: "Ada", Last: "Byron", Licence: "100093"}))
}

func attr(name, value string) func(*etree.Element) {
	return func(r *etree.Element) { r.CreateAttr(name, value) }
}
