package sso

import (
	"context"
	"time"

	"oneid/app/internal/convoy"
	"oneid/db"
	"oneid/saml"
)

// ahead is a request by redirect that was read before its browser's session, and
// what was found with the session.
type ahead struct {
	in    *saml.Incoming
	err   error  // why it can't be read
	party *party // as this process remembers it; nil when it does not
	found *db.Arrival
	place *convoy.Ticket[line] // among the answers written next; nil for none yet
}

type aheadKey struct{}

func aheadOf(ctx context.Context) *ahead {
	a, _ := ctx.Value(aheadKey{}).(*ahead)
	return a
}

func (r *Rules) readAhead(rawQuery string) *ahead {
	a := new(ahead)
	if a.in, a.err = r.IDP.ReadRedirect(rawQuery); a.err == nil {
		a.party = r.remembered(a.in.Issuer)
	}
	return a
}

// findWith reads a session, and with it what is true of its person and the service
// that the request is from.
func (r *Rules) findWith(ctx context.Context, a *ahead, tokenHash string, now time.Time) (*db.Session, error) {
	entityID := a.party.row.EntityID
	found := &db.Arrival{TokenHash: tokenHash, Now: now, EntityID: entityID, Named: a.party.policy.NamedIn(entityID)}
	if known := r.known(entityID); known != nil {
		found.Party = known.seen.Load()
	}
	a.place = r.writing().Expect()
	if err := r.arriving().Do(ctx, found); err != nil {
		return nil, err
	}
	if found.Session == nil { // nobody's session, or nobody's service
		a.leave()
		return db.FindSession(ctx, r.DB, tokenHash, now)
	}
	a.found = found
	return found.Session, nil
}

// placeOf takes a request's place among the answers written next.
func (r *Rules) placeOf(a *ahead) *convoy.Ticket[line] {
	if a == nil || a.place == nil {
		return r.writing().Expect()
	}
	place := a.place
	a.place = nil
	return place
}

// leave lets the others go on without a request that came to nothing.
func (a *ahead) leave() {
	if a.place != nil {
		a.place.Leave()
	}
}

// opening is what was found about a person toward a service; nil for nothing.
func (a *ahead) opening(p *party, account db.AccountID) *db.Opening {
	if a == nil || a.found == nil || a.found.Opening == nil || a.party != p || a.found.Opening.Account.ID != account {
		return nil
	}
	return a.found.Opening
}

const (
	// together is how many sign-ons are read or written together at most.
	together = 32
	// patience is how long an answer waits at most for others that are being made,
	// to be written with them: some signatures long.
	patience = 20 * time.Millisecond
	// company is how long a browser waits at most for others to be read with, where
	// many come.
	company = 4 * time.Millisecond
)

// arriving gathers browsers that come at the same time.
func (r *Rules) arriving() *convoy.Convoy[*db.Arrival] {
	r.gather.Do(r.gathered)
	return r.arrivals
}

// writing gathers answers that are ready at the same time.
func (r *Rules) writing() *convoy.Convoy[line] {
	r.gather.Do(r.gathered)
	return r.lines
}

func (r *Rules) gathered() {
	r.arrivals = &convoy.Convoy[*db.Arrival]{Run: r.read, Most: together, Patience: company, Company: true}
	r.lines = &convoy.Convoy[line]{Run: r.write, Most: together, Patience: patience}
}

// read reads all that come together; what goes wrong does for all.
func (r *Rules) read(ctx context.Context, all []*db.Arrival) []error {
	errs := make([]error, len(all))
	if err := db.ReadArrivals(ctx, r.DB, all); err != nil {
		for i := range errs {
			errs[i] = err
		}
	}
	return errs
}
