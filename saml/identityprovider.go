package saml

import (
	"crypto/x509"
	"time"
)

// IdentityProvider is a college: the part of its metadata we use, and how we
// ask it. The certificates pin its keys; several may be valid at once, so
// that it can change them.
type IdentityProvider struct {
	EntityID     string
	SSOURL       string // for redirects
	Certificates []*x509.Certificate
	ValidUntil   time.Time // zero: not limited

	// How we ask; set by configuration, not by metadata.
	ForceAuthn  bool
	Contexts    []string      // classes asked for, exact; none asks for nothing
	MaxAuthnAge time.Duration // how long ago the member may have signed in there; 0 means DefaultAuthnAge
}

// ReadIdentityProvider reads a college's metadata. It refuses with a *Refusal
// when the document is past its validUntil, has no address for a redirect, or
// pins no signing key.
func ReadIdentityProvider(doc []byte, now time.Time, opts ReadOptions) (*IdentityProvider, error) {
	e, err := readEntity(doc, "IDPSSODescriptor")
	if err != nil {
		return nil, err
	}
	p := &IdentityProvider{EntityID: e.entityID, ValidUntil: e.validUntil}
	services, err := e.endpoints("SingleSignOnService", opts)
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		if s.Binding == BindingRedirect && p.SSOURL == "" {
			p.SSOURL = s.URL
		}
	}
	if p.Certificates, err = e.certificates("signing"); err != nil {
		return nil, err
	}
	if *e.err != nil {
		return nil, *e.err
	}
	switch {
	case p.expired(now):
		return nil, refuse(ProviderExpired, "the metadata ended %s", p.ValidUntil.Format(time.DateOnly))
	case p.SSOURL == "":
		return nil, refuse(MetadataNoEndpoint, "%s lists no sign-on address for a redirect", p.EntityID)
	case len(p.Certificates) == 0:
		return nil, refuse(MetadataNoKey, "%s lists no signing key", p.EntityID)
	}
	return p, nil
}

func (p IdentityProvider) expired(now time.Time) bool {
	return !p.ValidUntil.IsZero() && !now.Before(p.ValidUntil)
}
