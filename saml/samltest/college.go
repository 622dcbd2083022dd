package samltest

import (
	"encoding/base64"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/beevik/etree"

	"oneid/saml"
)

// College is a college's identity provider.
type College struct {
	EntityID string
	SSOURL   string
	Key      saml.SigningKey
	Now      func() time.Time
}

// NewCollege returns a college that signs with CollegeKey and goes by the
// given clock.
func NewCollege(entityID, ssoURL string, now func() time.Time) College {
	return College{EntityID: entityID, SSOURL: ssoURL, Key: CollegeKey(), Now: now}
}

// Metadata is what the product imports of the college.
func (c College) Metadata() []byte {
	return []byte(fmt.Sprintf(`<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="%s"><!-- for tests --><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="%s" Location="%s"/></md:IDPSSODescriptor></md:EntityDescriptor>`,
		escape(c.EntityID), base64.StdEncoding.EncodeToString(c.Key.Certificate.Raw), saml.BindingRedirect, escape(c.SSOURL)))
}

// IdentityProvider is the college as the product holds it.
func (c College) IdentityProvider() saml.IdentityProvider {
	p, err := saml.ReadIdentityProvider(c.Metadata(), c.Now(), saml.ReadOptions{AllowLoopbackHTTP: true})
	must(err)
	return *p
}

// Signed says which parts of an answer are signed.
type Signed int

// The choices; the zero value signs both.
const (
	SignBoth Signed = iota
	SignResponse
	SignAssertion
	SignNothing
)

// Answer is what a college says about a member. Zero fields take honest
// values; Edit works on the unsigned Response, Tamper on the signed one.
type Answer struct {
	InResponseTo string
	ACSURL       string
	Audience     string
	NameID       string
	Attributes   map[string][]string
	AuthnInstant time.Time
	Signed       Signed
	Method       string // signature method, "" for RSA-SHA256

	// Status other than "" makes an error Response without an assertion.
	Status, Substatus string

	ID, AssertionID string
	Edit, Tamper    func(response *etree.Element)
}

// Respond returns the signed Response as the browser posts it.
func (c College) Respond(a Answer) string { return Encode(c.Response(a)) }

// Response returns the signed Response as a document.
func (c College) Response(a Answer) []byte {
	tree := Tree([]byte(c.unsigned(&a)))
	root := tree.Root()
	if a.Edit != nil {
		a.Edit(root)
	}
	if assertion := root.SelectElement("Assertion"); assertion != nil && (a.Signed == SignBoth || a.Signed == SignAssertion) {
		SignElement(assertion, c.Key, a.Method)
	}
	if a.Signed == SignBoth || a.Signed == SignResponse {
		SignElement(root, c.Key, a.Method)
	}
	if a.Tamper != nil {
		a.Tamper(root)
	}
	return Bytes(tree)
}

func (c College) unsigned(a *Answer) string {
	now := c.Now()
	a.ID, a.AssertionID = or(a.ID, saml.NewID()), or(a.AssertionID, saml.NewID())
	a.NameID = or(a.NameID, "member-of-the-college")
	if a.AuthnInstant.IsZero() {
		a.AuthnInstant = now.Add(-time.Minute)
	}
	status := fmt.Sprintf(`<samlp:Status><samlp:StatusCode Value="%s"/></samlp:Status>`, saml.StatusSuccess)
	body := c.assertion(a, now)
	if a.Status != "" {
		status = fmt.Sprintf(`<samlp:Status><samlp:StatusCode Value="%s"><samlp:StatusCode Value="%s"/></samlp:StatusCode></samlp:Status>`, escape(a.Status), escape(a.Substatus))
		body = ""
	}
	return fmt.Sprintf(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="%s" Version="2.0" IssueInstant="%s" Destination="%s" InResponseTo="%s"><saml:Issuer>%s</saml:Issuer>%s%s</samlp:Response>`,
		a.ID, stamp(now), escape(a.ACSURL), escape(a.InResponseTo), escape(c.EntityID), status, body)
}

func (c College) assertion(a *Answer, now time.Time) string {
	names := make([]string, 0, len(a.Attributes))
	for name := range a.Attributes {
		names = append(names, name)
	}
	sort.Strings(names)
	var list strings.Builder
	for _, name := range names {
		fmt.Fprintf(&list, `<saml:Attribute Name="%s" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">`, escape(name))
		for _, v := range a.Attributes[name] {
			fmt.Fprintf(&list, `<saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">%s</saml:AttributeValue>`, escape(v))
		}
		list.WriteString(`</saml:Attribute>`)
	}
	statement := ""
	if list.Len() > 0 {
		statement = `<saml:AttributeStatement>` + list.String() + `</saml:AttributeStatement>`
	}
	return fmt.Sprintf(`<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="%s" Version="2.0" IssueInstant="%s"><saml:Issuer>%s</saml:Issuer><saml:Subject><saml:NameID Format="%s">%s</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="%s" Recipient="%s" InResponseTo="%s"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="%s" NotOnOrAfter="%s"><saml:AudienceRestriction><saml:Audience>%s</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="%s" SessionIndex="s1"><saml:AuthnContext><saml:AuthnContextClassRef>%s</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>%s</saml:Assertion>`,
		a.AssertionID, stamp(now), escape(c.EntityID), saml.NameIDPersistent, escape(a.NameID),
		stamp(now.Add(4*time.Minute)), escape(a.ACSURL), escape(a.InResponseTo),
		stamp(now.Add(-time.Minute)), stamp(now.Add(4*time.Minute)), escape(a.Audience),
		stamp(a.AuthnInstant), saml.ContextPassword, statement)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
