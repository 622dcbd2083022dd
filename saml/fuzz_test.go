package saml_test

import (
	"testing"

	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlenc"
)

func FuzzReadRequest(f *testing.F) {
	f.Add(aViewer().Request(samltest.Ask{Destination: productSSO, Contexts: []string{"urn:x"}}))
	f.Add(samltest.Decode(aViewer().Post(samltest.Ask{Destination: productSSO})))
	f.Add([]byte(`<AuthnRequest xmlns="urn:oasis:names:tc:SAML:2.0:protocol"/>`))
	idp, sp := theIDP(), aViewer().ServiceProvider()
	f.Fuzz(func(t *testing.T, doc []byte) {
		in, err := idp.ReadPost(samltest.Encode(doc), "")
		if err == nil {
			_, err = idp.Check(in, sp)
		}
		if err != nil && saml.CodeOf(err) == "" {
			t.Errorf("not a refusal: %v", err)
		}
		if err == nil && in.Issuer != viewerID {
			t.Errorf("a request of %q was found good", in.Issuer)
		}
	})
}

func FuzzAccept(f *testing.F) {
	for _, signed := range []samltest.Signed{samltest.SignBoth, samltest.SignResponse, samltest.SignAssertion} {
		a := honest()
		a.Signed = signed
		f.Add(aCollege().Response(a))
		for _, forgery := range samltest.Wrappings(aCollege().Response(a), "attacker") {
			f.Add(forgery.Doc)
		}
	}
	sp, college := theSP(), aCollege().IdentityProvider()
	f.Fuzz(func(t *testing.T, doc []byte) {
		e, err := sp.Accept(samltest.Encode(doc), college, saml.Expect{RequestID: requestID})
		if err != nil && saml.CodeOf(err) == "" {
			t.Errorf("not a refusal: %v", err)
		}
		// No change to a signed answer may change what it says.
		if err == nil && (e.NameID.Value != "member-of-the-college" || e.Attributes["urn:oneid:college:attribute:number"][0] != "12345") {
			t.Errorf("accepted with other facts: %+v", e)
		}
	})
}

func FuzzReadServiceProvider(f *testing.F) {
	f.Add(aViewer().Metadata())
	f.Add(aCollege().Metadata())
	f.Fuzz(func(t *testing.T, doc []byte) {
		_, err := saml.ReadServiceProvider(doc, noon(), saml.ReadOptions{})
		if err != nil && saml.CodeOf(err) == "" {
			t.Errorf("not a refusal: %v", err)
		}
	})
}

// Whatever a fact holds, what we write is canonical, signed, and says it again.
func FuzzRespond(f *testing.F) {
	for _, v := range append(hostileValues(), inexpressible()...) {
		if len(v) < 1000 {
			f.Add(v, v, v, uint8(len(v)))
		}
	}
	idp := theIDP()
	idp.Key = samltest.EllipticKey() // the quickest
	f.Fuzz(func(t *testing.T, name, value, elsewhere string, pick uint8) {
		_, req, a := hostileAssertion(elsewhere)
		a.NameID.Value = "n" + name
		a.Attributes = []saml.Attribute{{Name: "n" + name, FriendlyName: value, Values: []string{value, elsewhere}}}
		o := saml.AnswerOptions{Sign: []saml.SignMode{saml.SignBoth, saml.SignAssertion}[pick%2]}
		if pick >= 128 {
			o.Encrypt = &xmlenc.Recipient{Certificate: samltest.ViewerKey().Certificate}
		}
		_, issued, err := idp.Respond(req, a, o)
		if err != nil {
			if readable(name) == name && readable(elsewhere) == elsewhere {
				t.Fatalf("not stated: %v", err)
			}
			return
		}
		wantCanonical(t, issued.XML)
		wantCanonical(t, issued.AssertionXML)
		wantStated(t, issued, req, a, idp.Key)
	})
}

func FuzzRefuse(f *testing.F) {
	f.Add("_r", "urn:x", "&<>\r\n")
	idp := theIDP()
	idp.Key = samltest.EllipticKey()
	f.Fuzz(func(t *testing.T, id, status, words string) {
		req := aRequest()
		req.ID = id
		form, err := idp.Refuse(req, status, status, words, saml.AnswerOptions{})
		if err != nil {
			return
		}
		wantCanonical(t, samltest.Decode(form.SAMLResponse))
		seen, err := aViewer().Read(form.SAMLResponse, idp.Key.Certificate)
		if err != nil || seen.InResponseTo != id || seen.Status != status {
			t.Errorf("%+v, %v", seen, err)
		}
	})
}
