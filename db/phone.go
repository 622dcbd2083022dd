package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// ChallengePhone is a number that an account's codes may go to.
type ChallengePhone struct {
	bun.BaseModel `bun:"table:challenge_phones"`

	ID          PhoneID `bun:",pk"`
	AccountID   AccountID
	Position    int    // 1 to 3
	Number      Sealed // E.164
	NumberIndex Index
	LastTwo     string // all that pages show of it
	Method      string // MethodText or MethodCall
	ConfirmedAt *time.Time
	CreatedAt   time.Time
}

// InsertChallengePhones adds the phones of a new account.
func InsertChallengePhones(ctx context.Context, tx Tx, phones []ChallengePhone) error {
	if len(phones) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&phones).Exec(ctx)
	return wrap(err, "insert challenge phones")
}

// ChallengePhonesOf lists an account's challenge phones in their order.
func ChallengePhonesOf(ctx context.Context, q bun.IDB, id AccountID) ([]ChallengePhone, error) {
	var all []ChallengePhone
	err := q.NewSelect().Model(&all).Where("account_id = ?", id).Order("position").Scan(ctx)
	return all, wrap(err, "list challenge phones of account %s", id)
}

// ReplaceChallengePhones gives an account these phones and no others, numbered
// in the order of the list. The account must be locked.
func ReplaceChallengePhones(ctx context.Context, tx Tx, id AccountID, phones []ChallengePhone) error {
	if _, err := tx.NewDelete().Model((*ChallengePhone)(nil)).Where("account_id = ?", id).Exec(ctx); err != nil {
		return wrap(err, "drop challenge phones of account %s", id)
	}
	for i := range phones {
		phones[i].Position = i + 1
	}
	return InsertChallengePhones(ctx, tx, phones)
}

// CodesOfDraft lists the codes of a registration for one purpose, newest first.
func CodesOfDraft(ctx context.Context, q bun.IDB, id DraftID, purpose string) ([]Code, error) {
	var all []Code
	err := q.NewSelect().Model(&all).Where("draft_id = ? AND purpose = ?", id, purpose).
		Order("sent_at DESC", "created_at DESC").Scan(ctx)
	return all, wrap(err, "list codes of draft %s", id)
}
