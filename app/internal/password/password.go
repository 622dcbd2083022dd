package password

import (
	"context"
	"time"

	"oneid/app/internal/check"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
)

// Remembered is how many passwords of an account may not be chosen again.
const Remembered = 10

// TemporaryLife is how long a password works that somebody else has given (the
// guide's 90 days).
const TemporaryLife = 90 * 24 * time.Hour

// Rules judges and sets passwords.
type Rules struct {
	DB        *db.DB
	Passwords *secret.Passwords
	People    *people.Book
	Common    *check.Common
}

// Form is the part of a form that ui.NewPasswordFields draws.
type Form struct {
	Typed string `form:"password"`
	Again string `form:"confirm"`
	Asked string `form:"check"`
}

// Choice is what was typed.
func (f Form) Choice() Choice {
	return Choice{Field: "password", ConfirmField: "confirm", Typed: f.Typed, Again: f.Again}
}

// OnlyAsks tells that the person wants to know how the password stands, and no
// more yet.
func (f Form) OnlyAsks() bool { return f.Asked != "" }

// Choice is a password as it was typed, twice, and the names of its fields.
type Choice struct {
	Field, ConfirmField string
	Typed, Again        string
}

// Judge notes in errs why this may not be the account's password. When nothing
// is noted, it returns what Set stores. It hashes: never call it inside a
// transaction.
func (r *Rules) Judge(ctx context.Context, errs *form.Errors, a *db.Account, c Choice) (secret.HashedPassword, error) {
	own, err := r.People.Own(ctx, r.DB, a)
	if err != nil {
		return secret.HashedPassword{}, err
	}
	check.Password(errs, c.Field, c.Typed, own, r.Common)
	check.Confirm(errs, c.ConfirmField, c.Typed, c.Again)
	if errs.Any() {
		return secret.HashedPassword{}, nil
	}
	used, err := r.used(ctx, a.ID, c.Typed)
	if err != nil {
		return secret.HashedPassword{}, err
	}
	if !used.Zero() {
		errs.Add(c.Field, used)
		return secret.HashedPassword{}, nil
	}
	return r.Passwords.Hash(ctx, c.Typed)
}

// used says whether the account has the password now or had it lately.
func (r *Rules) used(ctx context.Context, id db.AccountID, typed string) (i18n.Msg, error) {
	// The newest one is the current one.
	past, err := db.PastPasswords(ctx, r.DB, id, Remembered)
	if err != nil {
		return i18n.Msg{}, err
	}
	for i, p := range past {
		matched, _, err := r.Passwords.Match(ctx, typed, secret.HashedPassword{Hash: p.Hash, PepperVersion: p.PepperVersion})
		if err != nil {
			return i18n.Msg{}, err
		}
		switch {
		case matched && i == 0:
			return i18n.M("check.password.unchanged"), nil
		case matched:
			return i18n.M("check.password.reused"), nil
		}
	}
	return i18n.Msg{}, nil
}

// Set gives an account the password that Judge has hashed, and forgets those
// that may be chosen again.
func (r *Rules) Set(ctx context.Context, tx db.Tx, id db.AccountID, hashed secret.HashedPassword) error {
	if err := db.SetPassword(ctx, tx, db.Password{AccountID: id, Hash: hashed.Hash, PepperVersion: hashed.PepperVersion}); err != nil {
		return err
	}
	return db.TrimPasswords(ctx, tx, id, Remembered)
}
