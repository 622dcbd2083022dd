package portal

import (
	"errors"
	"slices"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"

	"oneid/cmd/sandbox/site"
)

// Good is the variant of a response as it should be.
const Good = "good"

// Variants are what the next response can be made into. All but the first
// must be refused by whoever receives them.
var variants = []string{
	Good, "unsigned", "wrong-key", "sha1", "tampered-name", "wrapped", "two-assertions", "comment", "doctype",
	"wrong-audience", "wrong-destination", "wrong-in-response-to", "unsolicited", "replayed", "expired", "early",
	"missing-birth-date", "denied",
}

var errNothingToReplay = errors.New("there is no earlier response of this member to replay")

// make writes the response to a request in a variant. Previous is the last
// good response of this member, for the replay.
func (s statement) make(variant string, previous []byte) ([]byte, error) {
	switch variant {
	case "replayed":
		if previous == nil {
			return nil, errNothingToReplay
		}
		return previous, nil
	case "wrong-key":
		stranger, err := site.NewIdentity("stranger")
		if err != nil {
			return nil, err
		}
		s.signer = stranger
	case "sha1":
		s.method = dsig.RSASHA1SignatureMethod
	case "wrong-audience":
		s.audience = "https://elsewhere.example/metadata"
	case "wrong-destination":
		s.destination, s.recipient = "https://elsewhere.example/acs", "https://elsewhere.example/acs"
	case "wrong-in-response-to":
		s.inResponseTo = "id-" + site.Token()
	case "unsolicited":
		s.inResponseTo = ""
	case "expired":
		s.now, s.authn = s.now.Add(-time.Hour), s.authn.Add(-time.Hour)
	case "early":
		s.now = s.now.Add(time.Hour)
	case "missing-birth-date":
		s.attributes = slices.DeleteFunc(slices.Clone(s.attributes), func(a attribute) bool { return a.name == "birthDate" })
	}
	el, err := s.body(variant)
	if err != nil {
		return nil, err
	}
	if variant == "tampered-name" {
		if err := rename(el, "Tampered"); err != nil {
			return nil, err
		}
	}
	out, err := written(el)
	if variant == "doctype" {
		out = append([]byte(`<!DOCTYPE r [<!ENTITY e "entity">]>`), out...)
	}
	return out, err
}

// body builds the element tree of a variant.
func (s statement) body(variant string) (*etree.Element, error) {
	switch variant {
	case "denied":
		return s.response(refusal(saml.StatusRequestDenied, "The college refused the request."), false)
	case "unsigned":
		return s.response(success(), true, s.assertion().Element())
	case "comment":
		return s.commented()
	case "wrapped":
		return s.wrapped()
	}
	first, err := s.signedAssertion()
	if err != nil {
		return nil, err
	}
	if variant != "two-assertions" {
		return s.response(success(), false, first)
	}
	second, err := s.signedAssertion()
	if err != nil {
		return nil, err
	}
	return s.response(success(), false, first, second)
}

// commented splits the last name by a comment. The signature holds, since
// canonical form drops comments; a careless reader sees half of the name.
func (s statement) commented() (*etree.Element, error) {
	el := s.assertion().Element()
	value := lastName(el)
	if value == nil {
		return nil, errors.New("this member has no last name to split")
	}
	letters := []rune(value.Text())
	value.SetText(string(letters[:1]))
	value.CreateComment("split")
	value.CreateText(string(letters[1:]))
	return s.response(success(), false, el)
}

// wrapped puts a forged assertion in front of the signed one, which moves to
// a place no one reads. The Response itself carries no signature.
func (s statement) wrapped() (*etree.Element, error) {
	signed, err := s.signedAssertion()
	if err != nil {
		return nil, err
	}
	forged := s.assertion().Element()
	if err := rename(forged, "Wrapped"); err != nil {
		return nil, err
	}
	el, err := s.response(success(), true, forged)
	if err != nil {
		return nil, err
	}
	extensions := etree.NewElement("samlp:Extensions")
	extensions.AddChild(signed)
	el.InsertChildAt(1, extensions)
	return el, nil
}

func lastName(el *etree.Element) *etree.Element {
	return el.FindElement(".//Attribute[@Name='" + attributePrefix + "lastName']/AttributeValue")
}

func rename(el *etree.Element, name string) error {
	value := lastName(el)
	if value == nil {
		return errors.New("this member has no last name to change")
	}
	value.SetText(name)
	return nil
}
