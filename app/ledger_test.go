package app_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"oneid/app"
	"oneid/app/internal/apptest"
	"oneid/saml/samltest"
)

func TestTheLedgerIsLookedUpAndHeldToTheTrail(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	viewer := w.Viewer(apptest.ConnectingOntario)
	b := w.SignedIn(w.Account(apptest.Holder{Licence: "100093"}))
	id := samltest.Tree(b.Open(viewer, samltest.Ask{}).Seen(viewer).XML).Root().SelectElement("Assertion").SelectAttrValue("ID", "")
	b.Open(viewer, samltest.Ask{}).Seen(viewer)

	show := func(id string) (string, error) {
		var out bytes.Buffer
		err := app.ShowAssertion(t.Context(), w.Config, id, &out)
		return out.String(), err
	}
	verify := func() (string, error) {
		var out bytes.Buffer
		err := app.VerifyAudit(t.Context(), w.Config, &out)
		return out.String(), err
	}
	said, err := show(id)
	for _, want := range []string{id, "connectingontario, https://connectingontario.example/metadata", "urn:ehealth:names:idm:attribute:RID", "with the same digests"} {
		if err != nil || !strings.Contains(said, want) {
			t.Errorf("says %q, %v, want %q", said, err, want)
		}
	}
	if said, err := verify(); err != nil || !strings.Contains(said, "intact") {
		t.Errorf("an honest ledger: %q, %v", said, err)
	}
	if _, err := show("_nobody"); err == nil || !strings.Contains(err.Error(), "not issued here") {
		t.Errorf("a stranger's assertion: %v", err)
	}
	for _, change := range []string{
		"UPDATE assertions SET sha256 = '\\x00' WHERE id = '" + id + "'",
		"DELETE FROM assertions WHERE id = '" + id + "'",
	} {
		w.Exec(change)
		if said, err := verify(); !errors.Is(err, app.ErrAuditBroken) || !strings.Contains(said, "disagree on assertion "+id) {
			t.Errorf("after %s: %q, %v", change, said, err)
		}
	}
}

func TestAnOrganizationAnswersForSomebodyFromTheShell(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	ada := w.Account(apptest.Holder{})
	var out bytes.Buffer
	const hospital = "maple-falls-general-hospital"
	sponsoring := app.Sponsoring{LoginID: ada.LoginID, Organization: hospital, Services: []string{"clinicalconnect"}, Roles: []string{"physician"}}
	if err := app.SponsorAccount(t.Context(), w.Config, sponsoring, &out); err == nil || !strings.Contains(err.Error(), "no organization") {
		t.Errorf("an organization that is not there: %v", err)
	}
	if err := app.AddExamples(t.Context(), w.Config, &out); err != nil {
		t.Fatal(err)
	}
	for range 2 { // again changes nothing
		if err := app.SponsorAccount(t.Context(), w.Config, sponsoring, &out); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.Rows("entitlements", "organization_id = '"+hospital+"' AND roles = '{physician}'"); n != 1 || w.Rows("enrolments", "status = 'active'") != 1 {
		t.Errorf("%d entitlements", n)
	}
	sponsoring.Services = []string{"otnhub"}
	if err := app.SponsorAccount(t.Context(), w.Config, sponsoring, &out); err == nil {
		t.Error("a service that it did not sign for")
	}
}
