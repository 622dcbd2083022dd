package saml_test

import (
	"testing"

	"oneid/saml"
	"oneid/saml/samltest"
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
