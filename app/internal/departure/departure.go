package departure

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/url"
	"time"

	"oneid/app/internal/outbox"
	"oneid/db"
)

// Errand tells services that a session was ended without its browser. Its id is
// the session's.
const Errand = "logout.session"

// Lifetime is how long a browser may take to go round, and how long the page
// that tells the result can be looked at.
const Lifetime = 30 * time.Minute

// LogoutPath is where a browser carries a logout on.
const LogoutPath = "/sso/logout"

// Path is where the browser carries this logout on.
func Path(id string) string { return LogoutPath + "?l=" + url.QueryEscape(id) }

// Begin ends a session whose person signs out, and writes down whom to ask. The
// round ends at onward, a page of ours, or with empty at the result. It returns
// the logout's id, empty when the session opened no service.
func Begin(ctx context.Context, tx db.Tx, o *outbox.Outbox, account db.AccountID, session, why, onward string) (string, error) {
	if session == "" {
		return "", nil // it opened nothing
	}
	if _, err := db.EndSessionsNamed(ctx, tx, []string{session}, why); err != nil {
		return "", err
	}
	if err := Tell(ctx, tx, o, session); err != nil {
		return "", err
	}
	opened, err := db.SessionOpened(ctx, tx, session)
	if err != nil || !opened {
		return "", err
	}
	l := &db.Logout{
		ID: NewID(), AccountID: account, Cause: db.LogoutByPerson, Sessions: []string{session}, Onward: onward,
		CreatedAt: tx.At, ExpiresAt: tx.At.Add(Lifetime),
	}
	return l.ID, db.InsertLogout(ctx, tx, l)
}

// EndAll ends every session of an account but the one kept (a stored token, may
// be empty), has the services opened in them told, and returns how many ended.
func EndAll(ctx context.Context, tx db.Tx, o *outbox.Outbox, account db.AccountID, keep, why string) (int, error) {
	ended, err := db.EndSessionsOf(ctx, tx, account, keep, why)
	if err != nil {
		return 0, err
	}
	return len(ended), Tell(ctx, tx, o, ended...)
}

// EndOldest ends the oldest sessions of an account beyond the newest n, and has
// the services opened in them told.
func EndOldest(ctx context.Context, tx db.Tx, o *outbox.Outbox, account db.AccountID, n int, why string) error {
	ended, err := db.EndOldestSessionsOf(ctx, tx, account, n, why)
	if err != nil {
		return err
	}
	return Tell(ctx, tx, o, ended...)
}

// Tell has the services told that were opened in these sessions, which have
// ended in tx, and that no round of a browser asks. The caller
// records the end in the trail of the account.
func Tell(ctx context.Context, tx db.Tx, o *outbox.Outbox, sessions ...string) error {
	for _, session := range sessions {
		if session == "" {
			continue // it opened nothing
		}
		if err := o.Later(ctx, tx, Errand, session); err != nil {
			return err
		}
	}
	return nil
}

// NewID returns the id of a fresh logout. Whoever holds it can carry the logout
// on until a browser is bound to it, so it can't be guessed.
func NewID() string {
	var b [18]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}
