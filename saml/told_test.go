package saml_test

import (
	"crypto"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
)

func TestARefusalIsToldToWhoeverIsProvenAndToNobodyElse(t *testing.T) {
	t.Parallel()
	comparison := at("./RequestedAuthnContext", set("Comparison", "worse"))
	and := func(edits ...func(*etree.Element)) func(*etree.Element) {
		return func(el *etree.Element) {
			for _, edit := range edits {
				edit(el)
			}
		}
	}
	elsewhere := set("AssertionConsumerServiceURL", "https://evil.example/acs")
	artifact := set("ProtocolBinding", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact")
	required := aViewer().ServiceProvider()
	required.RequestSignature = saml.SignatureRequired
	expired := aViewer().ServiceProvider()
	expired.ValidUntil = noon().Add(-time.Second)
	for name, c := range map[string]struct {
		ask     samltest.Ask
		service saml.ServiceProvider
		want    saml.Code
		told    bool
	}{
		"by artifact":                          {samltest.Ask{Edit: artifact}, aViewer().ServiceProvider(), saml.BindingUnsupported, true},
		"by artifact, unsigned":                {samltest.Ask{Edit: artifact, Unsigned: true}, aViewer().ServiceProvider(), saml.BindingUnsupported, true},
		"by artifact, elsewhere":               {samltest.Ask{Edit: and(artifact, elsewhere)}, aViewer().ServiceProvider(), saml.ACSNotRegistered, false},
		"by artifact, not signed as it must":   {samltest.Ask{Edit: artifact, Unsigned: true}, required, saml.NotSigned, false},
		"by artifact, of a service that ended": {samltest.Ask{Edit: artifact}, expired, saml.ProviderExpired, false},
		"by artifact, for another":             {samltest.Ask{Edit: artifact, Destination: "https://other.example/"}, aViewer().ServiceProvider(), saml.WrongDestination, false},
		"by artifact, long ago":                {samltest.Ask{Edit: artifact, IssuedAt: noon().Add(-time.Hour)}, aViewer().ServiceProvider(), saml.StaleRequest, false},
		"from a clock ahead":                   {samltest.Ask{IssuedAt: noon().Add(time.Hour)}, aViewer().ServiceProvider(), saml.ClockAhead, true},
		"from a clock ahead, elsewhere":        {samltest.Ask{IssuedAt: noon().Add(time.Hour), Edit: elsewhere}, aViewer().ServiceProvider(), saml.ACSNotRegistered, false},
		"a comparison that is none":            {samltest.Ask{Contexts: []string{"urn:x"}, Edit: comparison}, aViewer().ServiceProvider(), saml.Malformed, true},
		"a flag that is none":                  {samltest.Ask{Edit: set("IsPassive", "maybe")}, aViewer().ServiceProvider(), saml.Malformed, true},
		"an index and an address":              {samltest.Ask{Edit: set("AssertionConsumerServiceIndex", "0")}, aViewer().ServiceProvider(), saml.Malformed, false},
		"no time":                              {samltest.Ask{Edit: drop("IssueInstant")}, aViewer().ServiceProvider(), saml.Malformed, false},
		"an older version":                     {samltest.Ask{Edit: set("Version", "1.1")}, aViewer().ServiceProvider(), saml.VersionTooLow, true},
		"a newer version":                      {samltest.Ask{Edit: set("Version", "3.0")}, aViewer().ServiceProvider(), saml.VersionTooHigh, true},
		"a short ID":                           {samltest.Ask{ID: "_1"}, aViewer().ServiceProvider(), saml.BadID, true},
		"no ID that could be answered":         {samltest.Ask{Edit: set("ID", "1")}, aViewer().ServiceProvider(), saml.BadID, false},
		"a long relay state":                   {samltest.Ask{RelayState: strings.Repeat("r", 2049)}, aViewer().ServiceProvider(), saml.RelayTooLong, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.ask.Destination == "" {
				c.ask.Destination = productSSO
			}
			idp := theIDP()
			byRedirect, err := idp.ReadRedirect(aViewer().Redirect(c.ask))
			wantTold(t, idp, byRedirect, err, c.service, c.want, c.told)
			byPost, err := idp.ReadPost(aViewer().Post(c.ask), c.ask.RelayState)
			wantTold(t, idp, byPost, err, c.service, c.want, c.told)
		})
	}
}

func TestARequestWrappedWronglyIsToldUnlessItsSignatureIsBad(t *testing.T) {
	t.Parallel()
	idp, v := theIDP(), aViewer()
	plain := "SAMLRequest=" + url.QueryEscape(v.Post(samltest.Ask{Destination: productSSO}))
	bare := "SAMLRequest=" + url.QueryEscape(v.Post(samltest.Ask{Destination: productSSO, Unsigned: true}))
	signed := func(query string, key saml.SigningKey) string {
		query += "&SigAlg=" + url.QueryEscape("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")
		return query + "&Signature=" + url.QueryEscape(samltest.SignOctets(query, key, crypto.SHA256))
	}
	for name, c := range map[string]struct {
		query string
		told  bool
	}{
		"not signed":                   {bare, true},
		"signed as for a POST":         {plain, true},
		"signed as for a redirect":     {signed(bare, samltest.ViewerKey()), true},
		"signed by a stranger":         {signed(bare, samltest.StrangerKey()), false},
		"signed well, and wrapped ill": {signed(plain, samltest.StrangerKey()), false},
	} {
		in, err := idp.ReadRedirect(c.query)
		want := saml.PlainRedirect
		if !c.told {
			if saml.CodeOf(err) != want {
				t.Errorf("%s: read as %v", name, err)
			}
			want = saml.BadSignature
		}
		wantTold(t, idp, in, err, v.ServiceProvider(), want, c.told)
	}
}

// wantTold wants a request to be refused, and whether its service is told.
func wantTold(t *testing.T, idp saml.IDP, in *saml.Incoming, err error, service saml.ServiceProvider, want saml.Code, told bool) {
	t.Helper()
	if in != nil {
		_, err = idp.Check(in, service)
	}
	var refusal *saml.Refusal
	if !errors.As(err, &refusal) || refusal.Code != want || (refusal.To != nil) != told {
		t.Fatalf("refused as %v and told %v, want %s and %t", err, refusal != nil && refusal.To != nil, want, told)
	}
	if told && (refusal.To.ACSURL != viewerACS || refusal.To.ID != in.ID || refusal.To.Service != viewerID || len(refusal.To.Contexts) != 0) {
		t.Errorf("told as %+v", refusal.To)
	}
}
