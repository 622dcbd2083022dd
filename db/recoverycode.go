package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// RecoveryCode is one of the codes that a person keeps on paper, hashed.
type RecoveryCode struct {
	bun.BaseModel `bun:"table:recovery_codes"`

	AccountID AccountID `bun:",pk"`
	Position  int       `bun:",pk"`
	Hash      []byte
	UsedAt    *time.Time
	CreatedAt time.Time
}

// ReplaceRecoveryCodes gives an account these codes and no others. The account
// must be locked: two sets made at once would mix.
func ReplaceRecoveryCodes(ctx context.Context, tx Tx, id AccountID, codes []RecoveryCode) error {
	if _, err := tx.NewDelete().Model((*RecoveryCode)(nil)).Where("account_id = ?", id).Exec(ctx); err != nil {
		return wrap(err, "drop recovery codes of account %s", id)
	}
	_, err := tx.NewInsert().Model(&codes).Exec(ctx)
	return wrap(err, "insert recovery codes of account %s", id)
}

// RecoveryCodesOf lists an account's codes, used ones too.
func RecoveryCodesOf(ctx context.Context, q bun.IDB, id AccountID) ([]RecoveryCode, error) {
	var all []RecoveryCode
	err := q.NewSelect().Model(&all).Where("account_id = ?", id).Order("position").Scan(ctx)
	return all, wrap(err, "list recovery codes of account %s", id)
}

// TakeRecoveryCode uses a code up. Of parallel takers one gets it, the others
// ErrNotFound.
func TakeRecoveryCode(ctx context.Context, tx Tx, id AccountID, position int) error {
	res, err := tx.NewUpdate().Model((*RecoveryCode)(nil)).Set("used_at = ?", tx.At).
		Where("account_id = ? AND position = ? AND used_at IS NULL", id, position).Exec(ctx)
	return one(res, err, "take recovery code of account %s", id)
}
