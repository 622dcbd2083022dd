package services

import (
	"context"
	"errors"
	"strings"
	"time"

	"oneid/app/internal/metadatafetch"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/findings"
)

// importLife is how long metadata waits to be decided about.
const importLife = 24 * time.Hour

// Brought is metadata as somebody brings it.
type Brought struct {
	Document []byte
	Source   string
	Address  string // of db.FromAddress: it is fetched
	Signer   string // fingerprint of the key that must have signed it; empty for any
}

// Bring keeps metadata until somebody decides about it. What an address does not
// yield is refused with a *metadatafetch.Refusal.
func (r *Rules) Bring(ctx context.Context, who string, in Brought) (db.ImportID, error) {
	if in.Source == db.FromAddress {
		found, err := r.Fetch.Fetch(ctx, in.Address, metadatafetch.Known{})
		if err != nil {
			return "", err
		}
		in.Document = found.Body
	}
	now := r.DB.Clock.Now()
	row := &db.MetadataImport{
		ID: db.NewID[db.ImportID](), Document: in.Document, Source: in.Source, Address: in.Address, Signer: Fingerprint(in.Signer),
		MadeBy: who, CreatedAt: now, ExpiresAt: now.Add(importLife),
	}
	return row.ID, db.InsertImport(ctx, r.DB, row)
}

// Fingerprint is a certificate's as we compare it, however it was typed.
func Fingerprint(typed string) string {
	return strings.ToLower(strings.NewReplacer(":", "", " ", "", "-", "").Replace(typed))
}

// Reading is metadata explained.
type Reading struct {
	Source, Address string

	// Signed tells whether the document carries a signature, Offered which keys it
	// names for it, and Signer whose signature was asked for and found good.
	Signed  bool
	Offered []string
	Signer  string
	// Untrusted is why the signature that was asked for does not hold.
	Untrusted saml.Code

	// Listed are the services in the document; Entity is the one that is read,
	// empty as long as several could be meant.
	Listed   []saml.Listed
	Entity   string
	Document []byte // of that one alone
	Provider *saml.ServiceProvider
	Findings []findings.Finding

	// Current is the service that has this entity now, nil for a new one, and
	// Changes is what would be otherwise.
	Current *Service
	Changes []Change
}

// Stops tells whether the metadata can't be taken as it is.
func (r Reading) Stops() bool {
	return r.Untrusted != "" || r.Provider == nil || findings.Stops(r.Findings)
}

// Grave tells whether a second person has to agree.
func (r Reading) Grave() bool { return grave(r.Changes) }

// Read explains metadata that was brought. Of several services entity says which.
func (r *Rules) Read(ctx context.Context, id db.ImportID, entity string) (Reading, error) {
	row, err := db.ImportByID(ctx, r.DB, id, r.DB.Clock.Now())
	if err != nil {
		return Reading{}, err
	}
	return r.read(ctx, r.DB, Brought{Document: row.Document, Source: row.Source, Address: row.Address, Signer: row.Signer}, entity)
}

// Explain explains metadata that nobody has kept yet.
func (r *Rules) Explain(ctx context.Context, in Brought, entity string) (Reading, error) {
	return r.read(ctx, r.DB, in, entity)
}

func (r *Rules) read(ctx context.Context, q db.Querier, in Brought, entity string) (Reading, error) {
	now := r.DB.Clock.Now()
	out := Reading{Source: in.Source, Address: in.Address}
	doc := in.Document
	out.Signed, out.Offered = saml.MetadataSigned(doc)
	if in.Signer != "" {
		verified, err := saml.VerifyMetadata(doc, in.Signer)
		if err != nil {
			out.Untrusted, out.Findings = saml.CodeOf(err), findings.Judge(doc, now, r.Metadata)
			return out, nil
		}
		doc, out.Signer = verified.Doc, verified.Fingerprint
	}
	var err error
	if out.Listed, err = saml.ListServices(doc); err != nil || len(out.Listed) == 0 {
		out.Findings = findings.Judge(doc, now, r.Metadata)
		return out, nil
	}
	if len(out.Listed) == 1 {
		entity = out.Listed[0].EntityID
	}
	alone, err := saml.ExtractService(doc, entity)
	if err != nil || entity == "" {
		out.Findings = findings.Judge(doc, now, r.Metadata)
		return out, nil
	}
	out.Entity, out.Document = entity, alone
	out.Findings = findings.Judge(alone, now, r.Metadata)
	if findings.Stops(out.Findings) {
		return out, nil
	}
	if out.Provider, err = saml.ReadServiceProvider(alone, now, r.Metadata); err != nil {
		return out, err
	}
	if out.Current, err = r.holder(ctx, q, entity); err != nil {
		return out, err
	}
	out.Changes = compare(out.Current, out.Provider)
	return out, nil
}

// holder is the service whose provider has this entity ID; nil for none.
func (r *Rules) holder(ctx context.Context, q db.Querier, entity string) (*Service, error) {
	row, err := db.ServiceProviderByEntity(ctx, q, entity)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s, err := db.ServiceByID(ctx, q, row.ServiceID)
	if err != nil {
		return nil, err
	}
	found := r.with(*s, row)
	return &found, nil
}
