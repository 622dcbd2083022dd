package db

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// Counter is one counted window.
type Counter struct {
	bun.BaseModel `bun:"table:counters"`

	Key       []byte    `bun:",pk"`
	WindowAt  time.Time `bun:",pk"`
	Count     int
	ExpiresAt time.Time
}

// anchored marks windows that start at their first use. A key has one of them,
// so the start is not part of what finds the row.
var anchored = time.Unix(0, 0).UTC()

// Window says how Count counts.
type Window struct {
	Key    []byte
	Max    int           // uses allowed in one window
	Length time.Duration // from the first use
	Ban    time.Duration // from the last use allowed to the window's end; 0 leaves that
}

// Count adds n uses to a window and returns how many there are and when the
// window ends. A window that has ended starts anew. One statement does it all,
// so parallel callers see distinct counts: exactly one of them is told Max.
func Count(ctx context.Context, q bun.IDB, w Window, n int, now time.Time) (int, time.Time, error) {
	bans, ban := w.Ban > 0, now.Add(w.Ban)
	end := now.Add(w.Length)
	if bans && n >= w.Max {
		end = ban
	}
	var c Counter
	err := q.NewRaw(`INSERT INTO counters AS c (key, window_at, count, expires_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (key, window_at) DO UPDATE SET
			count = CASE WHEN c.expires_at <= ? THEN EXCLUDED.count ELSE c.count + EXCLUDED.count END,
			expires_at = CASE
				WHEN c.expires_at <= ? THEN EXCLUDED.expires_at
				WHEN ? AND c.count < ? AND c.count + EXCLUDED.count >= ? THEN ?
				ELSE c.expires_at END
		RETURNING c.count, c.expires_at`,
		w.Key, anchored, n, end, now, now, bans, w.Max, w.Max, ban).Scan(ctx, &c.Count, &c.ExpiresAt)
	return c.Count, c.ExpiresAt, wrap(err, "count")
}

// Use is how a window stands after a use.
type Use struct {
	Count int
	End   time.Time
}

// CountAll adds one use to each window, by its key, and returns how they stand.
// It begins no ban: whether one is due may depend on all of them (BanCount). Rows
// are taken in the order of their keys, like UncountAll does, so that neither
// waits for the other in a circle.
func CountAll(ctx context.Context, q bun.IDB, windows []Window, now time.Time) (map[string]Use, error) {
	keys, lengths := make([]string, len(windows)), make([]float64, len(windows))
	for i, w := range windows {
		keys[i], lengths[i] = hex.EncodeToString(w.Key), w.Length.Seconds()
	}
	var rows []Counter
	err := q.NewRaw(`INSERT INTO counters AS c (key, window_at, count, expires_at)
			SELECT decode(g.key, 'hex'), ?, 1, ?::timestamptz + g.length * interval '1 second'
			FROM unnest(?::text[], ?::float8[]) AS g(key, length) ORDER BY 1
		ON CONFLICT (key, window_at) DO UPDATE SET
			count = CASE WHEN c.expires_at <= ? THEN 1 ELSE c.count + 1 END,
			expires_at = CASE WHEN c.expires_at <= ? THEN EXCLUDED.expires_at ELSE c.expires_at END
		RETURNING c.key, c.count, c.expires_at`,
		anchored, now, pgdialect.Array(keys), pgdialect.Array(lengths), now, now).Scan(ctx, &rows)
	if err != nil {
		return nil, wrap(err, "count")
	}
	uses := make(map[string]Use, len(rows))
	for _, row := range rows {
		uses[string(row.Key)] = Use{Count: row.Count, End: row.ExpiresAt}
	}
	return uses, nil
}

// UncountAll takes one use back from each of some windows and forgets others,
// unless they have ended.
func UncountAll(ctx context.Context, q bun.IDB, back, forget [][]byte, now time.Time) error {
	var keys []string
	var forgotten []bool
	for _, key := range back {
		keys, forgotten = append(keys, hex.EncodeToString(key)), append(forgotten, false)
	}
	for _, key := range forget {
		keys, forgotten = append(keys, hex.EncodeToString(key)), append(forgotten, true)
	}
	_, err := q.NewRaw(`UPDATE counters c SET
			count = CASE WHEN f.forgotten THEN 0 ELSE greatest(c.count - 1, 0) END,
			expires_at = CASE WHEN f.forgotten THEN ?::timestamptz ELSE c.expires_at END
		FROM (SELECT c.key, g.forgotten FROM counters c
			JOIN unnest(?::text[], ?::boolean[]) AS g(key, forgotten) ON c.key = decode(g.key, 'hex')
			WHERE c.window_at = ? AND c.expires_at > ? ORDER BY c.key FOR UPDATE OF c) f
		WHERE c.key = f.key AND c.window_at = ?`,
		now, pgdialect.Array(keys), pgdialect.Array(forgotten), anchored, now, anchored).Exec(ctx)
	return wrap(err, "take back counts")
}

// BanCount makes a window end at a ban's end.
func BanCount(ctx context.Context, q bun.IDB, key []byte, until time.Time) error {
	_, err := q.NewUpdate().Model((*Counter)(nil)).Set("expires_at = ?", until).
		Where("key = ? AND window_at = ?", key, anchored).Exec(ctx)
	return wrap(err, "ban by count")
}

// Counted reads a window without adding to it: 0 if it has none or has ended.
func Counted(ctx context.Context, q bun.IDB, key []byte, now time.Time) (int, time.Time, error) {
	var found []Counter
	err := q.NewSelect().Model(&found).
		Where("key = ? AND window_at = ? AND expires_at > ?", key, anchored, now).Scan(ctx)
	if err != nil || len(found) == 0 {
		return 0, time.Time{}, wrap(err, "read count")
	}
	return found[0].Count, found[0].ExpiresAt, nil
}

// Uncount takes n uses back from a window that has not ended.
func Uncount(ctx context.Context, q bun.IDB, key []byte, n int, now time.Time) error {
	_, err := q.NewUpdate().Model((*Counter)(nil)).Set("count = greatest(count - ?, 0)", n).
		Where("key = ? AND window_at = ? AND expires_at > ?", key, anchored, now).Exec(ctx)
	return wrap(err, "take back a count")
}

// ClearCount forgets a key's window.
func ClearCount(ctx context.Context, q bun.IDB, key []byte) error {
	_, err := q.NewDelete().Model((*Counter)(nil)).Where("key = ?", key).Exec(ctx)
	return wrap(err, "clear count")
}

// HoldCount makes a window end no earlier than until.
func HoldCount(ctx context.Context, q bun.IDB, key []byte, until time.Time) error {
	_, err := q.NewUpdate().Model((*Counter)(nil)).Set("expires_at = greatest(expires_at, ?)", until).
		Where("key = ? AND window_at = ?", key, anchored).Exec(ctx)
	return wrap(err, "hold count")
}

// Meter adds a use to the clock hour that now lies in, and returns that hour's
// uses and the mean of the hours before it, as far back as keep. Hours without
// a use count as none.
func Meter(ctx context.Context, q bun.IDB, key []byte, keep time.Duration, now time.Time) (int, float64, error) {
	hour := now.Truncate(time.Hour)
	var count int
	err := q.NewRaw(`INSERT INTO counters AS c (key, window_at, count, expires_at) VALUES (?, ?, 1, ?)
		ON CONFLICT (key, window_at) DO UPDATE SET count = c.count + 1 RETURNING c.count`,
		key, hour, hour.Add(keep+time.Hour)).Scan(ctx, &count)
	if err != nil {
		return 0, 0, wrap(err, "meter")
	}
	var before int
	err = q.NewRaw(`SELECT coalesce(sum(count), 0) FROM counters WHERE key = ? AND window_at >= ? AND window_at < ?`,
		key, hour.Add(-keep), hour).Scan(ctx, &before)
	return count, float64(before) / keep.Hours(), wrap(err, "read meter")
}

// Wait keeps a key from being served, longer each time.
type Wait struct {
	bun.BaseModel `bun:"table:waits"`

	Key       []byte `bun:",pk"`
	Until     time.Time
	Level     int
	ExpiresAt time.Time
}

// Growth is how waits get longer: the first lasts First, each next Factor times
// the one before, none more than Most. Memory is how long after its end a wait
// still makes the next one longer.
type Growth struct {
	First  time.Duration
	Factor float64
	Most   time.Duration
	Memory time.Duration
}

// StartWait begins a wait. If one is in force already it is left alone and
// started is false.
func StartWait(ctx context.Context, q bun.IDB, key []byte, g Growth, now time.Time) (until time.Time, started bool, err error) {
	var begun []Wait
	err = q.NewRaw(`INSERT INTO waits AS w (key, until, level, expires_at) VALUES (?, ?, 0, ?)
		ON CONFLICT (key) DO UPDATE SET
			level = CASE WHEN w.expires_at <= ? THEN 0 ELSE w.level + 1 END,
			until = CASE WHEN w.expires_at <= ? THEN EXCLUDED.until
				ELSE ?::timestamptz + least(? * power(?::float8, w.level + 1), ?) * interval '1 second' END,
			expires_at = CASE WHEN w.expires_at <= ? THEN EXCLUDED.expires_at
				ELSE ?::timestamptz + (least(? * power(?::float8, w.level + 1), ?) + ?) * interval '1 second' END
		WHERE w.until <= ?
		RETURNING w.until`,
		key, now.Add(g.First), now.Add(g.First+g.Memory),
		now,
		now, now, g.First.Seconds(), g.Factor, g.Most.Seconds(),
		now, now, g.First.Seconds(), g.Factor, g.Most.Seconds(), g.Memory.Seconds(),
		now).Scan(ctx, &begun)
	if err != nil {
		return time.Time{}, false, wrap(err, "start wait")
	}
	if len(begun) > 0 {
		return begun[0].Until, true, nil
	}
	until, err = WaitOf(ctx, q, key, now)
	return until, false, err
}

// WaitOf is the end of the wait that is in force for a key, the zero time if
// there is none.
func WaitOf(ctx context.Context, q bun.IDB, key []byte, now time.Time) (time.Time, error) {
	var found []Wait
	err := q.NewSelect().Model(&found).Where("key = ? AND until > ?", key, now).Scan(ctx)
	if err != nil || len(found) == 0 {
		return time.Time{}, wrap(err, "read wait")
	}
	return found[0].Until, nil
}

// NoteFailure remembers that an account failed from a network and returns how
// many distinct accounts did since the given time.
func NoteFailure(ctx context.Context, q bun.IDB, network, account []byte, since, now time.Time) (int, error) {
	_, err := q.NewRaw(`INSERT INTO failed_accounts (network, account, at) VALUES (?, ?, ?)
		ON CONFLICT (network, account) DO UPDATE SET at = EXCLUDED.at`, network, account, now).Exec(ctx)
	if err != nil {
		return 0, wrap(err, "note failure")
	}
	n, err := q.NewSelect().Table("failed_accounts").Where("network = ? AND at > ?", network, since).Count(ctx)
	return int(n), wrap(err, "count failed accounts")
}
