package saml

import (
	"crypto/x509"
	"time"
)

// SignaturePolicy says what we ask of a service's requests.
type SignaturePolicy string

// The policies. The zero value asks for a signature.
const (
	SignatureRequired  SignaturePolicy = "required"
	SignatureIfPresent SignaturePolicy = "if_present" // unsigned will do, a bad one will not
	SignatureOff       SignaturePolicy = "off"        // not looked at
)

// ServiceProvider is what we hold about a service: its metadata as it was
// approved, and how we treat its requests. It is plain data; callers may
// build it from their own rows.
type ServiceProvider struct {
	EntityID string
	// Names are the service's own names for itself, by language.
	Names map[string]string

	ACS           []Endpoint // reply addresses, in the order of the metadata
	Logout        []Endpoint
	NameIDFormats []string

	SigningCertificates []*x509.Certificate
	EncryptionKeys      []EncryptionKey // in the order of the metadata

	WantAssertionsSigned bool
	AuthnRequestsSigned  bool      // its metadata says that it always signs
	ValidUntil           time.Time // zero: not limited

	RequestSignature SignaturePolicy

	// Profile is what else it says about itself; nothing is decided by it.
	Profile Profile
}

// ReadServiceProvider reads a service's metadata: one EntityDescriptor, or a
// group in which exactly one is a service. It refuses with a *Refusal whatever
// could make us send an assertion astray: an address that is not plain https,
// no reply address for a POST, unreadable or weak keys, a document past its
// validUntil. The signature policy comes out as required when the metadata
// says the service signs, else as if-present; the administrator may change it.
func ReadServiceProvider(doc []byte, now time.Time, opts ReadOptions) (*ServiceProvider, error) {
	e, err := readEntity(doc, "SPSSODescriptor")
	if err != nil {
		return nil, err
	}
	s := &ServiceProvider{
		EntityID: e.entityID, ValidUntil: e.validUntil, Names: displayNames(e.role),
		WantAssertionsSigned: e.role.flag("WantAssertionsSigned"),
		AuthnRequestsSigned:  e.role.flag("AuthnRequestsSigned"),
		RequestSignature:     SignatureIfPresent,
	}
	if s.AuthnRequestsSigned {
		s.RequestSignature = SignatureRequired
	}
	for _, format := range e.role.all(metadataNS, "NameIDFormat") {
		s.NameIDFormats = append(s.NameIDFormats, format.uri())
	}
	if s.ACS, err = e.endpoints("AssertionConsumerService", opts); err != nil {
		return nil, err
	}
	if s.Logout, err = e.endpoints("SingleLogoutService", opts); err != nil {
		return nil, err
	}
	if s.SigningCertificates, err = e.certificates("signing"); err != nil {
		return nil, err
	}
	if s.EncryptionKeys, err = e.encryptionKeys(); err != nil {
		return nil, err
	}
	if *e.err != nil {
		return nil, *e.err
	}
	s.Profile = e.profile(opts)
	switch _, ok := s.defaultACS(); {
	case s.expired(now):
		return nil, refuse(ProviderExpired, "the metadata ended %s", s.ValidUntil.Format(time.DateOnly))
	case !ok:
		return nil, refuse(MetadataNoEndpoint, "%s lists no reply address for a POST", s.EntityID)
	case s.AuthnRequestsSigned && len(s.SigningCertificates) == 0:
		return nil, refuse(MetadataNoKey, "%s says it signs but lists no key", s.EntityID)
	}
	return s, repeatedIndex(s.ACS)
}

// displayNames prefers the names meant for people (mdui), then those of the
// service description.
func displayNames(role node) map[string]string {
	if ext, ok := role.child(metadataNS, "Extensions"); ok {
		if info, ok := ext.child(uiNS, "UIInfo"); ok {
			if found := names(info, uiNS, "DisplayName"); len(found) > 0 {
				return found
			}
		}
	}
	for _, service := range role.all(metadataNS, "AttributeConsumingService") {
		return names(service, metadataNS, "ServiceName")
	}
	return nil
}

// repeatedIndex refuses two reply addresses under one index: a request by
// index would mean either.
func repeatedIndex(list []Endpoint) error {
	seen := map[int]bool{}
	for _, e := range list {
		if e.Index >= 0 && seen[e.Index] {
			return refuse(Malformed, "index %d twice", e.Index)
		}
		seen[e.Index] = true
	}
	return nil
}

func (s ServiceProvider) expired(now time.Time) bool {
	return !s.ValidUntil.IsZero() && !now.Before(s.ValidUntil)
}

// defaultACS picks among the reply addresses for a POST (SAML Metadata 2.2.3):
// the one marked default, else the first not marked otherwise, else the first.
func (s ServiceProvider) defaultACS() (Endpoint, bool) {
	var first, unmarked *Endpoint
	for i := range s.ACS {
		e := &s.ACS[i]
		if e.Binding != BindingPost {
			continue
		}
		if e.Default != nil && *e.Default {
			return *e, true
		}
		if first == nil {
			first = e
		}
		if unmarked == nil && e.Default == nil {
			unmarked = e
		}
	}
	switch {
	case unmarked != nil:
		return *unmarked, true
	case first != nil:
		return *first, true
	default:
		return Endpoint{}, false
	}
}

// signaturePolicy is the stored policy, made stricter where the service itself
// says that it signs.
func (s ServiceProvider) signaturePolicy() SignaturePolicy {
	switch {
	case s.RequestSignature == SignatureOff:
		return SignatureOff
	case s.RequestSignature == SignatureIfPresent && !s.AuthnRequestsSigned:
		return SignatureIfPresent
	default:
		return SignatureRequired
	}
}
