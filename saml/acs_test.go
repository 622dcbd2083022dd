package saml_test

import (
	"errors"
	"testing"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
)

// severalAddresses is a service with reply addresses of every kind, the ones
// that no answer can be posted to first.
func severalAddresses(t *testing.T) saml.ServiceProvider {
	t.Helper()
	s, err := saml.ReadServiceProvider(viewerMetadata(`<md:AssertionConsumerService Binding="`+saml.BindingPost+`" Location="`+viewerACS+`" index="0"/>`, `
		<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="https://viewer.example/artifact" index="1"/>
		<md:AssertionConsumerService Binding="`+saml.BindingRedirect+`" Location="https://viewer.example/redirect" index="2" isDefault="true"/>
		<md:AssertionConsumerService Binding="`+saml.BindingPost+`" Location="https://viewer.example/one" index="3"/>
		<md:AssertionConsumerService Binding="`+saml.BindingPost+`" Location="https://viewer.example/two" index="7"/>
		<md:AssertionConsumerService Binding="`+saml.BindingPost+`" Location="https://viewer.example/zero" index="0"/>`), noon(), saml.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return *s
}

func TestTheReplyGoesWhereTheRequestSaysAmongThoseRegistered(t *testing.T) {
	t.Parallel()
	service := severalAddresses(t)
	by := func(attributes ...string) func(*etree.Element) {
		return func(r *etree.Element) {
			r.RemoveAttr("AssertionConsumerServiceURL")
			r.RemoveAttr("ProtocolBinding")
			for i := 0; i < len(attributes); i += 2 {
				r.CreateAttr(attributes[i], attributes[i+1])
			}
		}
	}
	const index, address, binding = "AssertionConsumerServiceIndex", "AssertionConsumerServiceURL", "ProtocolBinding"
	for name, c := range map[string]struct {
		edit func(*etree.Element)
		want string
		code saml.Code
	}{
		"by an index":                        {by(index, "7"), "https://viewer.example/two", ""},
		"by index nought":                    {by(index, "0"), "https://viewer.example/zero", ""},
		"by an index with leading noughts":   {by(index, "003"), "https://viewer.example/one", ""},
		"by an address":                      {by(address, "https://viewer.example/two"), "https://viewer.example/two", ""},
		"by an address and its binding":      {by(address, "https://viewer.example/one", binding, saml.BindingPost), "https://viewer.example/one", ""},
		"by the binding alone":               {by(binding, saml.BindingPost), "https://viewer.example/one", ""},
		"by nothing":                         {by(), "https://viewer.example/one", ""},
		"by the index of an artifact's":      {by(index, "1"), "https://viewer.example/one", saml.BindingUnsupported},
		"by the index of a redirect's":       {by(index, "2"), "https://viewer.example/one", saml.BindingUnsupported},
		"by an index between two":            {by(index, "5"), "", saml.ACSNotRegistered},
		"by the address of a redirect's":     {by(address, "https://viewer.example/redirect"), "https://viewer.example/one", saml.BindingUnsupported},
		"by an empty index":                  {by(index, ""), "", saml.Malformed},
		"by an index with a sign":            {by(index, "+7"), "", saml.Malformed},
		"by an index in another notation":    {by(index, "0x7"), "", saml.Malformed},
		"by an index that wraps around":      {by(index, "65543"), "", saml.Malformed},
		"by an index in other digits":        {by(index, "٧"), "", saml.Malformed},
		"by an index and the binding of one": {by(index, "7", binding, saml.BindingRedirect), "https://viewer.example/two", saml.BindingUnsupported},
		"by a redirect, at the default":      {by(binding, saml.BindingRedirect), "https://viewer.example/one", saml.BindingUnsupported},
		"by artifact, at another's address":  {by(address, "https://evil.example/", binding, "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"), "", saml.ACSNotRegistered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			idp := theIDP()
			in, err := idp.ReadRedirect(aViewer().Redirect(samltest.Ask{Destination: productSSO, Edit: c.edit}))
			if err != nil {
				t.Fatal(err)
			}
			req, err := idp.Check(in, service)
			if saml.CodeOf(err) != c.code || (err == nil) != (c.code == "") {
				t.Fatalf("got %v, want code %q", err, c.code)
			}
			var refusal *saml.Refusal
			if errors.As(err, &refusal) {
				req = refusal.To // a refusal is an answer too
			}
			if (req == nil) != (c.want == "") || req != nil && req.ACSURL != c.want {
				t.Errorf("the answer goes to %+v, want %q", req, c.want)
			}
		})
	}
	launched, err := theIDP().Unsolicited(service, "")
	if err != nil || launched.ACSURL != "https://viewer.example/one" {
		t.Errorf("a launch goes to %+v, %v", launched, err)
	}
}
