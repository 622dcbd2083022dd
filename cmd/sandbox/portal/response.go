package portal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"

	"oneid/cmd/sandbox/site"
)

const (
	assertionLife   = 5 * time.Minute
	attributePrefix = "urn:oneid:college:attribute:"
	uriNameFormat   = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
	passwordContext = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
	bearerMethod    = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
)

// statement is everything a response says, before it is signed. A hostile
// variant changes some of it.
type statement struct {
	issuer       string
	destination  string
	recipient    string
	audience     string
	inResponseTo string
	nameID       string
	attributes   []attribute
	authn        time.Time
	now          time.Time
	signer       site.Identity
	method       string // signature method
}

type attribute struct{ name, value string }

// attributesOf lists what the college hands over. A value the college does
// not have is left out, not sent empty.
func attributesOf(m Member, consent time.Time) []attribute {
	all := []attribute{
		{"number", m.Number},
		{"givenNames", m.Legal.First},
		{"middleNames", m.Legal.Middle},
		{"lastName", m.Legal.Last},
		{"gender", m.Gender},
		{"birthDate", m.BirthDate},
		{"registrationClass", m.Class},
		{"licenceStatus", m.Status},
		{"consentTime", consent.UTC().Format(time.RFC3339)},
		{"language", m.Language},
	}
	kept := all[:0]
	for _, a := range all {
		if a.value != "" {
			kept = append(kept, a)
		}
	}
	return kept
}

// opaque is the name by which the product knows a member: the same each time,
// and telling nothing about the member.
func opaque(secret, number string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(number))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:20]))
}

// assertion writes the statement as an unsigned assertion.
func (s statement) assertion() *saml.Assertion {
	now := s.now.UTC()
	values := make([]saml.Attribute, 0, len(s.attributes))
	for _, a := range s.attributes {
		values = append(values, saml.Attribute{
			Name: attributePrefix + a.name, FriendlyName: a.name, NameFormat: uriNameFormat,
			Values: []saml.AttributeValue{{Type: "xs:string", Value: a.value}},
		})
	}
	return &saml.Assertion{
		ID: "a" + site.Token(), IssueInstant: now, Version: "2.0",
		Issuer: saml.Issuer{Value: s.issuer},
		Subject: &saml.Subject{
			NameID: &saml.NameID{Format: string(saml.PersistentNameIDFormat), NameQualifier: s.issuer, SPNameQualifier: s.audience, Value: s.nameID},
			SubjectConfirmations: []saml.SubjectConfirmation{{
				Method: bearerMethod,
				SubjectConfirmationData: &saml.SubjectConfirmationData{
					NotOnOrAfter: now.Add(assertionLife), Recipient: s.recipient, InResponseTo: s.inResponseTo,
				},
			}},
		},
		Conditions: &saml.Conditions{
			NotBefore: now.Add(-30 * time.Second), NotOnOrAfter: now.Add(assertionLife),
			AudienceRestrictions: []saml.AudienceRestriction{{Audience: saml.Audience{Value: s.audience}}},
		},
		AuthnStatements: []saml.AuthnStatement{{
			AuthnInstant: s.authn.UTC(), SessionIndex: "s" + site.Token(),
			AuthnContext: saml.AuthnContext{AuthnContextClassRef: &saml.AuthnContextClassRef{Value: passwordContext}},
		}},
		AttributeStatements: []saml.AttributeStatement{{Attributes: values}},
	}
}

// signedAssertion writes and signs one assertion.
func (s statement) signedAssertion() (*etree.Element, error) {
	a := s.assertion()
	signature, err := s.sign(a.Element())
	if err != nil {
		return nil, err
	}
	a.Signature = signature
	return a.Element(), nil
}

// response wraps assertions in a Response. Unless bare, it is signed as well.
func (s statement) response(status saml.Status, bare bool, assertions ...*etree.Element) (*etree.Element, error) {
	r := saml.Response{
		ID: "r" + site.Token(), InResponseTo: s.inResponseTo, Version: "2.0", IssueInstant: s.now.UTC(),
		Destination: s.destination, Issuer: &saml.Issuer{Value: s.issuer}, Status: status,
	}
	whole := func() *etree.Element {
		el := r.Element()
		for _, a := range assertions {
			el.AddChild(a.Copy())
		}
		return el
	}
	if bare {
		return whole(), nil
	}
	signature, err := s.sign(whole())
	if err != nil {
		return nil, err
	}
	r.Signature = signature
	return whole(), nil
}

// sign makes the enveloped signature of an element.
func (s statement) sign(el *etree.Element) (*etree.Element, error) {
	signing, err := dsig.NewSigningContext(s.signer.Key, [][]byte{s.signer.Cert.Raw})
	if err != nil {
		return nil, err
	}
	signing.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := signing.SetSignatureMethod(s.method); err != nil {
		return nil, err
	}
	return signing.ConstructSignature(el, true)
}

func success() saml.Status {
	return saml.Status{StatusCode: saml.StatusCode{Value: saml.StatusSuccess}}
}

func refusal(second, message string) saml.Status {
	return saml.Status{
		StatusCode:    saml.StatusCode{Value: saml.StatusResponder, StatusCode: &saml.StatusCode{Value: second}},
		StatusMessage: &saml.StatusMessage{Value: message},
	}
}

func written(el *etree.Element) ([]byte, error) {
	doc := etree.NewDocument()
	doc.SetRoot(el)
	return doc.WriteToBytes()
}
