package recovery

import (
	"context"

	"oneid/app/internal/audit"
	"oneid/db"
)

// Found is a login ID that may be shown.
type Found struct {
	LoginID string // without its domain; empty when several accounts are meant
}

// ShowLoginID returns the login ID of a recovery that has two proofs, for the
// screen. Where two accounts could be meant nothing is shown: the channels have
// it.
func (r *Rules) ShowLoginID(ctx context.Context, rec *db.Recovery) (Found, error) {
	if rec.AccountID == "" || !enough(rec.Proofs) {
		return Found{}, db.ErrNotFound
	}
	account, err := db.AccountByID(ctx, r.DB, rec.AccountID)
	if err != nil {
		return Found{}, err
	}
	all, err := namesakes(ctx, r.DB, account)
	if err != nil || len(all) > 1 || account.Status != db.AccountActive {
		return Found{}, err
	}
	return Found{LoginID: account.LoginID}, db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.LoginIDShown, Subject: string(account.ID), Details: map[string]string{"recovery": string(rec.ID)},
		})
	})
}

// SendLoginID has the login ID sent to the account's channels, in the
// transaction in which the answers turned out right.
func (r *Rules) SendLoginID(id db.RecoveryID) func(context.Context, db.Tx) error {
	return func(ctx context.Context, tx db.Tx) error { return r.Outbox.Later(ctx, tx, ErrandLoginID, string(id)) }
}
