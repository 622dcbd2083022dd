package saml

import (
	"errors"
	"time"

	"oneid/saml/xmlenc"
	"oneid/saml/xmlsig"
)

// message is a Response in the making. It is written once from start to end,
// in canonical form; signatures are left blank and filled from the inside out.
type message struct {
	IDP
	*answering
	req                     Request
	now, expires            time.Time
	assertionID, responseID string

	status, substatus, text string

	doc       []byte
	assertion []byte // the part of doc, or what was encrypted into it
}

// write writes the Response around an assertion, or around none.
func (m *message) write(a *Assertion) error {
	switch {
	case m.req.ACSURL == "":
		return errors.New("the request has no reply address")
	case !expressible(m.req.ACSURL) || !expressible(m.req.ID) || !expressible(m.EntityID) || !expressible(m.status) ||
		!expressible(m.substatus) || !expressible(m.Consent):
		return errors.New("a name with characters that XML cannot hold")
	}
	doc := make([]byte, 0, m.size(a))
	doc = append(doc, `<samlp:Response xmlns:samlp="`+protocolNS+`"`...)
	doc = appendOptional(doc, "Consent", m.Consent)
	doc = appendAttr(doc, "Destination", m.req.ACSURL)
	doc = appendAttr(doc, "ID", m.responseID)
	doc = appendOptional(doc, "InResponseTo", m.req.ID)
	doc = appendTime(doc, "IssueInstant", m.now)
	doc = append(doc, ` Version="2.0"><saml:Issuer xmlns:saml="`+assertionNS+`">`...)
	doc = appendText(doc, m.EntityID)
	doc = append(doc, `</saml:Issuer>`...)
	var place xmlsig.Place
	var err error
	if m.signResponse {
		if doc, place, err = m.signer.Reserve(doc, m.responseID, m.Key.Certificate); err != nil {
			return err
		}
	}
	doc = m.appendStatus(doc)
	if a != nil {
		if doc, err = m.appendAssertion(doc, a); err != nil {
			return err
		}
	}
	doc = append(doc, `</samlp:Response>`...)
	if m.signResponse {
		if err := place.Fill(doc, 0, len(doc)); err != nil {
			return err
		}
	}
	m.doc = doc
	return nil
}

func (m *message) appendStatus(doc []byte) []byte {
	doc = append(doc, `<samlp:Status><samlp:StatusCode`...)
	doc = appendAttr(doc, "Value", m.status)
	doc = append(doc, '>')
	if m.substatus != "" {
		doc = append(doc, `<samlp:StatusCode`...)
		doc = appendAttr(doc, "Value", m.substatus)
		doc = append(doc, `></samlp:StatusCode>`...)
	}
	doc = append(doc, `</samlp:StatusCode>`...)
	if m.text != "" {
		doc = append(doc, `<samlp:StatusMessage>`...)
		doc = appendText(doc, m.text)
		doc = append(doc, `</samlp:StatusMessage>`...)
	}
	return append(doc, `</samlp:Status>`...)
}

// appendAssertion appends the assertion, signed and encrypted as wanted.
func (m *message) appendAssertion(doc []byte, a *Assertion) ([]byte, error) {
	if m.Encrypt == nil {
		from := len(doc)
		doc, err := m.appendPlain(doc, a)
		if err != nil {
			return nil, err
		}
		// The signature of the Response does not reach in here any more.
		m.assertion = doc[from:len(doc):len(doc)]
		return doc, nil
	}
	plain, err := m.appendPlain(make([]byte, 0, m.plainSize(a)), a)
	if err != nil {
		return nil, err
	}
	m.assertion = plain
	doc = append(doc, `<saml:EncryptedAssertion xmlns:saml="`+assertionNS+`">`...)
	if doc, err = xmlenc.Encrypt(doc, plain, *m.Encrypt); err != nil {
		return nil, err
	}
	return append(doc, `</saml:EncryptedAssertion>`...), nil
}

// appendPlain appends the assertion, signed when that is wanted. It declares
// all it uses, so that it can be lifted out of the Response.
func (m *message) appendPlain(doc []byte, a *Assertion) ([]byte, error) {
	from := len(doc)
	doc = append(doc, `<saml:Assertion xmlns:saml="`+assertionNS+`"`...)
	doc = appendAttr(doc, "ID", m.assertionID)
	doc = appendTime(doc, "IssueInstant", m.now)
	doc = append(doc, ` Version="2.0"><saml:Issuer>`...)
	doc = appendText(doc, m.EntityID)
	doc = append(doc, `</saml:Issuer>`...)
	var place xmlsig.Place
	var err error
	if m.signAssertion {
		if doc, place, err = m.signer.Reserve(doc, m.assertionID, m.Key.Certificate); err != nil {
			return nil, err
		}
	}
	doc = m.appendSubject(doc, a)
	doc = append(doc, `<saml:Conditions`...)
	doc = appendTime(doc, "NotBefore", m.now.Add(-m.NotBeforeLead))
	doc = appendTime(doc, "NotOnOrAfter", m.expires)
	doc = append(doc, `><saml:AudienceRestriction><saml:Audience>`...)
	doc = appendText(doc, m.req.Service)
	doc = append(doc, `</saml:Audience></saml:AudienceRestriction></saml:Conditions>`...)
	doc = appendStatement(doc, a)
	doc = m.appendAttributes(doc, a.Attributes)
	doc = append(doc, `</saml:Assertion>`...)
	if m.signAssertion {
		if err := place.Fill(doc, from, len(doc)); err != nil {
			return nil, err
		}
	}
	return doc, nil
}

func (m *message) appendSubject(doc []byte, a *Assertion) []byte {
	doc = append(doc, `<saml:Subject>`...)
	if !a.OmitNameID {
		doc = append(doc, `<saml:NameID`...)
		doc = appendOptional(doc, "Format", a.NameID.Format)
		doc = appendOptional(doc, "NameQualifier", a.NameID.NameQualifier)
		doc = appendOptional(doc, "SPNameQualifier", a.NameID.SPNameQualifier)
		doc = append(doc, '>')
		doc = appendText(doc, a.NameID.Value)
		doc = append(doc, `</saml:NameID>`...)
	}
	// No client address: behind a proxy it is the proxy's, and services compare it.
	doc = append(doc, `<saml:SubjectConfirmation Method="`+methodBearer+`"><saml:SubjectConfirmationData`...)
	doc = appendOptional(doc, "InResponseTo", m.req.ID)
	doc = appendTime(doc, "NotOnOrAfter", m.expires)
	doc = appendAttr(doc, "Recipient", m.req.ACSURL)
	return append(doc, `></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>`...)
}

func appendStatement(doc []byte, a *Assertion) []byte {
	doc = append(doc, `<saml:AuthnStatement`...)
	doc = appendTime(doc, "AuthnInstant", a.AuthnInstant)
	doc = appendAttr(doc, "SessionIndex", a.SessionIndex)
	if !a.SessionEnds.IsZero() {
		doc = appendTime(doc, "SessionNotOnOrAfter", a.SessionEnds)
	}
	doc = append(doc, `><saml:AuthnContext><saml:AuthnContextClassRef>`...)
	doc = appendText(doc, a.Context)
	doc = append(doc, `</saml:AuthnContextClassRef>`...)
	for _, authority := range a.AuthenticatingAuthorities {
		doc = append(doc, `<saml:AuthenticatingAuthority>`...)
		doc = appendText(doc, authority)
		doc = append(doc, `</saml:AuthenticatingAuthority>`...)
	}
	return append(doc, `</saml:AuthnContext></saml:AuthnStatement>`...)
}

// appendAttributes appends the attributes that have a value; none makes no
// statement. The values carry no xsi:type: a type is a prefix inside text,
// which canonicalization cannot see and would leave undeclared.
func (m *message) appendAttributes(doc []byte, attributes []Attribute) []byte {
	begun := false
	for i := range attributes {
		a := &attributes[i]
		if len(a.Values) == 0 {
			continue
		}
		if !begun {
			doc, begun = append(doc, `<saml:AttributeStatement>`...), true
		}
		doc = append(doc, `<saml:Attribute`...)
		doc = appendOptional(doc, "FriendlyName", a.FriendlyName)
		doc = appendAttr(doc, "Name", a.Name)
		format := a.NameFormat
		if format == "" {
			format = m.NameFormat
		}
		doc = appendAttr(doc, "NameFormat", format)
		doc = append(doc, '>')
		for _, v := range a.Values {
			doc = append(doc, `<saml:AttributeValue>`...)
			doc = appendText(doc, v)
			doc = append(doc, `</saml:AttributeValue>`...)
		}
		doc = append(doc, `</saml:Attribute>`...)
	}
	if begun {
		doc = append(doc, `</saml:AttributeStatement>`...)
	}
	return doc
}

// size is how much room the Response will take, so that it is not moved while
// it grows. Escapes may take it beyond; then it is moved.
func (m *message) size(a *Assertion) int {
	const frame = 520
	n := frame + len(m.EntityID) + len(m.req.ACSURL) + len(m.req.ID) + len(m.status) + len(m.substatus) + len(m.text) + len(m.Consent)
	if m.signResponse {
		n += m.signer.Size(m.responseID, m.Key.Certificate)
	}
	switch {
	case a == nil:
	case m.Encrypt != nil:
		n += xmlenc.Size(m.plainSize(a), *m.Encrypt)
	default:
		n += m.plainSize(a)
	}
	return n
}

func (m *message) plainSize(a *Assertion) int {
	const frame, attribute, value = 1180, 64, 46
	n := frame + len(m.EntityID) + len(m.req.ACSURL) + len(m.req.ID) + 2*len(m.req.Service) + len(a.NameID.Value) + len(a.NameID.Format) +
		len(a.NameID.NameQualifier) + len(a.NameID.SPNameQualifier) + len(a.SessionIndex) + len(a.Context)
	if m.signAssertion {
		n += m.signer.Size(m.assertionID, m.Key.Certificate)
	}
	for i := range a.Attributes {
		n += attribute + len(a.Attributes[i].Name) + len(a.Attributes[i].FriendlyName) + max(len(a.Attributes[i].NameFormat), len(m.NameFormat))
		for _, v := range a.Attributes[i].Values {
			n += value + len(v)
		}
	}
	return n
}
