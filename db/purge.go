package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// How long rows stay after they have served (SECURITY.md 5.5).
const (
	keepEnded    = 24 * time.Hour      // sessions, codes, requests, links
	keepFailures = time.Hour           // longer than any window that asks
	keepDevices  = 90 * 24 * time.Hour // networks, and devices after their end
	purgeBatch   = 100

	// keepStrangers is how long a stranger's wrong answers count. A person's
	// count until a success, and turn the questions off until something held is
	// proven; so a stranger's must outlast whoever would wait to see them forgotten.
	keepStrangers = 365 * 24 * time.Hour
)

// PurgeCounts deletes counted windows, waits and failures that have ended.
func PurgeCounts(ctx context.Context, q bun.IDB, now time.Time) (int, error) {
	return purge(ctx, q, map[string]time.Time{
		"DELETE FROM counters WHERE expires_at <= ?": now,
		"DELETE FROM waits WHERE expires_at <= ?":    now,
		"DELETE FROM failed_accounts WHERE at <= ?":  now.Add(-keepFailures),
	})
}

// PurgeEnded deletes what has been over for a day: sessions, codes, requests to
// colleges and their answers, sign-ins toward a service that were given up,
// recoveries and links, and nodes that have not been heard of since.
func PurgeEnded(ctx context.Context, q bun.IDB, now time.Time) (int, error) {
	before := now.Add(-keepEnded)
	return purge(ctx, q, map[string]time.Time{
		"DELETE FROM sessions WHERE least(ended_at, idle_until, expires_at) <= ?": before,
		"DELETE FROM codes WHERE expires_at <= ?":                                 before,
		"DELETE FROM college_requests WHERE expires_at <= ?":                      before,
		"DELETE FROM college_responses WHERE expires_at <= ?":                     before,
		"DELETE FROM journeys WHERE answered_at IS NULL AND expires_at <= ?":      before,
		`DELETE FROM recoveries r WHERE expires_at <= ? AND NOT EXISTS (SELECT FROM codes WHERE recovery_id = r.id)
			AND NOT EXISTS (SELECT FROM links WHERE recovery_id = r.id)`: before,
		"DELETE FROM links WHERE expires_at <= ?":             before,
		"DELETE FROM passkey_exchanges WHERE expires_at <= ?": before,
		"DELETE FROM nodes WHERE seen_at <= ?":                before,
	})
}

// PurgeDevices deletes networks that nobody signed in from for long, devices
// and logouts that ended long ago, and what nobody needs of strangers' answers.
func PurgeDevices(ctx context.Context, q bun.IDB, now time.Time) (int, error) {
	before := now.Add(-keepDevices)
	return purge(ctx, q, map[string]time.Time{
		"DELETE FROM known_networks WHERE seen_at <= ?":              before,
		"DELETE FROM logouts WHERE expires_at <= ?":                  before,
		"DELETE FROM devices WHERE least(ended_at, expires_at) <= ?": before,
		`DELETE FROM question_budgets b WHERE NOT EXISTS (SELECT FROM accounts WHERE id = b.account_id)
			AND (b.failures = 0 OR b.recent[cardinality(b.recent)] <= ?)`: now.Add(-keepStrangers),
	})
}

func purge(ctx context.Context, q bun.IDB, statements map[string]time.Time) (int, error) {
	total := 0
	for statement, before := range statements {
		res, err := q.NewRaw(statement, before).Exec(ctx)
		if err != nil {
			return total, wrap(err, "purge")
		}
		n, err := res.RowsAffected()
		if err != nil {
			return total, wrap(err, "purge")
		}
		total += int(n)
	}
	return total, nil
}

// EraseExpiredDrafts deletes registrations that nobody came back to, a batch at
// a time, and returns which, for the audit. The evidence they began with keeps
// its row, which is its one-time use, but not what it says.
func EraseExpiredDrafts(ctx context.Context, tx Tx) ([]DraftID, error) {
	var ids []DraftID
	err := tx.NewRaw(`DELETE FROM drafts WHERE id IN (
			SELECT id FROM drafts WHERE account_id IS NULL AND expires_at <= ?
			ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED)
		RETURNING id`, tx.At, purgeBatch).Scan(ctx, &ids)
	if err != nil {
		return nil, wrap(err, "erase expired drafts")
	}
	if len(ids) == 0 {
		return nil, nil
	}
	_, err = tx.NewRaw(`UPDATE evidences SET message = '' WHERE draft_id IN (?) AND account_id IS NULL`, bun.List(ids)).Exec(ctx)
	return ids, wrap(err, "empty the evidence of expired drafts")
}

// EraseDraft deletes a registration that its person gives up, as expiry would.
// Erasing none is no error.
func EraseDraft(ctx context.Context, tx Tx, id DraftID) error {
	if _, err := tx.NewRaw(`DELETE FROM drafts WHERE id = ? AND account_id IS NULL`, id).Exec(ctx); err != nil {
		return wrap(err, "erase draft %s", id)
	}
	_, err := tx.NewRaw(`UPDATE evidences SET message = '' WHERE draft_id = ? AND account_id IS NULL`, id).Exec(ctx)
	return wrap(err, "empty the evidence of draft %s", id)
}
