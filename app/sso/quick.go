package sso

import (
	"context"
	"errors"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/verdict"
	"oneid/db"
	"oneid/saml"
)

// errSlow says that there is more to do than the quick way can.
var errSlow = errors.New("not the quick way")

// quickly answers a request with nothing in its way, in two exchanges: one reads
// what is true, one writes the assertion and its event, unless that has changed.
// errSlow: something is in the way.
func (r *Rules) quickly(ctx context.Context, w *way) error {
	place := r.placeOf(w.ahead)
	defer place.Leave()
	account, entityID := w.visitor.Session.Who.Account, w.party.row.EntityID
	o := w.ahead.opening(w.party, account)
	if o == nil {
		var err error
		if o, err = db.QuickOpening(ctx, r.DB, account, w.party.service.ID, entityID, w.party.policy.NamedIn(entityID)); err != nil {
			return err
		}
		if known := r.known(entityID); known != nil {
			seen := o.Party
			known.seen.Store(&seen)
		}
	}
	if err := w.party.current(&o.Party); err != nil {
		return err
	}
	w.opening = o
	now := db.QuickClock(r.DB)
	d := verdict.Decide(w.request, w.party.policy, w.facts(now))
	w.decided(d)
	if d.Act != verdict.Answer || w.needsName() {
		return errSlow
	}
	entry, event, err := r.compose(ctx, r.DB, w, now)
	var refused *saml.Refusal
	if errors.As(err, &refused) {
		return errSlow
	}
	if err != nil {
		return err
	}
	entry.JourneyID = ""
	l := line{quick: db.Quick{Assertion: entry, Version: w.party.row.Version, Touch: access.Due(ctx)}, event: audit.Pend(ctx, now, event)}
	if err := place.Do(ctx, l); err != nil {
		return err
	}
	access.Touched(ctx)
	r.noteClock(ctx, w)
	return nil
}

// line is an answer that is to be written down.
type line struct {
	quick db.Quick
	event audit.Pending
}

// write writes answers down, each with its event.
func (r *Rules) write(ctx context.Context, lines []line) []error {
	events := make([]audit.Pending, len(lines))
	for i := range lines {
		events[i] = lines[i].event
	}
	results := r.Audit.Append(ctx, r.DB, events, func(ctx context.Context, places []int, rows []*db.AuditEvent) ([]string, error) {
		list := make([]db.Quick, len(places))
		for k, i := range places {
			list[k] = lines[i].quick
			list[k].Event = rows[k]
		}
		return db.WriteQuick(ctx, r.DB, list)
	})
	errs := make([]error, len(lines))
	for i, result := range results {
		if errs[i] = result.Err; result.Became == db.QuickRefused {
			errs[i] = errSlow
		}
	}
	return errs
}
