package db

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Proposal is what one administrator wants and a second one has to agree to.
type Proposal struct {
	bun.BaseModel `bun:"table:proposals"`

	ID         ProposalID `bun:",pk"`
	Kind       string
	Subject    string          // a service's entity ID, or the use and algorithm of a key
	ServiceID  ServiceID       `bun:",nullzero"` // empty for a key
	Body       json.RawMessage `bun:"type:jsonb"`
	Before     json.RawMessage `bun:"type:jsonb"` // what it was proposed against
	State      string
	ProposedBy string
	ProposedAt time.Time
	DecidedBy  string
	DecidedAt  *time.Time
}

// Kinds of proposals.
const (
	ProposedPolicy = "policy" // of a service
	ProposedKey    = "key"    // of ours
)

// States of a proposal.
const (
	ProposalWaiting   = "waiting"
	ProposalApproved  = "approved"
	ProposalWithdrawn = "withdrawn"
)

// InsertProposal adds a proposal that waits. ErrExists: another waits already.
func InsertProposal(ctx context.Context, tx Tx, p *Proposal) error {
	if p.Before == nil {
		p.Before = json.RawMessage("{}")
	}
	p.ID, p.State, p.ProposedAt = NewID[ProposalID](), ProposalWaiting, tx.At
	_, err := tx.NewInsert().Model(p).Exec(ctx)
	return wrap(err, "propose a %s", p.Kind)
}

// WaitingProposals lists what waits for a second person, oldest first; an empty
// subject means all of the kind.
func WaitingProposals(ctx context.Context, q bun.IDB, kind, subject string) ([]Proposal, error) {
	var all []Proposal
	query := q.NewSelect().Model(&all).Where("kind = ? AND state = ?", kind, ProposalWaiting).Order("proposed_at", "id")
	if subject != "" {
		query = query.Where("subject = ?", subject)
	}
	return all, wrap(query.Scan(ctx), "list proposals")
}

// ProposalByID finds a proposal of a kind, decided or not.
func ProposalByID(ctx context.Context, q bun.IDB, kind string, id ProposalID) (*Proposal, error) {
	p := new(Proposal)
	err := q.NewSelect().Model(p).Where("kind = ? AND id::text = ?", kind, id).Scan(ctx)
	return p, wrap(err, "find a proposal")
}

// DecideProposal ends the waiting of a proposal. ErrNotFound: somebody else was
// first.
func DecideProposal(ctx context.Context, tx Tx, id ProposalID, state, by string) error {
	res, err := tx.NewUpdate().Model((*Proposal)(nil)).
		Set("state = ?", state).Set("decided_by = ?", by).Set("decided_at = ?", tx.At).
		Where("id = ? AND state = ?", id, ProposalWaiting).Exec(ctx)
	return one(res, err, "decide about a proposal")
}
