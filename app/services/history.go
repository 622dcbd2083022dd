package services

import (
	"context"
	"strings"

	"oneid/db"
)

// shownEvents is how many are shown of a service's history.
const shownEvents = 100

// History lists what administrators did to a service, newest first.
func (r *Rules) History(ctx context.Context, id db.ServiceID) ([]db.AuditEvent, error) {
	all, err := db.AuditOf(ctx, r.DB, string(id), 5*shownEvents)
	if err != nil {
		return nil, err
	}
	var done []db.AuditEvent
	for _, e := range all {
		if strings.HasPrefix(e.Kind, "services.") && len(done) < shownEvents {
			done = append(done, e)
		}
	}
	return done, nil
}
