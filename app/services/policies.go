package services

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"oneid/app/internal/audit"
	"oneid/app/internal/policy"
	"oneid/db"
)

// PolicyOutcome is what became of a changed policy.
type PolicyOutcome struct {
	// Faults are what is wrong with it; nothing was changed then.
	Faults []policy.Fault
	// Waiting: it weakens how people are protected, so a second person decides.
	Waiting bool
}

var (
	// ErrWaits: another change of the policy waits for a second person.
	ErrWaits = errors.New("another change waits")
	// ErrMoved: the policy is not any more what the change was proposed against.
	ErrMoved = errors.New("the policy was changed meanwhile")
)

// SetPolicy changes how a service is treated, or proposes it where it weakens
// that. change works on a copy of what is in force.
func (r *Rules) SetPolicy(ctx context.Context, who string, s Service, change func(*policy.Policy)) (PolicyOutcome, error) {
	var out PolicyOutcome
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		row, err := db.LockProvider(ctx, tx, s.Row.EntityID)
		if err != nil {
			return err
		}
		before, err := policy.Read(row.Policy)
		if err != nil {
			return err
		}
		next := before.Clone()
		change(&next)
		// An exception whose end has come is history.
		next.Exceptions = slices.DeleteFunc(next.Exceptions, func(e policy.Exception) bool { return !e.Until.IsZero() && !e.Until.After(tx.At) })
		if out.Faults = next.Check(tx.At); len(out.Faults) > 0 || len(between(before, next)) == 0 {
			return nil
		}
		waiting, err := db.WaitingProposals(ctx, tx, db.ProposedPolicy, row.EntityID)
		if err != nil {
			return err
		}
		if len(waiting) > 0 {
			return ErrWaits
		}
		if out.Waiting = len(next.Weaker(before)) > 0; out.Waiting {
			return r.proposePolicy(ctx, tx, who, s, before, next)
		}
		return r.putPolicy(ctx, tx, who, s, before, next, "")
	})
	return out, err
}

func (r *Rules) proposePolicy(ctx context.Context, tx db.Tx, who string, s Service, before, next policy.Policy) error {
	p := &db.Proposal{Kind: db.ProposedPolicy, Subject: s.Row.EntityID, ServiceID: s.ID, ProposedBy: who}
	var err error
	if p.Body, err = next.JSON(); err != nil {
		return err
	}
	if p.Before, err = before.JSON(); err != nil {
		return err
	}
	if err := db.InsertProposal(ctx, tx, p); err != nil {
		return err
	}
	return r.note(ctx, tx, audit.ServicePolicyProposed, who, s.ID, inWords(between(before, next)))
}

func (r *Rules) putPolicy(ctx context.Context, tx db.Tx, who string, s Service, before, next policy.Policy, proposedBy string) error {
	raw, err := next.JSON()
	if err != nil {
		return err
	}
	if err := db.SetPolicy(ctx, tx, s.Row.EntityID, raw); err != nil {
		return err
	}
	details := inWords(between(before, next))
	if proposedBy != "" {
		details["proposed_by"] = proposedBy
	}
	return r.note(ctx, tx, audit.ServicePolicySet, who, s.ID, details)
}

// PolicyProposal is a change of a policy that waits for a second person.
type PolicyProposal struct {
	db.Proposal
	Differences []policy.Difference
	// Weaker are those that make it wait.
	Weaker []policy.Difference

	before, next policy.Policy
}

// WaitingPolicy finds the change of a service's policy that waits; nil for none.
func (r *Rules) WaitingPolicy(ctx context.Context, entity string) (*PolicyProposal, error) {
	all, err := db.WaitingProposals(ctx, r.DB, db.ProposedPolicy, entity)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return readProposal(all[0])
}

func readProposal(row db.Proposal) (*PolicyProposal, error) {
	p := &PolicyProposal{Proposal: row}
	var err error
	if p.next, err = policy.Read(row.Body); err == nil {
		p.before, err = policy.Read(row.Before)
	}
	if err != nil {
		return nil, fmt.Errorf("read proposal %s: %w", row.ID, err)
	}
	p.Differences, p.Weaker = between(p.before, p.next), p.next.Weaker(p.before)
	return p, nil
}

// ApprovePolicy puts a proposed policy in force. Whoever proposed it can't:
// ErrOwn. It has to fit still: ErrMoved, ErrStops.
func (r *Rules) ApprovePolicy(ctx context.Context, who string, s Service, id db.ProposalID) error {
	return r.decidePolicy(ctx, who, s, id, db.ProposalApproved, func(ctx context.Context, tx db.Tx, p *PolicyProposal, now policy.Policy) error {
		switch {
		case p.ProposedBy == who:
			return ErrOwn
		case len(between(p.before, now)) > 0:
			return ErrMoved
		case len(p.next.Check(tx.At)) > 0:
			return ErrStops
		}
		return r.putPolicy(ctx, tx, who, s, now, p.next, p.ProposedBy)
	})
}

// WithdrawPolicy drops a proposed policy: whoever proposed it may, and any other.
func (r *Rules) WithdrawPolicy(ctx context.Context, who string, s Service, id db.ProposalID) error {
	return r.decidePolicy(ctx, who, s, id, db.ProposalWithdrawn, func(ctx context.Context, tx db.Tx, p *PolicyProposal, _ policy.Policy) error {
		return r.note(ctx, tx, audit.ServicePolicyWithdrawn, who, s.ID, inWords(p.Differences))
	})
}

func (r *Rules) decidePolicy(
	ctx context.Context, who string, s Service, id db.ProposalID, to string,
	then func(context.Context, db.Tx, *PolicyProposal, policy.Policy) error,
) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		row, err := db.LockProvider(ctx, tx, s.Row.EntityID)
		if err != nil {
			return err
		}
		found, err := db.ProposalByID(ctx, tx, db.ProposedPolicy, id)
		if err != nil {
			return err
		}
		if found.State != db.ProposalWaiting || found.Subject != row.EntityID {
			return ErrGone
		}
		p, err := readProposal(*found)
		if err != nil {
			return err
		}
		now, err := policy.Read(row.Policy)
		if err != nil {
			return err
		}
		if err := then(ctx, tx, p, now); err != nil {
			return err
		}
		return db.DecideProposal(ctx, tx, id, to, who)
	})
}

// between lists where two policies differ, the preset they began as among it.
func between(before, next policy.Policy) []policy.Difference {
	differences := next.Diff(before)
	if next.Preset != before.Preset {
		differences = append(differences, policy.Difference{Field: "preset", Was: string(before.Preset), Is: string(next.Preset)})
	}
	return differences
}

// inWords is what a change was, for the audit trail.
func inWords(differences []policy.Difference) map[string]string {
	was, is := map[string][]string{}, map[string][]string{}
	for _, d := range differences {
		if d.Was != "" {
			was[d.Field] = append(was[d.Field], d.Was)
		}
		if d.Is != "" {
			is[d.Field] = append(is[d.Field], d.Is)
		}
	}
	details := map[string]string{}
	for _, d := range differences {
		details[d.Field] = strings.Join(was[d.Field], "; ") + arrow + strings.Join(is[d.Field], "; ")
	}
	return details
}

// arrow stands between what was and what is.
const arrow = " → "

// PolicyOf reads how a service is treated: as it is stored.
func PolicyOf(s Service) (policy.Policy, error) {
	if s.Row == nil {
		return policy.Ontario.Policy(), nil
	}
	return policy.Read(json.RawMessage(s.Row.Policy))
}
