package recovery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/question"
	"oneid/db"
)

// Desk is the Service Desk's side of a recovery that waits for a call. It never
// chooses or learns a password: it adds a proof, and the person goes on in the
// browser where they began (SECURITY.md, ASVS 6.4.6).
type Desk struct {
	DB        *db.DB
	Questions *question.Book
	Audit     *audit.Log
}

// Waiting is a recovery that waits for a call.
type Waiting struct {
	LoginID string
	Device  string // where it was begun, in words; may be empty
	Began   time.Time
	Until   time.Time
	Given   []db.Proof
	// Phones are the last two digits of the challenge phones, one of which is
	// called back.
	Phones    []string
	Questions [2]question.Asked
}

// Why a recovery can't be completed.
var (
	// ErrNotWaiting: no recovery waits under the reference, or no longer.
	ErrNotWaiting = errors.New("no recovery waits under this reference")
	// ErrStranger: what was typed belongs to no account.
	ErrStranger = errors.New("what was typed belongs to no account")
	// ErrNoProof: nothing was proven on the site, so the call would be all.
	ErrNoProof = errors.New("nothing was proven on the site")
	// ErrNoQuestions: the account has no Service Desk questions.
	ErrNoQuestions = errors.New("the account has no Service Desk questions")
)

// Find reads the recovery that waits under a reference, however it is typed.
// Errors: ErrNotWaiting, ErrStranger, ErrNoProof, ErrNoQuestions.
func (d *Desk) Find(ctx context.Context, reference string) (Waiting, error) {
	rec, err := d.waiting(ctx, reference)
	if err != nil {
		return Waiting{}, err
	}
	account, err := db.AccountByID(ctx, d.DB, rec.AccountID)
	if err != nil {
		return Waiting{}, err
	}
	w := Waiting{LoginID: account.LoginID, Device: rec.Device, Began: rec.CreatedAt, Until: rec.ExpiresAt, Given: rec.Proofs}
	phones, err := db.ChallengePhonesOf(ctx, d.DB, account.ID)
	if err != nil {
		return Waiting{}, err
	}
	for _, p := range phones {
		w.Phones = append(w.Phones, p.LastTwo)
	}
	w.Questions, err = d.Questions.AskDesk(ctx, d.DB, account.ID)
	if errors.Is(err, db.ErrNotFound) {
		return Waiting{}, ErrNoQuestions
	}
	return w, err
}

// Complete judges the caller's answers to the two questions of Find, as typed by
// somebody of the staff. When both are right the recovery is proven, and its
// person has half an hour to choose a password. Errors as Find.
func (d *Desk) Complete(ctx context.Context, reference string, answers [2]string, by db.AccountID) (question.Outcome, error) {
	rec, err := d.waiting(ctx, reference)
	if err != nil {
		return question.Outcome{}, err
	}
	out, err := d.Questions.CheckDesk(ctx, rec.AccountID, by, answers, func(ctx context.Context, tx db.Tx) error {
		locked, err := db.LockRecoveryAtDesk(ctx, tx, rec.Reference)
		if errors.Is(err, db.ErrNotFound) {
			return ErrNotWaiting
		}
		if err != nil {
			return err
		}
		locked.Proofs = append(locked.Proofs, db.Proof{Kind: db.ProofDesk, At: tx.At})
		locked.State, locked.ExpiresAt = db.RecoveryProven, tx.At.Add(life)
		if err := db.SaveRecovery(ctx, tx, locked); err != nil {
			return err
		}
		return d.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.RecoveryHelped, Actor: string(by), Subject: string(locked.AccountID), Reference: locked.Reference,
			Details: map[string]string{"recovery": string(locked.ID)},
		})
	})
	if errors.Is(err, db.ErrNotFound) {
		return out, ErrNoQuestions
	}
	if err != nil {
		return out, fmt.Errorf("complete recovery %s: %w", rec.Reference, err)
	}
	return out, nil
}

// waiting finds what the desk can complete. References are kept in capitals, and
// spelled as people like.
func (d *Desk) waiting(ctx context.Context, reference string) (*db.Recovery, error) {
	rec, err := db.RecoveryAtDesk(ctx, d.DB, strings.ToUpper(strings.TrimSpace(reference)), d.DB.Clock.Now())
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil, ErrNotWaiting
	case err != nil:
		return nil, err
	case rec.AccountID == "":
		return nil, ErrStranger
	case len(rec.Proofs) == 0:
		return nil, ErrNoProof
	}
	return rec, nil
}
