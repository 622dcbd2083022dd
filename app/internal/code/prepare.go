package code

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
	"oneid/views/i18n"
)

// Prepare makes a code and sends it nowhere, for somebody who may not learn
// whether there is a phone, or even an account: Dispatch sends it later, where
// there is. The work, the limits and the answer are the same for everyone. An
// open code of the same holder and method is taken again. then (which may be
// nil) runs in the transaction that makes it.
//
// ask has no Number. recovery is what the code is a proof for.
func (r *Rules) Prepare(ctx context.Context, ask Ask, recovery db.RecoveryID, then func(context.Context, db.Tx, db.CodeID) error) (Sent, error) {
	if ask.Holder.id() == "" || ask.Holder.Session == "" || ask.Number != "" {
		return Sent{}, errors.New("prepare a code: it belongs to nobody, or to a number")
	}
	for _, limit := range wrongLimits() {
		v, err := r.Throttle.Peek(ctx, r.DB, limit, ask.Holder.id())
		if err != nil {
			return Sent{}, err
		}
		if !v.Allowed {
			return Sent{Limited: &v}, r.limited(ctx, ask, string(v.By))
		}
	}
	v, err := r.Throttle.Prepare(ctx, r.DB, throttle.Preparing{
		Holder: ask.Holder.id(), From: ask.From, Call: ask.Method == db.MethodCall,
	})
	if err != nil {
		return Sent{}, err
	}
	if !v.Allowed {
		return Sent{Limited: &v}, r.limited(ctx, ask, string(v.By))
	}
	var c *db.Code
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		var err error
		if c, err = r.preparedOrNew(ctx, tx, ask, recovery); err != nil {
			return err
		}
		if then != nil {
			if err := then(ctx, tx, c.ID); err != nil {
				return err
			}
		}
		return r.recordOf(ctx, tx, audit.CodePrepared, c, ask.Holder, nil)
	})
	if err != nil {
		return Sent{}, fmt.Errorf("prepare a code: %w", err)
	}
	return Sent{ID: c.ID, Digit: c.Digit, ExpiresAt: c.ExpiresAt}, nil
}

func (r *Rules) preparedOrNew(ctx context.Context, tx db.Tx, ask Ask, recovery db.RecoveryID) (*db.Code, error) {
	open, err := db.PreparedCode(ctx, tx, recovery, ask.Method, tx.At.Add(worthAgain))
	switch {
	case err == nil:
		return db.ResendCode(ctx, tx, open.ID)
	case !errors.Is(err, db.ErrNotFound):
		return nil, err
	}
	c := &db.Code{
		ID: db.NewID[db.CodeID](), Purpose: string(ask.Purpose), RecoveryID: recovery,
		DraftID: ask.Holder.Draft, AccountID: ask.Holder.Account, Session: []byte(ask.Holder.Session),
		Number: db.Sealed{}, NumberIndex: db.Index{}, Method: ask.Method, Nonce: r.codes().NewNonce(),
		State: db.CodeSent, Sends: 1, CreatedAt: tx.At, SentAt: tx.At, ExpiresAt: tx.At.Add(life),
	}
	if ask.Method == db.MethodCall {
		digit := secret.NewDigit()
		c.Digit = &digit
	}
	return c, db.InsertCode(ctx, tx, c)
}

// Dispatch sends a prepared code to a number, as far as the number's own limits
// allow. Whoever waits for it is told nothing either way. A number that was sent
// something a moment ago is to be tried again, after the time returned.
func (r *Rules) Dispatch(ctx context.Context, id db.CodeID, number string, lang i18n.Lang) (again time.Duration, err error) {
	c, err := db.CodeByID(ctx, r.DB, id)
	if err != nil {
		return 0, err
	}
	ask := Ask{Purpose: Purpose(c.Purpose), Holder: holderOf(c), Method: c.Method}
	if !Reachable(number) {
		return 0, r.limited(ctx, ask, "destination")
	}
	v, err := r.Throttle.Send(ctx, r.DB, throttle.Sending{
		Number: number, Holder: ask.Holder.id(), Call: c.Method == db.MethodCall,
	})
	switch {
	case err != nil:
		return 0, err
	case v.By == throttle.NumberPause:
		return v.RetryAt.Sub(r.DB.Clock.Now()), nil
	case !v.Allowed:
		return 0, r.limited(ctx, ask, string(v.By))
	}
	return 0, r.dispatch(ctx, id, number, lang)
}

func (r *Rules) dispatch(ctx context.Context, id db.CodeID, number string, lang i18n.Lang) error {
	sealed, err := r.Seal.Seal(ctx, place(id), []byte(number))
	if err != nil {
		return fmt.Errorf("seal number: %w", err)
	}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		c, err := db.AddressCode(ctx, tx, id, sealed, NumberIndex(r.Ring, number))
		if err != nil {
			return err
		}
		if err := r.Outbox.Send(ctx, tx, outbox.Code{
			ID: c.ID, Account: c.AccountID, Number: number, Method: c.Method, Language: lang, ExpiresAt: c.ExpiresAt,
		}); err != nil {
			return err
		}
		return r.record(ctx, tx, audit.CodeSent, c, map[string]string{"to": outbox.MaskPhone(number)})
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil // it ended meanwhile
	}
	if err != nil {
		return fmt.Errorf("dispatch code %s: %w", id, err)
	}
	return nil
}
