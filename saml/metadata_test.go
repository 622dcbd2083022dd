package saml_test

import (
	"crypto/x509"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlsig"
)

func someOptions() saml.MetadataOptions {
	metadataKey := samltest.MetadataKey()
	return saml.MetadataOptions{
		ValidUntil: noon().Add(14 * 24 * time.Hour), CacheDuration: 24 * time.Hour,
		SigningCertificates:    []*x509.Certificate{samltest.ProductKey().Certificate, samltest.StrangerKey().Certificate},
		EncryptionCertificates: []*x509.Certificate{samltest.EncryptionKey().Certificate},
		NameIDFormats:          []string{saml.NameIDPersistent, saml.NameIDTransient},
		ErrorURL:               "https://oneid.example/saml/error?code=ERRORURL_CODE&ts=ERRORURL_TS&rp=ERRORURL_RP&tid=ERRORURL_TID&ctx=ERRORURL_CTX",
		Scopes:                 []string{"oneid.example"},
		UI: saml.UIInfo{
			DisplayNames:    map[string]string{"en": "ONE ID", "fr": "ONE ID"},
			Descriptions:    map[string]string{"en": "Sign in with <ONE ID>", "fr": "Ouvrez une session avec « ONE ID »"},
			InformationURLs: map[string]string{"en": "https://oneid.example/help", "fr": "https://oneid.example/help?lang=fr"},
			PrivacyURLs:     map[string]string{"en": "https://oneid.example/privacy", "fr": "https://oneid.example/privacy?lang=fr"},
			Logos:           []saml.Logo{{URL: "https://oneid.example/static/logo.svg", Width: 80, Height: 60}},
		},
		EntityAttributes: map[string][]string{"urn:oasis:names:tc:SAML:attribute:assurance-certification": {"https://refeds.org/sirtfi"}},
		Organization: saml.Organization{
			Names:        map[string]string{"en": "Ontario Health", "fr": "Santé Ontario"},
			DisplayNames: map[string]string{"en": "ONE ID", "fr": "ONE ID"},
			URLs:         map[string]string{"en": "https://oneid.example/help", "fr": "https://oneid.example/help?lang=fr"},
		},
		Contacts: []saml.Contact{
			{Type: "technical", Company: "Ontario Health", Email: "tech@oneid.example"},
			{Type: "support", Name: "Service Desk", Email: "desk@oneid.example", Phone: "+18662500000"},
		},
		SignWith: &metadataKey,
	}
}

func TestOurIdentityProviderMetadataIsStableAndValid(t *testing.T) {
	t.Parallel()
	idp := theIDP()
	idp.SLOURL, idp.SOAPURL = "https://oneid.example/saml/slo", "https://oneid.example/saml/slo/soap"
	first, err := idp.Metadata(someOptions())
	if err != nil {
		t.Fatal(err)
	}
	second, err := idp.Metadata(someOptions())
	if err != nil {
		t.Fatal(err)
	}
	if string(first) != string(second) {
		t.Error("two calls, two documents")
	}
	golden(t, "idp-metadata.xml", first)
	samltest.Schema(t, samltest.MetadataSchema, first)
	samltest.Xmlsec1(t, first, "EntityDescriptor", samltest.MetadataKey().Certificate)
	if redirect, post := strings.Index(string(first), `SingleSignOnService Binding="`+saml.BindingRedirect), strings.Index(string(first), `SingleSignOnService Binding="`+saml.BindingPost); redirect < 0 || post < redirect {
		t.Error("the redirect address does not come first")
	}
	read, err := saml.ReadIdentityProvider(first, noon(), saml.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if read.EntityID != productIDP || read.SSOURL != productSSO || len(read.Certificates) != 2 {
		t.Errorf("read back %+v", read)
	}
}

func TestMetadataSignedByUsIsRefusedOnceChanged(t *testing.T) {
	t.Parallel()
	doc, err := theIDP().Metadata(someOptions())
	if err != nil {
		t.Fatal(err)
	}
	verify := func(doc []byte, cert *x509.Certificate) error {
		_, err := xmlsig.VerifyEnveloped(samltest.Tree(doc).Root(), []*x509.Certificate{cert})
		return err
	}
	if err := verify(doc, samltest.MetadataKey().Certificate); err != nil {
		t.Errorf("refused as it is: %v", err)
	}
	if err := verify(doc, samltest.ProductKey().Certificate); err == nil {
		t.Error("accepted by the key that signs answers")
	}
	if err := verify([]byte(strings.Replace(string(doc), productSSO, "https://evil.example/sso", 1)), samltest.MetadataKey().Certificate); err == nil {
		t.Error("accepted with another address")
	}
}

func TestMetadataPromisesNoLogoutWeDoNotHave(t *testing.T) {
	t.Parallel()
	doc, err := theIDP().Metadata(saml.MetadataOptions{})
	if err != nil {
		t.Fatal(err)
	}
	samltest.Schema(t, samltest.MetadataSchema, doc)
	if strings.Contains(string(doc), "SingleLogoutService") {
		t.Error("a logout address is published")
	}
}

func TestOurServiceProviderMetadataIsStableAndValid(t *testing.T) {
	t.Parallel()
	doc, err := theSP().Metadata(someOptions())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "sp-metadata.xml", doc)
	samltest.Schema(t, samltest.MetadataSchema, doc)
	samltest.Xmlsec1(t, doc, "EntityDescriptor", samltest.MetadataKey().Certificate)
	read, err := saml.ReadServiceProvider(doc, noon(), saml.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if read.EntityID != productSP || !read.AuthnRequestsSigned || !read.WantAssertionsSigned || read.RequestSignature != saml.SignatureRequired {
		t.Errorf("read back %+v", read)
	}
}

// viewerMetadata is the test viewer's metadata with parts replaced.
func viewerMetadata(pairs ...string) []byte {
	return []byte(strings.NewReplacer(pairs...).Replace(string(aViewer().Metadata())))
}

func TestMetadataThatIsRefused(t *testing.T) {
	t.Parallel()
	acs := func(url string) []byte { return viewerMetadata(`Location="`+viewerACS+`"`, `Location="`+url+`"`) }
	cert := base64.StdEncoding.EncodeToString(samltest.ViewerKey().Certificate.Raw)
	for name, c := range map[string]struct {
		doc  []byte
		want saml.Code
	}{
		"expired in 2001":             {viewerMetadata(`entityID=`, `validUntil="2001-01-01T00:00:00Z" entityID=`), saml.ProviderExpired},
		"its role expired in 2001":    {viewerMetadata(`<md:SPSSODescriptor`, `<md:SPSSODescriptor validUntil="2001-01-01T00:00:00Z"`), saml.ProviderExpired},
		"validUntil is a word":        {viewerMetadata(`entityID=`, `validUntil="soon" entityID=`), saml.Malformed},
		"a script as reply address":   {acs("javascript:alert(1)"), saml.MetadataEndpoint},
		"a data address":              {acs("data:text/html,x"), saml.MetadataEndpoint},
		"plain http":                  {acs("http://viewer.example/acs"), saml.MetadataEndpoint},
		"plain http on this machine":  {acs("http://viewer.localhost:8082/acs"), saml.MetadataEndpoint},
		"a user name":                 {acs("https://a:b@viewer.example/acs"), saml.MetadataEndpoint},
		"a fragment":                  {acs("https://viewer.example/acs#x"), saml.MetadataEndpoint},
		"an empty fragment":           {acs("https://viewer.example/acs#"), saml.MetadataEndpoint},
		"no host":                     {acs("https:///acs"), saml.MetadataEndpoint},
		"a path only":                 {acs("/acs"), saml.MetadataEndpoint},
		"a backslash":                 {acs(`https://viewer.example\@evil.example/acs`), saml.MetadataEndpoint},
		"a look-alike letter":         {acs("https://vіewer.example/acs"), saml.MetadataEndpoint},
		"an empty address":            {acs(""), saml.MetadataEndpoint},
		"no reply address for a POST": {viewerMetadata(saml.BindingPost, saml.BindingRedirect), saml.MetadataNoEndpoint},
		"no entity ID":                {viewerMetadata(`entityID="`+viewerID+`"`, ``), saml.MetadataEntityID},
		"an entity ID without end":    {viewerMetadata(viewerID+`"`, viewerID+strings.Repeat("x", 300)+`"`), saml.MetadataEntityID},
		"SAML 1.1 only":               {viewerMetadata(`Enumeration="urn:oasis:names:tc:SAML:2.0:protocol"`, `Enumeration="urn:oasis:names:tc:SAML:1.1:protocol"`), saml.MetadataRole},
		"an identity provider":        {aCollege().Metadata(), saml.MetadataRole},
		"signs, but has no key":       {viewerMetadata(`<md:SPSSODescriptor`, `<md:SPSSODescriptor AuthnRequestsSigned="true"`, `use="signing"`, `use="encryption"`), saml.MetadataNoKey},
		"a certificate of letters":    {viewerMetadata(cert, "QUJD"), saml.MetadataKey},
		"a certificate not base64":    {viewerMetadata(cert, "!!!"), saml.MetadataKey},
		"a key for nobody":            {viewerMetadata(`use="signing"`, `use="evil"`), saml.MetadataKey},
		"a DTD":                       {append([]byte(`<!DOCTYPE md:EntityDescriptor [<!ENTITY x "y">]>`), aViewer().Metadata()...), "xml_dtd"},
		"one index twice":             {viewerMetadata(`index="0"/>`, `index="0"/><md:AssertionConsumerService Binding="`+saml.BindingPost+`" Location="https://viewer.example/2" index="0"/>`), saml.Malformed},
		"a foreign contact":           {viewerMetadata(`</md:SPSSODescriptor>`, `</md:SPSSODescriptor><ContactPerson xmlns="urn:evil"/>`), "xml_foreign_element"},
		"two services in one group":   {[]byte(`<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">` + string(aViewer().Metadata()) + string(viewerMetadata(viewerID, "https://other.example")) + `</md:EntitiesDescriptor>`), saml.MetadataRole},
		"nothing at all":              {nil, "xml_malformed"},
		"two megabytes":               {[]byte(strings.Repeat(" ", 2<<20)), "xml_too_large"},
	} {
		_, err := saml.ReadServiceProvider(c.doc, noon(), saml.ReadOptions{})
		if got := saml.CodeOf(err); got != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestOddMetadataThatIsFine(t *testing.T) {
	t.Parallel()
	group := `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">` + string(aCollege().Metadata()) + string(aViewer().Metadata()) + `</md:EntitiesDescriptor>`
	for name, doc := range map[string][]byte{
		"an encryption key without a certificate": viewerMetadata(`<md:NameIDFormat>`, `<md:KeyDescriptor use="encryption"><ds:KeyInfo><ds:KeyName>k</ds:KeyName></ds:KeyInfo></md:KeyDescriptor><md:NameIDFormat>`),
		"a group with one service":                []byte(group),
		"comments and a declaration":              []byte(`<?xml version="1.0" encoding="UTF-8"?><!-- hello -->` + string(aViewer().Metadata())),
		"an end still to come":                    viewerMetadata(`entityID=`, `validUntil="2027-01-01T00:00:00Z" entityID=`),
	} {
		s, err := saml.ReadServiceProvider(doc, noon(), saml.ReadOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if s.EntityID != viewerID || len(s.SigningCertificates) != 1 {
			t.Errorf("%s: got %+v", name, s)
		}
	}
}

func TestAKeyWithoutUseServesBoth(t *testing.T) {
	t.Parallel()
	s, err := saml.ReadServiceProvider(viewerMetadata(` use="signing"`, ``), noon(), saml.ReadOptions{})
	if err != nil || len(s.SigningCertificates) != 1 || len(s.EncryptionKeys) != 1 {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestPlainHTTPIsForThisMachineOnly(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]saml.Code{
		"http://viewer.localhost:8082/acs":    "",
		"http://localhost/acs":                "",
		"http://127.0.0.1:9/acs":              "",
		"http://[::1]:9/acs":                  "",
		"http://viewer.example/acs":           saml.MetadataEndpoint,
		"http://localhost.evil.example/acs":   saml.MetadataEndpoint,
		"http://evillocalhost/acs":            saml.MetadataEndpoint,
		"http://127.0.0.1.evil.example/acs":   saml.MetadataEndpoint,
		"http://localhost@evil.example/acs":   saml.MetadataEndpoint,
		"http://evil.example#.localhost/acs":  saml.MetadataEndpoint,
		`http://evil.example\.localhost/acs`:  saml.MetadataEndpoint,
		"ftp://localhost/acs":                 saml.MetadataEndpoint,
		"HTTPS://viewer.example/upper-scheme": "",
	} {
		_, err := saml.ReadServiceProvider(viewerMetadata(viewerACS, address), noon(), saml.ReadOptions{AllowLoopbackHTTP: true})
		if got := saml.CodeOf(err); got != want || want == "" && err != nil {
			t.Errorf("%s: got %v, want %q", address, err, want)
		}
	}
}

func TestTheDefaultReplyAddressFollowsTheStandard(t *testing.T) {
	t.Parallel()
	list := func(flags ...string) []byte {
		var b strings.Builder
		for i, f := range flags {
			b.WriteString(`<md:AssertionConsumerService Binding="` + saml.BindingPost + `" Location="https://viewer.example/` + string(rune('a'+i)) + `" index="` + string(rune('0'+i)) + `"` + f + `/>`)
		}
		return viewerMetadata(`<md:AssertionConsumerService Binding="`+saml.BindingPost+`" Location="`+viewerACS+`" index="0"/>`, b.String())
	}
	for want, doc := range map[string][]byte{
		"https://viewer.example/b": list(``, ` isDefault="true"`),
		"https://viewer.example/c": list(` isDefault="false"`, ` isDefault="0"`, ``),
		"https://viewer.example/a": list(` isDefault="false"`, ` isDefault="false"`),
	} {
		s, err := saml.ReadServiceProvider(doc, noon(), saml.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if req, err := theIDP().Unsolicited(*s, ""); err != nil || req.ACSURL != want {
			t.Errorf("got %+v, %v, want %s", req, err, want)
		}
	}
}

func TestCollegeMetadataThatIsRefused(t *testing.T) {
	t.Parallel()
	edit := func(pairs ...string) []byte {
		return []byte(strings.NewReplacer(pairs...).Replace(string(aCollege().Metadata())))
	}
	for name, c := range map[string]struct {
		doc  []byte
		want saml.Code
	}{
		"expired":             {edit(`entityID=`, `validUntil="2001-01-01T00:00:00Z" entityID=`), saml.ProviderExpired},
		"no redirect address": {edit(saml.BindingRedirect, saml.BindingPost), saml.MetadataNoEndpoint},
		"no signing key":      {edit(`<md:KeyDescriptor>`, `<md:KeyDescriptor use="encryption">`), saml.MetadataNoKey},
		"a service":           {aViewer().Metadata(), saml.MetadataRole},
		"plain http":          {edit("https://portal.example/sso", "http://portal.example/sso"), saml.MetadataEndpoint},
	} {
		_, err := saml.ReadIdentityProvider(c.doc, noon(), saml.ReadOptions{})
		if got := saml.CodeOf(err); got != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestEveryReasonHasOneName(t *testing.T) {
	t.Parallel()
	seen := map[saml.Code]bool{}
	for _, c := range saml.Codes() {
		if c == "" || seen[c] {
			t.Errorf("code %q is empty or listed twice", c)
		}
		seen[c] = true
	}
}
