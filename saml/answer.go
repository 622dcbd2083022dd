package saml

import (
	"errors"
	"fmt"
	"time"

	"oneid/saml/xmlenc"
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
	Name         string
	NameFormat   string // "": the answer's
	FriendlyName string // "": not said; services must not go by it
	Values       []string
}

// Assertion is what we state about a person to one service.
type Assertion struct {
	NameID       NameID
	OmitNameID   bool      // state no NameID at all: the attributes name the person
	AuthnInstant time.Time // when the person last proved who they are
	SessionIndex string
	SessionEnds  time.Time // zero: not stated
	Context      string    // the class actually met, never a better one
	// AuthenticatingAuthorities are others who took part in the sign-in; none
	// when we did it alone.
	AuthenticatingAuthorities []string
	Attributes                []Attribute
}

// SignMode says which parts of an answer are signed.
type SignMode string

// The modes. The zero value signs both.
const (
	SignBoth      SignMode = "both"
	SignResponse  SignMode = "response"
	SignAssertion SignMode = "assertion"
)

// AnswerOptions is how one service is answered. The zero value does what
// SAML2int asks for, except that it encrypts nothing.
type AnswerOptions struct {
	Key  SigningKey // zero: the identity provider's own
	Sign SignMode
	// Algorithm is the SignatureMethod; "" is chosen by the key: RSA-SHA256, or
	// ECDSA with the hash as long as the curve. xmlsig.LegacyRSASHA1 is made only
	// when it is asked for here.
	Algorithm string
	// Encrypt is whom the assertion is encrypted for; nil states it in clear.
	// With CBC the assertion inside is not signed and the Response always is,
	// whatever Sign says: CBC lets others change what it hides, and a signature
	// inside would tell them how far they got.
	Encrypt *xmlenc.Recipient

	NameFormat string // of attributes without their own; "" is AttrFormatURI
	Consent    string // a Consent… name; "" leaves it out

	NotBeforeLead time.Duration // how far NotBefore lies back; 0 is a minute
	Life          time.Duration // how long the answer can be presented; 0 is AssertionLife
}

// maxLife bounds what a configuration can make of an assertion's life.
const maxLife = time.Hour

// answering is AnswerOptions with every choice made.
type answering struct {
	AnswerOptions
	signer                      xmlsig.Signer
	signResponse, signAssertion bool
}

func (p IDP) answering(o AnswerOptions) (*answering, error) {
	if o.Key.Signer == nil {
		o.Key = p.Key
	}
	if o.Key.Certificate == nil {
		return nil, errors.New("the key has no certificate")
	}
	signer, err := xmlsig.NewSigner(o.Key.Signer, o.Algorithm)
	if err != nil {
		return nil, err
	}
	a := &answering{AnswerOptions: o, signer: signer}
	switch o.Sign {
	case SignBoth, "":
		a.signResponse, a.signAssertion = true, true
	case SignResponse:
		a.signResponse = true
	case SignAssertion:
		a.signAssertion = true
	default:
		return nil, fmt.Errorf("sign %q is neither both, response nor assertion", o.Sign)
	}
	if o.Encrypt != nil {
		if err := o.Encrypt.Check(); err != nil {
			return nil, err
		}
		if !o.Encrypt.Authenticated() {
			a.signResponse, a.signAssertion = true, false
		}
	}
	return a, a.defaults()
}

func (a *answering) defaults() error {
	if a.NotBeforeLead == 0 {
		a.NotBeforeLead = assertionLead
	}
	if a.Life == 0 {
		a.Life = AssertionLife
	}
	if a.NameFormat == "" {
		a.NameFormat = AttrFormatURI
	}
	if !expressible(a.NameFormat) {
		return fmt.Errorf("attributes in format %q", a.NameFormat)
	}
	if a.NotBeforeLead < 0 || a.NotBeforeLead > maxLife || a.Life < time.Second || a.Life > maxLife {
		return fmt.Errorf("a life of %s from %s before now", a.Life, a.NotBeforeLead)
	}
	return nil
}

// signed is what Issued reports.
func (a *answering) signed() SignMode {
	switch {
	case a.signResponse && a.signAssertion:
		return SignBoth
	case a.signResponse:
		return SignResponse
	default:
		return SignAssertion
	}
}

// complete refuses to state half a fact, or one that XML would change.
func (a Assertion) complete(req Request, now time.Time) error {
	switch {
	case req.Service == "":
		return errors.New("no service")
	case a.NameID.Value == "" && !a.OmitNameID:
		return errors.New("no name for the person")
	case a.Context == "":
		return errors.New("no authentication context")
	case a.SessionIndex == "":
		return errors.New("no session index")
	case a.AuthnInstant.IsZero() || a.AuthnInstant.After(now.Add(time.Second)):
		return errors.New("the time of sign-in is absent or to come")
	}
	exact := []string{req.Service, a.Context, a.SessionIndex, a.NameID.Value, a.NameID.Format, a.NameID.NameQualifier, a.NameID.SPNameQualifier}
	for _, list := range [][]string{exact, a.AuthenticatingAuthorities} {
		for _, s := range list {
			if !expressible(s) {
				return errors.New("a name with characters that XML cannot hold")
			}
		}
	}
	for _, attribute := range a.Attributes {
		if attribute.Name == "" || !expressible(attribute.Name) || !expressible(attribute.NameFormat) {
			return fmt.Errorf("an attribute without a fit name: %q", attribute.Name)
		}
	}
	return nil
}
