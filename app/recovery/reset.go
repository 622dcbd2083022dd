package recovery

import (
	"context"
	"errors"
	"fmt"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/freeze"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/password"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
	"oneid/views/form"
)

// Reset sets the new password of a proven recovery.
type Reset struct {
	DB        *db.DB
	Passwords *password.Rules
	Questions *question.Book
	Throttle  *throttle.Throttle
	Notices   *notice.Teller
	Audit     *audit.Log
}

// Ending is how a reset ended. The zero value: the password was refused, for
// the errors given.
type Ending struct {
	Done bool
	// Over: the recovery ended meanwhile.
	Over bool
	// Lapsed: there is only a temporary password, which has lapsed. The Service
	// Desk gives a new one.
	Lapsed bool
	// Stopped is the reference of a reset that the account's standing forbids.
	Stopped string
}

// Person returns the account of a proven recovery; db.ErrNotFound for a
// stranger's, which never gets here.
func (r *Reset) Person(ctx context.Context, rec *db.Recovery) (*db.Account, Ending, error) {
	if rec.AccountID == "" {
		return nil, Ending{Over: true}, nil
	}
	account, err := db.AccountByID(ctx, r.DB, rec.AccountID)
	if err != nil {
		return nil, Ending{}, err
	}
	kept, err := db.PasswordOf(ctx, r.DB, account.ID)
	if errors.Is(err, db.ErrNotFound) {
		return account, Ending{}, nil
	}
	if err != nil {
		return nil, Ending{}, err
	}
	lapsed := kept.Temporary && !kept.SetAt.Add(password.TemporaryLife).After(r.DB.Clock.Now())
	return account, Ending{Lapsed: lapsed}, nil
}

// Set judges a new password and sets it. Everything that was open for the
// account ends in the same transaction, and every channel hears of it.
func (r *Reset) Set(ctx context.Context, rec *db.Recovery, typed password.Choice) (*form.Errors, Ending, error) {
	account, ending, err := r.Person(ctx, rec)
	if err != nil || ending != (Ending{}) {
		return nil, ending, err
	}
	errs := new(form.Errors)
	hashed, err := r.Passwords.Judge(ctx, errs, account, typed)
	if err != nil || errs.Any() {
		return errs, Ending{}, err
	}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		var err error
		ending, err = r.set(ctx, tx, rec, hashed)
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil, Ending{Over: true}, nil
	}
	if err != nil {
		return nil, Ending{}, fmt.Errorf("reset password: %w", err)
	}
	return nil, ending, nil
}

func (r *Reset) set(ctx context.Context, tx db.Tx, rec *db.Recovery, hashed secret.HashedPassword) (Ending, error) {
	// The account first: freezing takes the two in this order too.
	account, err := db.LockAccount(ctx, tx, rec.AccountID)
	if err != nil {
		return Ending{}, err
	}
	taken, err := db.TakeRecovery(ctx, tx, rec.ID)
	if err != nil {
		return Ending{}, err
	}
	if account.Status != db.AccountActive {
		return Ending{Stopped: taken.Reference}, r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.RecoveryStopped, Subject: string(account.ID), Reference: taken.Reference,
			Details: map[string]string{"status": account.Status, "recovery": string(rec.ID)},
		})
	}
	if err := r.Passwords.Set(ctx, tx, account.ID, hashed); err != nil {
		return Ending{}, err
	}
	if err := r.sweep(ctx, tx, taken); err != nil {
		return Ending{}, err
	}
	if err := r.Notices.Tell(ctx, tx, account.ID, outbox.RecoveryDone{Proofs: told(taken.Proofs)}); err != nil {
		return Ending{}, err
	}
	return Ending{Done: true}, r.Audit.Record(ctx, tx, audit.Event{
		Kind: audit.RecoveryDone, Subject: string(account.ID), Reference: taken.Reference,
		Details: map[string]string{"recovery": string(rec.ID), "proofs": kinds(taken.Proofs)},
	})
}

// sweep ends what was open before the reset and forgives what was counted
// against the owner.
func (r *Reset) sweep(ctx context.Context, tx db.Tx, rec *db.Recovery) error {
	if err := freeze.End(ctx, tx, r.Notices.Outbox, rec.AccountID, access.EndedElsewhere); err != nil {
		return err
	}
	if err := db.EndRecoveriesOf(ctx, tx, rec.AccountID); err != nil {
		return err
	}
	// By the clock now, not by the transaction's: a sign-in that held the account
	// before us began earlier than this.
	if err := db.NoteRecovered(ctx, tx, rec.AccountID, r.DB.Clock.Now()); err != nil {
		return err
	}
	if err := r.Throttle.PasswordRecovered(ctx, tx, rec.AccountID); err != nil {
		return err
	}
	_, phone := rec.Proof(db.ProofPhone)
	_, key := rec.Proof(db.ProofPasskey)
	if !phone && !key {
		return nil
	}
	return r.Questions.Reopen(ctx, tx, rec.AccountID)
}

// told are the proofs as mails name them.
func told(given []db.Proof) []outbox.Proof {
	var all []outbox.Proof
	for _, p := range given {
		switch {
		case p.Kind == db.ProofQuestions:
			all = append(all, outbox.ProofQuestions)
		case p.Kind == db.ProofPasskey:
			all = append(all, outbox.ProofPasskey)
		case p.Kind == db.ProofLink:
			all = append(all, outbox.ProofLink)
		case p.Kind == db.ProofDesk:
			all = append(all, outbox.ProofDesk)
		case p.By == db.MethodCall:
			all = append(all, outbox.ProofCall)
		default:
			all = append(all, outbox.ProofText)
		}
	}
	return all
}

func kinds(given []db.Proof) string {
	text := ""
	for _, p := range given {
		if text != "" {
			text += " "
		}
		text += p.Kind
	}
	return text
}
