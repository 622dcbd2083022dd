package access

import (
	"context"
	"time"

	"oneid/db"
)

// Factor is one proof that a person gave in a session.
type Factor struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
}

// The kinds of proof. A recognised device is no proof of its own: it only
// spares the question.
const (
	FactorPassword  = "password"
	FactorText      = "text"
	FactorCall      = "call"
	FactorQuestions = "questions"
	FactorRecovery  = "recovery-code"
	FactorPasskey   = "passkey" // with user verification
)

// Level is how strongly a session was proven. Levels are ordered.
type Level int

// The levels. A service's minimum is one of the last three; Basic meets a
// minimum of Knowledge, as the seeds have it: a known device is not asked again.
const (
	None       Level = iota
	Basic            // password on a recognised device
	Knowledge        // password and challenge questions: the same kind of proof twice
	Possession       // password and a phone or recovery code
	Passkey          // a passkey, which holds and verifies
)

// Who is the account behind a session, as pages show it.
type Who struct {
	Account  db.AccountID `json:"account,omitempty"`
	Subject  string       `json:"subject,omitempty"`
	LoginID  string       `json:"login_id,omitempty"`
	Name     string       `json:"name,omitempty"`
	Language string       `json:"language,omitempty"`
	// Staff has a role at the operator's: their sessions are shorter, wherever
	// they sign in.
	Staff bool `json:"staff,omitempty"`
}

// Session is what a request's session says.
type Session struct {
	Kind string `json:"kind"`
	// ID names an account session in records; it stays through every renewal
	// of the token and is no secret.
	ID      string     `json:"id,omitempty"`
	Who     Who        `json:"who,omitzero"`
	Draft   db.DraftID `json:"draft,omitempty"`
	Factors []Factor   `json:"factors,omitempty"`
	Begun   time.Time  `json:"begun,omitzero"`
	Until   time.Time  `json:"until,omitzero"` // absolute end
	// Owed is why a second factor is still to be given; until then the person
	// is not signed in. Empty when nothing is owed.
	Owed Reason `json:"owed,omitempty"`
	// PasswordEnded asks for a new password before anything else: the one that
	// was typed is too old, temporary, or known to attackers.
	PasswordEnded bool `json:"password_ended,omitempty"`
	// Wanted is why a signed-in person is asked for one more proof; Raise
	// settles it.
	Wanted Reason `json:"wanted,omitempty"`
	// WantedBy is the service that wants it, and WantedLevel what it wants, when
	// Wanted is ForService.
	WantedBy    db.ServiceID `json:"wanted_by,omitempty"`
	WantedLevel Level        `json:"wanted_level,omitempty"`
	// Device is the recognised device this session runs on, if any.
	Device db.DeviceID `json:"device,omitempty"`
	// Kept is a form that a demand for fresh proof interrupted, without its
	// secrets.
	Kept *KeptForm `json:"kept,omitempty"`
	// Shared: it was begun where many people work. It is short, and the browser is
	// neither remembered nor offered a passkey.
	Shared bool `json:"shared,omitempty"`
	// Offer asks to offer a passkey once before the person goes on.
	Offer bool `json:"offer,omitempty"`
	// Roles are the staff roles at sign-in, for the menu only.
	Roles []string `json:"roles,omitempty"`
	// Browser ties what was started here to this browser.
	Browser string `json:"browser,omitempty"`
	// Return is the page of ours that sign-in interrupted.
	Return string `json:"return,omitempty"`
	// Said is what the next page says once, at its top.
	Said *said `json:"said,omitempty"`
}

// Reason is why a second factor is asked for. The page says it in its first
// line.
type Reason string

// The reasons.
const (
	NewBrowser    Reason = "new_browser"
	NewNetwork    Reason = "new_network"
	ExpiredDevice Reason = "expired_device"
	Theft         Reason = "theft"
	Recovered     Reason = "recovered"
	ForService    Reason = "service"
	Sensitive     Reason = "sensitive"
	// Console: a staff console opens with a passkey only.
	Console Reason = "console"
)

// KeptForm is a form to be shown again, filled in.
type KeptForm struct {
	Path   string              `json:"path"`
	Values map[string][]string `json:"values"`
}

// SignedIn tells whether a person is signed in: the account is known and neither
// a second factor nor a new password is owed.
func (s Session) SignedIn() bool {
	return s.Kind == db.SessionAccount && s.Owed == "" && !s.PasswordEnded
}

// MustChange tells whether all that is owed is a new password.
func (s Session) MustChange() bool {
	return s.Kind == db.SessionAccount && s.Owed == "" && s.PasswordEnded
}

// HalfWay tells whether a password was right and a second factor is owed.
func (s Session) HalfWay() bool { return s.Kind == db.SessionAccount && s.Owed != "" }

// Level is how strongly this session was proven.
func (s Session) Level() Level {
	level := None
	for _, f := range s.Factors {
		level = max(level, levels[f.Kind])
	}
	return level
}

var levels = map[string]Level{
	FactorPassword: Basic, FactorQuestions: Knowledge,
	FactorText: Possession, FactorCall: Possession, FactorRecovery: Possession,
	FactorPasskey: Passkey,
}

// Fresh tells whether something that is held (not merely known) was proven
// since a time.
func (s Session) Fresh(since time.Time) bool {
	for _, f := range s.Factors {
		if levels[f.Kind] >= Possession && !f.At.Before(since) {
			return true
		}
	}
	return false
}

// AuthenticatedAt is when the newest proof was given.
func (s Session) AuthenticatedAt() time.Time {
	var at time.Time
	for _, f := range s.Factors {
		if f.At.After(at) {
			at = f.At
		}
	}
	return at
}

// FirstProven is when the oldest proof was given: what the session stands on.
func (s Session) FirstProven() time.Time {
	var first time.Time
	for _, f := range s.Factors {
		if first.IsZero() || f.At.Before(first) {
			first = f.At
		}
	}
	return first
}

// Proven returns when a proof of this kind was given, newest first; zero if
// never.
func (s Session) Proven(kind string) time.Time {
	var at time.Time
	for _, f := range s.Factors {
		if f.Kind == kind && f.At.After(at) {
			at = f.At
		}
	}
	return at
}

// visit is what one request knows of its session beside the content.
type visit struct {
	hash      string // of the token the browser sent; empty for none
	row       *db.Session
	idleUntil time.Time
	due       *db.SessionTouch // its use, to be written down before the request ends
	// shared: the browser is a shared workstation's.
	shared bool
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}
