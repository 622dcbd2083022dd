package signin

import (
	"context"
	"fmt"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/check"
	"oneid/app/internal/departure"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/password"
	"oneid/db"
	"oneid/views/form"
)

// Life is how long passwords are good for. The end of one is a question at the
// next sign-in, never a lock-out; only a temporary one stops working.
type Life struct {
	// MaxAge is when a password must be changed; 0 means never.
	MaxAge time.Duration
	Common *check.Common
}

// Lapsed tells whether a temporary password works no more.
func (l *Life) Lapsed(p *db.Password, now time.Time) bool {
	return p.Temporary && !now.Before(p.SetAt.Add(password.TemporaryLife))
}

// Ended tells whether a password that has just been typed must be changed. One
// that attackers know must be, whenever it became known.
func (l *Life) Ended(p *db.Password, typed string, now time.Time) bool {
	return p.Temporary || l.old(p, now) || l.Common.Has(typed)
}

func (l *Life) old(p *db.Password, now time.Time) bool {
	return l.MaxAge > 0 && !now.Before(p.SetAt.Add(l.MaxAge))
}

// lapsed refuses a right password that was temporary and works no more. The try
// was no guess, so it is given back.
func (r *Rules) lapsed(ctx context.Context, kept *db.Password, t try) (Outcome, error) {
	out := Outcome{Lapsed: kept.SetAt.Add(password.TemporaryLife)}
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		out.At = tx.At
		if err := r.right(ctx, tx, t); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.SigninPasswordLapsed, Subject: string(kept.AccountID)})
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("refuse a lapsed password: %w", err)
	}
	return out, nil
}

// Expired lets a person whose password has ended choose a new one, before
// anything else.
type Expired struct {
	DB      *db.DB
	Life    *Life
	New     *password.Rules
	Notices *notice.Teller
	Audit   *audit.Log
}

// Why is why a password has ended.
type Why string

// The reasons, as the page says them.
const (
	Old       Why = "old"
	Temporary Why = "temporary"
	Known     Why = "known" // to attackers
)

// Why tells an account's owner why the password has ended.
func (r *Expired) Why(ctx context.Context, id db.AccountID) (Why, error) {
	kept, err := db.PasswordOf(ctx, r.DB, id)
	switch {
	case err != nil:
		return "", err
	case kept.Temporary:
		return Temporary, nil
	case r.Life.old(kept, r.DB.Clock.Now()):
		return Old, nil
	}
	return Known, nil
}

// Choose sets a new password in place of the one that has ended. What is wrong
// with it is noted in errs and changes nothing. keep is the session that stays.
func (r *Expired) Choose(ctx context.Context, errs *form.Errors, id db.AccountID, keep string, c password.Choice) error {
	account, err := db.AccountByID(ctx, r.DB, id)
	if err != nil {
		return err
	}
	hashed, err := r.New.Judge(ctx, errs, account, c)
	if err != nil || errs.Any() {
		return err
	}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if _, err := db.LockAccount(ctx, tx, id); err != nil {
			return err
		}
		if err := r.New.Set(ctx, tx, id, hashed); err != nil {
			return err
		}
		if _, err := departure.EndAll(ctx, tx, r.Notices.Outbox, id, keep, access.EndedElsewhere); err != nil {
			return err
		}
		if _, err := db.EndDevicesOf(ctx, tx, id, passwordEnded); err != nil {
			return err
		}
		if err := r.Notices.Tell(ctx, tx, id, outbox.PasswordChanged{}); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.CredentialsPasswordChanged, Subject: string(id), Details: map[string]string{"why": passwordEnded},
		})
	})
	if err != nil {
		return fmt.Errorf("replace an ended password: %w", err)
	}
	return nil
}

// passwordEnded is why devices end with a password that has ended.
const passwordEnded = "password-ended"
