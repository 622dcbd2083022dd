package policy

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Sign says which parts of an answer are signed.
type Sign string

// The parts. A refusal has no assertion, and its Response is always signed.
const (
	SignBoth      Sign = "both"
	SignResponse  Sign = "response"
	SignAssertion Sign = "assertion"
)

// Encryption says whether assertions are encrypted.
type Encryption string

// When assertions are encrypted.
const (
	EncryptRequired     Encryption = "required"      // a service without a usable key gets none
	EncryptWhenPossible Encryption = "when_possible" // whenever the service has a key
	EncryptNever        Encryption = "never"         // under the exception ExceptClear only
)

// Algorithm is what answers are signed with.
type Algorithm string

// The algorithms.
const (
	RSASHA256   Algorithm = "rsa-sha256"
	ECDSASHA256 Algorithm = "ecdsa-sha256" // P-256
	RSASHA1     Algorithm = "rsa-sha1"     // under the exception ExceptSHA1 only
)

// Requests says what is asked of a service's requests.
type Requests string

// What is asked of a request's signature.
const (
	RequestsOff         Requests = "off"
	RequestsWhenPresent Requests = "when_present" // unsigned will do, a bad one will not
	RequestsRequired    Requests = "required"
)

// SubjectID says which subject identifier attribute a service gets.
type SubjectID string

// The subject identifiers (SAML Subject Identifier Attributes Profile 1.0).
const (
	SubjectNone     SubjectID = "none"
	SubjectPairwise SubjectID = "pairwise" // of this service, or of its group
	SubjectGeneral  SubjectID = "general"  // the same at every service
)

// Vocabulary is in which words an answer says how a person signed in, when the
// request names none.
type Vocabulary string

// The vocabularies.
const (
	VocabularySAML  Vocabulary = "saml"  // PasswordProtectedTransport, REFEDS MFA
	VocabularyLevel Vocabulary = "level" // assurance levels of ONE ID: AL1, AL2
	VocabularyFour  Vocabulary = "four"  // the federal four levels
)

// Formats of names for people.
const (
	NamePersistent  = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	NameTransient   = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
	NameUnspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
	NameEmail       = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" // under ExceptEmail only
)

// Formats of attribute names.
const (
	FormatURI         = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
	FormatBasic       = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
	FormatUnspecified = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
)

// Levels that a service may ask of everyone, weakest first.
const (
	MinimumNone       = ""
	MinimumKnowledge  = "knowledge"
	MinimumPossession = "possession"
	MinimumPasskey    = "passkey"
)

// Policy is how one service is treated. Ask Effective for the one to act by.
type Policy struct {
	Preset Preset `json:"preset"`

	Sign               Sign       `json:"sign"`
	SignatureAlgorithm Algorithm  `json:"signature_algorithm"`
	Encrypt            Encryption `json:"encrypt"`
	Requests           Requests   `json:"requests"`
	// ExpiredKeys lets a certificate past its end still stand for its key, as
	// most federations do: the metadata is what vouches for it.
	ExpiredKeys bool `json:"expired_keys,omitempty"`

	// NameIDs are the formats that people may be named in. The first is used
	// when a request leaves the choice to us.
	NameIDs []string `json:"name_ids"`
	// Group shares people's names among services: those of one group know a
	// person by the same name. Empty: the service has names of its own.
	Group     string    `json:"group,omitempty"`
	SubjectID SubjectID `json:"subject_id"`

	// Vocabulary is used when a request names no context; Contexts are the only
	// classes the service is ever told, empty for all that we know.
	Vocabulary Vocabulary `json:"vocabulary"`
	Contexts   []string   `json:"contexts,omitempty"`
	// Minimum raises what the service asks of everyone.
	Minimum string `json:"minimum,omitempty"`
	// MaxAge is how many minutes after a proof it may still be stated; 0: as
	// long as the session lives.
	MaxAge int `json:"max_age,omitempty"`

	// Authority keeps the service from people whom no organization lets use it.
	Authority bool `json:"authority,omitempty"`
	// Notice shows people once what the service receives, and again when it
	// grows.
	Notice bool `json:"notice,omitempty"`

	Unsolicited bool `json:"unsolicited,omitempty"`  // may be opened from our side
	SessionEnds bool `json:"session_ends,omitempty"` // SessionNotOnOrAfter is stated
	// FormOrigins are further origins that the service redirects an answer to:
	// browsers hold a form to its policy through redirects.
	FormOrigins []string `json:"form_origins,omitempty"`

	NameFormat string      `json:"name_format"` // of attributes that say none
	Release    []Attribute `json:"release"`

	Exceptions []Exception `json:"exceptions,omitempty"`
}

// Attribute is one fact under one name. A fact may go out under several.
type Attribute struct {
	Fact         Fact   `json:"fact"`
	Name         string `json:"name"`
	NameFormat   string `json:"name_format,omitempty"` // empty: the policy's
	FriendlyName string `json:"friendly_name,omitempty"`
}

// Read reads a stored policy.
func Read(raw json.RawMessage) (Policy, error) {
	var p Policy
	if err := json.Unmarshal(raw, &p); err != nil {
		return Policy{}, fmt.Errorf("read policy: %w", err)
	}
	return p, nil
}

// JSON is the policy as it is stored.
func (p Policy) JSON() (json.RawMessage, error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("write policy: %w", err)
	}
	return raw, nil
}

// Names tells whether people may be named in a format. Empty and unspecified
// leave the choice to us (SAML Core 3.4.1.1).
func (p Policy) Names(format string) bool { return p.NameID(format) != "" }

// NameID is the format that a person is named in when a request asks for one;
// empty when the service may not have it.
func (p Policy) NameID(asked string) string {
	switch {
	case len(p.NameIDs) == 0:
		return ""
	case asked == "" || asked == NameUnspecified:
		return p.NameIDs[0]
	case slices.Contains(p.NameIDs, asked):
		return asked
	}
	return ""
}

// FormatOf is the format of an attribute's name.
func (p Policy) FormatOf(a Attribute) string {
	switch {
	case a.NameFormat != "":
		return a.NameFormat
	case p.NameFormat != "":
		return p.NameFormat
	}
	return FormatURI
}

// Releases tells whether a fact goes out under any name.
func (p Policy) Releases(fact Fact) bool {
	return slices.ContainsFunc(p.Release, func(a Attribute) bool { return a.Fact == fact })
}

// Clone is a copy that shares nothing with p.
func (p Policy) Clone() Policy {
	p.NameIDs, p.Contexts = slices.Clone(p.NameIDs), slices.Clone(p.Contexts)
	p.FormOrigins, p.Release = slices.Clone(p.FormOrigins), slices.Clone(p.Release)
	p.Exceptions = slices.Clone(p.Exceptions)
	return p
}

// NamedIn is where the names that the service knows people by are kept: its own
// entity ID, or its group, which no entity ID can be mistaken for.
func (p Policy) NamedIn(entityID string) string {
	if p.Group == "" {
		return entityID
	}
	return "group " + p.Group
}
