package saml

import (
	"crypto"
	"time"

	"oneid/saml/strictxml"
	"oneid/saml/xmlenc"
)

// LogoutRequest is a service's request to log a person out that was found
// good, as plain facts. It can be stored and answered later.
type LogoutRequest struct {
	ID             string   `json:"id"`
	Service        string   `json:"service"` // its entity ID
	RelayState     string   `json:"relay,omitempty"`
	Binding        string   `json:"binding"`
	NameID         NameID   `json:"-"` // found by it once; never needed again
	SessionIndexes []string `json:"-"` // empty: every session under that name
	Reason         string   `json:"reason,omitempty"`
	// Asynchronous says that the service waits for no answer.
	Asynchronous bool `json:"async,omitempty"`
	// Reply is where the answer goes, from the service's metadata; its URL is
	// empty when the service lists none, or gets the answer on this connection.
	Reply Endpoint `json:"reply,omitzero"`

	Encrypted      bool      `json:"encrypted,omitempty"` // the name came hidden
	IssuedAt       time.Time `json:"issuedAt"`
	ReceivedAt     time.Time `json:"receivedAt"`
	KeyFingerprint string    `json:"key"`
	Algorithm      string    `json:"algorithm"`
}

// CheckLogout judges a request by what we hold about the service that claims
// to have sent it: its signature, which no agreement switches off, destination
// and age. keys open a name that came encrypted; without one that fits it is
// refused. It refuses with a *Refusal.
func (p IDP) CheckLogout(m *LogoutMessage, service ServiceProvider, keys ...crypto.Decrypter) (*LogoutRequest, error) {
	if m.IsAnswer {
		return nil, refuse(UnexpectedKind, "an answer where a request belongs")
	}
	now := p.Now()
	if err := m.from(service, now); err != nil {
		return nil, err
	}
	root, proof, err := m.verify(service, false)
	if err != nil {
		return nil, err
	}
	facts, err := readLogoutRequest(root)
	if err != nil {
		return nil, err
	}
	if err := p.checkLogout(m, service, facts.logoutFacts, now); err != nil {
		return nil, err
	}
	if !facts.Ends.IsZero() && !now.Before(facts.Ends.Add(Skew)) {
		return nil, refuse(Expired, "the request ended at %s", facts.Ends.Format(time.RFC3339))
	}
	if facts.encryptedID != nil {
		if facts.NameID, err = decryptName(facts, keys); err != nil {
			return nil, err
		}
	}
	r := &LogoutRequest{
		ID: facts.ID, Service: service.EntityID, RelayState: m.RelayState, Binding: m.Binding, NameID: facts.NameID,
		SessionIndexes: facts.SessionIndexes, Reason: clip(facts.Reason), Asynchronous: facts.Asynchronous,
		Encrypted: facts.encryptedID != nil, IssuedAt: facts.IssuedAt, ReceivedAt: now.UTC(),
		KeyFingerprint: proof.fingerprint, Algorithm: proof.algorithm,
	}
	if m.Binding != BindingSOAP {
		r.Reply, _ = service.LogoutAnswerEndpoint(m.Binding)
	}
	return r, nil
}

// LogoutAnswer is what a service answered to a request of ours.
type LogoutAnswer struct {
	// Confirmed says that the service ended all its sessions.
	Confirmed                  bool
	Status, Substatus, Message string
	KeyFingerprint, Algorithm  string // empty for an unsigned answer over our own connection
}

// CheckLogoutAnswer judges the answer to the request of ours with this ID. An
// answer must be signed, save one by SOAP, which came over the connection that
// we opened to the service; a signature that is there must be good. It refuses
// with a *Refusal; a service that says no is no refusal.
func (p IDP) CheckLogoutAnswer(m *LogoutMessage, service ServiceProvider, requestID string) (*LogoutAnswer, error) {
	if !m.IsAnswer {
		return nil, refuse(UnexpectedKind, "a request where an answer belongs")
	}
	now := p.Now()
	if err := m.from(service, now); err != nil {
		return nil, err
	}
	root, proof, err := m.verify(service, m.Binding == BindingSOAP)
	if err != nil {
		return nil, err
	}
	facts, err := readLogoutResponse(root)
	if err != nil {
		return nil, err
	}
	if err := p.checkLogout(m, service, facts.logoutFacts, now); err != nil {
		return nil, err
	}
	if requestID == "" || facts.InResponseTo != requestID {
		return nil, refuse(WrongRequest, "the answer is to another request")
	}
	return &LogoutAnswer{
		Confirmed: facts.Status == StatusSuccess && facts.Substatus == "",
		Status:    facts.Status, Substatus: facts.Substatus, Message: facts.Message,
		KeyFingerprint: proof.fingerprint, Algorithm: proof.algorithm,
	}, nil
}

func (m *LogoutMessage) from(service ServiceProvider, now time.Time) error {
	if m.Issuer != service.EntityID {
		return refuse(WrongIssuer, "the message is from %q", m.Issuer)
	}
	if service.expired(now) {
		return refuse(ProviderExpired, "the metadata of %q ended %s", service.EntityID, service.ValidUntil.Format(time.DateOnly))
	}
	return nil
}

// checkLogout judges what every message says, from the bytes that were signed.
func (p IDP) checkLogout(m *LogoutMessage, service ServiceProvider, facts logoutFacts, now time.Time) error {
	if facts.Issuer != service.EntityID {
		return refuse(WrongIssuer, "the signed message is from %q", facts.Issuer)
	}
	switch m.Binding {
	case BindingSOAP:
		// The connection says where the message goes; one that is passed on from
		// another binding names that one's address.
		if facts.Destination != "" && facts.Destination != p.SOAPURL && !m.IsAnswer {
			return refuse(WrongDestination, "destination %q", facts.Destination)
		}
	default:
		if facts.Destination != p.SLOURL {
			return refuse(WrongDestination, "destination %q", facts.Destination)
		}
	}
	return checkAge(facts.IssuedAt, now)
}

// decryptName opens the name of an EncryptedID. What comes out passes the gate
// like any message.
func decryptName(facts *logoutRequestFacts, keys []crypto.Decrypter) (NameID, error) {
	hidden := refuse(UndecryptableName, "the person's name cannot be decrypted")
	octets, err := xmlenc.Decrypt(facts.encryptedID, keys)
	if err != nil {
		return NameID{}, hidden
	}
	root, err := parse(octets, strictxml.Message())
	if err != nil {
		return NameID{}, hidden
	}
	n := nodeOf(root)
	if !n.is(assertionNS, "NameID") {
		return NameID{}, hidden
	}
	name := readNameID(n)
	if *n.err != nil {
		return NameID{}, hidden
	}
	return name, nil
}

// LogoutEndpoint returns the service's first address for one of the bindings,
// the earlier binding first.
func (s ServiceProvider) LogoutEndpoint(bindings ...string) (Endpoint, bool) {
	for _, binding := range bindings {
		for _, e := range s.Logout {
			if e.Binding == binding {
				return e, true
			}
		}
	}
	return Endpoint{}, false
}

// LogoutAnswerEndpoint returns where the service takes answers that a browser
// carries, by the preferred binding if it can, with the address in URL.
func (s ServiceProvider) LogoutAnswerEndpoint(preferred string) (Endpoint, bool) {
	e, ok := s.LogoutEndpoint(preferred, BindingRedirect, BindingPost)
	if e.Response != "" {
		e.URL, e.Response = e.Response, ""
	}
	return e, ok
}
