package services

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
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

// shownEvents are events with who did what: what was and what is, where the trail
// has both.
func (h *Handlers) shownEvents(ctx context.Context, events []db.AuditEvent) ([]view.Event, error) {
	details := make([]map[string]string, len(events))
	var who []string
	for i, e := range events {
		if err := json.Unmarshal([]byte(e.Details), &details[i]); err != nil && e.Details != "" {
			return nil, fmt.Errorf("read audit event: %w", err)
		}
		who = append(who, e.Actor)
		for _, name := range []string{"proposed_by", "account"} {
			if id := details[i][name]; id != "" {
				who = append(who, id)
			}
		}
	}
	known, err := h.people(ctx, who...)
	if err != nil {
		return nil, err
	}
	var list []view.Event
	for i, e := range events {
		shown := view.Event{Kind: e.Kind, Who: known[e.Actor], At: e.At, Proposer: known[details[i]["proposed_by"]]}
		for _, name := range slices.Sorted(maps.Keys(details[i])) {
			text := details[i][name]
			switch was, is, changed := strings.Cut(text, arrow); {
			case name == "proposed_by":
			case name == "account":
				shown.Lines = append(shown.Lines, view.EventLine{Name: name, Is: known[text]})
			case changed:
				shown.Lines = append(shown.Lines, view.EventLine{Name: name, Was: was, Is: is, Changed: true})
			default:
				shown.Lines = append(shown.Lines, view.EventLine{Name: name, Is: text})
			}
		}
		list = append(list, shown)
	}
	return list, nil
}
