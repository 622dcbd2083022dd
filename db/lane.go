package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// Lanes of an account's password: devices we know have one of their own.
const (
	LaneKnown   = "known"
	LaneUnknown = "unknown"
)

// Lane counts the consecutive failures of an account's password in one lane.
type Lane struct {
	bun.BaseModel `bun:"table:signin_lanes"`

	AccountID AccountID `bun:",pk"`
	Lane      string    `bun:",pk"`
	Failures  int
	WaitUntil *time.Time
}

// TakeTry counts a try as failed before it is judged, and sets the wait after
// it: waits[n-1] follows the nth failure, the last one all later ones. It
// refuses, with taken false and the lane as it stands, while a wait is in force
// or after off failures. One statement counts, so of many parallel tries only
// the allowed number is taken.
func TakeTry(ctx context.Context, q bun.IDB, id AccountID, lane string, waits []time.Duration, off int, now time.Time) (l Lane, taken bool, err error) {
	seconds := make([]float64, len(waits))
	for i, w := range waits {
		seconds[i] = w.Seconds()
	}
	var rows []Lane
	err = q.NewRaw(`INSERT INTO signin_lanes AS l (account_id, lane, failures, wait_until)
			VALUES (?, ?, 1, ?::timestamptz + (?::float8[])[1] * interval '1 second')
		ON CONFLICT (account_id, lane) DO UPDATE SET
			failures = l.failures + 1,
			wait_until = ?::timestamptz + (?::float8[])[least(l.failures + 1, ?)] * interval '1 second'
		WHERE l.failures < ? AND (l.wait_until IS NULL OR l.wait_until <= ?)
		RETURNING l.*`,
		id, lane, now, pgdialect.Array(seconds),
		now, pgdialect.Array(seconds), len(seconds),
		off, now).Scan(ctx, &rows)
	if err != nil {
		return Lane{}, false, wrap(err, "take a try of account %s", id)
	}
	if len(rows) > 0 {
		return rows[0], true, nil
	}
	l, err = LaneOf(ctx, q, id, lane)
	return l, false, err
}

// ReturnTry takes back a try that was never judged. The wait that it began ends
// with it: the one before was over, or the try would have been refused.
func ReturnTry(ctx context.Context, q bun.IDB, id AccountID, lane string) error {
	_, err := q.NewUpdate().Model((*Lane)(nil)).
		Set("failures = greatest(failures - 1, 0)").Set("wait_until = NULL").
		Where("account_id = ? AND lane = ?", id, lane).Exec(ctx)
	return wrap(err, "return a try of account %s", id)
}

// LaneOf reads a lane; one without failures has no row and is returned empty.
func LaneOf(ctx context.Context, q bun.IDB, id AccountID, lane string) (Lane, error) {
	var rows []Lane
	err := q.NewSelect().Model(&rows).Where("account_id = ? AND lane = ?", id, lane).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return Lane{AccountID: id, Lane: lane}, wrap(err, "read lane of account %s", id)
	}
	return rows[0], nil
}

// ClearLane forgets the failures of a lane; an empty lane means both.
func ClearLane(ctx context.Context, q bun.IDB, id AccountID, lane string) error {
	query := q.NewDelete().Model((*Lane)(nil)).Where("account_id = ?", id)
	if lane != "" {
		query = query.Where("lane = ?", lane)
	}
	_, err := query.Exec(ctx)
	return wrap(err, "clear lane of account %s", id)
}
