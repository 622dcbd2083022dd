package saml

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/beevik/etree"
	crewjam "github.com/crewjam/saml"

	"oneid/saml/xmlsig"
)

// NameID names a person to one service.
type NameID struct {
	Format          string
	Value           string
	NameQualifier   string
	SPNameQualifier string
}

// Attribute is one released fact. Each value becomes an element of its own.
type Attribute struct {
	Name   string
	Values []string
}

// Assertion is what we state about a person to one service.
type Assertion struct {
	NameID       NameID
	AuthnInstant time.Time // when the person last proved who they are
	SessionIndex string
	SessionEnds  time.Time // zero: not stated
	Context      string    // the class actually met, never a better one
	Attributes   []Attribute
}

// PostForm is what the browser carries to the service: an address, and the two
// fields to post there. RelayState is left out of the form when it is empty.
type PostForm struct {
	URL          string
	SAMLResponse string
	RelayState   string
}

// Issued is what the ledger keeps of an answer.
type Issued struct {
	ResponseID     string
	AssertionID    string
	IssuedAt       time.Time
	Expires        time.Time
	Digest         string // SHA-256 of XML, hexadecimal
	KeyFingerprint string
	XML            []byte
}

// Respond states the assertion to the service a request came from. Response
// and assertion are signed; both live for AssertionLife from our clock,
// whatever times the request carried. It errs only when the facts are
// incomplete or signing fails.
func (p IDP) Respond(req Request, a Assertion) (*PostForm, *Issued, error) {
	now := instant(p.Now())
	if err := a.complete(req, now); err != nil {
		return nil, nil, err
	}
	assertionID, expires := p.newID(), now.Add(AssertionLife)
	assertion := &crewjam.Assertion{
		ID: assertionID, IssueInstant: now, Version: "2.0",
		Issuer: crewjam.Issuer{Value: p.EntityID},
		Subject: &crewjam.Subject{
			NameID: &crewjam.NameID{
				Format: a.NameID.Format, Value: a.NameID.Value,
				NameQualifier: a.NameID.NameQualifier, SPNameQualifier: a.NameID.SPNameQualifier,
			},
			// No client address: behind a proxy it is the proxy's, and services compare it.
			SubjectConfirmations: []crewjam.SubjectConfirmation{{
				Method: methodBearer,
				SubjectConfirmationData: &crewjam.SubjectConfirmationData{
					NotOnOrAfter: expires, Recipient: req.ACSURL, InResponseTo: req.ID,
				},
			}},
		},
		Conditions: &crewjam.Conditions{
			NotBefore: now.Add(-assertionLead), NotOnOrAfter: expires,
			AudienceRestrictions: []crewjam.AudienceRestriction{{Audience: crewjam.Audience{Value: req.Service}}},
		},
		AuthnStatements: []crewjam.AuthnStatement{a.statement()},
	}
	el := assertion.Element()
	if list := attributeStatement(a.Attributes); list != nil {
		el.AddChild(list)
	}
	if err := xmlsig.Sign(el, p.Key.Signer, p.Key.Certificate); err != nil {
		return nil, nil, fmt.Errorf("respond to %s: %w", req.Service, err)
	}
	form, responseID, doc, err := p.response(req, now, statusOf(StatusSuccess, "", ""), el)
	if err != nil {
		return nil, nil, err
	}
	sum := sha256.Sum256(doc)
	return form, &Issued{
		ResponseID: responseID, AssertionID: assertionID, IssuedAt: now, Expires: expires,
		Digest: hex.EncodeToString(sum[:]), KeyFingerprint: Fingerprint(p.Key.Certificate), XML: doc,
	}, nil
}

// Refuse answers a request with an error: a top-level status, a second-level
// one or "", and a sentence for the service's operators. The Response is
// signed and goes to the address the request was checked for.
func (p IDP) Refuse(req Request, status, substatus, message string) (*PostForm, error) {
	if status == StatusSuccess || status == "" {
		return nil, errors.New("refuse: not an error status")
	}
	form, _, _, err := p.response(req, instant(p.Now()), statusOf(status, substatus, message), nil)
	return form, err
}

// response wraps a signed assertion, or none, in a signed Response.
func (p IDP) response(req Request, now time.Time, status crewjam.Status, assertion *etree.Element) (*PostForm, string, []byte, error) {
	if req.ACSURL == "" {
		return nil, "", nil, errors.New("respond: the request has no reply address")
	}
	response := &crewjam.Response{
		ID: p.newID(), InResponseTo: req.ID, Version: "2.0", IssueInstant: now, Destination: req.ACSURL,
		Issuer: &crewjam.Issuer{Value: p.EntityID}, Status: status,
	}
	el := response.Element()
	el.RemoveAttr("xmlns:xs") // declared by the writer for typed values, which we do not send
	if assertion != nil {
		el.AddChild(assertion)
	}
	if err := xmlsig.Sign(el, p.Key.Signer, p.Key.Certificate); err != nil {
		return nil, "", nil, fmt.Errorf("respond to %s: %w", req.Service, err)
	}
	doc, err := write(el)
	if err != nil {
		return nil, "", nil, fmt.Errorf("respond to %s: %w", req.Service, err)
	}
	form := &PostForm{URL: req.ACSURL, SAMLResponse: base64.StdEncoding.EncodeToString(doc), RelayState: req.RelayState}
	return form, response.ID, doc, nil
}

// complete refuses to state half a fact.
func (a Assertion) complete(req Request, now time.Time) error {
	switch {
	case req.Service == "":
		return errors.New("respond: no service")
	case a.NameID.Value == "":
		return errors.New("respond: no name for the person")
	case a.Context == "":
		return errors.New("respond: no authentication context")
	case a.SessionIndex == "":
		return errors.New("respond: no session index")
	case a.AuthnInstant.IsZero() || a.AuthnInstant.After(now.Add(time.Second)):
		return errors.New("respond: the time of sign-in is absent or to come")
	default:
		return nil
	}
}

func (a Assertion) statement() crewjam.AuthnStatement {
	s := crewjam.AuthnStatement{
		AuthnInstant: instant(a.AuthnInstant), SessionIndex: a.SessionIndex,
		AuthnContext: crewjam.AuthnContext{AuthnContextClassRef: &crewjam.AuthnContextClassRef{Value: a.Context}},
	}
	if !a.SessionEnds.IsZero() {
		ends := instant(a.SessionEnds)
		s.SessionNotOnOrAfter = &ends
	}
	return s
}

// attributeStatement writes the attributes that have a value, or returns nil.
// The values carry no xsi:type: a type is a prefix inside text, which
// canonicalization cannot see and would leave undeclared.
func attributeStatement(attributes []Attribute) *etree.Element {
	list := etree.NewElement("saml:AttributeStatement")
	for _, a := range attributes {
		if len(a.Values) == 0 {
			continue
		}
		el := list.CreateElement("saml:Attribute")
		el.CreateAttr("Name", a.Name)
		el.CreateAttr("NameFormat", attrFormatURI)
		for _, v := range a.Values {
			el.CreateElement("saml:AttributeValue").SetText(v)
		}
	}
	if len(list.Child) == 0 {
		return nil
	}
	return list
}

func statusOf(status, substatus, message string) crewjam.Status {
	s := crewjam.Status{StatusCode: crewjam.StatusCode{Value: status}}
	if substatus != "" {
		s.StatusCode.StatusCode = &crewjam.StatusCode{Value: substatus}
	}
	if message != "" {
		s.StatusMessage = &crewjam.StatusMessage{Value: message}
	}
	return s
}
