package sso

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"oneid/app/internal/audit"
	"oneid/app/internal/journey"
	"oneid/app/internal/people"
	"oneid/app/internal/policy"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/saml"
)

// Rules decides what services get.
type Rules struct {
	DB     *db.DB
	IDP    saml.IDP
	People *people.Book
	Audit  *audit.Log
	Facts  Facts
	// Metadata decides which addresses a service's metadata may hold.
	Metadata saml.ReadOptions

	parsed sync.Map // entity ID to *parsedProvider: metadata is parsed once per version
}

type parsedProvider struct {
	version  int
	provider *saml.ServiceProvider
	policy   policy.Policy
}

// party is a service whose requests count now.
type party struct {
	service  *db.Service
	row      *db.ServiceProvider
	provider saml.ServiceProvider
	policy   policy.Policy // in effect now
}

// party finds an enabled service with its metadata. It is the only door to a
// service: every way in asks here, so a service that is switched off is off
// everywhere.
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
	if !row.Enabled || !service.Enabled {
		return nil, refuse(reasonClosed, errors.New("switched off")).about(service)
	}
	known, err := r.parse(row)
	if err != nil {
		return nil, refuse(reasonInvalid, err).about(service)
	}
	return &party{service: service, row: row, provider: *known.provider, policy: known.policy.Effective(r.DB.Clock.Now())}, nil
}

func (r *Rules) parse(row *db.ServiceProvider) (*parsedProvider, error) {
	if known, ok := r.parsed.Load(row.EntityID); ok && known.(*parsedProvider).version == row.Version {
		return known.(*parsedProvider), nil
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
	known := &parsedProvider{version: row.Version, provider: provider, policy: treated}
	r.parsed.Store(row.EntityID, known)
	return known, nil
}

// signatures are what package saml calls a policy's demands. Anything else asks
// for a signature.
var signatures = map[policy.Requests]saml.SignaturePolicy{
	policy.RequestsOff: saml.SignatureOff, policy.RequestsWhenPresent: saml.SignatureIfPresent, policy.RequestsRequired: saml.SignatureRequired,
}

// Begin judges a request and keeps it as a journey. It returns the journey's
// id. The same request from a browser that came back resumes the same journey;
// whether it is the same browser is judged where the journey goes on.
func (r *Rules) Begin(ctx context.Context, in *saml.Incoming, readErr error) (string, error) {
	id, err := r.begin(ctx, in, readErr)
	return id, r.noted(ctx, err)
}

func (r *Rules) begin(ctx context.Context, in *saml.Incoming, readErr error) (string, error) {
	if readErr != nil {
		return "", explain(readErr)
	}
	p, err := r.party(ctx, r.DB, in.Issuer)
	if err != nil {
		return "", err
	}
	request, err := r.IDP.Check(in, p.provider)
	if err != nil {
		return "", explain(err).about(p.service)
	}
	// A request that names its person is declined, so the name is never needed.
	request.SubjectNameID = ""
	facts, err := json.Marshal(request)
	if err != nil {
		return "", fmt.Errorf("keep request: %w", err)
	}
	id := journey.NewID()
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		err := db.InsertJourney(ctx, tx, &db.Journey{
			ID: id, ServiceID: p.service.ID, EntityID: p.row.EntityID, RequestID: request.ID, Request: facts,
			CreatedAt: tx.At, ExpiresAt: tx.At.Add(journey.Lifetime),
		})
		if err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SSORequestAccepted, Actor: "stranger", Subject: string(p.service.ID), Service: p.service.ID,
			Details: map[string]string{"request": request.ID, "signed": fmt.Sprint(request.Verified), "binding": request.Binding},
		})
	})
	if errors.Is(err, db.ErrExists) {
		return r.resume(ctx, p, request.ID)
	}
	return id, err
}

// resume finds the journey that a request began before: Back and reload post
// the same request again.
func (r *Rules) resume(ctx context.Context, p *party, requestID string) (string, error) {
	j, err := db.JourneyOfRequest(ctx, r.DB, p.row.EntityID, requestID)
	if err != nil {
		return "", err
	}
	switch {
	case j.AnsweredAt != nil:
		return "", refuse(reasonUsed, errors.New("request answered before")).about(p.service)
	case !j.ExpiresAt.After(r.DB.Clock.Now()):
		return "", refuse(reasonStale, errors.New("journey expired")).about(p.service)
	}
	return j.ID, nil
}

// noted records a refusal under the number that its page shows. Other errors
// pass. A refusal that can't be recorded is none: its number would lead nowhere.
func (r *Rules) noted(ctx context.Context, err error) error {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	refusal.Reference = secret.NewReference()
	e := audit.Event{
		Kind: audit.SSORequestRefused, Actor: "stranger", Reference: refusal.Reference,
		Details: map[string]string{"code": refusal.Code},
	}
	if refusal.Service != nil {
		e.Subject, e.Service = string(refusal.Service.ID), refusal.Service.ID
	}
	recordErr := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		return r.Audit.Record(ctx, tx, e)
	})
	if recordErr != nil {
		return fmt.Errorf("record refusal %s: %w", refusal.Code, recordErr)
	}
	return err
}
