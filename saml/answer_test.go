package saml_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlenc"
	"oneid/saml/xmlsig"
)

func TestTheLedgerGetsWhatWasDoneInFact(t *testing.T) {
	t.Parallel()
	viewer := samltest.ViewerKey().Certificate
	for name, c := range map[string]struct {
		o                     saml.AnswerOptions
		signed                saml.SignMode
		algorithm, encryption string
	}{
		"by default":          {saml.AnswerOptions{}, saml.SignBoth, xmlsig.RSASHA256, ""},
		"the assertion":       {saml.AnswerOptions{Sign: saml.SignAssertion}, saml.SignAssertion, xmlsig.RSASHA256, ""},
		"another key":         {saml.AnswerOptions{Key: samltest.EllipticKey()}, saml.SignBoth, xmlsig.ECDSASHA256, ""},
		"SHA-1, by exception": {saml.AnswerOptions{Algorithm: xmlsig.LegacyRSASHA1}, saml.SignBoth, xmlsig.LegacyRSASHA1, ""},
		"encrypted":           {saml.AnswerOptions{Encrypt: &xmlenc.Recipient{Certificate: viewer}}, saml.SignBoth, xmlsig.RSASHA256, xmlenc.AES128GCM},
		"CBC signs around":    {saml.AnswerOptions{Encrypt: &xmlenc.Recipient{Certificate: viewer, Data: xmlenc.AES256CBC}}, saml.SignResponse, xmlsig.RSASHA256, xmlenc.AES256CBC},
	} {
		_, issued, err := theIDP().Respond(aRequest(), anAssertion(), c.o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		key := c.o.Key
		if key.Certificate == nil {
			key = theIDP().Key
		}
		sum := sha256.Sum256(issued.AssertionXML)
		if issued.Signed != c.signed || issued.Algorithm != c.algorithm || issued.Encryption != c.encryption ||
			issued.KeyFingerprint != saml.Fingerprint(key.Certificate) || issued.AssertionDigest != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: %+v", name, issued)
		}
		if !bytes.HasPrefix(issued.AssertionXML, []byte("<saml:Assertion ")) || !bytes.HasSuffix(issued.AssertionXML, []byte("</saml:Assertion>")) {
			t.Errorf("%s: not an assertion: %.60s", name, issued.AssertionXML)
		}
	}
}

func TestOptionsThatContradictThemselvesStateNothing(t *testing.T) {
	t.Parallel()
	viewer := samltest.ViewerKey().Certificate
	for name, o := range map[string]saml.AnswerOptions{
		"another mode":             {Sign: "neither"},
		"an elliptic key for RSA":  {Key: samltest.EllipticKey(), Algorithm: xmlsig.RSASHA256},
		"an RSA key for ECDSA":     {Algorithm: xmlsig.ECDSASHA256},
		"MD5":                      {Algorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-md5"},
		"a key, no certificate":    {Key: saml.SigningKey{Signer: samltest.EllipticKey().Signer}},
		"nobody to encrypt for":    {Encrypt: &xmlenc.Recipient{}},
		"an elliptic recipient":    {Encrypt: &xmlenc.Recipient{Certificate: samltest.EllipticKey().Certificate}},
		"Triple DES":               {Encrypt: &xmlenc.Recipient{Certificate: viewer, Data: "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"}},
		"a life that is over":      {Life: -time.Minute},
		"no life to speak of":      {Life: time.Millisecond},
		"a life of a day":          {Life: 24 * time.Hour},
		"valid from now on":        {NotBeforeLead: -time.Minute},
		"valid since yesterday":    {NotBeforeLead: 24 * time.Hour},
		"a format XML cannot hold": {NameFormat: "\x00"},
	} {
		if form, issued, err := theIDP().Respond(aRequest(), anAssertion(), o); err == nil || form != nil || issued != nil {
			t.Errorf("%s: stated", name)
		}
	}
	for name, idp := range map[string]saml.IDP{
		"no key at all":      {EntityID: productIDP, Now: noon},
		"an ID of two words": {EntityID: productIDP, Now: noon, Key: samltest.ProductKey(), NewID: func() string { return `_a" b` }},
	} {
		if _, _, err := idp.Respond(aRequest(), anAssertion(), saml.AnswerOptions{}); err == nil {
			t.Errorf("%s: stated", name)
		}
		if _, err := idp.Refuse(aRequest(), saml.StatusResponder, "", "", saml.AnswerOptions{}); err == nil {
			t.Errorf("%s: refused", name)
		}
	}
}

func TestAnAnswerSaysWhatTheOptionsSay(t *testing.T) {
	t.Parallel()
	a := anAssertion()
	a.AuthenticatingAuthorities = []string{"https://portal.example/idp"}
	a.Attributes = []saml.Attribute{
		{Name: "uid", NameFormat: saml.AttrFormatBasic, FriendlyName: "login", Values: []string{"randy"}},
		{Name: "urn:oid:2.5.4.4", Values: []string{"Tremblay", "O'Brien"}},
	}
	_, issued, err := theIDP().Respond(aRequest(), a, saml.AnswerOptions{
		Sign: saml.SignResponse, NameFormat: saml.AttrFormatUnspecified, Consent: saml.ConsentPrior,
		NotBeforeLead: 2 * time.Minute, Life: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	samltest.Schema(t, samltest.ProtocolSchema, issued.XML)
	doc := string(issued.XML)
	for _, want := range []string{
		` Consent="urn:oasis:names:tc:SAML:2.0:consent:prior" `,
		`<saml:Conditions NotBefore="2026-11-20T16:58:00Z" NotOnOrAfter="2026-11-20T17:01:00Z">`,
		`<saml:AuthenticatingAuthority>https://portal.example/idp</saml:AuthenticatingAuthority></saml:AuthnContext>`,
		`<saml:Attribute FriendlyName="login" Name="uid" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue>randy</saml:AttributeValue></saml:Attribute>`,
		`<saml:Attribute Name="urn:oid:2.5.4.4" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"><saml:AttributeValue>Tremblay</saml:AttributeValue><saml:AttributeValue>O'Brien</saml:AttributeValue></saml:Attribute>`,
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("%s is not in %s", want, doc)
		}
	}
	if !issued.Expires.Equal(noon().Add(time.Minute)) {
		t.Errorf("expires %s", issued.Expires)
	}
}

func TestSomebodyCanBeNamedByAttributesAlone(t *testing.T) {
	t.Parallel()
	a := anAssertion()
	a.NameID, a.OmitNameID, a.SessionEnds = saml.NameID{}, true, time.Time{}
	_, issued, err := theIDP().Respond(aRequest(), a, saml.AnswerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	samltest.Schema(t, samltest.ProtocolSchema, issued.XML)
	if strings.Contains(string(issued.XML), "NameID") || strings.Contains(string(issued.XML), "SessionNotOnOrAfter") {
		t.Error("a NameID or an end of the session is stated")
	}
	a.Attributes = nil
	if _, issued, err = theIDP().Respond(aRequest(), a, saml.AnswerOptions{}); err != nil {
		t.Fatal(err)
	}
	samltest.Schema(t, samltest.ProtocolSchema, issued.XML)
	if strings.Contains(string(issued.XML), "AttributeStatement") {
		t.Error("an empty statement is made; the schema wants none")
	}
}

func TestARefusalIsAlwaysSignedAndNeverHidden(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]saml.AnswerOptions{
		"for a service that wants assertions signed": {Sign: saml.SignAssertion, Key: samltest.EllipticKey()},
		"for one that wants them encrypted":          {Encrypt: &xmlenc.Recipient{}, Key: samltest.EllipticKey()},
	} {
		form, err := theIDP().Refuse(aRequest(), saml.StatusRequester, saml.StatusInvalidNameIDPolicy, `a < b & "c"`, o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		doc := samltest.Decode(form.SAMLResponse)
		samltest.Schema(t, samltest.ProtocolSchema, doc)
		samltest.Xmlsec1(t, doc, "Response", samltest.EllipticKey().Certificate)
		seen, err := aViewer().Read(form.SAMLResponse, samltest.EllipticKey().Certificate)
		if err != nil || seen.Message != `a < b & "c"` || seen.InResponseTo != requestID {
			t.Errorf("%s: %+v, %v", name, seen, err)
		}
	}
	for _, status := range []string{"", saml.StatusSuccess, "\x00"} {
		if _, err := theIDP().Refuse(aRequest(), status, "", "", saml.AnswerOptions{}); err == nil {
			t.Errorf("refused with %q", status)
		}
	}
	req := aRequest()
	req.ACSURL = ""
	if _, err := theIDP().Refuse(req, saml.StatusResponder, "", "", saml.AnswerOptions{}); err == nil {
		t.Error("refused at no address")
	}
}

// Every status we send, with and without words, is valid and signed.
func TestEveryStatusMakesAValidAnswer(t *testing.T) {
	t.Parallel()
	for _, top := range []string{saml.StatusRequester, saml.StatusResponder} {
		for _, sub := range []string{
			"", saml.StatusAuthnFailed, saml.StatusInvalidNameIDPolicy, saml.StatusNoAuthnContext, saml.StatusNoPassive,
			saml.StatusRequestDenied, saml.StatusRequestUnsupported, saml.StatusUnknownPrincipal,
		} {
			for _, words := range []string{"", "Il faut demander à la personne.\nRef. 7F3K"} {
				form, err := theIDP().Refuse(aRequest(), top, sub, words, saml.AnswerOptions{})
				if err != nil {
					t.Fatal(err)
				}
				seen, err := aViewer().Read(form.SAMLResponse, theIDP().Key.Certificate)
				if err != nil || seen.Status != top || seen.Substatus != sub || seen.Message != words {
					t.Errorf("%s, %s: %+v, %v", top, sub, seen, err)
				}
				wantCanonical(t, seen.XML)
			}
		}
	}
}
