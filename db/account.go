package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Standing of an account.
const (
	AccountPending   = "pending"
	AccountActive    = "active"
	AccountSuspended = "suspended"
	AccountFrozen    = "frozen"
	AccountClosed    = "closed"
	AccountMerged    = "merged"
)

// Account is a person's account. It proves who someone is; it opens no service
// by itself.
type Account struct {
	bun.BaseModel `bun:"table:accounts"`

	ID      AccountID `bun:",pk"`
	Subject string    // permanent key toward services, never reassigned
	LoginID string    // upper case, without the domain

	Status   string
	StatusAt time.Time
	Language string // "en" or "fr"

	Person          Sealed // JSON of names, gender, birth date
	Email           Sealed
	EmailIndex      Index // several accounts may share an address: never a key
	EmailVerifiedAt *time.Time
	ContactPhone    Sealed
	PersonIndex     Index // folded legal name and birth date: finds twins, never a key
	PreferredIndex  Index // the same of the preferred name
	SecondFactor    bool  // false only on accounts made for load runs

	RecoveredAt      *time.Time // the last reset by recovery: cools changes for a day
	PasskeyOfferedAt *time.Time

	CreatedAt time.Time
	UpdatedAt time.Time
}

// AccountByLogin finds the account with a login ID (upper case, no domain).
func AccountByLogin(ctx context.Context, q bun.IDB, loginID string) (*Account, error) {
	a := new(Account)
	err := q.NewSelect().Model(a).Where("login_id = ?", loginID).Scan(ctx)
	return a, wrap(err, "find account by login ID")
}

// AccountByID finds an account.
func AccountByID(ctx context.Context, q bun.IDB, id AccountID) (*Account, error) {
	a := new(Account)
	err := q.NewSelect().Model(a).Where("id = ?", id).Scan(ctx)
	return a, wrap(err, "find account %s", id)
}

// LockAccount reads an account and holds it until the transaction ends.
func LockAccount(ctx context.Context, tx Tx, id AccountID) (*Account, error) {
	a := new(Account)
	err := tx.NewSelect().Model(a).Where("id = ?", id).For("UPDATE").Scan(ctx)
	return a, wrap(err, "lock account %s", id)
}

// InsertAccount adds an account. ErrExists: its login ID or subject is taken.
func InsertAccount(ctx context.Context, tx Tx, a *Account) error {
	_, err := tx.NewInsert().Model(a).Exec(ctx)
	return wrap(err, "insert account")
}

// SetEmailVerified notes that the account's address answered. It returns
// ErrNotFound for an unknown account.
func SetEmailVerified(ctx context.Context, tx Tx, id AccountID) error {
	res, err := tx.NewUpdate().Model((*Account)(nil)).
		Set("email_verified_at = ?", tx.At).Set("updated_at = ?", tx.At).
		Where("id = ?", id).Exec(ctx)
	return one(res, err, "verify email of account %s", id)
}

// SetLanguage changes the language an account is written to and called in.
func SetLanguage(ctx context.Context, tx Tx, id AccountID, language string) error {
	res, err := tx.NewUpdate().Model((*Account)(nil)).
		Set("language = ?", language).Set("updated_at = ?", tx.At).
		Where("id = ?", id).Exec(ctx)
	return one(res, err, "set language of account %s", id)
}

// AccountsByLicence lists the accounts that hold a licence, whoever vouched for
// it: legacy data may hold several. Self-stated licences don't count: anyone can
// type a number.
func AccountsByLicence(ctx context.Context, q bun.IDB, college CollegeCode, number Index) ([]Account, error) {
	var all []Account
	err := q.NewSelect().Model(&all).
		Where("id IN (SELECT account_id FROM designations WHERE college = ? AND number_index = ? AND source <> 'stated')", college, number).
		Order("created_at").Scan(ctx)
	return all, wrap(err, "find accounts by licence")
}

// LockLicence makes concurrent registrations of one licence wait for each other
// until the transaction ends.
func LockLicence(ctx context.Context, tx Tx, college CollegeCode, number Index) error {
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended(? || encode(?, 'hex'), 0))", string(college), []byte(number))
	return wrap(err, "lock licence")
}
