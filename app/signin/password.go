package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/departure"
	"oneid/app/internal/device"
	"oneid/app/internal/outbox"
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
	Outbox    *outbox.Outbox
	Audit     *audit.Log
	Devices   *device.Book
	Life      *Life
	// LoginDomain is what follows the @ of a login ID.
	LoginDomain string
	// MaxSessions is how many sessions one account may have: one more ends the
	// oldest.
	MaxSessions int
}

// Outcome is how a sign-in ended. Exactly one of its first five says so.
type Outcome struct {
	// Passed: the password was right and the account is open.
	Passed *access.Who
	// Blocked: the password was right, the account is not open.
	Blocked *Blocked
	// Lapsed: the password was right, but temporary, and worked until then.
	Lapsed time.Time
	// Wait: no password is looked at before Until (zero: until a new password
	// is set).
	Wait *Wait
	// Failed: no such login ID, or not its password; nobody can tell which.
	Failed bool
	// TriesLeft before a wait, when Failed.
	TriesLeft int
	// PasswordEnded: it is to be replaced before anything else, when Passed.
	PasswordEnded bool
	// Owed is why a second factor is asked for before anything else; empty: none
	// is. Device is the recognised device, and Tokens are what the browser's
	// cookie of devices is to hold from now on. All of them when Passed.
	Owed   access.Reason
	Device db.DeviceID
	Tokens []string
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

// CheckPassword judges a login ID and password from a browser. The try is spent
// before it is judged, so parallel guesses gain nothing. A device that the
// account remembers has its own count and no other: whatever its neighbours or
// strangers do, its owner gets in.
func (r *Rules) CheckPassword(ctx context.Context, loginID, password string, b Browser) (Outcome, error) {
	id := people.LoginID(loginID, r.LoginDomain)
	account, err := r.account(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	lane, err := r.lane(ctx, account.ID, b)
	if err != nil {
		return Outcome{}, err
	}
	if lane == throttle.Unknown {
		verdict, err := r.Throttle.SignIn(ctx, r.DB, b.From, id)
		if err != nil {
			return Outcome{}, err
		}
		if !verdict.Allowed {
			return r.waited(ctx, r.standIn(id), Wait{Until: verdict.RetryAt, Network: true})
		}
	}
	t := try{loginID: id, account: account.ID, lane: lane, Browser: b}
	verdict, err := r.Throttle.SpendPassword(ctx, r.DB, account.ID, lane)
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
		return Outcome{}, errors.Join(err, r.unjudged(ctx, t))
	}
	if !matched {
		return r.failed(ctx, t, verdict.Left)
	}
	if r.Life.Lapsed(kept, r.DB.Clock.Now()) {
		return r.lapsed(ctx, kept, t)
	}
	out, err := r.passed(ctx, t, kept, fresh)
	out.PasswordEnded = r.Life.Ended(kept, password, out.At)
	return out, err
}

// try is a password as it is tried.
type try struct {
	loginID string
	account db.AccountID
	lane    throttle.Lane
	Browser
}

// right gives a try back: its password was right.
func (r *Rules) right(ctx context.Context, tx db.Tx, t try) error {
	// The account before its counts, as whoever resets its password does.
	if _, err := db.LockAccount(ctx, tx, t.account); err != nil {
		return err
	}
	if t.lane == throttle.Unknown {
		if err := r.Throttle.SignInRight(ctx, tx, t.From, t.loginID); err != nil {
			return err
		}
	}
	return r.Throttle.PasswordRight(ctx, tx, t.account, t.lane)
}

// unjudged gives a try back whose password was never looked at, also when who
// asked has gone away meanwhile.
func (r *Rules) unjudged(ctx context.Context, t try) error {
	ctx = context.WithoutCancel(ctx)
	if t.lane == throttle.Unknown {
		if err := r.Throttle.SignInUnjudged(ctx, r.DB, t.From, t.loginID); err != nil {
			return err
		}
	}
	return r.Throttle.PasswordUnjudged(ctx, r.DB, t.account, t.lane)
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
	if errors.Is(err, secret.ErrBusy) {
		return true, nil, nil // the next sign-in brings it up to date
	}
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

func (r *Rules) failed(ctx context.Context, t try, left int) (Outcome, error) {
	out := Outcome{Failed: true, TriesLeft: left}
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		out.At = tx.At
		sprayed := false
		if t.lane == throttle.Unknown {
			var err error
			if sprayed, err = r.Throttle.SignInWrong(ctx, tx, t.From, t.loginID); err != nil {
				return err
			}
		}
		if sprayed {
			if err := r.Audit.Record(ctx, tx, audit.Event{Kind: audit.SigninNetworkSprayed, Actor: "stranger"}); err != nil {
				return err
			}
		}
		if left == 0 {
			if err := r.manyTries(ctx, tx, t.account); err != nil {
				return err
			}
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.SigninPasswordFailed, Subject: string(t.account)})
	})
	return out, err
}

func (r *Rules) passed(ctx context.Context, t try, kept *db.Password, fresh *secret.HashedPassword) (Outcome, error) {
	var out Outcome
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		out = Outcome{At: tx.At}
		if err := r.right(ctx, tx, t); err != nil {
			return err
		}
		account, err := r.admit(ctx, tx, t.account, &out)
		if err != nil || out.Passed == nil {
			return err
		}
		current, err := db.PasswordOf(ctx, tx, account.ID)
		if err != nil {
			return err
		}
		if !current.SetAt.Equal(kept.SetAt) {
			// A new password was quicker; this one was right a moment ago.
			out = Outcome{At: tx.At, Failed: true}
			return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.SigninPasswordFailed, Subject: string(account.ID)})
		}
		if fresh != nil {
			if err := db.RehashPassword(ctx, tx, account.ID, fresh.Hash, fresh.PepperVersion); err != nil {
				return err
			}
		}
		if err := r.second(ctx, tx, account, t.Browser, &out); err != nil {
			return err
		}
		if out.Owed == "" {
			if err := r.room(ctx, tx, account.ID); err != nil {
				return err
			}
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.SigninPasswordPassed, Subject: string(account.ID)})
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("sign in: %w", err)
	}
	return out, nil
}

// admit decides whether an account whose owner has proven themselves is open,
// and returns it, held until tx ends.
func (r *Rules) admit(ctx context.Context, tx db.Tx, id db.AccountID, out *Outcome) (*db.Account, error) {
	// Locked and read again: the standing at this moment decides.
	now, err := db.LockAccount(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if now.Status != db.AccountActive {
		out.Blocked = &Blocked{Status: now.Status, Since: now.StatusAt, Reference: secret.NewReference()}
		return now, r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SigninAccountBlocked, Subject: string(now.ID), Reference: out.Blocked.Reference,
			Details: map[string]string{"status": now.Status},
		})
	}
	person, err := r.People.Open(ctx, now)
	if err != nil {
		return nil, err
	}
	staff, err := db.IsStaff(ctx, tx, now.ID)
	if err != nil {
		return nil, err
	}
	out.Passed = &access.Who{
		Account: now.ID, Subject: now.Subject, LoginID: now.LoginID + "@" + r.LoginDomain,
		Name: person.DisplayName(), Language: now.Language, Staff: staff,
	}
	return now, nil
}

// room makes room for one more session. One that is half-way takes none: it is
// made when the second factor was given.
func (r *Rules) room(ctx context.Context, tx db.Tx, id db.AccountID) error {
	return departure.EndOldest(ctx, tx, r.Outbox, id, r.MaxSessions-1, access.EndedTooMany)
}

// SignOut records that a session was ended by its owner. It returns where the
// browser goes to be signed out of the services that were opened in it; empty
// when none were.
func (r *Rules) SignOut(ctx context.Context, s access.Session) (string, error) {
	var round string
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		id, err := departure.Begin(ctx, tx, r.Outbox, s.Who.Account, s.ID, access.EndedSignedOut, "")
		if err != nil {
			return err
		}
		if id != "" {
			round = departure.Path(id)
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SigninSessionEnded, Subject: string(s.Who.Account), Details: map[string]string{"session": s.ID},
		})
	})
	return round, err
}
