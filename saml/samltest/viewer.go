package samltest

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/xmlsig"
)

// Viewer is a clinical viewer's service provider.
type Viewer struct {
	EntityID string
	ACSURL   string
	Key      saml.SigningKey
	Now      func() time.Time
	// Logout are the addresses at which it takes logout messages; none by default.
	Logout []saml.Endpoint
}

// NewViewer returns a viewer that signs with ViewerKey and goes by the given
// clock.
func NewViewer(entityID, acsURL string, now func() time.Time) Viewer {
	return Viewer{EntityID: entityID, ACSURL: acsURL, Key: ViewerKey(), Now: now}
}

// Metadata is what the product imports of the viewer. It does not claim to
// sign every request.
func (v Viewer) Metadata() []byte {
	return []byte(fmt.Sprintf(`<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="%s"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" WantAssertionsSigned="true"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>%s<md:NameIDFormat>%s</md:NameIDFormat><md:AssertionConsumerService Binding="%s" Location="%s" index="0"/></md:SPSSODescriptor></md:EntityDescriptor>`,
		escape(v.EntityID), base64.StdEncoding.EncodeToString(v.Key.Certificate.Raw), v.logoutServices(), saml.NameIDPersistent, saml.BindingPost, escape(v.ACSURL)))
}

// ServiceProvider is the viewer as the product holds it.
func (v Viewer) ServiceProvider() saml.ServiceProvider {
	s, err := saml.ReadServiceProvider(v.Metadata(), v.Now(), saml.ReadOptions{AllowLoopbackHTTP: true})
	must(err)
	return *s
}

// Ask is one request. Zero fields take honest values; Edit works on the
// request before it is signed.
type Ask struct {
	ID                    string
	Destination           string // the product's sign-on address
	IssuedAt              time.Time
	ForceAuthn, IsPassive bool
	Contexts              []string
	RelayState            string
	Unsigned              bool
	Edit                  func(request *etree.Element)
}

// Request returns the request as an unsigned document.
func (v Viewer) Request(a Ask) []byte {
	if a.IssuedAt.IsZero() {
		a.IssuedAt = v.Now()
	}
	var wanted string
	for _, class := range a.Contexts {
		wanted += `<saml:AuthnContextClassRef>` + escape(class) + `</saml:AuthnContextClassRef>`
	}
	if wanted != "" {
		wanted = `<samlp:RequestedAuthnContext>` + wanted + `</samlp:RequestedAuthnContext>`
	}
	tree := Tree([]byte(fmt.Sprintf(`<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="%s" Version="2.0" IssueInstant="%s" Destination="%s" ForceAuthn="%t" IsPassive="%t" AssertionConsumerServiceURL="%s" ProtocolBinding="%s"><saml:Issuer>%s</saml:Issuer><samlp:NameIDPolicy Format="%s" AllowCreate="true"/>%s</samlp:AuthnRequest>`,
		or(a.ID, saml.NewID()), stamp(a.IssuedAt), escape(a.Destination), a.ForceAuthn, a.IsPassive,
		escape(v.ACSURL), saml.BindingPost, escape(v.EntityID), saml.NameIDPersistent, wanted)))
	if a.Edit != nil {
		a.Edit(tree.Root())
	}
	return Bytes(tree)
}

// Redirect returns the raw query string of a request by redirect.
func (v Viewer) Redirect(a Ask) string {
	return v.RedirectOf(v.Request(a), a.RelayState, a.Unsigned)
}

// RedirectOf puts any document into a redirect's query string.
func (v Viewer) RedirectOf(doc []byte, relayState string, unsigned bool) string {
	query := "SAMLRequest=" + url.QueryEscape(Deflate(doc))
	if relayState != "" {
		query += "&RelayState=" + url.QueryEscape(relayState)
	}
	if unsigned {
		return query
	}
	query += "&SigAlg=" + url.QueryEscape(xmlsig.RSASHA256)
	return query + "&Signature=" + url.QueryEscape(SignOctets(query, v.Key, crypto.SHA256))
}

// Post returns the SAMLRequest parameter of a request by POST.
func (v Viewer) Post(a Ask) string {
	tree := Tree(v.Request(a))
	if !a.Unsigned {
		SignElement(tree.Root(), v.Key, "")
	}
	return Encode(Bytes(tree))
}

// Seen is what a viewer read in an answer, from signed bytes.
type Seen struct {
	Status, Substatus, Message string
	InResponseTo, Destination  string
	Issuer, Audience           string
	NameID, NameIDFormat       string
	SessionIndex, Context      string
	AuthnInstant               string
	Attributes                 map[string][]string
	XML                        []byte
}

// Read verifies the Response, and the assertion if there is one, with the
// product's certificate and returns what they say.
func (v Viewer) Read(samlResponse string, product *x509.Certificate) (*Seen, error) {
	doc := Decode(samlResponse)
	verified, err := xmlsig.VerifyEnveloped(Tree(doc).Root(), []*x509.Certificate{product})
	if err != nil {
		return nil, err
	}
	root := verified.Element
	seen := &Seen{
		XML: doc, InResponseTo: root.SelectAttrValue("InResponseTo", ""), Destination: root.SelectAttrValue("Destination", ""),
		Issuer: textAt(root, "./Issuer"), Status: attrAt(root, "./Status/StatusCode", "Value"),
		Substatus: attrAt(root, "./Status/StatusCode/StatusCode", "Value"), Message: textAt(root, "./Status/StatusMessage"),
		Attributes: map[string][]string{},
	}
	inner := root.SelectElement("Assertion")
	if inner == nil {
		return seen, nil
	}
	if verified, err = xmlsig.VerifyEnveloped(inner, []*x509.Certificate{product}); err != nil {
		return nil, err
	}
	a := verified.Element
	seen.Audience = textAt(a, "./Conditions/AudienceRestriction/Audience")
	seen.NameID, seen.NameIDFormat = textAt(a, "./Subject/NameID"), attrAt(a, "./Subject/NameID", "Format")
	seen.SessionIndex = attrAt(a, "./AuthnStatement", "SessionIndex")
	seen.AuthnInstant = attrAt(a, "./AuthnStatement", "AuthnInstant")
	seen.Context = textAt(a, "./AuthnStatement/AuthnContext/AuthnContextClassRef")
	for _, attribute := range a.FindElements("./AttributeStatement/Attribute") {
		name := attribute.SelectAttrValue("Name", "")
		for _, value := range attribute.SelectElements("AttributeValue") {
			seen.Attributes[name] = append(seen.Attributes[name], value.Text())
		}
	}
	return seen, nil
}

func textAt(el *etree.Element, path string) string {
	if found := el.FindElement(path); found != nil {
		return strings.TrimSpace(found.Text())
	}
	return ""
}

func attrAt(el *etree.Element, path, name string) string {
	if found := el.FindElement(path); found != nil {
		return found.SelectAttrValue(name, "")
	}
	return ""
}
