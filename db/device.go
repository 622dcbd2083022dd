package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Device is a browser that its person chose to be remembered.
type Device struct {
	bun.BaseModel `bun:"table:devices"`

	ID           DeviceID `bun:",pk"`
	AccountID    AccountID
	TokenHash    []byte
	PreviousHash []byte `bun:",nullzero"`
	RotatedAt    time.Time
	Name         string
	CreatedAt    time.Time
	UsedAt       time.Time
	ExpiresAt    time.Time
	EndedAt      *time.Time
	EndedWhy     string
}

// InsertDevice adds a device.
func InsertDevice(ctx context.Context, tx Tx, d *Device) error {
	_, err := tx.NewInsert().Model(d).Exec(ctx)
	return wrap(err, "insert device")
}

// DevicesByID finds devices, whoever's they are and whether or not they have
// ended.
func DevicesByID(ctx context.Context, q bun.IDB, ids []DeviceID) ([]Device, error) {
	var all []Device
	if len(ids) == 0 {
		return nil, nil
	}
	err := q.NewSelect().Model(&all).Where("id IN (?)", bun.List(ids)).Scan(ctx)
	return all, wrap(err, "find devices")
}

// DevicesOf lists an account's devices that are still recognised, last used
// first.
func DevicesOf(ctx context.Context, q bun.IDB, id AccountID, now time.Time) ([]Device, error) {
	var all []Device
	err := q.NewSelect().Model(&all).Where("account_id = ? AND ended_at IS NULL AND expires_at > ?", id, now).
		Order("used_at DESC", "id").Scan(ctx)
	return all, wrap(err, "list devices of account %s", id)
}

// RotateDevice gives a device a new token and keeps the one before.
func RotateDevice(ctx context.Context, tx Tx, id DeviceID, token []byte, at time.Time) error {
	res, err := tx.NewUpdate().Model((*Device)(nil)).
		Set("previous_hash = token_hash").Set("token_hash = ?", token).Set("rotated_at = ?", at).
		Where("id = ? AND ended_at IS NULL", id).Exec(ctx)
	return one(res, err, "rotate device %s", id)
}

// UseDevice notes a use of a device and how long it stays recognised after it.
func UseDevice(ctx context.Context, tx Tx, account AccountID, id DeviceID, until time.Time) error {
	_, err := tx.NewUpdate().Model((*Device)(nil)).Set("used_at = ?", tx.At).Set("expires_at = ?", until).
		Where("id = ? AND account_id = ? AND ended_at IS NULL", id, account).Exec(ctx)
	return wrap(err, "use device %s", id)
}

// RenameDevice renames a device of an account. ErrNotFound: it has none like it.
func RenameDevice(ctx context.Context, tx Tx, account AccountID, id DeviceID, name string) error {
	res, err := tx.NewUpdate().Model((*Device)(nil)).Set("name = ?", name).
		Where("id = ? AND account_id = ? AND ended_at IS NULL", id, account).Exec(ctx)
	return one(res, err, "rename device %s", id)
}

// EndDevice stops recognising one device of an account, and returns it.
// ErrNotFound: it has none like it that is still recognised.
func EndDevice(ctx context.Context, tx Tx, account AccountID, id DeviceID, why string) (*Device, error) {
	d := new(Device)
	err := tx.NewUpdate().Model(d).Set("ended_at = ?", tx.At).Set("ended_why = ?", why).
		Where("id = ? AND account_id = ? AND ended_at IS NULL", id, account).Returning("*").Scan(ctx)
	return d, wrap(err, "end device %s", id)
}

// EndDevicesOf stops recognising all devices of an account, and returns how
// many there were.
func EndDevicesOf(ctx context.Context, tx Tx, id AccountID, why string) (int, error) {
	res, err := tx.NewUpdate().Model((*Device)(nil)).Set("ended_at = ?", tx.At).Set("ended_why = ?", why).
		Where("account_id = ? AND ended_at IS NULL", id).Exec(ctx)
	if err != nil {
		return 0, wrap(err, "end devices of account %s", id)
	}
	n, err := res.RowsAffected()
	return int(n), wrap(err, "end devices of account %s", id)
}

// NoteNetwork notes that an account was signed in to from a network.
func NoteNetwork(ctx context.Context, tx Tx, id AccountID, network []byte) error {
	_, err := tx.NewRaw(`INSERT INTO known_networks (account_id, network, seen_at) VALUES (?, ?, ?)
		ON CONFLICT (account_id, network) DO UPDATE SET seen_at = EXCLUDED.seen_at`, id, network, tx.At).Exec(ctx)
	return wrap(err, "note network of account %s", id)
}

// KnowsNetwork tells whether an account was signed in to from a network since a
// time.
func KnowsNetwork(ctx context.Context, q bun.IDB, id AccountID, network []byte, since time.Time) (bool, error) {
	known, err := q.NewSelect().Table("known_networks").
		Where("account_id = ? AND network = ? AND seen_at > ?", id, network, since).Exists(ctx)
	return known, wrap(err, "look for a network of account %s", id)
}
