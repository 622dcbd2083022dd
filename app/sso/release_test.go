package sso_test

import (
	"maps"
	"slices"
	"testing"

	"oneid/app/internal/apptest"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

type dbServiceID = db.ServiceID

func TestNamesAreOfOneServiceOnlyAndStay(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	hub := []dbServiceID{apptest.OTNHub}
	ada := app.SignedIn(app.Account(apptest.Holder{Services: hub, Licence: "100093"}))
	ida := app.SignedIn(app.Account(apptest.Holder{First: "Ida", Services: hub, Licence: "100094"}))
	name := func(b *apptest.Browser, service dbServiceID) string {
		return wantSigned(t, b.Open(app.Viewer(service), samltest.Ask{}), app.Viewer(service)).NameID
	}
	seen := []string{name(ada, apptest.OTNHub), name(ada, apptest.ConnectingOntario), name(ida, apptest.OTNHub), name(ida, apptest.ConnectingOntario)}
	for i, n := range seen {
		if slices.Contains(seen[i+1:], n) {
			t.Errorf("the name %s is used twice", n)
		}
	}
	if again := name(ada, apptest.OTNHub); again != seen[0] {
		t.Errorf("the name was %s and is %s", seen[0], again)
	}
}

func TestExactlyThePolicysAttributesAreReleased(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Treat(apptest.OTNHub, func(p *policy.Policy) {
		p.Release = []policy.Attribute{
			{Fact: "last_name", Name: "urn:x:last"}, {Fact: "rid", Name: "urn:x:rid"}, {Fact: "no such fact", Name: "urn:x:none"},
		}
	})
	who := app.Account(apptest.Holder{First: "Ada", Last: "Byron", Licence: "100093", Services: []dbServiceID{apptest.OTNHub}})
	b := app.SignedIn(who)

	seen := wantSigned(t, b.Open(app.Viewer(apptest.OTNHub), samltest.Ask{}), app.Viewer(apptest.OTNHub))
	if got := slices.Sorted(maps.Keys(seen.Attributes)); !slices.Equal(got, []string{"urn:x:last", "urn:x:rid"}) {
		t.Errorf("released %v", got)
	}
	if got := seen.Attributes["urn:x:last"]; !slices.Equal(got, []string{"Byron"}) {
		t.Errorf("the last name is %v", got)
	}

	all := wantSigned(t, b.Open(app.Viewer(apptest.ConnectingOntario), samltest.Ask{}), app.Viewer(apptest.ConnectingOntario))
	var want []string
	for _, a := range policy.Ontario.Policy().Release {
		// Nobody's authority stands behind the visit.
		if a.Fact != policy.FactUAOType && a.Fact != policy.FactUAOName && a.Fact != policy.FactRoles {
			want = append(want, a.Name)
		}
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(all.Attributes)); !slices.Equal(got, want) {
		t.Errorf("released\n%v, want\n%v", got, want)
	}
	for name, value := range map[string]string{
		saml.AttrDisplayName: "Ada Byron", saml.AttrUserLoginName: "ADA.BYRON@ONEID.ON.CA", saml.AttrEmail: "ada@example.ca",
		saml.AttrPrincipalFedKey: all.NameID,
	} {
		if got := all.Attributes[name]; !slices.Equal(got, []string{value}) {
			t.Errorf("%s is %v, want %s", name, got, value)
		}
	}
	if n := app.Rows("assertions", "service_id = 'otnhub' AND attributes = '{urn:x:last,urn:x:rid}'"); n != 1 {
		t.Error("the ledger doesn't say which attributes went out")
	}
}

func TestForeignJudgesAcceptTheAnswer(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	signed := wantSigned(t, b.Open(viewer, samltest.Ask{RelayState: "x"}), viewer)
	declined := app.Browser().Open(viewer, samltest.Ask{IsPassive: true}).Seen(viewer)
	key := samltest.ProductKey().Certificate

	samltest.Schema(t, samltest.ProtocolSchema, signed.XML)
	samltest.Xmlsec1(t, signed.XML, "Response", key)
	samltest.Xmlsec1(t, signed.XML, "Assertion", key)
	samltest.Schema(t, samltest.ProtocolSchema, declined.XML)
	samltest.Xmlsec1(t, declined.XML, "Response", key)
}
