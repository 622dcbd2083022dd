package saml

import (
	"errors"
	"strconv"
	"time"

	"oneid/saml/xmlsig"
)

// Request is a request that was found good, as plain facts. It can be stored
// and answered later without being judged again; by then it has aged, and
// only what it asked for still matters.
type Request struct {
	ID         string `json:"id,omitempty"` // "" when the service asked nothing (unsolicited)
	Service    string `json:"service"`      // its entity ID
	ACSURL     string `json:"acs"`          // from the service's metadata
	RelayState string `json:"relay,omitempty"`
	Binding    string `json:"binding,omitempty"`

	ForceAuthn bool `json:"forceAuthn,omitempty"`
	IsPassive  bool `json:"isPassive,omitempty"`

	// Contexts are the acceptable classes in the service's order, compared by
	// Comparison (exact, minimum, maximum, better). ContextDecls are the
	// declarations it named instead; we know none.
	Contexts     []string `json:"contexts,omitempty"`
	ContextDecls []string `json:"contextDecls,omitempty"`
	Comparison   string   `json:"comparison,omitempty"`

	NameIDFormat    string `json:"nameIdFormat,omitempty"`
	SPNameQualifier string `json:"spNameQualifier,omitempty"`
	AllowCreate     bool   `json:"allowCreate,omitempty"`

	// HasSubject says the service named the person it wants. Whoever cannot
	// honour that must refuse the request (SAML Core 3.4.1.4).
	HasSubject bool `json:"hasSubject,omitempty"`
	// Subject is the name, empty when it is given in a way that is not read: then
	// the request can't be honoured.
	Subject SubjectName `json:"subject,omitzero"`

	ProviderName   string    `json:"providerName,omitempty"`
	AttributeIndex string    `json:"attributeIndex,omitempty"`
	IssuedAt       time.Time `json:"issuedAt,omitzero"`
	ReceivedAt     time.Time `json:"receivedAt,omitzero"`

	Verified       bool   `json:"verified,omitempty"` // signed, and the signature is good
	KeyFingerprint string `json:"key,omitempty"`
	Algorithm      string `json:"algorithm,omitempty"`
}

// SubjectName is how a request names its person.
type SubjectName struct {
	Value           string `json:"value,omitempty"`
	Format          string `json:"format,omitempty"`
	NameQualifier   string `json:"nameQualifier,omitempty"`
	SPNameQualifier string `json:"spNameQualifier,omitempty"`
}

// ACSOrigin returns scheme, host and port of the reply address, for the
// content security policy of the page that posts there.
func (r Request) ACSOrigin() string { return origin(r.ACSURL) }

// Check judges a request by what we hold about the service that claims to
// have sent it: signature as its policy wants, destination, reply address,
// age. It refuses with a *Refusal and never changes the Incoming. What can't be
// told to the service comes first: a refusal that can be says where to.
func (p IDP) Check(in *Incoming, service ServiceProvider) (*Request, error) {
	if in.Issuer != service.EntityID {
		return nil, refuse(WrongIssuer, "the request is from %q", in.Issuer)
	}
	now := p.Now()
	if service.expired(now) {
		return nil, refuse(ProviderExpired, "the metadata of %q ended %s", service.EntityID, service.ValidUntil.Format(time.DateOnly))
	}
	req := &Request{Service: service.EntityID, RelayState: in.RelayState, Binding: in.Binding, ReceivedAt: now.UTC()}
	facts, err := in.verify(service, req)
	if err != nil {
		return nil, err
	}
	if err := p.checkDestination(in, facts); err != nil {
		return nil, err
	}
	age := checkAge(facts.IssuedAt, now)
	if CodeOf(age) == StaleRequest {
		return nil, age // an old page: it leads back to where the service begins
	}
	reply, binding := service.replyTo(facts)
	if req.ACSURL = reply; reply == "" {
		return nil, binding
	}
	req.ID, req.IssuedAt = facts.ID, facts.IssuedAt
	for _, err := range []error{in.fault, facts.fault, age, binding} {
		if err != nil {
			return nil, told(err, req)
		}
	}
	req.take(facts)
	return req, nil
}

// told is a refusal that the request's service can be told.
func told(err error, req *Request) error {
	var r *Refusal
	if !errors.As(err, &r) {
		return err
	}
	answerable := *r
	answerable.To = req
	return &answerable
}

// verify applies the service's signature policy and returns the facts of what
// was verified, which is not necessarily what was read first.
func (in *Incoming) verify(service ServiceProvider, req *Request) (*authnRequest, error) {
	policy := service.signaturePolicy()
	if policy == SignatureOff {
		return in.facts, nil
	}
	if !in.Signed {
		if policy == SignatureRequired {
			return nil, refuse(NotSigned, "%q must sign its requests", service.EntityID)
		}
		return in.facts, nil
	}
	if in.query != nil {
		// The signature of a redirect covers the whole message as it was read.
		fingerprint, algorithm, err := in.query.Verify(service.SigningCertificates)
		if err != nil {
			return nil, refusalOf(err)
		}
		req.Verified, req.KeyFingerprint, req.Algorithm = true, fingerprint, algorithm
		return in.facts, nil
	}
	verified, err := xmlsig.VerifyEnveloped(in.root, service.SigningCertificates)
	if err != nil {
		return nil, refusalOf(err)
	}
	facts, err := readAuthnRequest(verified.Element)
	if err != nil {
		return nil, err
	}
	if facts.Issuer != service.EntityID {
		return nil, refuse(WrongIssuer, "the signed request is from %q", facts.Issuer)
	}
	req.Verified, req.KeyFingerprint, req.Algorithm = true, verified.KeyFingerprint, verified.Algorithm
	return facts, nil
}

// checkDestination wants the request to be for us. Only an unsigned one may
// leave it out (SAML Bindings 3.4.5.2, 3.5.5.2).
func (p IDP) checkDestination(in *Incoming, facts *authnRequest) error {
	if facts.Destination == p.SSOURL || facts.Destination == "" && !in.Signed {
		return nil
	}
	return refuse(WrongDestination, "destination %q", facts.Destination)
}

func checkAge(issued, now time.Time) error {
	switch age := now.Sub(issued); {
	case age > MaxRequestAge+Skew:
		return refuse(StaleRequest, "the request was made %s ago", age.Round(time.Second))
	case age < -Skew:
		return refuse(ClockAhead, "the request was made %s from now", (-age).Round(time.Second))
	default:
		return nil
	}
}

// replyTo returns the address to answer at. It is always one the service's
// stored metadata lists for the POST binding, compared letter by letter. With an
// address comes an error when the service wants its answer by another binding:
// then that is what can be told there.
func (s ServiceProvider) replyTo(facts *authnRequest) (string, error) {
	var wanted error
	if facts.Binding != "" && facts.Binding != BindingPost {
		wanted = refuse(BindingUnsupported, "a reply by %q", facts.Binding)
	}
	post, ok := s.defaultACS()
	if !facts.hasACSIndex && !facts.hasACSURL && ok {
		return post.URL, wanted
	}
	index, err := strconv.ParseUint(facts.ACSIndex, 10, 16)
	if facts.hasACSIndex && err != nil {
		return "", refuse(Malformed, "index %q", facts.ACSIndex)
	}
	listed := false
	for i := range s.ACS {
		e := &s.ACS[i]
		if facts.hasACSIndex && e.Index != int(index) || facts.hasACSURL && e.URL != facts.ACSURL {
			continue
		}
		if listed = true; e.Binding == BindingPost {
			return e.URL, wanted
		}
	}
	if !listed || !ok {
		return "", refuse(ACSNotRegistered, "%q does not list the reply address %q%s", s.EntityID, facts.ACSURL, facts.ACSIndex)
	}
	return post.URL, refuse(BindingUnsupported, "a reply at %q%s, which takes no POST", facts.ACSURL, facts.ACSIndex)
}

func (r *Request) take(f *authnRequest) {
	r.ForceAuthn, r.IsPassive = f.ForceAuthn, f.IsPassive
	r.Contexts, r.ContextDecls, r.Comparison = f.Contexts, f.ContextDecls, f.Comparison
	r.NameIDFormat, r.SPNameQualifier, r.AllowCreate = f.NameIDFormat, f.SPNameQualifier, f.AllowCreate
	r.HasSubject, r.Subject = f.HasSubject, f.Subject
	r.ProviderName, r.AttributeIndex = f.ProviderName, f.AttributeIndex
}

// Unsolicited returns a Request for a launch from our side: answered at the
// service's default address, in reply to nothing.
func (p IDP) Unsolicited(service ServiceProvider, relayState string) (*Request, error) {
	now := p.Now()
	if service.expired(now) {
		return nil, refuse(ProviderExpired, "the metadata of %q ended %s", service.EntityID, service.ValidUntil.Format(time.DateOnly))
	}
	if len(relayState) > MaxRelayState {
		return nil, refuse(RelayTooLong, "a relay state of %d bytes, at most %d", len(relayState), MaxRelayState)
	}
	acs, ok := service.defaultACS()
	if !ok {
		return nil, refuse(ACSNotRegistered, "%q lists no reply address for a POST", service.EntityID)
	}
	return &Request{Service: service.EntityID, ACSURL: acs.URL, RelayState: relayState, ReceivedAt: now.UTC()}, nil
}
