package saml_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/samltest"
)

// fixedIDs returns a source of predictable message IDs.
func fixedIDs(ids ...string) func() string {
	return func() string {
		next := ids[0]
		ids = ids[1:]
		return next
	}
}

func aRequest() saml.Request {
	return saml.Request{ID: requestID, Service: viewerID, ACSURL: viewerACS, RelayState: "back"}
}

func anAssertion() saml.Assertion {
	return saml.Assertion{
		NameID: saml.NameID{
			Format: saml.NameIDPersistent, Value: "k3j2h4g5f6d7s8a9@oneidfed.on.ca",
			NameQualifier: productIDP, SPNameQualifier: viewerID,
		},
		AuthnInstant: noon().Add(-3 * time.Minute), SessionIndex: "_session-of-this-service",
		SessionEnds: noon().Add(8 * time.Hour), Context: saml.ContextPassword,
		Attributes: []saml.Attribute{
			{Name: saml.AttrLastName, Values: []string{"O'Brien & <Tremblay> É"}},
			{Name: saml.AttrRID, Values: []string{
				saml.RID("https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-license-physician", "12345", saml.LicenceActive),
				saml.RID("https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-license-nurse", "678", saml.LicenceUnverified),
			}},
			{Name: saml.AttrEmail},
		},
	}
}

func TestAnAnswerIsTheSameAsEverAndOthersAgreeWithIt(t *testing.T) {
	t.Parallel()
	idp := theIDP()
	idp.NewID = fixedIDs("_assertion-fixed-00000001", "_response-fixed-000000001")
	form, issued, err := idp.Respond(aRequest(), anAssertion(), saml.AnswerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	doc := samltest.Decode(form.SAMLResponse)
	golden(t, "response.xml", doc)
	samltest.Schema(t, samltest.ProtocolSchema, doc)
	samltest.Xmlsec1(t, doc, "Response", idp.Key.Certificate)
	samltest.Xmlsec1(t, doc, "Assertion", idp.Key.Certificate)
	sum := sha256.Sum256(doc)
	if issued.Digest != hex.EncodeToString(sum[:]) || issued.AssertionID != "_assertion-fixed-00000001" || issued.ResponseID != "_response-fixed-000000001" {
		t.Errorf("issued %+v", issued)
	}
	if form.URL != viewerACS || form.RelayState != "back" {
		t.Errorf("form %+v", form)
	}
	if strings.Contains(string(doc), "Address") {
		t.Error("an address is stated")
	}
	if strings.Contains(string(doc), "sha1") {
		t.Error("SHA-1 is used")
	}
	if strings.Contains(string(doc), saml.AttrEmail) {
		t.Error("an attribute without a value is stated")
	}
}

func TestAViewerReadsWhatWasStated(t *testing.T) {
	t.Parallel()
	idp := theIDP()
	form, _, err := idp.Respond(aRequest(), anAssertion(), saml.AnswerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	seen, err := aViewer().Read(form.SAMLResponse, idp.Key.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	if seen.NameID != "k3j2h4g5f6d7s8a9@oneidfed.on.ca" || seen.Audience != viewerID || seen.InResponseTo != requestID ||
		seen.Destination != viewerACS || seen.Context != saml.ContextPassword || seen.Status != saml.StatusSuccess ||
		seen.AuthnInstant != "2026-11-20T16:57:00Z" || seen.SessionIndex != "_session-of-this-service" {
		t.Errorf("got %+v", seen)
	}
	if got := seen.Attributes[saml.AttrLastName]; len(got) != 1 || got[0] != "O'Brien & <Tremblay> É" {
		t.Errorf("last name %q", got)
	}
	want := "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-license-physician|12345:Active"
	if got := seen.Attributes[saml.AttrRID]; len(got) != 2 || got[0] != want {
		t.Errorf("RID %q, want two, the first %q", got, want)
	}
}

func TestTheWindowFollowsOurClockNotTheRequests(t *testing.T) {
	t.Parallel()
	req := aRequest()
	req.IssuedAt = noon().Add(365 * 24 * time.Hour)
	form, issued, err := theIDP().Respond(req, anAssertion(), saml.AnswerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	doc := string(samltest.Decode(form.SAMLResponse))
	if !strings.Contains(doc, `NotBefore="2026-11-20T16:59:00Z" NotOnOrAfter="2026-11-20T17:05:00Z"`) {
		t.Errorf("conditions are not from a minute ago to five minutes from now: %s", doc)
	}
	if strings.Contains(doc, "2027") || !issued.Expires.Equal(noon().Add(5*time.Minute)) {
		t.Errorf("the request's time found its way in; expires %s", issued.Expires)
	}
}

func TestALaunchFromOurSideAnswersNothing(t *testing.T) {
	t.Parallel()
	idp := theIDP()
	req, err := idp.Unsolicited(aViewer().ServiceProvider(), "")
	if err != nil {
		t.Fatal(err)
	}
	form, _, err := idp.Respond(*req, anAssertion(), saml.AnswerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	doc := samltest.Decode(form.SAMLResponse)
	if strings.Contains(string(doc), "InResponseTo") {
		t.Error("InResponseTo is stated")
	}
	if form.URL != viewerACS || form.RelayState != "" {
		t.Errorf("form %+v", form)
	}
	samltest.Schema(t, samltest.ProtocolSchema, doc)
}

func TestARefusalIsASignedAnswerWithItsStatus(t *testing.T) {
	t.Parallel()
	idp := theIDP()
	form, err := idp.Refuse(aRequest(), saml.StatusResponder, saml.StatusNoPassive, "A person must be asked. / Il faut demander à la personne. Ref. 7F3K", saml.AnswerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	doc := samltest.Decode(form.SAMLResponse)
	samltest.Schema(t, samltest.ProtocolSchema, doc)
	samltest.Xmlsec1(t, doc, "Response", idp.Key.Certificate)
	seen, err := aViewer().Read(form.SAMLResponse, idp.Key.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Status != saml.StatusResponder || seen.Substatus != saml.StatusNoPassive || !strings.Contains(seen.Message, "7F3K") {
		t.Errorf("got %+v", seen)
	}
	if _, err := idp.Refuse(aRequest(), saml.StatusSuccess, "", "", saml.AnswerOptions{}); err == nil {
		t.Error("success was sent as a refusal")
	}
}

func TestHalfAFactIsNeverStated(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*saml.Request, *saml.Assertion){
		"no reply address": func(r *saml.Request, _ *saml.Assertion) { r.ACSURL = "" },
		"no service":       func(r *saml.Request, _ *saml.Assertion) { r.Service = "" },
		"no name":          func(_ *saml.Request, a *saml.Assertion) { a.NameID.Value = "" },
		"no context":       func(_ *saml.Request, a *saml.Assertion) { a.Context = "" },
		"no session":       func(_ *saml.Request, a *saml.Assertion) { a.SessionIndex = "" },
		"no sign-in":       func(_ *saml.Request, a *saml.Assertion) { a.AuthnInstant = time.Time{} },
		"a sign-in to come": func(_ *saml.Request, a *saml.Assertion) {
			a.AuthnInstant = noon().Add(time.Minute)
		},
	} {
		req, a := aRequest(), anAssertion()
		spoil(&req, &a)
		if _, _, err := theIDP().Respond(req, a, saml.AnswerOptions{}); err == nil {
			t.Errorf("%s: stated all the same", name)
		}
	}
}

func TestIDsAreRandomAndFitForUse(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		id := saml.NewID()
		if len(id) != 33 || id[0] != '_' || seen[id] {
			t.Fatalf("ID %q", id)
		}
		seen[id] = true
	}
}

func TestAnRIDKeepsItsShapeWhateverTheNumberHolds(t *testing.T) {
	t.Parallel()
	if got, want := saml.RID("urn:x", " 12|3:4\n5", saml.LicenceSuspended), "urn:x|12345:Suspended"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
