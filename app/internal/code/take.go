package code

import (
	"context"
	"fmt"

	"oneid/db"
)

// Take uses up a call that has passed: the proof counts once. It reports whether
// there was one to take; then (which may be nil) runs in the transaction that
// takes it. Codes by text are used up by Check.
func (r *Rules) Take(ctx context.Context, id db.CodeID, h Holder, then func(context.Context, db.Tx) error) (bool, error) {
	c, err := r.owned(ctx, id, h)
	if err != nil {
		return false, err
	}
	if c.Method != db.MethodCall {
		return false, nil
	}
	taken := false
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		var err error
		if taken, err = db.TakePassedCode(ctx, tx, id); err != nil || !taken || then == nil {
			return err
		}
		return then(ctx, tx)
	})
	if err != nil {
		return false, fmt.Errorf("take call %s: %w", id, err)
	}
	return taken, nil
}

// Open is the code that is on its way for an ask; db.ErrNotFound for none.
func (r *Rules) Open(ctx context.Context, ask Ask) (db.CodeID, error) {
	c, err := db.OpenCode(ctx, r.DB, &db.Code{
		Purpose: string(ask.Purpose), DraftID: ask.Holder.Draft, AccountID: ask.Holder.Account,
		Session: []byte(ask.Holder.Session), NumberIndex: NumberIndex(r.Ring, ask.Number), Method: ask.Method,
	}, r.DB.Clock.Now())
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// Delivery is how far the newest message that brings a code has come, and what
// was wrong with it, in the carrier's short word.
func (r *Rules) Delivery(ctx context.Context, id db.CodeID, h Holder) (state, problem string, err error) {
	if _, err := r.owned(ctx, id, h); err != nil {
		return "", "", err
	}
	newest, err := db.NewestMessageOf(ctx, r.DB, id)
	if err != nil {
		return "", "", err
	}
	m, err := db.MessageByID(ctx, r.DB, newest)
	if err != nil {
		return "", "", err
	}
	return m.State, m.Problem, nil
}
