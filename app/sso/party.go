package sso

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
)

// party is a service whose requests count now.
type party struct {
	service  *db.Service
	row      *db.ServiceProvider
	provider saml.ServiceProvider
	policy   policy.Policy // in effect now
	// recorded is until when somebody looks on; nil for nobody.
	recorded *time.Time
}

// parsedProvider is what a version of a service's metadata and policy says.
type parsedProvider struct {
	version  int
	provider *saml.ServiceProvider
	policy   policy.Policy
	recorded *time.Time
	service  db.Service               // as it was when this was read; current decides by what it is now
	clockAt  atomic.Int64             // when its clock was last noted, in nanoseconds
	seen     atomic.Pointer[db.Party] // as it was last read; nobody writes to it
}

// party finds an enabled service with its metadata. It and current are the only
// doors to a service: every way in asks one of them, so a service that is
// switched off is off everywhere.
func (r *Rules) party(ctx context.Context, q db.Querier, entityID string) (*party, error) {
	row, err := db.ServiceProviderByEntity(ctx, q, entityID)
	if errors.Is(err, db.ErrNotFound) {
		return nil, refuse(reasonUnknown, err)
	}
	if err != nil {
		return nil, err
	}
	service, err := db.ServiceByID(ctx, q, row.ServiceID)
	if err != nil {
		return nil, err
	}
	return r.open(service, row)
}

// open is a party of rows that were just read.
func (r *Rules) open(service *db.Service, row *db.ServiceProvider) (*party, error) {
	if !row.Enabled || !service.Enabled {
		return nil, refuse(reasonClosed, errors.New("switched off")).about(service)
	}
	known, err := r.parse(service, row)
	if err != nil {
		return nil, refuse(reasonInvalid, err).about(service)
	}
	return known.party(service, row, r.DB.Clock.Now()), nil
}

// party is the service as it counts at a time: exceptions end by themselves, and
// so do certificates, where the policy does not take them for mere wrappings.
func (k *parsedProvider) party(service *db.Service, row *db.ServiceProvider, now time.Time) *party {
	p := &party{service: service, row: row, provider: *k.provider, policy: k.policy.Effective(now), recorded: k.recorded}
	if !p.policy.ExpiredKeys {
		p.provider.SigningCertificates = slices.DeleteFunc(slices.Clone(p.provider.SigningCertificates), func(c *x509.Certificate) bool {
			return !now.Before(c.NotAfter)
		})
	}
	return p
}

func (r *Rules) parse(service *db.Service, row *db.ServiceProvider) (*parsedProvider, error) {
	if known := r.known(row.EntityID); known != nil && known.version == row.Version {
		return known, nil
	}
	provider, err := saml.ReadServiceProvider(row.Metadata, r.DB.Clock.Now(), r.Metadata)
	if err != nil {
		return nil, err
	}
	treated, err := policy.Read(row.Policy)
	if err != nil {
		return nil, err
	}
	provider.RequestSignature = signatures[treated.Requests]
	known := &parsedProvider{version: row.Version, provider: provider, policy: treated, service: *service, recorded: row.RecordingUntil}
	r.parsed.Store(row.EntityID, known)
	return known, nil
}

func (r *Rules) known(entityID string) *parsedProvider {
	known, _ := r.parsed.Load(entityID)
	p, _ := known.(*parsedProvider)
	return p
}

// signatures are what package saml calls a policy's demands. Anything else asks
// for a signature.
var signatures = map[policy.Requests]saml.SignaturePolicy{
	policy.RequestsOff: saml.SignatureOff, policy.RequestsWhenPresent: saml.SignatureIfPresent, policy.RequestsRequired: saml.SignatureRequired,
}

// remembered is the party as this process last read it, without asking the
// database; nil when it never did. Whatever is decided by it holds only once
// current has found, in the transaction that writes the answer, that it still is
// so.
func (r *Rules) remembered(entityID string) *party {
	known := r.known(entityID)
	if known == nil {
		return nil
	}
	service := known.service
	row := &db.ServiceProvider{EntityID: entityID, ServiceID: service.ID, Version: known.version}
	return known.party(&service, row, r.DB.Clock.Now())
}

// errChanged says that a service's metadata or policy changed meanwhile.
var errChanged = errors.New("the service changed meanwhile")

// current takes what a transaction read about a service for p. errChanged: the
// request has to be judged again.
func (p *party) current(now *db.Party) error {
	if !now.Provider.Enabled || !now.Service.Enabled {
		return refuse(reasonClosed, errors.New("switched off")).about(&now.Service)
	}
	if now.Provider.Version != p.row.Version || now.Service.ID != p.service.ID {
		return errChanged
	}
	p.service, p.row = &now.Service, &now.Provider
	return nil
}
