package signin

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
)

// Rules decides sign-ins.
type Rules struct {
	DB        *db.DB
	Passwords *secret.Passwords
	People    *people.Book
	Throttle  *throttle.Throttle
	Audit     *audit.Log
	// LoginDomain is what follows the @ of a login ID.
	LoginDomain string
	// MaxSessions is how many sessions one account may have: one more ends the
	// oldest.
	MaxSessions int
}

// Outcome is how a sign-in ended. Exactly one of its first four says so.
type Outcome struct {
	// Passed: the password was right and the account is open.
	Passed *access.Who
	// Blocked: the password was right, the account is not open.
	Blocked *Blocked
	// Wait: no password is looked at before Until (zero: until a new password
	// is set).
	Wait *Wait
	// Failed: no such login ID, or not its password; nobody can tell which.
	Failed bool
	// TriesLeft before a wait, when Failed.
	TriesLeft int
	// At is when it was decided.
	At time.Time
}

// Blocked says what an account's standing is, to somebody who proved to be its
// owner.
type Blocked struct {
	Status    string
	Since     time.Time
	Reference string
}

// Wait says when trying again makes sense.
type Wait struct {
	Until   time.Time
	Network bool // the network waits, whatever the login ID
}

// CheckPassword judges a login ID and password from an address. The try is
// spent before it is judged, so parallel guesses gain nothing.
func (r *Rules) CheckPassword(ctx context.Context, loginID, password string, from netip.Addr) (Outcome, error) {
	id := canonicalLoginID(loginID, r.LoginDomain)
	verdict, err := r.Throttle.SignIn(ctx, r.DB, from, id)
	if err != nil {
		return Outcome{}, err
	}
	if !verdict.Allowed {
		return r.waited(ctx, r.standIn(id), Wait{Until: verdict.RetryAt, Network: true})
	}
	account, err := r.account(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	verdict, err = r.Throttle.SpendPassword(ctx, r.DB, account.ID, throttle.Unknown)
	if err != nil {
		return Outcome{}, err
	}
	if !verdict.Allowed {
		return r.waited(ctx, account.ID, Wait{Until: verdict.RetryAt})
	}
	kept, err := db.PasswordOf(ctx, r.DB, account.ID)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return Outcome{}, err
	}
	matched, fresh, err := r.match(ctx, password, kept, errors.Is(err, db.ErrNotFound))
	if err != nil {
		return Outcome{}, err
	}
	if !matched {
		return r.failed(ctx, account, id, from, verdict.Left)
	}
	return r.passed(ctx, account, id, from, fresh)
}

// account returns the account of a login ID, or for an unknown one a stand-in
// with an id derived from it: all later work is the same for both.
func (r *Rules) account(ctx context.Context, loginID string) (*db.Account, error) {
	account, err := db.AccountByLogin(ctx, r.DB, loginID)
	if errors.Is(err, db.ErrNotFound) {
		return &db.Account{ID: r.standIn(loginID)}, nil
	}
	return account, err
}

// standIn is an id that no account has: its version is one that is never made.
// It is keyed: people type passwords into the wrong field, and what is stored
// of that must not be there to try passwords on.
func (r *Rules) standIn(loginID string) db.AccountID {
	var id uuid.UUID
	copy(id[:], r.Throttle.Hash("signin/stand-in", loginID))
	id[6] = id[6]&0x0f | 0x80 // version 8
	id[8] = id[8]&0x3f | 0x80
	return db.AccountID(id.String())
}

// match compares the password, at the same cost when there is none to compare
// with. fresh is a new hash when the kept one is out of date.
func (r *Rules) match(ctx context.Context, password string, kept *db.Password, none bool) (matched bool, fresh *secret.HashedPassword, err error) {
	if none {
		return false, nil, r.Passwords.Dummy(ctx, password)
	}
	matched, stale, err := r.Passwords.Match(ctx, password, secret.HashedPassword{Hash: kept.Hash, PepperVersion: kept.PepperVersion})
	if err != nil || !matched || !stale {
		return matched, nil, err
	}
	hashed, err := r.Passwords.Hash(ctx, password)
	return true, &hashed, err
}

func (r *Rules) waited(ctx context.Context, subject db.AccountID, w Wait) (Outcome, error) {
	out := Outcome{Wait: &w}
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		out.At = tx.At
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.SigninPasswordWaited, Subject: string(subject)})
	})
	return out, err
}

func (r *Rules) failed(ctx context.Context, account *db.Account, loginID string, from netip.Addr, left int) (Outcome, error) {
	out := Outcome{Failed: true, TriesLeft: left}
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		out.At = tx.At
		sprayed, err := r.Throttle.SignInWrong(ctx, tx, from, loginID)
		if err != nil {
			return err
		}
		if sprayed {
			if err := r.Audit.Record(ctx, tx, audit.Event{Kind: audit.SigninNetworkSprayed, Actor: "stranger"}); err != nil {
				return err
			}
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.SigninPasswordFailed, Subject: string(account.ID)})
	})
	return out, err
}

func (r *Rules) passed(ctx context.Context, account *db.Account, loginID string, from netip.Addr, fresh *secret.HashedPassword) (Outcome, error) {
	var out Outcome
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		out = Outcome{At: tx.At}
		if err := r.Throttle.SignInRight(ctx, tx, from, loginID); err != nil {
			return err
		}
		if err := r.Throttle.PasswordRight(ctx, tx, account.ID, throttle.Unknown); err != nil {
			return err
		}
		if fresh != nil {
			if err := db.RehashPassword(ctx, tx, account.ID, fresh.Hash, fresh.PepperVersion); err != nil {
				return err
			}
		}
		// Locked and read again: the standing at this moment decides.
		now, err := db.LockAccount(ctx, tx, account.ID)
		if err != nil {
			return err
		}
		if now.Status != db.AccountActive {
			out.Blocked = &Blocked{Status: now.Status, Since: now.StatusAt, Reference: secret.NewReference()}
			return r.Audit.Record(ctx, tx, audit.Event{
				Kind: audit.SigninAccountBlocked, Subject: string(now.ID), Reference: out.Blocked.Reference,
				Details: map[string]string{"status": now.Status},
			})
		}
		person, err := r.People.Open(ctx, now)
		if err != nil {
			return err
		}
		if _, err := db.EndOldestSessionsOf(ctx, tx, now.ID, r.MaxSessions-1, access.EndedTooMany); err != nil {
			return err
		}
		out.Passed = &access.Who{
			Account: now.ID, Subject: now.Subject, LoginID: now.LoginID + "@" + r.LoginDomain,
			Name: person.DisplayName(), Language: now.Language,
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.SigninPasswordPassed, Subject: string(now.ID)})
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("sign in: %w", err)
	}
	return out, nil
}

// SignOut records that a session was ended by its owner.
func (r *Rules) SignOut(ctx context.Context, s access.Session) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SigninSessionEnded, Subject: string(s.Who.Account), Details: map[string]string{"session": s.ID},
		})
	})
}
