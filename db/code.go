package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// How a code reaches a person.
const (
	MethodText = "text"
	MethodCall = "call"
)

// States of a code. Only a sent one can still pass.
const (
	CodeSent        = "sent"
	CodePassed      = "passed"
	CodeFailed      = "failed"      // guessed too often, or a wrong key pressed
	CodeUndelivered = "undelivered" // the carrier could not reach the number
)

// Code is a one-time code on its way. The code itself is stored nowhere: it is
// computed from the nonce.
type Code struct {
	bun.BaseModel `bun:"table:codes"`

	ID          CodeID `bun:",pk"`
	Purpose     string
	DraftID     DraftID    `bun:",nullzero"`
	AccountID   AccountID  `bun:",nullzero"`
	RecoveryID  RecoveryID `bun:",nullzero"` // the recovery it is a proof for, if any
	Session     []byte     // the session that asked for it
	Number      Sealed     // E.164
	NumberIndex Index
	Method      string
	Nonce       []byte
	Digit       *int // what a call asks to press
	Tries       int
	Sends       int
	State       string
	CreatedAt   time.Time
	SentAt      time.Time
	ExpiresAt   time.Time
}

// InsertCode adds a code.
func InsertCode(ctx context.Context, tx Tx, c *Code) error {
	_, err := tx.NewInsert().Model(c).Exec(ctx)
	return wrap(err, "insert code")
}

// CodeByID reads a code.
func CodeByID(ctx context.Context, q bun.IDB, id CodeID) (*Code, error) {
	c := new(Code)
	err := q.NewSelect().Model(c).Where("id = ?", id).Scan(ctx)
	return c, wrap(err, "find code %s", id)
}

// OpenCode finds the newest code like c that can still pass: same purpose,
// holder, session, number and method.
func OpenCode(ctx context.Context, q bun.IDB, c *Code, now time.Time) (*Code, error) {
	found := new(Code)
	err := q.NewSelect().Model(found).
		Where("purpose = ? AND session = ? AND number_index = ? AND method = ?", c.Purpose, c.Session, c.NumberIndex, c.Method).
		Where("draft_id IS NOT DISTINCT FROM ?::uuid", nullable(string(c.DraftID))).
		Where("account_id IS NOT DISTINCT FROM ?::uuid", nullable(string(c.AccountID))).
		Where("state = ? AND expires_at > ?", CodeSent, now).
		Order("created_at DESC").Limit(1).Scan(ctx)
	return found, wrap(err, "find open code")
}

func nullable(id string) any {
	if id == "" {
		return nil
	}
	return id
}

// TakeCodeTry counts one try of a code before it is judged and returns the code
// after it. Of parallel tries no more than most are taken; ErrNotFound when the
// code has none left, has passed, failed or expired.
func TakeCodeTry(ctx context.Context, q bun.IDB, id CodeID, most int, now time.Time) (*Code, error) {
	c := new(Code)
	err := q.NewUpdate().Model(c).Set("tries = tries + 1").
		Where("id = ? AND state = ? AND tries < ? AND expires_at > ?", id, CodeSent, most, now).
		Returning("*").Scan(ctx)
	return c, wrap(err, "take a try of code %s", id)
}

// SettleCode moves a code that can still pass to its final state. It is false
// when the code was settled already: of parallel callers one settles it.
func SettleCode(ctx context.Context, q bun.IDB, id CodeID, state string) (bool, error) {
	res, err := q.NewUpdate().Model((*Code)(nil)).Set("state = ?", state).
		Where("id = ? AND state = ?", id, CodeSent).Exec(ctx)
	if err != nil {
		return false, wrap(err, "settle code %s", id)
	}
	n, err := res.RowsAffected()
	return n == 1, wrap(err, "settle code %s", id)
}

// ResendCode counts another sending of a code that can still pass, else
// ErrNotFound.
func ResendCode(ctx context.Context, tx Tx, id CodeID) (*Code, error) {
	c := new(Code)
	err := tx.NewUpdate().Model(c).Set("sends = sends + 1").Set("sent_at = ?", tx.At).
		Where("id = ? AND state = ? AND expires_at > ?", id, CodeSent, tx.At).
		Returning("*").Scan(ctx)
	return c, wrap(err, "send code %s again", id)
}

// AddressCode gives a number to a code that was prepared without one and can
// still pass, else ErrNotFound.
func AddressCode(ctx context.Context, tx Tx, id CodeID, number Sealed, index Index) (*Code, error) {
	c := new(Code)
	err := tx.NewUpdate().Model(c).Set("number = ?", number).Set("number_index = ?", index).
		Where("id = ? AND state = ? AND expires_at > ?", id, CodeSent, tx.At).
		Returning("*").Scan(ctx)
	return c, wrap(err, "address code %s", id)
}

// CodeOutcomes looks at the newest codes since a time, at most limit of them,
// whose fate is known, and returns how many there are and how many passed.
// Codes that went to nobody don't count.
func CodeOutcomes(ctx context.Context, q bun.IDB, since time.Time, limit int, now time.Time) (settled, passed int, err error) {
	err = q.NewRaw(`SELECT count(*), count(*) FILTER (WHERE state = ?) FROM (
			SELECT state FROM codes WHERE created_at > ? AND number <> '' AND (state <> ? OR expires_at <= ?)
			ORDER BY created_at DESC LIMIT ?) newest`,
		CodePassed, since, CodeSent, now, limit).Scan(ctx, &settled, &passed)
	return settled, passed, wrap(err, "count outcomes of codes")
}

// TakePassedCode ends a code that has passed and not expired. It is false when
// there is none to end: of parallel callers one ends it.
func TakePassedCode(ctx context.Context, tx Tx, id CodeID) (bool, error) {
	res, err := tx.NewUpdate().Model((*Code)(nil)).Set("expires_at = ?", tx.At).
		Where("id = ? AND state = ? AND expires_at > ?", id, CodePassed, tx.At).Exec(ctx)
	if err != nil {
		return false, wrap(err, "take code %s", id)
	}
	n, err := res.RowsAffected()
	return n == 1, wrap(err, "take code %s", id)
}
