package saml

import (
	"github.com/beevik/etree"

	"oneid/saml/strictxml"
	"oneid/saml/xmlsig"
)

// LogoutMessage is a message of single logout that was read but not yet
// judged: all it offers is a claim of who sent it. CheckLogout judges a
// request, CheckLogoutAnswer the answer to one of ours.
type LogoutMessage struct {
	Issuer       string // the entity ID it claims; look the service up by it
	ID           string
	IsAnswer     bool   // a LogoutResponse; else a LogoutRequest
	InResponseTo string // of an answer: the ID of our request
	RelayState   string
	Binding      string
	Signed       bool   // carries a signature, good or bad
	XML          []byte // as received, inflated

	query *xmlsig.Query
	root  *etree.Element
}

// ReadLogoutRedirect reads a message from a redirect's raw query string,
// exactly as it stood in the address.
func (p IDP) ReadLogoutRedirect(rawQuery string) (*LogoutMessage, error) {
	if len(rawQuery) > maxQuery {
		return nil, refuse(TooLarge, "a query of %d bytes", len(rawQuery))
	}
	query, err := xmlsig.ReadQuery(rawQuery)
	if err != nil {
		return nil, refusalOf(err)
	}
	value, isRequest := query.Message()
	doc, err := inflate(value)
	if err != nil {
		return nil, err
	}
	m, err := readLogoutMessage(doc, strictxml.Inflated(), query.RelayState)
	if err != nil {
		return nil, err
	}
	if m.IsAnswer == isRequest {
		return nil, refuse(UnexpectedKind, "the parameter does not fit the message")
	}
	m.Binding, m.query = BindingRedirect, query
	m.Signed = m.Signed || query.IsSigned()
	return m, nil
}

// ReadLogoutPost reads a message from the form parameters of the POST binding:
// SAMLRequest or SAMLResponse, the other being empty.
func (p IDP) ReadLogoutPost(samlRequest, samlResponse, relayState string) (*LogoutMessage, error) {
	if (samlRequest == "") == (samlResponse == "") {
		return nil, refuse(MalformedQuery, "not exactly one message")
	}
	doc, err := decodePost(samlRequest + samlResponse)
	if err != nil {
		return nil, err
	}
	m, err := readLogoutMessage(doc, strictxml.Message(), relayState)
	if err != nil {
		return nil, err
	}
	if m.IsAnswer == (samlRequest != "") {
		return nil, refuse(UnexpectedKind, "the parameter does not fit the message")
	}
	m.Binding = BindingPost
	return m, nil
}

// ReadLogoutSOAP reads a message from a SOAP envelope: the body of a request
// to us, or of the answer to one of ours.
func (p IDP) ReadLogoutSOAP(envelope []byte) (*LogoutMessage, error) {
	content, err := readEnvelope(envelope)
	if err != nil {
		return nil, err
	}
	m, err := logoutMessageOf(content, "")
	if err != nil {
		return nil, err
	}
	m.Binding, m.XML = BindingSOAP, envelope
	return m, nil
}

func readLogoutMessage(doc []byte, limits strictxml.Limits, relayState string) (*LogoutMessage, error) {
	root, err := parse(doc, limits)
	if err != nil {
		return nil, err
	}
	m, err := logoutMessageOf(root, relayState)
	if err != nil {
		return nil, err
	}
	m.XML = doc
	return m, nil
}

func logoutMessageOf(root *etree.Element, relayState string) (*LogoutMessage, error) {
	if len(relayState) > MaxRelayState {
		return nil, refuse(RelayTooLong, "a relay state of %d bytes, at most %d", len(relayState), MaxRelayState)
	}
	m := &LogoutMessage{RelayState: relayState, Signed: xmlsig.IsSigned(root), root: root}
	n := nodeOf(root)
	switch {
	case n.is(protocolNS, "LogoutRequest"):
		facts, err := readLogoutRequest(root)
		if err != nil {
			return nil, err
		}
		m.Issuer, m.ID = facts.Issuer, facts.ID
	case n.is(protocolNS, "LogoutResponse"):
		facts, err := readLogoutResponse(root)
		if err != nil {
			return nil, err
		}
		m.Issuer, m.ID, m.InResponseTo, m.IsAnswer = facts.Issuer, facts.ID, facts.InResponseTo, true
	default:
		return nil, refuse(UnexpectedKind, "%s instead of a logout message", root.Tag)
	}
	return m, nil
}

// verify returns the element to read facts from: the one that a signature of
// the service covers. A message of single logout is always signed (SAML
// Profiles 4.4.3.1), whatever is agreed about the service's other requests; only
// an answer that came over a connection we opened may lean on that instead.
func (m *LogoutMessage) verify(service ServiceProvider, ourConnection bool) (*etree.Element, *proofOfLogout, error) {
	if !m.Signed {
		if ourConnection {
			return m.root, &proofOfLogout{}, nil
		}
		return nil, nil, refuse(NotSigned, "%q must sign its logout messages", service.EntityID)
	}
	if m.query != nil {
		fingerprint, algorithm, err := m.query.Verify(service.SigningCertificates)
		if err != nil {
			return nil, nil, refusalOf(err)
		}
		return m.root, &proofOfLogout{fingerprint, algorithm}, nil
	}
	verified, err := xmlsig.VerifyEnveloped(m.root, service.SigningCertificates)
	if err != nil {
		return nil, nil, refusalOf(err)
	}
	return verified.Element, &proofOfLogout{verified.KeyFingerprint, verified.Algorithm}, nil
}

// proofOfLogout is the key that signed a message, empty when none did.
type proofOfLogout struct{ fingerprint, algorithm string }
