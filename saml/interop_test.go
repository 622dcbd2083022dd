package saml_test

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"testing"
	"time"

	crewjam "github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"

	"oneid/saml"
	"oneid/saml/samltest"
)

// These tests go by the real clock: the other side has no other.

func address(t *testing.T, raw string) url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return *u
}

func TestAServiceBuiltOnAnotherLibraryIsServed(t *testing.T) {
	t.Parallel()
	idp := theIDP()
	idp.Now = time.Now
	published, err := idp.Metadata(saml.MetadataOptions{NameIDFormats: []string{saml.NameIDPersistent}})
	if err != nil {
		t.Fatal(err)
	}
	var us crewjam.EntityDescriptor
	if err := xml.Unmarshal(published, &us); err != nil {
		t.Fatal(err)
	}
	key := samltest.ViewerKey()
	service := crewjam.ServiceProvider{
		EntityID: viewerID, Key: key.Signer, Certificate: key.Certificate, IDPMetadata: &us,
		MetadataURL: address(t, viewerID), AcsURL: address(t, viewerACS), SignatureMethod: dsig.RSASHA256SignatureMethod,
		AuthnNameIDFormat: crewjam.PersistentNameIDFormat,
	}
	theirs, err := xml.Marshal(service.Metadata())
	if err != nil {
		t.Fatal(err)
	}
	sp, err := saml.ReadServiceProvider(theirs, time.Now(), saml.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	redirect, err := service.MakeRedirectAuthenticationRequest("relay")
	if err != nil {
		t.Fatal(err)
	}
	in, err := idp.ReadRedirect(redirect.RawQuery)
	if err != nil {
		t.Fatal(err)
	}
	req, err := idp.Check(in, *sp)
	if err != nil {
		t.Fatal(err)
	}
	if !req.Verified || req.RelayState != "relay" {
		t.Errorf("got %+v", req)
	}
	stated := anAssertion()
	stated.AuthnInstant, stated.SessionEnds = time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
	form, _, err := idp.Respond(*req, stated, saml.AnswerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	read, err := service.ParseXMLResponse(samltest.Decode(form.SAMLResponse), []string{req.ID}, service.AcsURL)
	if err != nil {
		t.Fatalf("the service refuses our answer: %v", err.(*crewjam.InvalidResponseError).PrivateErr)
	}
	if read.Subject.NameID.Value != stated.NameID.Value || read.AttributeStatements[0].Attributes[1].Name != saml.AttrRID {
		t.Errorf("the service read %+v", read)
	}
}

// theMember is the session another library's identity provider finds.
type theMember struct{ sp *crewjam.EntityDescriptor }

func (m theMember) GetSession(http.ResponseWriter, *http.Request, *crewjam.IdpAuthnRequest) *crewjam.Session {
	return &crewjam.Session{
		ID: "s", Index: "i", CreateTime: time.Now(), ExpireTime: time.Now().Add(time.Hour), NameID: "randy",
		CustomAttributes: []crewjam.Attribute{{
			Name: "urn:oneid:college:attribute:number", Values: []crewjam.AttributeValue{{Type: "xs:string", Value: "12345"}},
		}},
	}
}

func (m theMember) GetServiceProvider(_ *http.Request, id string) (*crewjam.EntityDescriptor, error) {
	if id != m.sp.EntityID {
		return nil, os.ErrNotExist
	}
	return m.sp, nil
}

func TestACollegeBuiltOnAnotherLibraryIsUnderstood(t *testing.T) {
	t.Parallel()
	sp := theSP()
	sp.Now = time.Now
	published, err := sp.Metadata(saml.MetadataOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var us crewjam.EntityDescriptor
	if err := xml.Unmarshal(published, &us); err != nil {
		t.Fatal(err)
	}
	key := samltest.CollegeKey()
	portal := &crewjam.IdentityProvider{
		Key: key.Signer.(*rsa.PrivateKey), Certificate: key.Certificate, SignatureMethod: dsig.RSASHA256SignatureMethod,
		MetadataURL: address(t, "https://portal.example/idp"), SSOURL: address(t, "https://portal.example/sso"),
		ServiceProviderProvider: theMember{&us}, SessionProvider: theMember{&us},
	}
	theirs, err := xml.Marshal(portal.Metadata())
	if err != nil {
		t.Fatal(err)
	}
	college, err := saml.ReadIdentityProvider(theirs, time.Now(), saml.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	id := saml.NewID()
	redirect, err := sp.AuthnRequest(*college, id, "relay")
	if err != nil {
		t.Fatal(err)
	}
	page := httptest.NewRecorder()
	portal.ServeSSO(page, httptest.NewRequest(http.MethodGet, redirect, nil))
	value := regexp.MustCompile(`name="SAMLResponse" value="([^"]+)"`).FindStringSubmatch(page.Body.String())
	if value == nil {
		t.Fatalf("the portal answers %d: %s", page.Code, page.Body)
	}
	e, err := sp.Accept(unescape(value[1]), *college, saml.Expect{RequestID: id})
	if err != nil {
		doc, _ := base64.StdEncoding.DecodeString(unescape(value[1]))
		t.Fatalf("%v\n%s", err, doc)
	}
	if e.NameID.Value != "randy" || e.Attributes["urn:oneid:college:attribute:number"][0] != "12345" {
		t.Errorf("got %+v", e)
	}
	// The same product with its default algorithm is refused.
	portal.SignatureMethod = ""
	page = httptest.NewRecorder()
	portal.ServeSSO(page, httptest.NewRequest(http.MethodGet, redirect, nil))
	value = regexp.MustCompile(`name="SAMLResponse" value="([^"]+)"`).FindStringSubmatch(page.Body.String())
	_, err = sp.Accept(unescape(value[1]), *college, saml.Expect{RequestID: id})
	wantCode(t, err, saml.UnknownAlgorithm)
}

func unescape(s string) string {
	return regexp.MustCompile(`&#43;`).ReplaceAllString(s, "+")
}
