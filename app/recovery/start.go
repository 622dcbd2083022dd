package recovery

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"oneid/app/internal/audit"
	browsers "oneid/app/internal/browser"
	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/app/internal/web"
	"oneid/db"
)

// life is how long a recovery goes on untouched; longest, how long at most.
const (
	life    = 30 * time.Minute
	longest = time.Hour
	// deskLife is how long the Service Desk can still complete it.
	deskLife = 24 * time.Hour
)

// Rules begins recoveries and reads them.
type Rules struct {
	DB        *db.DB
	People    *people.Book
	Questions *question.Book
	Throttle  *throttle.Throttle
	Outbox    *outbox.Outbox
	Audit     *audit.Log
}

// Begun is what became of a wish to begin.
type Begun struct {
	// WaitUntil is set when too many were begun: none was.
	WaitUntil time.Time
}

// StartPassword begins Forgot Password for a login ID in its canonical form and
// a birth date (YYYY-MM-DD).
func (r *Rules) StartPassword(ctx context.Context, loginID, birth string, browser []byte, from netip.Addr) (Begun, error) {
	stranger := r.Questions.Stranger("password\x00" + loginID + "\x00" + birth)
	verdict, err := r.Throttle.ForgotPassword(ctx, r.DB, from, loginID)
	if err != nil {
		return Begun{}, err
	}
	if !verdict.Allowed {
		return r.limited(ctx, stranger, verdict)
	}
	account, err := db.AccountByLogin(ctx, r.DB, loginID)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return Begun{}, err
	}
	if err != nil || account.Status != db.AccountActive {
		return Begun{}, r.begin(ctx, db.RecoverPassword, "", stranger, browser)
	}
	person, err := r.People.Open(ctx, account)
	if err != nil {
		return Begun{}, err
	}
	if person.BirthDate != birth {
		return Begun{}, r.begin(ctx, db.RecoverPassword, "", stranger, browser)
	}
	return Begun{}, r.begin(ctx, db.RecoverPassword, account.ID, question.Account(account.ID), browser)
}

// StartLoginID begins Forgot Login ID for a name, legal or preferred, and a
// birth date (YYYY-MM-DD).
func (r *Rules) StartLoginID(ctx context.Context, first, last, birth string, browser []byte, from netip.Addr) (Begun, error) {
	person := secret.CanonicalPerson(first, last, birth)
	stranger := r.Questions.Stranger("login_id\x00" + person)
	verdict, err := r.Throttle.ForgotLoginID(ctx, r.DB, from, person)
	if err != nil {
		return Begun{}, err
	}
	if !verdict.Allowed {
		return r.limited(ctx, stranger, verdict)
	}
	// Of several, the oldest is asked; all of them are written to.
	id, err := db.AccountIDByName(ctx, r.DB, r.People.NameIndex(first, last, birth))
	if err != nil {
		return Begun{}, err
	}
	if id == "" {
		return Begun{}, r.begin(ctx, db.RecoverLoginID, "", stranger, browser)
	}
	return Begun{}, r.begin(ctx, db.RecoverLoginID, id, question.Account(id), browser)
}

func (r *Rules) limited(ctx context.Context, who question.Whom, v throttle.Verdict) (Begun, error) {
	return Begun{WaitUntil: v.RetryAt}, db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.RecoveryLimited, Actor: "stranger", Subject: string(who.ID()), Details: map[string]string{"by": string(v.By)},
		})
	})
}

// drawReference is how often a reference is drawn until one is free.
const drawReference = 3

// begin writes a recovery down. account is empty for a stranger.
func (r *Rules) begin(ctx context.Context, kind string, account db.AccountID, who question.Whom, browser []byte) error {
	var err error
	for range drawReference {
		err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
			two, err := r.Questions.Ask(ctx, tx, who)
			if err != nil {
				return err
			}
			rec := &db.Recovery{
				ID: db.NewID[db.RecoveryID](), Kind: kind, AccountID: account, StandIn: who.ID(), Browser: browser,
				Device:    browsers.Name(web.Agent(ctx)),
				Questions: []string{two[0].ID, two[1].ID}, Proofs: []db.Proof{}, State: db.RecoveryOpen,
				Reference: secret.NewReference(), CreatedAt: tx.At, ExpiresAt: tx.At.Add(life),
			}
			if err := db.InsertRecovery(ctx, tx, rec); err != nil {
				return err
			}
			if err := r.Outbox.Soon(ctx, tx, ErrandStarted, string(rec.ID)); err != nil {
				return err
			}
			return r.Audit.Record(ctx, tx, audit.Event{
				Kind: audit.RecoveryStarted, Actor: "stranger", Subject: string(rec.StandIn), Reference: rec.Reference,
				Details: map[string]string{"recovery": string(rec.ID), "kind": kind},
			})
		})
		if !errors.Is(err, db.ErrExists) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("begin recovery: %w", err)
	}
	return nil
}

// Standing is how a browser's recovery stands.
type Standing int

// The standings.
const (
	None     Standing = iota // none was begun here
	Open                     // proofs are wanted
	Proven                   // enough was given
	AtDesk                   // it waits for a call
	Finished                 // it has set a password
	Over                     // it took too long, or was stopped
)

// Find reads the newest recovery of a kind in a browser.
func (r *Rules) Find(ctx context.Context, browser []byte, kind string) (*db.Recovery, Standing, error) {
	rec, err := db.RecoveryIn(ctx, r.DB, browser, kind)
	if errors.Is(err, db.ErrNotFound) {
		return nil, None, nil
	}
	if err != nil {
		return nil, None, err
	}
	return rec, standing(rec, r.DB.Clock.Now()), nil
}

func standing(rec *db.Recovery, now time.Time) Standing {
	switch {
	case rec.State == db.RecoveryDone:
		return Finished
	case rec.State == db.RecoveryEnded || !rec.ExpiresAt.After(now):
		return Over
	case rec.State == db.RecoveryDesk:
		return AtDesk
	case rec.State == db.RecoveryProven:
		return Proven
	}
	return Open
}

// whom is who a recovery asks.
func whom(rec *db.Recovery) question.Whom {
	if rec.AccountID != "" {
		return question.Account(rec.AccountID)
	}
	return question.StandIn(rec.StandIn)
}

// PutToDesk leaves a recovery to the Service Desk, which has a day to complete
// it with its person.
func (r *Rules) PutToDesk(ctx context.Context, id db.RecoveryID) error {
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		rec, err := db.LockRecovery(ctx, tx, id)
		if err != nil {
			return err
		}
		rec.State, rec.ExpiresAt = db.RecoveryDesk, tx.At.Add(deskLife)
		if err := db.SaveRecovery(ctx, tx, rec); err != nil {
			return err
		}
		if err := r.Outbox.Soon(ctx, tx, ErrandDesk, string(id)); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.RecoveryDesk, Actor: "stranger", Subject: string(rec.StandIn), Reference: rec.Reference,
			Details: map[string]string{"recovery": string(id)},
		})
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil // the next page says that it is over
	}
	return err
}
