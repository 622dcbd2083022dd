package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// PasswordReminder is one reminder of a password's end.
type PasswordReminder struct {
	bun.BaseModel `bun:"table:password_reminders"`

	AccountID AccountID `bun:",pk"`
	SetAt     time.Time `bun:",pk"` // of the password it is about
	Days      int       `bun:",pk"` // before its end
	SentAt    time.Time
}

// reminderBatch is how many reminders are listed at once.
const reminderBatch = 100

// PasswordsEnding lists reminders that are due and were not sent, of open
// accounts with an id beyond after: for each password the last of days that has
// come. Temporary passwords are not reminded of.
func PasswordsEnding(ctx context.Context, q bun.IDB, maxAge time.Duration, days []int, after AccountID, now time.Time) ([]PasswordReminder, error) {
	if after == "" {
		after = "00000000-0000-0000-0000-000000000000"
	}
	var due []PasswordReminder
	err := q.NewRaw(`SELECT p.account_id, p.set_at, due.days
		FROM passwords p JOIN accounts a ON a.id = p.account_id
		CROSS JOIN LATERAL (SELECT min(d) AS days FROM unnest(?::integer[]) d WHERE p.set_at <= ?::timestamptz + d * interval '24 hours') due
		WHERE NOT p.temporary AND a.status = ? AND due.days IS NOT NULL AND p.account_id > ?
			AND NOT EXISTS (SELECT FROM password_reminders r
				WHERE r.account_id = p.account_id AND r.set_at = p.set_at AND r.days = due.days)
		ORDER BY p.account_id LIMIT ?`,
		pgdialect.Array(days), now.Add(-maxAge), AccountActive, after, reminderBatch).Scan(ctx, &due)
	return due, wrap(err, "list passwords that end")
}

// NoteReminder notes a reminder as sent. It is false when it was noted before.
func NoteReminder(ctx context.Context, tx Tx, r PasswordReminder) (bool, error) {
	r.SentAt = tx.At
	res, err := tx.NewInsert().Model(&r).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return false, wrap(err, "note reminder of account %s", r.AccountID)
	}
	n, err := res.RowsAffected()
	return n == 1, wrap(err, "note reminder of account %s", r.AccountID)
}
