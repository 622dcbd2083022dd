package db

import (
	"context"
	"strconv"
	"time"

	"github.com/uptrace/bun"
)

// LoginID is one login ID ever given. Rows stay for ever, so none is reissued.
type LoginID struct {
	bun.BaseModel `bun:"table:login_ids"`

	LoginID   string `bun:",pk"`
	Base      string
	Suffix    int
	CreatedAt time.Time
}

// NextLoginID tells which login ID the next person with this base name would
// get: the base itself, else with the lowest number above those given. It
// reserves nothing.
func NextLoginID(ctx context.Context, q bun.IDB, base string) (string, error) {
	_, id, err := nextLoginID(ctx, q, base)
	return id, err
}

// TakeLoginID gives out a login ID for a base name. Concurrent takers of one
// base wait for each other, so equal names get distinct ids without gaps.
func TakeLoginID(ctx context.Context, tx Tx, base string) (string, error) {
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended(?, 1))", base); err != nil {
		return "", wrap(err, "lock login ID base")
	}
	suffix, id, err := nextLoginID(ctx, tx, base)
	if err != nil {
		return "", err
	}
	_, err = tx.NewInsert().Model(&LoginID{LoginID: id, Base: base, Suffix: suffix, CreatedAt: tx.At}).Exec(ctx)
	return id, wrap(err, "take login ID")
}

func nextLoginID(ctx context.Context, q bun.IDB, base string) (int, string, error) {
	var last int
	err := q.NewSelect().Table("login_ids").ColumnExpr("coalesce(max(suffix), 0)").Where("base = ?", base).Scan(ctx, &last)
	if err != nil {
		return 0, "", wrap(err, "find last login ID")
	}
	for suffix := last + 1; ; suffix++ {
		id := base
		if suffix > 1 {
			id += strconv.Itoa(suffix)
		}
		// A name may itself end in a digit's look: another base can have this id.
		taken, err := q.NewSelect().Table("login_ids").Where("login_id = ?", id).Exists(ctx)
		if err != nil {
			return 0, "", wrap(err, "check login ID")
		}
		if !taken {
			return suffix, id, nil
		}
	}
}
