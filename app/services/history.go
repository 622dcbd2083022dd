package services

import (
	"context"
	"strings"

	"oneid/db"
	view "oneid/views/services"
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
		if ours := strings.HasPrefix(e.Kind, "services.") || strings.HasPrefix(e.Kind, "keys."); ours && len(done) < shownEvents {
			done = append(done, e)
		}
	}
	return done, nil
}

func shownEventsOf(events []db.AuditEvent, known people) []view.Event {
	var list []view.Event
	for _, e := range events {
		list = append(list, view.Event{Kind: e.Kind, Who: known[e.Actor], At: e.At, What: strings.Trim(e.Details, "{}")})
	}
	return list
}
