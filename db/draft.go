package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Draft is an unfinished registration as a row.
type Draft struct {
	bun.BaseModel `bun:"table:drafts"`

	ID          DraftID `bun:",pk"`
	College     CollegeCode
	NumberIndex Index
	Data        Sealed
	Version     int
	CreatedAt   time.Time
	UpdatedAt   time.Time
	ExpiresAt   time.Time
	AccountID   AccountID `bun:",nullzero"`
}

// InsertDraft adds a draft. ErrExists: the licence has an open one.
func InsertDraft(ctx context.Context, tx Tx, d *Draft) error {
	_, err := tx.NewInsert().Model(d).Exec(ctx)
	return wrap(err, "insert draft")
}

// DraftByID finds a draft, finished or not.
func DraftByID(ctx context.Context, q bun.IDB, id DraftID) (*Draft, error) {
	d := new(Draft)
	err := q.NewSelect().Model(d).Where("id = ?", id).Scan(ctx)
	return d, wrap(err, "find draft %s", id)
}

// LockDraft reads a draft and holds it until the transaction ends.
func LockDraft(ctx context.Context, tx Tx, id DraftID) (*Draft, error) {
	d := new(Draft)
	err := tx.NewSelect().Model(d).Where("id = ?", id).For("UPDATE").Scan(ctx)
	return d, wrap(err, "lock draft %s", id)
}

// LockOpenDraft is LockDraft for the open draft of a licence.
func LockOpenDraft(ctx context.Context, tx Tx, college CollegeCode, number Index) (*Draft, error) {
	d := new(Draft)
	err := tx.NewSelect().Model(d).
		Where("college = ? AND number_index = ? AND account_id IS NULL", college, number).For("UPDATE").Scan(ctx)
	return d, wrap(err, "lock open draft")
}

// SaveDraft writes a draft's content.
func SaveDraft(ctx context.Context, tx Tx, id DraftID, data Sealed, version int, expires time.Time) error {
	res, err := tx.NewUpdate().Model((*Draft)(nil)).
		Set("data = ?", data).Set("version = ?", version).Set("updated_at = ?", tx.At).Set("expires_at = ?", expires).
		Where("id = ? AND account_id IS NULL", id).Exec(ctx)
	return one(res, err, "save draft %s", id)
}

// FinishDraft empties a draft and ties it to its account. ErrNotFound: it was
// finished before.
func FinishDraft(ctx context.Context, tx Tx, id DraftID, empty Sealed, account AccountID) error {
	res, err := tx.NewUpdate().Model((*Draft)(nil)).
		Set("data = ?", empty).Set("account_id = ?", account).Set("version = version + 1").Set("updated_at = ?", tx.At).
		Where("id = ? AND account_id IS NULL", id).Exec(ctx)
	return one(res, err, "finish draft %s", id)
}

// DeleteDraft erases a draft. Erasing none is no error.
func DeleteDraft(ctx context.Context, tx Tx, id DraftID) error {
	_, err := tx.NewDelete().Model((*Draft)(nil)).Where("id = ?", id).Exec(ctx)
	return wrap(err, "delete draft %s", id)
}
