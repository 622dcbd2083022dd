package saml_test

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlenc"
	"oneid/saml/xmlsig"
)

// hostileValues try everything that XML, its escaping and its canonicalization
// treat in some way of their own.
func hostileValues() []string {
	return []string{
		"", " ", "\t", "\n", "\r", "\r\n", " a  b ", "tab\there", "line\nhere", "return\rhere", "both\r\nhere", "\n\n\t\r\r\n ",
		`"`, `'`, `"'`, "&", "<", ">", "&amp;", "&lt;b&gt;", "&#13;", "&#x9;", "&unknown;", "<!-- a -->", "<![CDATA[x]]>", "]]>", "]]",
		"<?php echo 1 ?>", "<!DOCTYPE x>", `a="b"`, "</saml:AttributeValue>", `"/><saml:Attribute Name="role`, "O'Brien & <Tremblay> É",
		"Zoé", "日本語", "e\u0301", "\u00e9", "\u0085", "\u2028", "\u00a0", "\ufeffx", "\u200f\u202e", "😀 \U0001F469\u200D\U0001F680", "\U0010FFFD",
		strings.Repeat("é&<>\"\r\n\t", 500), strings.Repeat("x", 20_000), "%41%00", `\u0000`, "${jndi:ldap://x}",
	}
}

// inexpressible cannot be held by XML 1.0 at all.
func inexpressible() []string {
	return []string{
		"\x00", "a\x01b", "\x0b", "\x0c", "\x1f", "\x1b[31m", "\xff", "a\xc3", "\xed\xa0\x80", "\xc0\xaf", "\uFFFE", "\uFFFF", "\xf4\x90\x80\x80", "é\xe2\x82",
	}
}

// canonicalOf is what the library makes of a document.
func canonicalOf(t testing.TB, doc []byte) []byte {
	t.Helper()
	tree := etree.NewDocument()
	if err := tree.ReadFromBytes(doc); err != nil {
		t.Fatalf("the library cannot read it: %v\n%.300q", err, doc)
	}
	out, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(tree.Root())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func wantCanonical(t testing.TB, doc []byte) {
	t.Helper()
	if want := canonicalOf(t, doc); !bytes.Equal(doc, want) {
		at := 0
		for at < len(doc) && at < len(want) && doc[at] == want[at] {
			at++
		}
		t.Errorf("not canonical at %d:\ngot  %.80q\nwant %.80q", at, doc[at:], want[at:])
	}
}

// hostileAssertion puts a value wherever one can stand.
func hostileAssertion(value string) (saml.IDP, saml.Request, saml.Assertion) {
	idp, req, a := theIDP(), aRequest(), anAssertion()
	name := "n" + value // what must not be empty
	idp.EntityID, req.Service, req.ACSURL, req.ID = name, name, name, value
	a.NameID = saml.NameID{Format: value, Value: name, NameQualifier: value, SPNameQualifier: value}
	a.SessionIndex, a.Context, a.AuthenticatingAuthorities = name, name, []string{value, name}
	a.Attributes = []saml.Attribute{
		{Name: name, NameFormat: value, FriendlyName: value, Values: []string{value, "", value}},
		{Name: "nothing"},
	}
	return idp, req, a
}

// One message holds every hostile value at once, so that the judges from
// outside are asked once for each kind of message.
func everything() (saml.IDP, saml.Request, saml.Assertion) {
	idp, req, a := hostileAssertion(`x"'&<>]]>` + "é\t\n\r\n😀")
	// The schema wants a URI where the standard has one, and xmllint holds to it.
	a.NameID.Format, a.Context, a.AuthenticatingAuthorities = `urn:f:'&é`, `urn:c:'&é`, []string{`urn:a:'&é`}
	idp.EntityID, req.Service, req.ACSURL, req.ID = `urn:x:'&é`, `urn:y:'&é`, `https://viewer.example/acs?a=b&c='d'`, requestID
	a.Attributes = nil
	for i, v := range hostileValues() {
		a.Attributes = append(a.Attributes, saml.Attribute{
			Name: fmt.Sprintf("a%d %s", i, v[:min(len(v), 50)]), FriendlyName: v[:min(len(v), 300)], Values: []string{v, "and " + v},
		})
		if !utf8.ValidString(v[:min(len(v), 50)]) {
			a.Attributes[i].Name = fmt.Sprint("a", i)
		}
	}
	return idp, req, a
}

func TestEveryKindOfAnswerIsCanonicalAsItStandsSayTheLibraryAndTwoJudges(t *testing.T) {
	t.Parallel()
	viewer := samltest.ViewerKey()
	gcm := &xmlenc.Recipient{Certificate: viewer.Certificate}
	for name, c := range map[string]struct {
		o    saml.AnswerOptions
		want saml.SignMode
	}{
		"both signed":              {saml.AnswerOptions{}, saml.SignBoth},
		"the response signed":      {saml.AnswerOptions{Sign: saml.SignResponse}, saml.SignResponse},
		"the assertion signed":     {saml.AnswerOptions{Sign: saml.SignAssertion, Consent: saml.ConsentPrior}, saml.SignAssertion},
		"elliptic":                 {saml.AnswerOptions{Key: samltest.EllipticKey()}, saml.SignBoth},
		"SHA-512":                  {saml.AnswerOptions{Algorithm: xmlsig.RSASHA512, NameFormat: saml.AttrFormatBasic}, saml.SignBoth},
		"encrypted, both":          {saml.AnswerOptions{Encrypt: gcm}, saml.SignBoth},
		"encrypted, the response":  {saml.AnswerOptions{Encrypt: gcm, Sign: saml.SignResponse}, saml.SignResponse},
		"encrypted, the assertion": {saml.AnswerOptions{Encrypt: gcm, Sign: saml.SignAssertion, Key: samltest.EllipticKey()}, saml.SignAssertion},
		"CBC": {saml.AnswerOptions{Encrypt: &xmlenc.Recipient{Certificate: viewer.Certificate, Data: xmlenc.AES128CBC}, Sign: saml.SignAssertion},
			saml.SignResponse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			idp, req, a := everything()
			form, issued, err := idp.Respond(req, a, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if issued.Signed != c.want {
				t.Errorf("signed %s, want %s", issued.Signed, c.want)
			}
			key := c.o.Key
			if key.Certificate == nil {
				key = idp.Key
			}
			judge(t, samltest.Decode(form.SAMLResponse), issued, key, viewer)
		})
	}
}

// judge asks everyone about an answer: is it canonical, valid, and signed as
// it says; and the same of the assertion when somebody else has decrypted it.
func judge(t *testing.T, doc []byte, issued *saml.Issued, key, viewer saml.SigningKey) {
	t.Helper()
	if !bytes.Equal(doc, issued.XML) {
		t.Error("what is posted is not what is kept")
	}
	wantCanonical(t, doc)
	if got := samltest.Canonical(t, doc); !bytes.Equal(got, doc) {
		t.Error("xmllint canonicalizes it otherwise")
	}
	samltest.Schema(t, samltest.ProtocolSchema, doc)
	if issued.Signed != saml.SignAssertion {
		samltest.Xmlsec1(t, doc, "Response", key.Certificate)
	} else if xmlsig.IsSigned(samltest.Tree(doc).Root()) {
		t.Error("the Response is signed")
	}
	assertion := issued.AssertionXML
	if issued.Encryption != "" {
		if bytes.Contains(doc, []byte("<saml:Assertion")) {
			t.Error("the assertion is there in clear")
		}
		doc = samltest.Xmlsec1Decrypt(t, doc, viewer)
	}
	// Below EncryptedAssertion the namespace is declared already.
	body := bytes.Replace(assertion, []byte(` xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"`), nil, 1)[len("<saml:Assertion"):]
	if !bytes.Contains(canonicalOf(t, doc), body) && !bytes.Contains(doc, assertion) {
		t.Error("the assertion that is kept is not the one that is sent")
	}
	wantCanonical(t, assertion)
	samltest.Schema(t, samltest.ProtocolSchema, assertion)
	inner := samltest.Tree(assertion).Root()
	if signed := xmlsig.IsSigned(inner); signed != (issued.Signed != saml.SignResponse) {
		t.Errorf("the assertion is signed: %v", signed)
	} else if signed {
		samltest.Xmlsec1(t, doc, "Assertion", key.Certificate)
		samltest.Xmlsec1(t, assertion, "Assertion", key.Certificate)
	}
	for i, v := range hostileValues() {
		values := inner.FindElements(fmt.Sprintf("./AttributeStatement/Attribute[%d]/AttributeValue", i+1))
		if len(values) != 2 || values[0].Text() != v || values[1].Text() != "and "+v {
			t.Errorf("value %d, %.40q, did not arrive", i, v)
		}
	}
}

func TestAnyValueAnywhereIsWrittenCanonicallyAndReadBack(t *testing.T) {
	t.Parallel()
	for _, value := range hostileValues() {
		idp, req, a := hostileAssertion(value)
		idp.Key = samltest.EllipticKey() // the quickest
		for _, o := range []saml.AnswerOptions{{Consent: value}, {Sign: saml.SignAssertion}} {
			_, issued, err := idp.Respond(req, a, o)
			if err != nil {
				t.Fatalf("%.40q: %v", value, err)
			}
			wantCanonical(t, issued.XML)
			wantStated(t, issued, req, a, idp.Key)
		}
		form, err := idp.Refuse(req, "n"+value, value, value, saml.AnswerOptions{})
		if err != nil {
			t.Fatalf("%.40q: %v", value, err)
		}
		wantCanonical(t, samltest.Decode(form.SAMLResponse))
	}
}

// wantStated reads the signed assertion back and compares.
func wantStated(t testing.TB, issued *saml.Issued, req saml.Request, a saml.Assertion, key saml.SigningKey) {
	t.Helper()
	verified, err := xmlsig.VerifyEnveloped(samltest.Tree(issued.AssertionXML).Root(), []*x509.Certificate{key.Certificate})
	if err != nil {
		t.Fatal(err)
	}
	el := verified.Element
	name := el.FindElement("./Subject/NameID")
	data := el.FindElement("./Subject/SubjectConfirmation/SubjectConfirmationData")
	attribute := el.FindElement("./AttributeStatement/Attribute")
	for what, pair := range map[string][2]string{
		"NameID":    {name.Text(), a.NameID.Value},
		"format":    {name.SelectAttrValue("Format", ""), a.NameID.Format},
		"audience":  {el.FindElement("./Conditions/AudienceRestriction/Audience").Text(), req.Service},
		"recipient": {data.SelectAttrValue("Recipient", ""), req.ACSURL},
		"request":   {data.SelectAttrValue("InResponseTo", ""), req.ID},
		"session":   {el.FindElement("./AuthnStatement").SelectAttrValue("SessionIndex", ""), a.SessionIndex},
		"context":   {el.FindElement("./AuthnStatement/AuthnContext/AuthnContextClassRef").Text(), a.Context},
		"attribute": {attribute.SelectAttrValue("Name", ""), a.Attributes[0].Name},
		"value":     {attribute.FindElement("./AttributeValue").Text(), readable(a.Attributes[0].Values[0])},
		"friendly":  {attribute.SelectAttrValue("FriendlyName", ""), readable(a.Attributes[0].FriendlyName)},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s arrived as %.60q, want %.60q", what, pair[0], pair[1])
		}
	}
}

// readable is what becomes of a value that XML cannot hold.
func readable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, string([]rune(s)))
}

func TestWhatXMLCannotHoldIsReplacedInValuesAndRefusedInNames(t *testing.T) {
	t.Parallel()
	for _, value := range inexpressible() {
		a := anAssertion()
		a.Attributes = []saml.Attribute{{Name: "n", FriendlyName: value, Values: []string{"a" + value + "b"}}}
		_, issued, err := theIDP().Respond(aRequest(), a, saml.AnswerOptions{})
		if err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		wantCanonical(t, issued.XML)
		wantStated(t, issued, aRequest(), a, theIDP().Key)
		for what, spoil := range map[string]func(*saml.Request, *saml.Assertion, *saml.AnswerOptions){
			"service":   func(r *saml.Request, _ *saml.Assertion, _ *saml.AnswerOptions) { r.Service += value },
			"address":   func(r *saml.Request, _ *saml.Assertion, _ *saml.AnswerOptions) { r.ACSURL += value },
			"request":   func(r *saml.Request, _ *saml.Assertion, _ *saml.AnswerOptions) { r.ID += value },
			"consent":   func(_ *saml.Request, _ *saml.Assertion, o *saml.AnswerOptions) { o.Consent += value },
			"format":    func(_ *saml.Request, _ *saml.Assertion, o *saml.AnswerOptions) { o.NameFormat = value },
			"NameID":    func(_ *saml.Request, a *saml.Assertion, _ *saml.AnswerOptions) { a.NameID.Value += value },
			"qualifier": func(_ *saml.Request, a *saml.Assertion, _ *saml.AnswerOptions) { a.NameID.SPNameQualifier = value },
			"session":   func(_ *saml.Request, a *saml.Assertion, _ *saml.AnswerOptions) { a.SessionIndex += value },
			"context":   func(_ *saml.Request, a *saml.Assertion, _ *saml.AnswerOptions) { a.Context += value },
			"authority": func(_ *saml.Request, a *saml.Assertion, _ *saml.AnswerOptions) {
				a.AuthenticatingAuthorities = []string{value}
			},
			"attribute":      func(_ *saml.Request, a *saml.Assertion, _ *saml.AnswerOptions) { a.Attributes[0].Name += value },
			"attribute kind": func(_ *saml.Request, a *saml.Assertion, _ *saml.AnswerOptions) { a.Attributes[0].NameFormat = value },
		} {
			req, a, o := aRequest(), anAssertion(), saml.AnswerOptions{}
			spoil(&req, &a, &o)
			if _, _, err := theIDP().Respond(req, a, o); err == nil {
				t.Errorf("%s with %q was stated", what, value)
			}
		}
	}
}
