package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Password is the hash of an account's password.
type Password struct {
	bun.BaseModel `bun:"table:passwords"`

	AccountID     AccountID `bun:",pk"`
	Hash          string
	PepperVersion int
	SetAt         time.Time
	Temporary     bool // given by someone else: to be changed at first use
}

// PastPassword is a password that an account has used.
type PastPassword struct {
	bun.BaseModel `bun:"table:password_history"`

	AccountID     AccountID `bun:",pk"`
	SetAt         time.Time `bun:",pk"`
	Hash          string
	PepperVersion int
}

// SetPassword gives an account a password and adds it to those it has used.
func SetPassword(ctx context.Context, tx Tx, p Password) error {
	p.SetAt = tx.At
	_, err := tx.NewInsert().Model(&p).
		On("CONFLICT (account_id) DO UPDATE").
		Set("hash = EXCLUDED.hash").Set("pepper_version = EXCLUDED.pepper_version").
		Set("set_at = EXCLUDED.set_at").Set("temporary = EXCLUDED.temporary").
		Exec(ctx)
	if err != nil {
		return wrap(err, "set password of account %s", p.AccountID)
	}
	_, err = tx.NewInsert().Model(&PastPassword{
		AccountID: p.AccountID, SetAt: p.SetAt, Hash: p.Hash, PepperVersion: p.PepperVersion,
	}).Exec(ctx)
	return wrap(err, "keep password of account %s", p.AccountID)
}

// PasswordOf reads an account's password hash.
func PasswordOf(ctx context.Context, q bun.IDB, id AccountID) (*Password, error) {
	p := new(Password)
	err := q.NewSelect().Model(p).Where("account_id = ?", id).Scan(ctx)
	return p, wrap(err, "find password of account %s", id)
}

// RehashPassword replaces the hash of an unchanged password with one of today's
// cost and key. Its age stays.
func RehashPassword(ctx context.Context, tx Tx, id AccountID, hash string, pepperVersion int) error {
	res, err := tx.NewUpdate().Model((*Password)(nil)).
		Set("hash = ?", hash).Set("pepper_version = ?", pepperVersion).
		Where("account_id = ?", id).Exec(ctx)
	return one(res, err, "rehash password of account %s", id)
}

// PastPasswords lists the newest passwords of an account, the current one
// first.
func PastPasswords(ctx context.Context, q bun.IDB, id AccountID, most int) ([]PastPassword, error) {
	var all []PastPassword
	err := q.NewSelect().Model(&all).Where("account_id = ?", id).Order("set_at DESC").Limit(int64(most)).Scan(ctx)
	return all, wrap(err, "list passwords of account %s", id)
}

// TrimPasswords forgets the passwords of an account beyond the newest ones.
func TrimPasswords(ctx context.Context, tx Tx, id AccountID, most int) error {
	_, err := tx.NewRaw(`DELETE FROM password_history WHERE account_id = ? AND set_at NOT IN (
			SELECT set_at FROM password_history WHERE account_id = ? ORDER BY set_at DESC LIMIT ?)`, id, id, most).Exec(ctx)
	return wrap(err, "trim passwords of account %s", id)
}
