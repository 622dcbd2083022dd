package services

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/policy"
	"oneid/app/internal/samlkey"
	"oneid/db"
)

// OwnKeys takes our own SAML keys through their lives, for the console: what
// `oneid keys` does. A new key waits for a second person; it is made when they
// agree, on the node that hears so.
type OwnKeys struct {
	DB    *db.DB
	Life  *samlkey.Rules
	Audit *audit.Log
}

// KeyWish is a key that somebody wants made.
type KeyWish struct {
	Use       string `json:"use"`
	Algorithm string `json:"algorithm"`
}

func (w KeyWish) subject() string { return w.Use + " " + w.Algorithm }

// wishes are all that can be wanted.
func wishes() []KeyWish {
	return []KeyWish{
		{db.KeySigning, samlkey.RSA}, {db.KeySigning, samlkey.Elliptic}, {db.KeyEncryption, samlkey.RSA}, {db.KeyMetadata, samlkey.RSA},
	}
}

// KeyState is how our keys stand.
type KeyState struct {
	Keys     []db.SAMLKey // oldest first
	Steps    []samlkey.Step
	Services []KeyService
	Waiting  []db.Proposal
	// Lacks says what this node has not got of them; nil for nothing.
	Lacks error
	// Others are the other nodes that run and lack some of them.
	Others []samlkey.NodeKeys
}

// KeyService is a service, seen from our keys.
type KeyService struct {
	db.Service
	Row  db.ServiceProvider
	Uses string // the key that signs for it now
	// HasNewest tells whether it is known to have the newest signing key, and
	// since when.
	HasNewest bool
	Since     time.Time
}

// State tells how our keys stand, what comes next and who uses which.
func (k *OwnKeys) State(ctx context.Context) (KeyState, error) {
	var s KeyState
	var err error
	if s.Keys, err = db.SAMLKeys(ctx, k.DB); err != nil {
		return s, err
	}
	rows, err := db.ServiceProviders(ctx, k.DB)
	if err != nil {
		return s, err
	}
	all, err := db.AllServices(ctx, k.DB)
	if err != nil {
		return s, err
	}
	if s.Waiting, err = db.WaitingProposals(ctx, k.DB, db.ProposedKey, ""); err != nil {
		return s, err
	}
	now := k.DB.Clock.Now()
	s.Steps = samlkey.Plan(now, s.Keys, rows)
	newest, known := samlkey.Newest(s.Keys)
	for _, service := range all {
		for _, row := range rows {
			if row.ServiceID != service.ID {
				continue
			}
			p, err := policy.Read(row.Policy)
			if err != nil {
				return s, err
			}
			line := KeyService{Service: service, Row: row}
			line.Uses = samlkey.UsedBy(now, s.Keys, row, p.Effective(now).SignatureAlgorithm == policy.ECDSASHA256)
			if known {
				line.Since, line.HasNewest = samlkey.Has(newest, row)
			}
			s.Services = append(s.Services, line)
		}
	}
	s.Lacks = k.Life.Ring.Check(ctx, k.DB)
	nodes, err := samlkey.Nodes(ctx, k.DB, now, s.Keys)
	s.Others = slices.DeleteFunc(nodes, func(n samlkey.NodeKeys) bool { return n.Name == k.Life.Node || len(n.Lacks) == 0 })
	return s, err
}

// Find finds a key.
func (s KeyState) Find(id string) (db.SAMLKey, bool) {
	i := slices.IndexFunc(s.Keys, func(k db.SAMLKey) bool { return k.ID == id })
	if i < 0 {
		return db.SAMLKey{}, false
	}
	return s.Keys[i], true
}

// Step is what comes next for a key.
func (s KeyState) Step(id string) (samlkey.Step, bool) {
	i := slices.IndexFunc(s.Steps, func(step samlkey.Step) bool { return step.Key.ID == id })
	if i < 0 {
		return samlkey.Step{}, false
	}
	return s.Steps[i], true
}

// Propose wants a next key. samlkey.ErrComing: there is one already, or another
// is proposed.
func (k *OwnKeys) Propose(ctx context.Context, who string, wish KeyWish) error {
	body, err := json.Marshal(wish)
	if err != nil {
		return fmt.Errorf("propose a key: %w", err)
	}
	err = db.InTx(ctx, k.DB, func(ctx context.Context, tx db.Tx) error {
		keys, err := db.SAMLKeys(ctx, tx)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if key.Use == wish.Use && key.Algorithm == wish.Algorithm && key.State == db.KeyNext {
				return samlkey.ErrComing
			}
		}
		p := &db.Proposal{Kind: db.ProposedKey, Subject: wish.subject(), Body: body, ProposedBy: who}
		if err := db.InsertProposal(ctx, tx, p); err != nil {
			return err
		}
		return k.note(ctx, tx, audit.KeyProposed, who, wish)
	})
	if errors.Is(err, db.ErrExists) {
		return samlkey.ErrComing
	}
	return err
}

// Proposal finds a key that waits for a second person; ErrGone when it was
// decided about.
func (k *OwnKeys) Proposal(ctx context.Context, id db.ProposalID) (*db.Proposal, KeyWish, error) {
	p, err := db.ProposalByID(ctx, k.DB, db.ProposedKey, id)
	if err != nil {
		return nil, KeyWish{}, err
	}
	if p.State != db.ProposalWaiting {
		return nil, KeyWish{}, ErrGone
	}
	var wish KeyWish
	if err := json.Unmarshal(p.Body, &wish); err != nil {
		return nil, KeyWish{}, fmt.Errorf("read proposal %s: %w", id, err)
	}
	return p, wish, nil
}

// Approve makes the key that somebody else proposed. It is made where the current
// key of its use is: as a file, or in the token.
func (k *OwnKeys) Approve(ctx context.Context, who string, id db.ProposalID) (*db.SAMLKey, error) {
	p, wish, err := k.Proposal(ctx, id)
	if err != nil {
		return nil, err
	}
	if p.ProposedBy == who {
		return nil, ErrOwn
	}
	keys, err := db.SAMLKeys(ctx, k.DB)
	if err != nil {
		return nil, err
	}
	inToken := slices.ContainsFunc(keys, func(key db.SAMLKey) bool {
		return key.Use == wish.Use && key.State == db.KeyCurrent && !strings.HasPrefix(key.Place, samlkey.FilePlace)
	})
	made, err := k.Life.Next(ctx, who, samlkey.New{
		Use: wish.Use, Algorithm: wish.Algorithm, InToken: inToken, ProposedBy: p.ProposedBy,
		Along: func(ctx context.Context, tx db.Tx) error {
			err := db.DecideProposal(ctx, tx, id, db.ProposalApproved, who)
			if errors.Is(err, db.ErrNotFound) {
				return ErrGone
			}
			return err
		},
	})
	return made, err
}

// Withdraw drops a proposed key: whoever proposed it may, and any other.
func (k *OwnKeys) Withdraw(ctx context.Context, who string, id db.ProposalID) error {
	_, wish, err := k.Proposal(ctx, id)
	if err != nil {
		return err
	}
	return db.InTx(ctx, k.DB, func(ctx context.Context, tx db.Tx) error {
		err := db.DecideProposal(ctx, tx, id, db.ProposalWithdrawn, who)
		if errors.Is(err, db.ErrNotFound) {
			return ErrGone
		}
		if err != nil {
			return err
		}
		return k.note(ctx, tx, audit.KeyWithdrawn, who, wish)
	})
}

func (k *OwnKeys) note(ctx context.Context, tx db.Tx, kind audit.Kind, who string, wish KeyWish) error {
	return k.Audit.Record(ctx, tx, audit.Event{
		Kind: kind, Actor: who, Subject: wish.subject(), Details: map[string]string{"use": wish.Use, "algorithm": wish.Algorithm},
	})
}

// shownKeyEvents is how many are shown of what was done with our keys.
const shownKeyEvents = 30

// History lists what was done with our keys, newest first.
func (k *OwnKeys) History(ctx context.Context, keys []db.SAMLKey) ([]db.AuditEvent, error) {
	var subjects []string
	for _, wish := range wishes() {
		subjects = append(subjects, wish.subject())
	}
	for _, key := range keys {
		subjects = append(subjects, key.ID)
	}
	var all []db.AuditEvent
	for _, subject := range subjects {
		events, err := db.AuditOf(ctx, k.DB, subject, shownKeyEvents)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if strings.HasPrefix(e.Kind, "keys.") {
				all = append(all, e)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b db.AuditEvent) int { return b.At.Compare(a.At) })
	return all[:min(len(all), shownKeyEvents)], nil
}
