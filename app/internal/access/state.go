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

// The kinds of proof.
const (
	FactorPassword = "password"
)

// Who is the account behind a session, as pages show it.
type Who struct {
	Account  db.AccountID `json:"account,omitempty"`
	Subject  string       `json:"subject,omitempty"`
	LoginID  string       `json:"login_id,omitempty"`
	Name     string       `json:"name,omitempty"`
	Language string       `json:"language,omitempty"`
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
	// Browser ties what was started here to this browser.
	Browser string `json:"browser,omitempty"`
	// Return is the page of ours that sign-in interrupted.
	Return string `json:"return,omitempty"`
}

// SignedIn tells whether a person is signed in.
func (s Session) SignedIn() bool { return s.Kind == db.SessionAccount }

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
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}
