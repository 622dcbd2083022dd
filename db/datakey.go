package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// DataKey is a wrapped key of one table's sealed columns.
type DataKey struct {
	bun.BaseModel `bun:"table:data_keys"`

	Scope      string `bun:",pk"`
	Version    int    `bun:",pk"`
	KeyVersion int
	Wrapped    []byte
	CreatedAt  time.Time
}

// DataKeysOf lists a scope's keys, oldest first.
func DataKeysOf(ctx context.Context, q bun.IDB, scope string) ([]DataKey, error) {
	var keys []DataKey
	err := q.NewSelect().Model(&keys).Where("scope = ?", scope).Order("version").Scan(ctx)
	return keys, wrap(err, "read data keys of %s", scope)
}

// InsertDataKey adds a key. ErrExists: another node was first.
func InsertDataKey(ctx context.Context, q bun.IDB, k *DataKey) error {
	_, err := q.NewInsert().Model(k).Exec(ctx)
	return wrap(err, "add data key of %s", k.Scope)
}
