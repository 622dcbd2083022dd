package college

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/draft"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/saml"
)

// Lifetimes of the hand-over's rows. A request outlives the longest sign-in at
// a college; a posted answer waits only for the redirect that follows it.
const (
	requestLife  = 30 * time.Minute
	responseLife = 5 * time.Minute
)

// Rules decides hand-overs.
type Rules struct {
	DB     *db.DB
	Sealer draft.Sealer
	Index  func(scope, canonical string) []byte
	Drafts *draft.Drafts
	Audit  *audit.Log
	// SP is our side toward the colleges, without the address of a college's
	// answers: that is ACS's to say.
	SP  saml.SP
	ACS func(db.CollegeCode) string
	// Metadata decides which addresses a college's metadata may hold.
	Metadata saml.ReadOptions
}

// party is a college whose word counts now.
type party struct {
	college  *db.College
	row      *db.CollegeProvider
	provider *saml.IdentityProvider
	mapping  Mapping
	sp       saml.SP
}

// party finds an enabled college with its keys. It is the only door to a
// college: every way in asks here, so a college that is switched off is off
// everywhere.
func (r *Rules) party(ctx context.Context, code db.CollegeCode) (*party, error) {
	college, err := db.CollegeByCode(ctx, r.DB, code)
	if errors.Is(err, db.ErrNotFound) {
		return nil, refuse(reasonUnknown, err)
	}
	if err != nil {
		return nil, err
	}
	row, err := db.CollegeProviderOf(ctx, r.DB, code)
	if errors.Is(err, db.ErrNotFound) {
		return nil, refuse(reasonUnknown, err)
	}
	if err != nil {
		return nil, err
	}
	if !row.Enabled {
		return nil, refuse(reasonOff, errors.New("switched off")).about(college, row)
	}
	provider, err := saml.ReadIdentityProvider(row.Metadata, r.DB.Clock.Now(), r.Metadata)
	if err != nil {
		return nil, refuse(reasonOff, err).about(college, row)
	}
	// What is pinned counts, not what the metadata brings along.
	if provider.Certificates, err = pinned(row); err != nil {
		return nil, refuse(reasonOff, err).about(college, row)
	}
	provider.ForceAuthn = false // the portal has just signed the member in
	mapping, err := readMapping(row.Mapping)
	if err != nil {
		return nil, err
	}
	sp := r.SP
	sp.ACSURL = r.ACS(code)
	return &party{college: college, row: row, provider: provider, mapping: mapping, sp: sp}, nil
}

// pinned are the keys a college is trusted by.
func pinned(row *db.CollegeProvider) ([]*x509.Certificate, error) {
	var keys []*x509.Certificate
	for _, raw := range row.Certificates {
		key, err := x509.ParseCertificate(raw)
		if err != nil {
			return nil, fmt.Errorf("read pinned key: %w", err)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("no key is pinned")
	}
	return keys, nil
}

// Start asks a college about the member in this browser. It returns where the
// browser goes, or a *Refusal.
func (r *Rules) Start(ctx context.Context, code db.CollegeCode, browser []byte) (string, error) {
	address, err := r.start(ctx, code, browser)
	return address, r.noted(ctx, code, err)
}

func (r *Rules) start(ctx context.Context, code db.CollegeCode, browser []byte) (string, error) {
	p, err := r.party(ctx, code)
	if err != nil {
		return "", err
	}
	id := saml.NewID()
	relay, _ := secret.NewToken()
	address, err := p.sp.AuthnRequest(*p.provider, id, relay.Reveal()[:20])
	if err != nil {
		return "", err
	}
	return address, db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		err := db.InsertCollegeRequest(ctx, tx, &db.CollegeRequest{
			ID: id, College: code, Browser: browser, CreatedAt: tx.At, ExpiresAt: tx.At.Add(requestLife),
		})
		if err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.CollegeRequestSent, Actor: "stranger", Subject: string(code), Details: map[string]string{"request": id},
		})
	})
}

// Keep stores a posted answer, unread, until its browser asks for it. It
// returns the one-time token of that question, or a *Refusal where the college
// isn't trusted now.
func (r *Rules) Keep(ctx context.Context, code db.CollegeCode, samlResponse string) (string, error) {
	token, err := r.keep(ctx, code, samlResponse)
	return token, r.noted(ctx, code, err)
}

func (r *Rules) keep(ctx context.Context, code db.CollegeCode, samlResponse string) (string, error) {
	if _, err := r.party(ctx, code); err != nil {
		return "", err
	}
	token, hash := secret.NewToken()
	message, err := r.Sealer.Seal(ctx, responsePlace(hash), []byte(samlResponse))
	if err != nil {
		return "", err
	}
	now := r.DB.Clock.Now()
	err = db.InsertCollegeResponse(ctx, r.DB, &db.CollegeResponse{
		Token: hash, College: code, Message: message, ReceivedAt: now, ExpiresAt: now.Add(responseLife),
	})
	return token.Reveal(), err
}

func responsePlace(hash []byte) secret.Place {
	return secret.Place{Table: "college_responses", Column: "message", Row: fmt.Sprintf("%x", hash)}
}

func evidencePlace(id db.EvidenceID) secret.Place {
	return secret.Place{Table: "evidences", Column: "message", Row: string(id)}
}
