package sso

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/journey"
	"oneid/app/internal/secret"
	"oneid/app/internal/verdict"
	"oneid/db"
	"oneid/saml"
)

// Answer is how a visit ends: a form to post to the service, or a Decision that
// asks the person for something first or keeps the service closed.
type Answer struct {
	// Form is posted to the service: an assertion, or a status that refuses.
	// Origins are where the service may lead the browser on.
	Form    *saml.PostForm
	Origins []string
	// Journey is where a request goes on that is neither answered nor refused.
	Journey  string
	Decision verdict.Decision
	// Reference is the number under which a refusal was recorded.
	Reference string

	Service   *db.Service
	opening   *db.Opening
	request   saml.Request
	party     *party
	shown     []byte            // the assertion in clear, while somebody looks on
	refused   *Refusal          // what Form takes to the service, when no person came into it
	withdrawn db.OrganizationID // what the person chose once and may not any more
}

// way is one request on its way to an answer, however it came in.
type way struct {
	journey *db.Journey
	fresh   bool // the journey is not kept yet
	request saml.Request
	party   *party
	visitor Visitor
	ahead   *ahead
	opening *db.Opening // nil while nobody is signed in
	answer  Answer
}

// settle decides what becomes of a request and does it. All that it decides by
// is read in tx, which the caller must not have used for anything that could
// make it stale.
func (r *Rules) settle(ctx context.Context, tx db.Tx, w *way) error {
	if s := w.visitor.Session; s.SignedIn() {
		on, err := db.HoldSession(ctx, tx, s.ID, s.Who.Account)
		if err != nil {
			return err
		}
		if !on { // ended from elsewhere since it was read: nobody is signed in
			w.visitor.Session = access.Session{}
		}
	}
	s := w.visitor.Session
	if s.SignedIn() {
		o, err := db.OpeningOf(ctx, tx, s.Who.Account, w.party.service.ID, w.party.row.EntityID, w.party.policy.NamedIn(w.party.row.EntityID))
		if err != nil {
			return err
		}
		if err := w.party.current(&o.Party); err != nil {
			return err
		}
		w.opening = o
	}
	d, err := r.decide(ctx, tx, w)
	if err != nil {
		return err
	}
	w.decided(d)
	switch d.Act {
	case verdict.Answer:
		return r.issue(ctx, tx, w)
	case verdict.Authority:
		w.answer.withdrawn = w.withdrawn()
	case verdict.Refuse:
		return r.decline(ctx, tx, w)
	case verdict.Closed:
		w.answer.Reference = secret.NewReference()
		return errors.Join(r.wait(ctx, tx, w), r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SSOServiceRefused, Subject: string(s.Who.Account), Service: w.party.service.ID, Reference: w.answer.Reference,
			Details: map[string]string{"request": w.request.ID, "why": string(d.Why().Code), "missing": string(d.Missing)},
		}))
	}
	return r.wait(ctx, tx, w)
}

func (w *way) decided(d verdict.Decision) {
	w.answer = Answer{
		Decision: d, Journey: w.journey.ID, Service: w.party.service, Origins: w.party.policy.FormOrigins,
		opening: w.opening, request: w.request, party: w.party,
	}
}

// wait keeps the journey for the pages on which the person has something to do.
func (r *Rules) wait(ctx context.Context, tx db.Tx, w *way) error {
	if w.answer.Decision.Why().Code == verdict.ProofTooOld {
		w.journey.ProveAfter = &tx.At
	}
	switch {
	case w.fresh:
		return r.keep(ctx, tx, w.journey, &w.request)
	case w.journey.ProveAfter == &tx.At:
		return db.ProveAgain(ctx, tx, w.journey.ID)
	case w.journey.AccountID == "" && w.opening != nil:
		return db.MeetJourney(ctx, tx, w.journey.ID, w.opening.Account.ID)
	}
	return nil
}

// decide asks the one decision. What a person could prove is counted only when
// the answer hangs on it.
func (r *Rules) decide(ctx context.Context, tx db.Tx, w *way) (verdict.Decision, error) {
	f := w.facts(tx.At)
	if w.request.HasSubject && w.opening != nil {
		if err := w.meant(ctx, tx, &f); err != nil {
			return verdict.Decision{}, err
		}
	}
	d := verdict.Decide(w.request, w.party.policy, f)
	if w.opening == nil || d.Why().Code != verdict.ContextOutOfReach {
		return d, nil
	}
	means, err := db.MeansOf(ctx, tx, w.opening.Account.ID, tx.At)
	if err != nil {
		return d, err
	}
	f.Reach = reach(means)
	return verdict.Decide(w.request, w.party.policy, f), nil
}

// facts are what is true of the person and their session now.
func (w *way) facts(now time.Time) verdict.Facts {
	s, o := w.visitor.Session, w.opening
	if o == nil {
		return verdict.Facts{Minimum: w.party.service.Minimum}
	}
	service := w.party.service
	pending := journey.Pending{Journey: w.journey}
	f := verdict.Facts{
		SignedIn: true, Level: s.Level(), Reach: s.Level(), Vouched: o.Vouched(), Minimum: service.Minimum,
		Missing:       journey.Lacks(o.Account.Status, service, o.Holds(service.RuleCollege), o.Enrolment),
		EmailVerified: o.Account.EmailVerifiedAt != nil,
		Shared:        w.visitor.Shared && !w.signedInFor(now), Confirmed: w.journey.ConfirmedBy == o.Account.ID,
		Changed:     w.journey.AccountID != "" && w.journey.AccountID != o.Account.ID,
		Authorities: len(o.Authorities), Shown: o.Shown,
	}
	f.Anew = w.request.ForceAuthn && w.fresh || !pending.Begun(s)
	if limit := w.party.policy.MaxAge; limit > 0 {
		f.TooOld = now.Sub(s.AuthenticatedAt()) > time.Duration(limit)*time.Minute
	}
	f.Chosen = w.authority() != nil
	return f
}

// justNow is how long after a sign-in nobody else can have sat down.
const justNow = 2 * time.Minute

// signedInFor tells whether the person has just signed in for this very request:
// who is there has been said.
func (w *way) signedInFor(now time.Time) bool {
	begun := w.visitor.Session.Begun
	return !w.fresh && begun.After(w.journey.CreatedAt) && now.Sub(begun) < justNow
}

// authority is whose authority the visit is under: the one chosen for this
// journey, else the one that is remembered, else the only one.
func (w *way) authority() *db.Authority {
	all := w.opening.Authorities
	chosen := w.journey.OrganizationID
	if chosen == "" && w.opening.Remembered {
		chosen = w.opening.LastAuthority
	}
	for i := range all {
		if all[i].ID == chosen || len(all) == 1 {
			return &all[i]
		}
	}
	return nil
}

// reach is the highest level that an account has the means for.
func reach(m db.Means) access.Level {
	switch {
	case m.Passkeys > 0:
		return access.Passkey
	case m.Holds():
		return access.Possession
	case m.Questions > 1:
		return access.Knowledge
	}
	return access.Basic
}

// decline refuses at the service. What nobody asked for is refused on a page of
// ours instead.
func (r *Rules) decline(ctx context.Context, tx db.Tx, w *way) error {
	d := w.answer.Decision
	if w.request.ID == "" {
		return refuse(reason(d.Why().Code), errors.New("launch declined")).about(w.party.service)
	}
	return r.takeBack(ctx, tx, w, audit.Event{
		Kind: audit.SSOServiceRefused, Subject: string(w.visitor.Session.Who.Account), Service: w.party.service.ID,
		Details: requestDetails(&w.request),
	})
}

// takeBack answers a request with the status that was decided, and writes the
// event down with what the service is told.
func (r *Rules) takeBack(ctx context.Context, tx db.Tx, w *way, event audit.Event) error {
	d := w.answer.Decision
	event.Reference = secret.NewReference()
	form, err := r.refusal(ctx, tx, w, event.Reference)
	if err != nil {
		return err
	}
	w.answer.Form, w.answer.Reference = form, event.Reference
	if err := r.close(ctx, tx, w); err != nil {
		return err
	}
	event.Details["status"], event.Details["why"] = cmp.Or(d.Substatus, d.Status), string(d.Why().Code)
	return r.Audit.Record(ctx, tx, event)
}

// close ends the journey: it has its answer.
func (r *Rules) close(ctx context.Context, tx db.Tx, w *way) error {
	if w.fresh {
		w.journey.AnsweredAt = &tx.At
		return insert(ctx, tx, w.journey, &w.request)
	}
	return db.AnswerJourney(ctx, tx, w.journey.ID)
}

// withdrawn is the organization that the person meant to act under and no longer
// may; empty for none.
func (w *way) withdrawn() db.OrganizationID {
	chosen := w.journey.OrganizationID
	if chosen == "" && w.opening.Remembered {
		chosen = w.opening.LastAuthority
	}
	if chosen == "" || slices.ContainsFunc(w.opening.Authorities, func(a db.Authority) bool { return a.ID == chosen }) {
		return ""
	}
	return chosen
}
