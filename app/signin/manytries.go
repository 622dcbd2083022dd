package signin

import (
	"context"
	"errors"

	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/throttle"
	"oneid/db"
)

// ManyTries is the errand that tells an account's owner of wrong passwords.
const ManyTries = "many-tries"

// manyTries has the owner told, once a day at most. Strangers cost the same: the
// errand finds out that there is nobody to tell.
func (r *Rules) manyTries(ctx context.Context, tx db.Tx, id db.AccountID) error {
	verdict, err := r.Throttle.Spend(ctx, tx, throttle.ManyTriesDay, string(id))
	if err != nil || !verdict.Allowed {
		return err
	}
	return r.Outbox.Soon(ctx, tx, ManyTries, string(id))
}

// Warner runs the errand.
type Warner struct {
	DB      *db.DB
	Notices *notice.Teller
}

// Warn tells the owner, if there is one.
func (w *Warner) Warn(ctx context.Context, id string) error {
	err := db.InTx(ctx, w.DB, func(ctx context.Context, tx db.Tx) error {
		return w.Notices.Tell(ctx, tx, db.AccountID(id), outbox.ManyTries{})
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	return err
}
