package db

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
)

// What a session is for.
const (
	SessionAnonymous    = "anonymous"
	SessionRegistration = "registration"
	SessionAccount      = "account"
)

// Session is a browser's session. The token itself is only in the browser.
type Session struct {
	bun.BaseModel `bun:"table:sessions"`

	TokenHash string `bun:",pk"`
	// Name is what an account's session is called in records, through every
	// renewal of its token; empty for other kinds.
	Name      string
	Kind      string
	AccountID AccountID `bun:",nullzero"`
	DraftID   DraftID   `bun:",nullzero"`
	Data      []byte
	Address   string
	Agent     string
	CreatedAt time.Time
	SeenAt    time.Time
	IdleUntil time.Time
	ExpiresAt time.Time
	EndedAt   *time.Time
	EndedWhy  string

	// ProvenAt is when an account's session was first proven; see PutSession.
	ProvenAt time.Time `bun:"-"`
}

const (
	sessionColumns = `x.kind, coalesce(x.account_id::text, ''), coalesce(x.draft_id::text, ''), x.data, x.address, x.agent,
		x.created_at, x.seen_at, x.idle_until, x.expires_at`
	sessionLives = `x.ended_at IS NULL AND x.idle_until > $2 AND x.expires_at > $2`
	liveSession  = `SELECT ` + sessionColumns + ` FROM sessions x WHERE x.token_hash = $1 AND ` + sessionLives
)

// FindSession returns a live session: not ended, not idle too long, not past
// its absolute end. Otherwise ErrNotFound. Every page asks it, so it is prepared.
func FindSession(ctx context.Context, d *DB, tokenHash string, now time.Time) (*Session, error) {
	s := &Session{TokenHash: tokenHash}
	err := d.Pool.QueryRow(ctx, liveSession, pgx.QueryExecModeCacheStatement, tokenHash, now).Scan(s.fields()...)
	return s, wrap(err, "find session")
}

// fields take sessionColumns.
func (s *Session) fields() []any {
	return []any{&s.Kind, &s.AccountID, &s.DraftID, &s.Data, &s.Address, &s.Agent, &s.CreatedAt, &s.SeenAt, &s.IdleUntil, &s.ExpiresAt}
}

// LastSession returns a session whether or not it still lives, for telling why
// it ended.
func LastSession(ctx context.Context, q bun.IDB, tokenHash string) (*Session, error) {
	s := new(Session)
	err := q.NewSelect().Model(s).Where("token_hash = ?", tokenHash).Scan(ctx)
	return s, wrap(err, "find ended session")
}

// PutSession writes a session. One that was ended meanwhile stays ended: a
// request in flight must not bring it back, nor give it a new token. For the same
// reason an account's session is not begun when the account was closed to it
// meanwhile, or its password reset since the session was proven; the row's lock
// makes the two wait for each other.
func PutSession(ctx context.Context, q bun.IDB, s *Session) error {
	from, args := "", []any{}
	if s.Kind == SessionAccount {
		from = ` FROM accounts WHERE id = ? AND status = ? AND (recovered_at IS NULL OR recovered_at <= ?)
			AND NOT EXISTS (SELECT FROM sessions x WHERE x.name = ? AND x.name <> '' AND x.ended_at IS NOT NULL AND x.ended_why <> 'renewed')
			FOR KEY SHARE`
		args = []any{s.AccountID, AccountActive, s.ProvenAt, s.Name}
	}
	_, err := q.NewRaw(`INSERT INTO sessions AS s
			(token_hash, name, kind, account_id, draft_id, data, address, agent, created_at, seen_at, idle_until, expires_at)
		SELECT ?, ?, ?, ?::uuid, ?::uuid, ?::bytea, ?, ?, ?::timestamptz, ?::timestamptz, ?::timestamptz, ?::timestamptz`+from+`
		ON CONFLICT (token_hash) DO UPDATE SET
			name = EXCLUDED.name, kind = EXCLUDED.kind, account_id = EXCLUDED.account_id, draft_id = EXCLUDED.draft_id,
			data = EXCLUDED.data, expires_at = EXCLUDED.expires_at,
			seen_at = EXCLUDED.seen_at, idle_until = EXCLUDED.idle_until
		WHERE s.ended_at IS NULL`,
		append([]any{
			s.TokenHash, s.Name, s.Kind, nullable(string(s.AccountID)), nullable(string(s.DraftID)), s.Data, s.Address, s.Agent,
			s.CreatedAt, s.SeenAt, s.IdleUntil, s.ExpiresAt,
		}, args...)...).Exec(ctx)
	return wrap(err, "write session")
}

// TouchSession notes that a session is in use.
func TouchSession(ctx context.Context, q bun.IDB, tokenHash string, now, idleUntil time.Time) error {
	_, err := q.NewUpdate().Model((*Session)(nil)).
		Set("seen_at = ?", now).Set("idle_until = ?", idleUntil).
		Where("token_hash = ? AND ended_at IS NULL", tokenHash).Exec(ctx)
	return wrap(err, "touch session")
}

// HoldSession holds a session of an account, by its name, until tx ends, and tells
// whether it goes on: it may have been given a new token, but nobody has ended it.
// Whoever ends it meanwhile waits, and then sees what tx has written.
func HoldSession(ctx context.Context, tx Tx, name string, account AccountID) (bool, error) {
	return goesOn(ctx, tx, name, account, " FOR SHARE")
}

// SessionGoesOn is HoldSession, and holds nothing.
func SessionGoesOn(ctx context.Context, q bun.IDB, name string, account AccountID) (bool, error) {
	return goesOn(ctx, q, name, account, "")
}

func goesOn(ctx context.Context, q bun.IDB, name string, account AccountID, hold string) (bool, error) {
	var ended []bool
	err := q.NewRaw(`SELECT ended_at IS NOT NULL AND ended_why <> 'renewed' FROM sessions
		WHERE name = ? AND name <> '' AND account_id = ?`+hold, name, account).Scan(ctx, &ended)
	return !slices.Contains(ended, true), wrap(err, "find whether a session goes on")
}

// EndSession ends one session. Ending it twice is no error.
func EndSession(ctx context.Context, q bun.IDB, tokenHash, why string, now time.Time) error {
	_, err := q.NewUpdate().Model((*Session)(nil)).
		Set("ended_at = ?", now).Set("ended_why = ?", why).Set("data = ''").
		Where("token_hash = ? AND ended_at IS NULL", tokenHash).Exec(ctx)
	return wrap(err, "end session")
}

// EndSessionsOf ends every session of an account but the one kept (may be
// empty), and returns their names. Package departure also tells the services
// that were opened in them.
func EndSessionsOf(ctx context.Context, tx Tx, id AccountID, keep, why string) ([]string, error) {
	var names []string
	err := tx.NewUpdate().Model((*Session)(nil)).
		Set("ended_at = ?", tx.At).Set("ended_why = ?", why).Set("data = ''").
		Where("account_id = ? AND token_hash <> ? AND ended_at IS NULL", id, keep).Returning("name").Scan(ctx, &names)
	return names, wrap(err, "end sessions of account %s", id)
}

// EndOldestSessionsOf ends the oldest sessions of an account beyond the newest
// n, so that a forgotten browser does not stay signed in among many, and returns
// their names. Package departure also tells the services opened in them.
func EndOldestSessionsOf(ctx context.Context, tx Tx, id AccountID, n int, why string) ([]string, error) {
	var names []string
	err := tx.NewRaw(`UPDATE sessions SET ended_at = ?, ended_why = ?, data = ''
		WHERE token_hash IN (
			SELECT token_hash FROM sessions
			WHERE account_id = ? AND ended_at IS NULL AND idle_until > ? AND expires_at > ?
			ORDER BY created_at DESC OFFSET ?)
		RETURNING name`,
		tx.At, why, id, tx.At, tx.At, n).Scan(ctx, &names)
	return names, wrap(err, "end oldest sessions of account %s", id)
}

// SessionsOf lists the live sessions of an account, the newest use first.
func SessionsOf(ctx context.Context, q bun.IDB, id AccountID, now time.Time) ([]Session, error) {
	var all []Session
	err := q.NewSelect().Model(&all).
		Where("account_id = ? AND ended_at IS NULL AND idle_until > ? AND expires_at > ?", id, now, now).
		Order("seen_at DESC", "created_at DESC").Scan(ctx)
	return all, wrap(err, "list sessions of account %s", id)
}
