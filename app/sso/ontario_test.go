package sso_test

import (
	"encoding/base64"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"oneid/app/internal/apptest"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

// as gives a service all that a preset sets. People are not shown what it gets.
func as(app *apptest.App, id db.ServiceID, preset policy.Preset) {
	app.Helper()
	app.Treat(id, func(p *policy.Policy) {
		*p = preset.Policy()
		p.Notice, p.Encrypt, p.Requests = false, policy.EncryptWhenPossible, policy.RequestsWhenPresent
	})
}

// anyName leaves the person's name to us.
func anyName(r *etree.Element) { r.RemoveChild(r.SelectElement("NameIDPolicy")) }

// Services are programmed against these very spellings (DOMAIN.md 9.2 to 9.6), so
// they stand here letter by letter and not by the names that our code has for them.
func TestOntariosServicesGetTheirAttributesLetterByLetter(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	as(app, apptest.ConnectingOntario, policy.Ontario)
	ada := app.Account(apptest.Holder{First: "Ada", Last: "Byron", Licence: "100093", Phone: "+14165550100"})
	app.Sponsors(ada, apptest.ConnectingOntario, "birch")
	viewer := app.Viewer(apptest.ConnectingOntario)
	seen := wantSigned(t, app.SignedIn(ada).Open(viewer, samltest.Ask{Edit: anyName}), viewer)

	if seen.NameIDFormat != "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified" || !regexp.MustCompile(`^[0-9a-f]{32}@oneidfed\.on\.ca$`).MatchString(seen.NameID) {
		t.Errorf("named %q in %q", seen.NameID, seen.NameIDFormat)
	}
	doc := string(seen.XML)
	if !strings.Contains(doc, `NameQualifier="`+app.Base+`/saml/metadata"`) {
		t.Error("the name is not qualified by us")
	}
	for _, never := range []string{"SubjectLocality", "Address=", "sender-vouches", "SPProvidedID", "OneTimeUse"} {
		if strings.Contains(doc, never) {
			t.Errorf("%s is stated", never)
		}
	}
	if n := strings.Count(doc, "<saml:Audience>"); n != 1 || !strings.Contains(doc, `Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"`) || !strings.Contains(doc, "SessionNotOnOrAfter=") {
		t.Errorf("%d audiences, or not for the bearer, or without the session's end", n)
	}
	entitlements := base64.StdEncoding.EncodeToString([]byte(`{"UAO":[{"type":"Organization","id":"2.16.840.1.113883.3.239.9:birch","friendName":"Birch Clinic",` +
		`"service":[{"name":"OLIS","attribute":[{"name":"scope","value":"user/DiagnosticReport.read"}]}]}]}`))
	want := map[string][]string{
		"DisplayName": {"Ada Byron"}, "FirstName": {"Ada"}, "LastName": {"Byron"}, "Email": {"ada@example.ca"},
		"TelephoneNumber": {"+14165550100"}, "UserLoginName": {"ADA.BYRON@ONEID.ON.CA"}, "PrincipalFedKey": {seen.NameID},
		"RID":            {"https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-license-physician|100093:Active"},
		"AssertingParty": {app.Base + "/saml/metadata"}, "IdentityProvider": {"2.16.840.1.113883.3.239.35.3.1"},
		"AuthenticationLevel": {"AL2"}, "IdentityVerificationSchemeRef": {"AL2"}, "CredentialManagementSchemeRef": {"AL2"},
		"ProtectedNetwork": {"false"}, "StrongAuthenticationRequest": {"false"}, "grantByDelegateMeritOnly": {"false"},
		"Roles": {"physician"}, "ServiceEntitlements": {entitlements},
		"UAO": {"2.16.840.1.113883.3.239.9:birch"}, "uaoType": {"Organization"}, "uaoName": {"Birch Clinic"},
	}
	got := map[string][]string{}
	for name, values := range seen.Attributes {
		short, ok := strings.CutPrefix(name, "urn:ehealth:names:idm:attribute:")
		if !ok {
			t.Errorf("an attribute of another family: %s", name)
		}
		got[short] = values
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(got[name], want[name]) {
			t.Errorf("%s is %q, want %q", name, got[name], want[name])
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("besides there is %v", got)
	}
	if n := strings.Count(doc, `NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"`); n != len(want) {
		t.Errorf("%d names are URIs, want %d", n, len(want))
	}
}

func TestALicencesStandingIsPartOfItsName(t *testing.T) {
	t.Parallel()
	const physician = "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-license-physician|"
	for want, holder := range map[string]apptest.Holder{
		physician + "1:Active": {Licence: "1"}, physician + "2:Suspended": {Licence: "2", LicenceStatus: "suspended"},
		physician + "3:Inactive": {Licence: "3", LicenceStatus: "inactive"}, physician + "4:Unverified": {Licence: "4", Stated: true},
		"URP": {},
	} {
		app := apptest.New(t)
		as(app, apptest.OTNHub, policy.Ontario)
		holder.Services = []db.ServiceID{apptest.OTNHub}
		viewer := app.Viewer(apptest.OTNHub)
		seen := wantSigned(t, app.SignedIn(app.Account(holder)).Open(viewer, samltest.Ask{Edit: anyName}), viewer)
		if got := seen.Attributes["urn:ehealth:names:idm:attribute:RID"]; !slices.Equal(got, []string{want}) {
			t.Errorf("RID is %v, want %s", got, want)
		}
		// Who somebody is stays known when they may not practise.
		level := "AL2"
		if want == "URP" || holder.Stated {
			level = "AL1"
		}
		if got := seen.Attributes["urn:ehealth:names:idm:attribute:AuthenticationLevel"]; !slices.Equal(got, []string{level}) {
			t.Errorf("%s: AuthenticationLevel is %v, want %s", want, got, level)
		}
	}
}

func TestOrdinaryServicesGetTheNamesTheyKnow(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	as(app, apptest.ConnectingOntario, policy.SAML2int)
	viewer := app.Viewer(apptest.ConnectingOntario)
	ada := app.Account(apptest.Holder{First: "Ada", Last: "Byron", Licence: "100093"})
	b := app.SignedIn(ada)
	open := func() (*samltest.Seen, string) {
		t.Helper()
		doc := message(b.Open(viewer, samltest.Ask{Edit: anyName}))
		samltest.Schema(t, samltest.ProtocolSchema, []byte(doc))
		samltest.Xmlsec1(t, []byte(doc), "Response", samltest.ProductKey().Certificate)
		if strings.Count(doc, "<ds:Signature ") != 1 {
			t.Error("more than the Response is signed")
		}
		return stated(doc), doc
	}
	seen, doc := open()
	again, _ := open()
	if seen.NameIDFormat != "urn:oasis:names:tc:SAML:2.0:nameid-format:transient" || seen.NameID == again.NameID {
		t.Errorf("named %q, then %q in %q", seen.NameID, again.NameID, seen.NameIDFormat)
	}
	pairwise := seen.Attributes["urn:oasis:names:tc:SAML:attribute:pairwise-id"]
	if len(pairwise) != 1 || !regexp.MustCompile(`^[0-9a-z]{1,127}@oneid\.on\.ca$`).MatchString(pairwise[0]) || !slices.Equal(pairwise, again.Attributes["urn:oasis:names:tc:SAML:attribute:pairwise-id"]) {
		t.Errorf("pairwise-id %v", pairwise)
	}
	for name, want := range map[string][]string{
		"urn:oid:2.16.840.1.113730.3.1.241": {"Ada Byron"}, "urn:oid:2.5.4.42": {"Ada"}, "urn:oid:2.5.4.4": {"Byron"},
		"urn:oid:0.9.2342.19200300.100.1.3": {"ada@example.ca"},
		"urn:oid:1.3.6.1.4.1.5923.1.1.1.11": {
			"https://refeds.org/assurance", "https://refeds.org/assurance/version/2", "https://refeds.org/assurance/ID/unique",
			"https://refeds.org/assurance/IAP/low", "https://refeds.org/assurance/IAP/medium",
		},
	} {
		if got := seen.Attributes[name]; !slices.Equal(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if len(seen.Attributes) != 6 || strings.Contains(doc, "subject-id") {
		t.Errorf("released %v", slices.Sorted(maps.Keys(seen.Attributes)))
	}
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.SubjectID = policy.SubjectGeneral })
	general, _ := open()
	const subject = "urn:oasis:names:tc:SAML:attribute:subject-id"
	if got := general.Attributes[subject]; len(got) != 1 || !regexp.MustCompile(`^[0-9a-z]{1,127}@oneid\.on\.ca$`).MatchString(got[0]) || got[0] == pairwise[0] {
		t.Errorf("subject-id %v", got)
	}
}

// stated reads a document whose signature others have judged.
func stated(doc string) *samltest.Seen {
	root := samltest.Tree([]byte(doc)).Root()
	name := root.FindElement("./Assertion/Subject/NameID")
	seen := &samltest.Seen{NameID: name.Text(), NameIDFormat: name.SelectAttrValue("Format", ""), Attributes: map[string][]string{}}
	for _, a := range root.FindElements("./Assertion/AttributeStatement/Attribute") {
		for _, v := range a.SelectElements("AttributeValue") {
			key := a.SelectAttrValue("Name", "")
			seen.Attributes[key] = append(seen.Attributes[key], v.Text())
		}
	}
	return seen
}

func TestSignInCanadasServicesGetWhatItsProfileSays(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	as(app, apptest.ConnectingOntario, policy.CATS3)
	viewer := app.Viewer(apptest.ConnectingOntario)
	doc := message(doctor(app).Open(viewer, samltest.Ask{}))
	samltest.Schema(t, samltest.ProtocolSchema, []byte(doc))
	samltest.Xmlsec1(t, []byte(doc), "Assertion", samltest.ProductKey().Certificate)
	if strings.Count(doc, "<ds:Signature ") != 1 {
		t.Error("more than the assertion is signed")
	}
	seen := stated(doc)
	if got := slices.Sorted(maps.Keys(seen.Attributes)); !slices.Equal(got, []string{"email", "family_name", "given_name", "locale"}) {
		t.Errorf("released %v", got)
	}
	if seen.NameIDFormat != saml.NameIDPersistent || strings.Contains(doc, "SessionNotOnOrAfter") || !strings.Contains(doc, ">urn:gc-ca:cyber-auth:assurance:loa2<") ||
		strings.Contains(doc, "attrname-format:uri") {
		t.Errorf("stated: %s", doc)
	}
}

func TestTheStepUpFlagSaysWhetherMoreThanAPasswordWasAskedFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		contexts []string
		minimum  string
		want     string
	}{
		"nothing asked":                      {nil, "", "false"},
		"a password":                         {[]string{saml.ContextPassword}, "", "false"},
		"two kinds of proof":                 {[]string{saml.ContextMFA}, "", "true"},
		"two kinds or a password":            {[]string{saml.ContextMFA, saml.ContextPassword}, "", "false"},
		"two kinds for everyone":             {nil, policy.MinimumPossession, "true"},
		"two kinds for everyone, less asked": {[]string{saml.ContextPassword}, policy.MinimumPossession, "true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t)
			as(app, apptest.OTNHub, policy.Ontario)
			app.Treat(apptest.OTNHub, func(p *policy.Policy) { p.Minimum = test.minimum })
			viewer, device := app.Viewer(apptest.OTNHub), app.Device()
			who := app.Account(apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}})
			app.SignedIn(who).AddPasskey(device, "Key").WantRedirect("/profile/passkeys")
			b := app.Browser()
			b.UsePasskey(device, "/signin/passkey").WantStatus(303)
			seen := wantSigned(t, b.Open(viewer, samltest.Ask{Edit: anyName, Contexts: test.contexts}), viewer)
			if got := seen.Attributes[saml.AttrStrongAuthenticationRequest]; !slices.Equal(got, []string{test.want}) {
				t.Errorf("said to be %q, want %s", got, test.want)
			}
		})
	}
}
