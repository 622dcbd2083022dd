package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// ServiceHour counts a service's sign-ins in one hour that ended in one way.
type ServiceHour struct {
	bun.BaseModel `bun:"table:service_hours"`

	ServiceID ServiceID `bun:",pk"`
	Hour      time.Time `bun:",pk"`
	Reason    string    `bun:",pk"` // empty for a success
	Count     int
}

// countedEvents are the events that end a sign-in toward a service, each with the
// reason that its details give.
const countedEvents = `
	SELECT service AS service_id, date_trunc('hour', at, 'UTC') AS hour,
		CASE WHEN kind = 'sso.assertion.issued' THEN ''
			ELSE coalesce(nullif(details::json->>'code', ''), nullif(details::json->>'missing', ''), nullif(details::json->>'status', ''), 'other') END AS reason,
		count(*)::integer AS count
	FROM audit_events
	WHERE kind IN ('sso.assertion.issued', 'sso.request.refused', 'sso.service.refused') AND service <> '' AND at >= ? AND at < ?`

// CountServiceHours counts all hours between two times, once: what was counted
// before stays. It returns how many rows were added.
func CountServiceHours(ctx context.Context, q bun.IDB, from, to time.Time) (int, error) {
	res, err := q.NewRaw("INSERT INTO service_hours (service_id, hour, reason, count) SELECT c.* FROM ("+countedEvents+
		" GROUP BY 1, 2, 3) AS c JOIN services AS s ON s.id = c.service_id ON CONFLICT DO NOTHING", from, to).Exec(ctx)
	if err != nil {
		return 0, wrap(err, "count sign-ins by the hour")
	}
	n, err := res.RowsAffected()
	return int(n), wrap(err, "count sign-ins by the hour")
}

// LastCountedHour is the newest hour that was counted; zero for none.
func LastCountedHour(ctx context.Context, q bun.IDB) (time.Time, error) {
	var last *time.Time
	err := q.NewRaw("SELECT max(hour) FROM service_hours").Scan(ctx, &last)
	if last == nil {
		return time.Time{}, wrap(err, "find last counted hour")
	}
	return *last, wrap(err, "find last counted hour")
}

// ServiceHours lists what was counted of one service, or of all for an empty
// name, in the hours from a time on.
func ServiceHours(ctx context.Context, q bun.IDB, id ServiceID, from time.Time) ([]ServiceHour, error) {
	var all []ServiceHour
	err := q.NewSelect().Model(&all).Where("hour >= ? AND (? = '' OR service_id = ?)", from, id, id).Order("hour", "reason").Scan(ctx)
	return all, wrap(err, "list hours of services")
}

// LiveServiceHours counts the hours that are not counted yet, from the trail
// itself.
func LiveServiceHours(ctx context.Context, q bun.IDB, id ServiceID, from, to time.Time) ([]ServiceHour, error) {
	var all []ServiceHour
	err := q.NewRaw(countedEvents+" AND (? = '' OR service = ?) GROUP BY 1, 2, 3 ORDER BY 2, 3", from, to, id, id).Scan(ctx, &all)
	return all, wrap(err, "count running hours of services")
}

// PurgeServiceHours forgets hours before a time.
func PurgeServiceHours(ctx context.Context, q bun.IDB, before time.Time) (int, error) {
	res, err := q.NewDelete().Model((*ServiceHour)(nil)).Where("hour < ?", before).Exec(ctx)
	if err != nil {
		return 0, wrap(err, "purge hours of services")
	}
	n, err := res.RowsAffected()
	return int(n), wrap(err, "purge hours of services")
}

// LastSignIn is when a service last got an assertion: to the second if that was
// after a time, else to the hour; zero for never.
func LastSignIn(ctx context.Context, q bun.IDB, id ServiceID, after time.Time) (time.Time, error) {
	var last *time.Time
	err := q.NewRaw(`SELECT coalesce(
		(SELECT max(at) FROM audit_events WHERE kind = 'sso.assertion.issued' AND service = ? AND at >= ?),
		(SELECT max(hour) FROM service_hours WHERE service_id = ? AND reason = ''))`, id, after, id).Scan(ctx, &last)
	if last == nil {
		return time.Time{}, wrap(err, "find last sign-in to service %s", id)
	}
	return *last, wrap(err, "find last sign-in to service %s", id)
}

// Warned notes that a warning about a service was sent; false: it was before.
func Warned(ctx context.Context, tx Tx, entityID, about string) (bool, error) {
	res, err := tx.NewRaw("INSERT INTO service_warnings (entity_id, about, sent_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", entityID, about, tx.At).Exec(ctx)
	if err != nil {
		return false, wrap(err, "note a warning")
	}
	n, err := res.RowsAffected()
	return n == 1, wrap(err, "note a warning")
}
