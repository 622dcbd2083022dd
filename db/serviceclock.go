package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// clockSamples is how many samples of a service's clock are kept.
const clockSamples = 100

// NoteClock keeps how far a service's clock was ahead of ours at a time. Of one
// service only the newest samples are kept.
func NoteClock(ctx context.Context, q bun.IDB, id ServiceID, at time.Time, ahead time.Duration) error {
	_, err := q.NewRaw(`WITH old AS (
			DELETE FROM service_clocks WHERE service_id = ?0 AND at <= (SELECT at FROM service_clocks WHERE service_id = ?0 ORDER BY at DESC OFFSET ?3 LIMIT 1)
		) INSERT INTO service_clocks (service_id, at, ahead) VALUES (?0, ?1, make_interval(secs => ?2)) ON CONFLICT DO NOTHING`,
		id, at, ahead.Seconds(), clockSamples-1).Exec(ctx)
	return wrap(err, "note clock of service %s", id)
}

// ClockOffset is how far a service's clock was ahead of ours in its newest
// requests, by their median, and of how many that is.
func ClockOffset(ctx context.Context, q bun.IDB, id ServiceID, among int) (time.Duration, int, error) {
	var found struct {
		Seconds *float64
		Count   int
	}
	err := q.NewRaw(`SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ahead) AS seconds, count(*) AS count FROM (
		SELECT ahead FROM (
			(SELECT created_at AS at, extract(epoch FROM (request->>'issuedAt')::timestamptz - (request->>'receivedAt')::timestamptz) AS ahead
				FROM journeys WHERE service_id = ?0 AND request->>'issuedAt' IS NOT NULL ORDER BY created_at DESC LIMIT ?1)
			UNION ALL
			(SELECT at, extract(epoch FROM ahead) FROM service_clocks WHERE service_id = ?0 ORDER BY at DESC LIMIT ?1)
		) AS all_of_them ORDER BY at DESC LIMIT ?1) AS newest`,
		id, among).Scan(ctx, &found)
	if err != nil || found.Seconds == nil {
		return 0, 0, wrap(err, "find clock offset of service %s", id)
	}
	return time.Duration(*found.Seconds * float64(time.Second)), found.Count, nil
}
