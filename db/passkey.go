package db

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Passkey is a key pair whose private half a person's device or password
// manager keeps. Nothing here is a secret.
type Passkey struct {
	bun.BaseModel `bun:"table:passkeys"`

	ID           PasskeyID `bun:",pk"`
	AccountID    AccountID
	CredentialID []byte
	Credential   json.RawMessage `bun:"type:jsonb"` // as the WebAuthn library keeps it
	Name         string
	Synced       bool // copied between devices by its provider
	CreatedAt    time.Time
	UsedAt       *time.Time
	EndedAt      *time.Time
	EndedWhy     string
}

// PasskeysOf lists the passkeys of an account that work, oldest first.
func PasskeysOf(ctx context.Context, q bun.IDB, id AccountID) ([]Passkey, error) {
	var all []Passkey
	err := q.NewSelect().Model(&all).Where("account_id = ? AND ended_at IS NULL", id).Order("created_at", "id").Scan(ctx)
	return all, wrap(err, "list passkeys of account %s", id)
}

// LockPasskeyByCredential finds the passkey that a device names, if it works,
// and holds it until the transaction ends: its counter must be judged by one at
// a time.
func LockPasskeyByCredential(ctx context.Context, tx Tx, credentialID []byte) (*Passkey, error) {
	p := new(Passkey)
	err := tx.NewSelect().Model(p).Where("credential_id = ? AND ended_at IS NULL", credentialID).For("UPDATE").Scan(ctx)
	return p, wrap(err, "find passkey")
}

// InsertPasskey adds a passkey. ErrExists: its device named it before.
func InsertPasskey(ctx context.Context, tx Tx, p *Passkey) error {
	_, err := tx.NewInsert().Model(p).Exec(ctx)
	return wrap(err, "insert passkey")
}

// NotePasskeyUse keeps what a passkey said of itself when it was used.
func NotePasskeyUse(ctx context.Context, tx Tx, p *Passkey) error {
	res, err := tx.NewUpdate().Model((*Passkey)(nil)).
		Set("credential = ?", p.Credential).Set("synced = ?", p.Synced).Set("used_at = ?", tx.At).
		Where("id = ?", p.ID).Exec(ctx)
	return one(res, err, "note use of passkey %s", p.ID)
}

// RenamePasskey renames a passkey of an account. ErrNotFound: it has none like
// it that works.
func RenamePasskey(ctx context.Context, tx Tx, account AccountID, id PasskeyID, name string) error {
	res, err := tx.NewUpdate().Model((*Passkey)(nil)).Set("name = ?", name).
		Where("id = ? AND account_id = ? AND ended_at IS NULL", id, account).Exec(ctx)
	return one(res, err, "rename passkey %s", id)
}

// EndPasskey stops a passkey of an account and returns it. ErrNotFound: the
// account has no such passkey, or it was ended before.
func EndPasskey(ctx context.Context, tx Tx, account AccountID, id PasskeyID, why string) (*Passkey, error) {
	p := new(Passkey)
	err := tx.NewUpdate().Model(p).Set("ended_at = ?", tx.At).Set("ended_why = ?", why).
		Where("id = ? AND account_id = ? AND ended_at IS NULL", id, account).Returning("*").Scan(ctx)
	return p, wrap(err, "end passkey %s", id)
}

// PasskeyExchange is a WebAuthn exchange under way. Its token is only in the
// page that began it.
type PasskeyExchange struct {
	bun.BaseModel `bun:"table:passkey_exchanges"`

	TokenHash []byte `bun:",pk"`
	Purpose   string
	AccountID AccountID       `bun:",nullzero"` // empty when anyone may answer
	Browser   []byte          // that began it
	State     json.RawMessage `bun:"type:jsonb"`
	ExpiresAt time.Time
}

// InsertPasskeyExchange adds an exchange.
func InsertPasskeyExchange(ctx context.Context, q bun.IDB, e *PasskeyExchange) error {
	_, err := q.NewInsert().Model(e).Exec(ctx)
	return wrap(err, "insert passkey exchange")
}

// TakePasskeyExchange uses an exchange up and returns it. ErrNotFound: it has
// expired, was used, or began elsewhere or for something else.
func TakePasskeyExchange(ctx context.Context, q bun.IDB, tokenHash []byte, purpose string, browser []byte, now time.Time) (*PasskeyExchange, error) {
	e := new(PasskeyExchange)
	err := q.NewDelete().Model(e).
		Where("token_hash = ? AND purpose = ? AND browser = ? AND expires_at > ?", tokenHash, purpose, browser, now).
		Returning("*").Scan(ctx)
	return e, wrap(err, "take passkey exchange")
}

// PasskeyOfferDue tells whether an account may be offered a passkey: it has
// none, and was not offered one since a time.
func PasskeyOfferDue(ctx context.Context, q bun.IDB, id AccountID, since time.Time) (bool, error) {
	due, err := q.NewSelect().Model((*Account)(nil)).
		Where("id = ? AND (passkey_offered_at IS NULL OR passkey_offered_at <= ?)", id, since).
		Where("NOT EXISTS (SELECT FROM passkeys WHERE account_id = ? AND ended_at IS NULL)", id).Exists(ctx)
	return due, wrap(err, "see whether account %s may be offered a passkey", id)
}

// NotePasskeyOffer notes that an account was offered a passkey.
func NotePasskeyOffer(ctx context.Context, q bun.IDB, id AccountID, now time.Time) error {
	res, err := q.NewUpdate().Model((*Account)(nil)).Set("passkey_offered_at = ?", now).Where("id = ?", id).Exec(ctx)
	return one(res, err, "note passkey offer to account %s", id)
}
