package saml_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
)

func TestAnHonestAnswerBecomesEvidence(t *testing.T) {
	t.Parallel()
	for _, signed := range []samltest.Signed{samltest.SignBoth, samltest.SignResponse, samltest.SignAssertion} {
		a := honest()
		a.Signed, a.AssertionID, a.ID = signed, "_assertion-1234567", "_response-12345678"
		response := aCollege().Respond(a)
		e, err := accept(t, response)
		if err != nil {
			t.Fatalf("signed %d: %v", signed, err)
		}
		if e.AssertionID != "_assertion-1234567" || e.InResponseTo != requestID || e.Issuer != "https://portal.example/idp" {
			t.Errorf("signed %d: got %+v", signed, e)
		}
		if got := e.Attributes["urn:oneid:college:attribute:lastName"]; len(got) != 1 || got[0] != "O’Brien-Tremblay & fils" {
			t.Errorf("signed %d: last name %q", signed, got)
		}
		if signed == samltest.SignAssertion && e.ResponseID != "" {
			t.Errorf("an unsigned Response lent its ID %q to the evidence", e.ResponseID)
		}
		if string(e.SignedXML) != string(samltest.Decode(response)) {
			t.Error("the evidence does not keep the Response as received")
		}
		if e.KeyFingerprint != saml.Fingerprint(samltest.CollegeKey().Certificate) || !strings.HasSuffix(e.Algorithm, "rsa-sha256") {
			t.Errorf("key %s, algorithm %s", e.KeyFingerprint, e.Algorithm)
		}
	}
}

func TestEvidenceProvesItselfAgainYearsLater(t *testing.T) {
	t.Parallel()
	college := aCollege()
	e, err := accept(t, college.Respond(honest()))
	if err != nil {
		t.Fatal(err)
	}
	again, err := saml.Reverify(e.SignedXML, college.IdentityProvider())
	if err != nil {
		t.Fatal(err)
	}
	if again.AssertionID != e.AssertionID || again.KeyFingerprint != e.KeyFingerprint {
		t.Errorf("got %s by %s, want %s by %s", again.AssertionID, again.KeyFingerprint, e.AssertionID, e.KeyFingerprint)
	}
	forged := []byte(strings.Replace(string(e.SignedXML), "12345", "54321", 1))
	_, err = saml.Reverify(forged, college.IdentityProvider())
	wantCode(t, err, saml.BadSignature)
}

func TestACollegeMayHaveTwoKeysAtOnce(t *testing.T) {
	t.Parallel()
	idp := aCollege().IdentityProvider()
	idp.Certificates = append(idp.Certificates[:0:0], samltest.StrangerKey().Certificate, samltest.CollegeKey().Certificate)
	if _, err := theSP().Accept(aCollege().Respond(honest()), idp, saml.Expect{RequestID: requestID}); err != nil {
		t.Errorf("the second pinned key was not tried: %v", err)
	}
}

func TestAnswersThatAreRefused(t *testing.T) {
	t.Parallel()
	data := "./Assertion/Subject/SubjectConfirmation/SubjectConfirmationData"
	stamp := func(d time.Duration) string { return noon().Add(d).Format(time.RFC3339) }
	edit := func(f func(*etree.Element)) func(*samltest.Answer) { return func(a *samltest.Answer) { a.Edit = f } }
	cases := map[string]struct {
		change func(*samltest.Answer)
		want   saml.Code
	}{
		"nothing is signed":            {func(a *samltest.Answer) { a.Signed = samltest.SignNothing }, saml.NotSigned},
		"signed with SHA-1":            {func(a *samltest.Answer) { a.Method = samltest.SHA1 }, saml.UnknownAlgorithm},
		"the destination is elsewhere": {edit(set("Destination", productACS+"/")), saml.WrongDestination},
		"there is no destination":      {edit(drop("Destination")), saml.WrongDestination},
		"the recipient is elsewhere":   {edit(at(data, set("Recipient", "https://evil.example/acs"))), saml.WrongRecipient},
		"the Response answers nothing": {edit(drop("InResponseTo")), saml.Unsolicited},
		"the assertion answers nothing": {
			edit(at(data, drop("InResponseTo"))), saml.Unsolicited},
		"the Response answers another request": {edit(set("InResponseTo", "_another-0123456789")), saml.WrongRequest},
		"the assertion answers another request": {
			edit(at(data, set("InResponseTo", "_another-0123456789"))), saml.WrongRequest},
		"the Response is another college's":  {edit(at("./Issuer", text("https://other.example"))), saml.WrongIssuer},
		"the assertion is another college's": {edit(at("./Assertion/Issuer", text("https://other.example"))), saml.WrongIssuer},
		"the issuer has a space around it":   {edit(at("./Assertion/Issuer", text(" https://portal.example/idp"))), saml.WrongIssuer},
		"the audience is another":            {func(a *samltest.Answer) { a.Audience = "https://other.example" }, saml.WrongAudience},
		"there is no audience":               {edit(dropChild("./Assertion/Conditions/AudienceRestriction")), saml.WrongAudience},
		"there are no conditions":            {edit(dropChild("./Assertion/Conditions")), saml.WrongAudience},
		"there is no confirmation":           {edit(dropChild("./Assertion/Subject/SubjectConfirmation")), saml.NotBearer},
		"the confirmation is sender-vouches": {
			edit(at("./Assertion/Subject/SubjectConfirmation", set("Method", "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"))), saml.NotBearer},
		"the confirmation has no end":    {edit(at(data, drop("NotOnOrAfter"))), saml.NotBearer},
		"the confirmation is over":       {edit(at(data, set("NotOnOrAfter", stamp(-4*time.Minute)))), saml.Expired},
		"the confirmation lasts a day":   {edit(at(data, set("NotOnOrAfter", stamp(24*time.Hour)))), saml.WindowTooLong},
		"the confirmation begins later":  {edit(at(data, set("NotBefore", stamp(4*time.Minute)))), saml.NotYetValid},
		"the conditions are over":        {edit(at("./Assertion/Conditions", set("NotOnOrAfter", stamp(-4*time.Minute)))), saml.Expired},
		"the conditions begin later":     {edit(at("./Assertion/Conditions", set("NotBefore", stamp(4*time.Minute)))), saml.NotYetValid},
		"issued nine minutes ago":        {edit(at("./Assertion", set("IssueInstant", stamp(-9*time.Minute)))), saml.Expired},
		"issued four minutes from now":   {edit(at("./Assertion", set("IssueInstant", stamp(4*time.Minute)))), saml.ClockAhead},
		"the Response is of last year":   {edit(set("IssueInstant", stamp(-365*24*time.Hour))), saml.Expired},
		"the member signed in yesterday": {func(a *samltest.Answer) { a.AuthnInstant = noon().Add(-24 * time.Hour) }, saml.AuthnTooOld},
		"the member signs in tomorrow":   {func(a *samltest.Answer) { a.AuthnInstant = noon().Add(24 * time.Hour) }, saml.ClockAhead},
		"there is no authentication":     {edit(dropChild("./Assertion/AuthnStatement")), saml.Malformed},
		"a time is a word":               {edit(at("./Assertion", set("IssueInstant", "today"))), saml.Malformed},
		"the assertion's ID is empty":    {func(a *samltest.Answer) { a.Signed, a.Edit = samltest.SignResponse, at("./Assertion", set("ID", "")) }, saml.BadID},
		"it is SAML 1.1":                 {edit(set("Version", "1.1")), saml.BadVersion},
		"there is no assertion":          {edit(dropChild("./Assertion")), saml.AssertionCount},
		"there are two assertions": {edit(func(el *etree.Element) {
			second := el.SelectElement("Assertion").Copy()
			second.CreateAttr("ID", "_second-0123456789abc")
			el.AddChild(second)
		}), saml.AssertionCount},
		"an attribute occurs twice": {edit(func(el *etree.Element) {
			list := el.FindElement("./Assertion/AttributeStatement")
			list.AddChild(list.ChildElements()[0].Copy())
		}), saml.RepeatedAttribute},
		"an unknown condition": {edit(func(el *etree.Element) {
			el.FindElement("./Assertion/Conditions").CreateElement("saml:Condition")
		}), saml.UnknownCondition},
		"a value was changed after signing": {func(a *samltest.Answer) {
			a.Tamper = at("./Assertion/Subject/NameID", text("somebody-else"))
		}, saml.BadSignature},
		"a comment was added after signing": {func(a *samltest.Answer) {
			a.Tamper = at("./Assertion/Subject/NameID", func(el *etree.Element) { el.CreateComment("x") })
		}, "xml_comment"},
		"the Response is a request": {edit(func(el *etree.Element) { el.Tag = "AuthnRequest" }), saml.UnexpectedKind},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := honest()
			c.change(&a)
			_, err := accept(t, aCollege().Respond(a))
			wantCode(t, err, c.want)
		})
	}
}

func TestAnotherPartysKeyIsNotTheCollegesKey(t *testing.T) {
	t.Parallel()
	impostor := aCollege()
	impostor.Key = samltest.StrangerKey() // its KeyInfo carries its own certificate
	_, err := accept(t, impostor.Respond(honest()))
	wantCode(t, err, saml.BadSignature)
}

func TestAnErrorOfTheCollegeIsToldWithItsStatus(t *testing.T) {
	t.Parallel()
	a := honest()
	a.Status, a.Substatus = saml.StatusResponder, saml.StatusAuthnFailed
	_, err := accept(t, aCollege().Respond(a))
	wantCode(t, err, saml.StatusNotSuccess)
	refusal, _ := err.(*saml.Refusal)
	if refusal == nil || refusal.Status != saml.StatusResponder || refusal.Substatus != saml.StatusAuthnFailed {
		t.Errorf("got %+v", refusal)
	}
}

func TestWrappedSignaturesAreRefused(t *testing.T) {
	t.Parallel()
	for _, signed := range []samltest.Signed{samltest.SignBoth, samltest.SignResponse, samltest.SignAssertion} {
		a := honest()
		a.Signed = signed
		for _, f := range samltest.Wrappings(aCollege().Response(a), "attacker") {
			e, err := accept(t, samltest.Encode(f.Doc))
			if err == nil {
				t.Errorf("signed %d, %s: accepted for %q", signed, f.Name, e.NameID.Value)
			} else if saml.CodeOf(err) == "" {
				t.Errorf("signed %d, %s: not a refusal: %v", signed, f.Name, err)
			}
		}
	}
}

func TestAnEncryptedAssertionIsRefusedWithoutPanic(t *testing.T) {
	t.Parallel()
	for name, inner := range map[string]string{
		"empty":                   ``,
		"no cipher value":         `<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:CipherData/></xenc:EncryptedData>`,
		"a key that is no base64": `<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:EncryptionMethod Algorithm="x"/><xenc:CipherData><xenc:CipherValue>!</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>`,
	} {
		doc := strings.Replace(string(aCollege().Response(honest())), "</samlp:Status>",
			`</samlp:Status><saml:EncryptedAssertion>`+inner+`</saml:EncryptedAssertion>`, 1)
		_, err := accept(t, samltest.Encode([]byte(doc)))
		if saml.CodeOf(err) != saml.EncryptedAssertion {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestOurRequestIsSignedEscapedAndValid(t *testing.T) {
	t.Parallel()
	college := aCollege().IdentityProvider()
	college.ForceAuthn, college.Contexts = true, []string{saml.ContextPassword, "urn:example:strong"}
	address, err := theSP().AuthnRequest(college, requestID, "a&SAMLRequest=evil")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Query()["RelayState"]; len(got) != 1 || got[0] != "a&SAMLRequest=evil" || len(u.Query()["SAMLRequest"]) != 1 {
		t.Errorf("the relay state broke out of its parameter: %s", address)
	}
	// The product's own reader plays the college: same wire, same checks.
	reader := theIDP()
	reader.SSOURL = college.SSOURL
	in, err := reader.ReadRedirect(u.RawQuery)
	if err != nil {
		t.Fatal(err)
	}
	metadata, err := theSP().Metadata(saml.MetadataOptions{})
	if err != nil {
		t.Fatal(err)
	}
	us, err := saml.ReadServiceProvider(metadata, noon(), saml.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	req, err := reader.Check(in, *us)
	if err != nil {
		t.Fatal(err)
	}
	if !req.Verified || !req.ForceAuthn || req.ID != requestID || req.ACSURL != productACS || len(req.Contexts) != 2 {
		t.Errorf("got %+v", req)
	}
	samltest.Schema(t, samltest.ProtocolSchema, in.XML)
	samltest.OpensslQuery(t, u.RawQuery, samltest.ProductKey().Certificate)
	wantCanonical(t, in.XML)
}

func TestTheRequestAnAnswerClaimsIsFound(t *testing.T) {
	t.Parallel()
	got, err := saml.ReadInResponseTo(aCollege().Respond(honest()))
	if err != nil || got != requestID {
		t.Errorf("got %q, %v", got, err)
	}
	a := honest()
	a.Edit = drop("InResponseTo")
	_, err = saml.ReadInResponseTo(aCollege().Respond(a))
	wantCode(t, err, saml.Unsolicited)
	_, err = saml.ReadInResponseTo("not base64 at all")
	wantCode(t, err, saml.BadEncoding)
}

func TestACollegeWhoseMetadataEndedIsNotBelieved(t *testing.T) {
	t.Parallel()
	idp := aCollege().IdentityProvider()
	idp.ValidUntil = noon()
	_, err := theSP().Accept(aCollege().Respond(honest()), idp, saml.Expect{RequestID: requestID})
	wantCode(t, err, saml.ProviderExpired)
}
