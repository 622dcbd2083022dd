package credentials

import (
	"context"
	"fmt"
	"strconv"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/db"
)

// Sessions ends a person's other sessions.
type Sessions struct {
	DB      *db.DB
	Manager *access.Manager
	Notices *notice.Teller
	Audit   *audit.Log
}

// End ends one other session by its id and returns how many that were: none
// when it has ended already.
func (r *Sessions) End(ctx context.Context, id string) (int, error) {
	return r.end(ctx, func(ctx context.Context, tx db.Tx) (int, error) {
		ended, err := r.Manager.EndOpen(ctx, tx, id)
		if ended {
			return 1, err
		}
		return 0, err
	})
}

// EndOthers ends all sessions but the one that asks.
func (r *Sessions) EndOthers(ctx context.Context) (int, error) {
	return r.end(ctx, r.Manager.EndOthers)
}

func (r *Sessions) end(ctx context.Context, how func(context.Context, db.Tx) (int, error)) (int, error) {
	var count int
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		var err error
		if count, err = how(ctx, tx); err != nil || count == 0 {
			return err
		}
		s := r.Manager.Current(ctx)
		if err := r.Notices.Tell(ctx, tx, s.Who.Account, outbox.SessionsEnded{Count: count}); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.CredentialsSessionsEnded, Subject: string(s.Who.Account),
			Details: map[string]string{"session": s.ID, "ended": strconv.Itoa(count)},
		})
	})
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	return count, nil
}
