package credentials

import (
	"context"
	"fmt"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/departure"
	"oneid/app/internal/device"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/password"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
)

// Password changes a password.
type Password struct {
	DB       *db.DB
	New      *password.Rules
	Throttle *throttle.Throttle
	Notices  *notice.Teller
	Audit    *audit.Log
	Devices  *device.Book
}

// passwordChanged is why devices end with a password.
const passwordChanged = "password-changed"

// passwordForm is the form as it was sent.
type passwordForm struct {
	Current string `form:"current"`
	password.Form
}

// Check has nothing to note: the fields are judged against the account.
func (*passwordForm) Check(*form.Errors) {}

// Change sets a new password for somebody who knows the current one. What is
// wrong is noted in errs and changes nothing. Guesses at the current password
// climb the ladder of known devices. keep is the session that stays.
func (r *Password) Change(ctx context.Context, errs *form.Errors, id db.AccountID, keep string, f passwordForm) error {
	account, err := db.AccountByID(ctx, r.DB, id)
	if err != nil {
		return err
	}
	if err := r.current(ctx, errs, id, f.Current); err != nil {
		return err
	}
	// Both are judged, so that one answer tells of all that is wrong.
	hashed, err := r.New.Judge(ctx, errs, account, f.Choice())
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
		if _, err := r.Devices.EndAllOf(ctx, tx, id, passwordChanged); err != nil {
			return err
		}
		if err := r.Notices.Tell(ctx, tx, id, outbox.PasswordChanged{}); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.CredentialsPasswordChanged, Subject: string(id)})
	})
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}

// current judges the current password. A guess is spent before it is judged.
func (r *Password) current(ctx context.Context, errs *form.Errors, id db.AccountID, typed string) error {
	if typed == "" {
		errs.Add("current", i18n.M("credentials.password.current_missing"))
		return nil
	}
	verdict, err := r.Throttle.SpendPassword(ctx, r.DB, id, throttle.Known)
	if err != nil {
		return err
	}
	switch {
	case verdict.Off:
		errs.Add("current", i18n.M("signin.error.password_off"))
		return nil
	case !verdict.Allowed:
		errs.Add("current", i18n.M("signin.error.wait", "Time", onTheMinute(verdict.RetryAt)))
		return nil
	}
	kept, err := db.PasswordOf(ctx, r.DB, id)
	if err != nil {
		return err
	}
	matched, _, err := r.New.Passwords.Match(ctx, typed, secret.HashedPassword{Hash: kept.Hash, PepperVersion: kept.PepperVersion})
	if err != nil {
		return err
	}
	if !matched {
		errs.Add("current", i18n.M("credentials.password.current_wrong"))
		return nil
	}
	return r.Throttle.PasswordRight(ctx, r.DB, id, throttle.Known)
}

// onTheMinute is a time as clocks show it, and not before it has come.
func onTheMinute(t time.Time) i18n.AsClock {
	return i18n.AsClock(t.Add(time.Minute - 1).Truncate(time.Minute))
}
