package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// What a link is for.
const (
	LinkEmail    = "email"    // confirms the account's address
	LinkRecovery = "recovery" // proves, during a recovery, that the address answers
	LinkNotMe    = "notme"    // freezes the account: what a notice told was not its person
)

// Link is a one-time link. The token itself is only in the message that
// carries it.
type Link struct {
	bun.BaseModel `bun:"table:links"`

	TokenHash []byte `bun:",pk"`
	Purpose   string
	AccountID AccountID
	// RecoveryID is the recovery that the link belongs to, if any; About the kind
	// of notice that carries it.
	RecoveryID RecoveryID `bun:",nullzero"`
	About      string
	CreatedAt  time.Time
	ExpiresAt  time.Time
	UsedAt     *time.Time
}

// InsertLink adds a link.
func InsertLink(ctx context.Context, tx Tx, l *Link) error {
	_, err := tx.NewInsert().Model(l).Exec(ctx)
	return wrap(err, "insert %s link", l.Purpose)
}

// LinkByToken reads a link that still works, without using it: scanners follow
// links too. Otherwise ErrNotFound.
func LinkByToken(ctx context.Context, q bun.IDB, tokenHash []byte, purpose string, now time.Time) (*Link, error) {
	l := new(Link)
	err := q.NewSelect().Model(l).
		Where("token_hash = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?", tokenHash, purpose, now).Scan(ctx)
	return l, wrap(err, "find %s link", purpose)
}

// SpentLink reads a link that was used, so that whoever follows it twice is told
// that it worked. ErrNotFound: it was not used, or never was.
func SpentLink(ctx context.Context, q bun.IDB, tokenHash []byte, purpose string) (*Link, error) {
	l := new(Link)
	err := q.NewSelect().Model(l).Where("token_hash = ? AND purpose = ? AND used_at IS NOT NULL", tokenHash, purpose).Scan(ctx)
	return l, wrap(err, "find used %s link", purpose)
}

// TakeLink uses a link up and returns it. Of parallel takers one gets it, the
// others ErrNotFound.
func TakeLink(ctx context.Context, tx Tx, tokenHash []byte, purpose string) (*Link, error) {
	l := new(Link)
	err := tx.NewUpdate().Model(l).Set("used_at = ?", tx.At).
		Where("token_hash = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?", tokenHash, purpose, tx.At).
		Returning("*").Scan(ctx)
	return l, wrap(err, "take %s link", purpose)
}
