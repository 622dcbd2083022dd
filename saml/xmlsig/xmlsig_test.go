package xmlsig_test

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlsig"
)

func code(err error) xmlsig.Code {
	var f *xmlsig.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

func certs(keys ...saml.SigningKey) []*x509.Certificate {
	var list []*x509.Certificate
	for _, k := range keys {
		list = append(list, k.Certificate)
	}
	return list
}

const plain = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="_r"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">x</saml:Issuer><samlp:Status>é &amp; &lt;</samlp:Status></samlp:Response>`

func signed() *etree.Document {
	tree := samltest.Tree([]byte(plain))
	if err := xmlsig.Sign(tree.Root(), samltest.CollegeKey().Signer, samltest.CollegeKey().Certificate); err != nil {
		panic(err)
	}
	return tree
}

func TestWhatWeSignVerifiesAndComesBackWithoutItsSignature(t *testing.T) {
	t.Parallel()
	tree := samltest.Tree(samltest.Bytes(signed()))
	v, err := xmlsig.VerifyEnveloped(tree.Root(), certs(samltest.StrangerKey(), samltest.EllipticKey(), samltest.CollegeKey()))
	if err != nil {
		t.Fatal(err)
	}
	if v.KeyFingerprint != xmlsig.Fingerprint(samltest.CollegeKey().Certificate) || v.Algorithm != xmlsig.RSASHA256 {
		t.Errorf("got %s by %s", v.Algorithm, v.KeyFingerprint)
	}
	if xmlsig.IsSigned(v.Element) || v.Element.SelectElement("Status").Text() != "é & <" {
		t.Error("the verified element still carries a signature or lost its text")
	}
	if !xmlsig.IsSigned(tree.Root()) {
		t.Error("verification changed the document it was given")
	}
	samltest.Xmlsec1(t, samltest.Bytes(tree), "Response", samltest.CollegeKey().Certificate)
}

func TestSignaturesOfAnotherShapeAreRefused(t *testing.T) {
	t.Parallel()
	edit := func(path string, f func(*etree.Element)) func(*etree.Element) {
		return func(root *etree.Element) { f(root.FindElement(path)) }
	}
	alg := func(path, value string) func(*etree.Element) {
		return edit(path, func(el *etree.Element) { el.CreateAttr("Algorithm", value) })
	}
	info := "./Signature/SignedInfo"
	for name, c := range map[string]struct {
		spoil func(*etree.Element)
		want  xmlsig.Code
	}{
		"no signature":   {func(root *etree.Element) { root.RemoveChild(root.SelectElement("Signature")) }, xmlsig.NotSigned},
		"two signatures": {func(root *etree.Element) { root.AddChild(root.SelectElement("Signature").Copy()) }, xmlsig.BadShape},
		"two references": {edit(info, func(el *etree.Element) { el.AddChild(el.SelectElement("Reference").Copy()) }), xmlsig.BadShape},
		"no reference":   {edit(info, func(el *etree.Element) { el.RemoveChild(el.SelectElement("Reference")) }), xmlsig.BadShape},
		"two SignedInfo": {edit("./Signature", func(el *etree.Element) { el.AddChild(el.SelectElement("SignedInfo").Copy()) }), xmlsig.BadShape},
		"an Object":      {edit("./Signature", func(el *etree.Element) { el.CreateElement("ds:Object") }), xmlsig.BadShape},
		"the whole document": {edit(info+"/Reference", func(el *etree.Element) { el.CreateAttr("URI", "") }),
			xmlsig.BadShape},
		"another ID":                  {edit(info+"/Reference", func(el *etree.Element) { el.CreateAttr("URI", "#_other") }), xmlsig.BadShape},
		"an XPointer":                 {edit(info+"/Reference", func(el *etree.Element) { el.CreateAttr("URI", "#xpointer(id('_r'))") }), xmlsig.BadShape},
		"no ID on the element":        {func(root *etree.Element) { root.RemoveAttr("ID") }, xmlsig.BadShape},
		"a third transform":           {edit(info+"/Reference/Transforms", func(el *etree.Element) { el.AddChild(el.ChildElements()[1].Copy()) }), xmlsig.BadShape},
		"one transform":               {edit(info+"/Reference/Transforms", func(el *etree.Element) { el.RemoveChild(el.ChildElements()[1]) }), xmlsig.BadShape},
		"an XPath transform":          {alg(info+"/Reference/Transforms/Transform[1]", "http://www.w3.org/TR/1999/REC-xpath-19991116"), xmlsig.UnknownAlgorithm},
		"an XSLT transform":           {alg(info+"/Reference/Transforms/Transform[2]", "http://www.w3.org/TR/1999/REC-xslt-19991116"), xmlsig.UnknownAlgorithm},
		"inclusive canonicalization":  {alg(info+"/Reference/Transforms/Transform[2]", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"), xmlsig.UnknownAlgorithm},
		"canonicalization by comment": {alg(info+"/CanonicalizationMethod", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"), xmlsig.UnknownAlgorithm},
		"SHA-1 as digest":             {alg(info+"/Reference/DigestMethod", "http://www.w3.org/2000/09/xmldsig#sha1"), xmlsig.UnknownAlgorithm},
		"MD5 as digest":               {alg(info+"/Reference/DigestMethod", "http://www.w3.org/2001/04/xmldsig-more#md5"), xmlsig.UnknownAlgorithm},
		"RSA-SHA1":                    {alg(info+"/SignatureMethod", samltest.SHA1), xmlsig.UnknownAlgorithm},
		"HMAC with our certificate":   {alg(info+"/SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"), xmlsig.UnknownAlgorithm},
		"no method":                   {alg(info+"/SignatureMethod", ""), xmlsig.UnknownAlgorithm},
		"another hash than signed":    {alg(info+"/SignatureMethod", xmlsig.RSASHA512), xmlsig.BadSignature},
		"ECDSA with an RSA key":       {alg(info+"/SignatureMethod", xmlsig.ECDSASHA256), xmlsig.BadSignature},
		"a parameter to the method":   {edit(info+"/SignatureMethod", func(el *etree.Element) { el.CreateElement("ds:HMACOutputLength") }), xmlsig.BadShape},
		"a value that is no base64":   {edit("./Signature/SignatureValue", func(el *etree.Element) { el.SetText("!") }), xmlsig.BadShape},
		"an empty value":              {edit("./Signature/SignatureValue", func(el *etree.Element) { el.SetText("") }), xmlsig.BadShape},
		"another digest":              {edit(info+"/Reference/DigestValue", func(el *etree.Element) { el.SetText("AAAA") }), xmlsig.BadSignature},
		"another content":             {edit("./Status", func(el *etree.Element) { el.SetText("x") }), xmlsig.BadSignature},
		"another attribute":           {func(root *etree.Element) { root.CreateAttr("Destination", "x") }, xmlsig.BadSignature},
		"a signature deeper down": {edit("./Status", func(el *etree.Element) {
			el.AddChild(el.Parent().SelectElement("Signature").Copy())
		}), xmlsig.BadShape},
	} {
		tree := signed()
		c.spoil(tree.Root())
		_, err := xmlsig.VerifyEnveloped(tree.Root(), certs(samltest.CollegeKey()))
		if code(err) != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	if _, err := xmlsig.VerifyEnveloped(signed().Root(), nil); code(err) != xmlsig.NoKey {
		t.Errorf("no key: got %v", err)
	}
	if _, err := xmlsig.VerifyEnveloped(signed().Root(), certs(samltest.StrangerKey())); code(err) != xmlsig.BadSignature {
		t.Errorf("a stranger's key: got %v", err)
	}
}

func TestWhatAMessageSaysAboutItsKeyIsIgnored(t *testing.T) {
	t.Parallel()
	for name, info := range map[string]string{
		"another certificate": base64.StdEncoding.EncodeToString(samltest.StrangerKey().Certificate.Raw),
		"nonsense":            "nonsense",
		"nothing":             "",
	} {
		tree := signed()
		tree.Root().FindElement("./Signature/KeyInfo/X509Data/X509Certificate").SetText(info)
		if _, err := xmlsig.VerifyEnveloped(tree.Root(), certs(samltest.CollegeKey())); err != nil {
			t.Errorf("%s in KeyInfo: %v", name, err)
		}
	}
}

// template is a Response with an empty signature for xmlsec1 to fill in, laid
// out over several lines as some products do, with the inclusive prefixes
// OpenSAML writes.
func template(method string) []byte {
	return []byte(fmt.Sprintf(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="_r">
  <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
    <ds:SignedInfo>
      <ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
      <ds:SignatureMethod Algorithm="%s"/>
      <ds:Reference URI="#_r">
        <ds:Transforms>
          <ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>
          <ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"/></ds:Transform>
        </ds:Transforms>
        <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
        <ds:DigestValue/>
      </ds:Reference>
    </ds:SignedInfo>
    <ds:SignatureValue/>
  </ds:Signature>
  <samlp:Status>xs:string</samlp:Status>
</samlp:Response>`, method))
}

func TestSignaturesOfAnotherProductVerify(t *testing.T) {
	t.Parallel()
	for method, key := range map[string]saml.SigningKey{
		xmlsig.RSASHA256:   samltest.CollegeKey(),
		xmlsig.RSASHA512:   samltest.CollegeKey(),
		xmlsig.ECDSASHA256: samltest.EllipticKey(),
	} {
		doc := samltest.Xmlsec1Sign(t, template(method), key)
		v, err := xmlsig.VerifyEnveloped(samltest.Tree(doc).Root(), certs(samltest.StrangerKey(), key))
		if err != nil {
			t.Errorf("%s: %v", method, err)
		} else if v.Algorithm != method {
			t.Errorf("%s: reported as %s", method, v.Algorithm)
		}
	}
	doc := samltest.Xmlsec1Sign(t, template(samltest.SHA1), samltest.CollegeKey())
	if _, err := xmlsig.VerifyEnveloped(samltest.Tree(doc).Root(), certs(samltest.CollegeKey())); code(err) != xmlsig.UnknownAlgorithm {
		t.Errorf("SHA-1: %v", err)
	}
}

func TestAnEllipticSignatureInTheWrongFormIsRefused(t *testing.T) {
	t.Parallel()
	tree := samltest.Tree([]byte(plain))
	samltest.SignElement(tree.Root(), samltest.EllipticKey(), xmlsig.ECDSASHA256) // in ASN.1, as the library writes it
	if _, err := xmlsig.VerifyEnveloped(tree.Root(), certs(samltest.EllipticKey())); code(err) != xmlsig.BadSignature {
		t.Errorf("got %v", err)
	}
}

func TestAnAssertionInsideAResponseVerifiesOnItsOwn(t *testing.T) {
	t.Parallel()
	inner := samltest.Tree([]byte(`<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_i"><Issuer>x</Issuer></Assertion>`)).Root()
	samltest.SignElement(inner, samltest.CollegeKey(), "")
	tree := samltest.Tree([]byte(plain))
	tree.Root().AddChild(inner)
	tree = samltest.Tree(samltest.Bytes(tree))
	v, err := xmlsig.VerifyEnveloped(tree.Root().SelectElement("Assertion"), certs(samltest.CollegeKey()))
	if err != nil {
		t.Fatal(err)
	}
	if v.Element.NamespaceURI() != "urn:oasis:names:tc:SAML:2.0:assertion" {
		t.Errorf("namespace %q", v.Element.NamespaceURI())
	}
}

func TestQuerySignaturesAsProductsWriteThem(t *testing.T) {
	t.Parallel()
	key := samltest.ViewerKey()
	message := "fVLJTsMw+EO9I/IPl/1+g=="
	upper := "SAMLRequest=" + url.QueryEscape(message)
	lower := "SAMLRequest=fVLJTsMw%2bEO9I%2fIPl%2f1%2bg%3d%3d"
	alg, lowerAlg := "&SigAlg="+url.QueryEscape(xmlsig.RSASHA256), "&SigAlg=http%3a%2f%2fwww.w3.org%2f2001%2f04%2fxmldsig-more%23rsa-sha256"
	for name, c := range map[string]struct {
		octets, sent string // what is signed, and what is sent before &Signature=
		want         xmlsig.Code
	}{
		"plainly":                           {upper + alg, upper + alg, ""},
		"with a relay state":                {upper + "&RelayState=a%20b" + alg, upper + "&RelayState=a%20b" + alg, ""},
		"in another order":                  {upper + "&RelayState=a" + alg, alg[1:] + "&RelayState=a&" + upper, ""},
		"with parameters of others":         {upper + alg, "x=1&" + upper + "&y" + alg, ""},
		"lower case, as ADFS":               {lower + lowerAlg, lower + lowerAlg, ""},
		"lower case, rewritten on the way":  {lower + lowerAlg, upper + alg, ""},
		"upper case, rewritten on the way":  {upper + alg, lower + lowerAlg, ""},
		"an empty relay state left unsaid":  {upper + alg, upper + "&RelayState=" + alg, ""},
		"an empty relay state signed":       {upper + "&RelayState=" + alg, upper + "&RelayState=" + alg, ""},
		"an empty relay state signed, gone": {upper + "&RelayState=" + alg, upper + alg, ""},
		"a relay state nobody signed":       {upper + alg, upper + "&RelayState=evil" + alg, xmlsig.BadSignature},
		"a relay state taken away":          {upper + "&RelayState=a" + alg, upper + alg, xmlsig.BadSignature},
		"another relay state":               {upper + "&RelayState=a" + alg, upper + "&RelayState=b" + alg, xmlsig.BadSignature},
		"another message":                   {upper + alg, upper + "x" + alg, xmlsig.BadSignature},
		"bad escapes":                       {upper + alg, upper + "&RelayState=%zz" + alg, xmlsig.BadQuery},
		"a relay state twice":               {upper + alg, upper + "&RelayState=a&RelayState=a" + alg, xmlsig.BadQuery},
	} {
		raw := c.sent + "&Signature=" + url.QueryEscape(samltest.SignOctets(c.octets, key, crypto.SHA256))
		q, err := xmlsig.ReadQuery(raw)
		if err == nil {
			_, _, err = q.Verify(certs(samltest.StrangerKey(), key))
		}
		if got := code(err); got != c.want || c.want == "" && err != nil {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestOurQuerySurvivesAnyRelayState(t *testing.T) {
	t.Parallel()
	for _, relay := range []string{"", "a", "a b&c=d", "é%2B+", "&SigAlg=x"} {
		raw, err := xmlsig.SignQuery("SAMLRequest", "a+b/c==", relay, samltest.ProductKey().Signer)
		if err != nil {
			t.Fatal(err)
		}
		q, err := xmlsig.ReadQuery(raw)
		if err != nil {
			t.Fatalf("relay state %q: %v", relay, err)
		}
		if _, _, err := q.Verify(certs(samltest.ProductKey())); err != nil || q.RelayState != relay {
			t.Errorf("relay state %q came back as %q, %v", relay, q.RelayState, err)
		}
		if strings.Count(raw, "SigAlg=") != 1 {
			t.Errorf("a relay state added a parameter: %s", raw)
		}
	}
}

// However a query is written, it is read in one way or refused: what it says is
// what stands there once, under its own name.
func FuzzReadQuery(f *testing.F) {
	f.Add("SAMLRequest=eA%3D%3D&RelayState=a+b&SigAlg=x&Signature=eA%3D%3D")
	f.Add("SAMLResponse=%zz&SAMLRequest=")
	f.Add("RelayState&SAMLEncoding=x;SAMLRequest=a%26b")
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := xmlsig.ReadQuery(raw)
		if err != nil {
			if code(err) == "" {
				t.Errorf("not a fault: %v", err)
			}
			return
		}
		kind := "SAMLResponse"
		value, isRequest := q.Message()
		if isRequest {
			kind = "SAMLRequest"
		}
		found := 0
		for pair := range strings.SplitSeq(raw, "&") {
			name, written, _ := strings.Cut(pair, "=")
			if plain, err := url.QueryUnescape(name); err != nil || plain != kind {
				continue
			}
			found++
			if read, err := url.QueryUnescape(written); err != nil || read != value {
				t.Errorf("%q is read as %q", raw, value)
			}
		}
		if found != 1 {
			t.Errorf("%q has %d messages", raw, found)
		}
		if _, _, err := q.Verify(certs(samltest.StrangerKey())); err == nil || code(err) == "" {
			t.Errorf("believed: %v", err)
		}
	})
}
