package signin

import (
	"context"
	"net/netip"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/throttle"
	"oneid/db"
)

// Browser is what is known about the browser that a proof came from.
type Browser struct {
	From netip.Addr
	// Tokens are what its cookie of recognised devices holds.
	Tokens []string
}

// recovered is how long after a recovery its owner is told why they are asked.
const recovered = 24 * time.Hour

// lane is whose tries a browser's count with: those of devices that the account
// remembers, or everyone else's. Strangers who guess can't keep the owner out on
// a device of theirs.
func (r *Rules) lane(ctx context.Context, id db.AccountID, b Browser) (throttle.Lane, error) {
	if len(b.Tokens) == 0 {
		return throttle.Unknown, nil
	}
	held, err := r.Devices.Holds(ctx, r.DB, id, b.Tokens)
	if err != nil || !held {
		return throttle.Unknown, err
	}
	return throttle.Known, nil
}

// second decides whether a second factor is owed after a right password, and
// why. It is asked where the browser or its network is new, of everyone who has
// anything to give it by.
func (r *Rules) second(ctx context.Context, tx db.Tx, account *db.Account, b Browser, out *Outcome) error {
	if !account.SecondFactor {
		return nil
	}
	means, err := db.MeansOf(ctx, tx, account.ID, tx.At)
	if err != nil {
		return err
	}
	if !means.Holds() && means.Questions < minQuestions {
		return nil
	}
	verdict, err := r.Devices.Recognise(ctx, tx, account.ID, b.Tokens, b.From)
	if err != nil {
		return err
	}
	out.Owed, out.Device, out.Tokens = verdict.Reason, verdict.Device, verdict.Tokens
	if verdict.Known {
		return nil
	}
	if verdict.Reason == access.NewBrowser && account.RecoveredAt != nil && tx.At.Before(account.RecoveredAt.Add(recovered)) {
		out.Owed = access.Recovered
	}
	return r.Audit.Record(ctx, tx, audit.Event{
		Kind: audit.ChallengeAsked, Subject: string(account.ID), Details: map[string]string{"why": string(out.Owed)},
	})
}

// minQuestions is how many answered questions it takes to ask two.
const minQuestions = 2
