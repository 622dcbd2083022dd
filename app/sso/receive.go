package sso

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/convoy"
	"oneid/app/internal/exchange"
	"oneid/app/internal/journey"
	"oneid/app/internal/outbox"
	"oneid/app/internal/policy"
	"oneid/app/internal/release"
	"oneid/app/internal/samlkey"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/saml"
	"oneid/views/i18n"
)

// Rules decides what services get.
type Rules struct {
	DB      *db.DB
	IDP     saml.IDP
	Keys    *samlkey.Ring
	Release *release.Book
	Audit   *audit.Log
	Words   *i18n.Catalogue
	// Outbox takes word for the services of sessions that end.
	Outbox *outbox.Outbox
	// Seal keeps what came from others while somebody looks on.
	Seal exchange.Sealer
	// Metadata decides which addresses a service's metadata may hold.
	Metadata saml.ReadOptions

	parsed sync.Map // entity ID to *parsedProvider: metadata is parsed once per version

	gather   sync.Once
	arrivals *convoy.Convoy[*db.Arrival]
	lines    *convoy.Convoy[line]
}

// Visitor is the browser that brings a request or carries it on.
type Visitor struct {
	Session access.Session
	Browser []byte // what its journeys are bound to; nil when that is not known yet
	Shared  bool   // many work at it
}

// Begin judges a request and keeps it as a journey. The answer says where that
// goes on, or takes a refusal back to the service. The same request from a browser
// that came back resumes the same journey; whether it is the same browser is
// judged where the journey goes on.
func (r *Rules) Begin(ctx context.Context, in *saml.Incoming, readErr error) (Answer, error) {
	answer, err := r.begin(ctx, in, readErr)
	if errors.Is(err, errChanged) {
		answer, err = r.begin(ctx, in, readErr)
	}
	return answer, r.noted(ctx, err)
}

func (r *Rules) begin(ctx context.Context, in *saml.Incoming, readErr error) (Answer, error) {
	if in == nil {
		return Answer{}, unreadable(readErr)
	}
	p, err := r.party(ctx, r.DB, in.Issuer)
	if err != nil {
		return Answer{}, err // unknown, or switched off: more to the point than how it is written
	}
	request, err := r.check(in, p)
	if err != nil {
		return r.tell(ctx, p, unread(err, readErr, p))
	}
	j := newJourney(p, request)
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error { return r.keep(ctx, tx, j, request) })
	if errors.Is(err, db.ErrExists) {
		id, err := r.resume(ctx, p, request.ID)
		return Answer{Journey: id}, err
	}
	return Answer{Journey: j.ID}, err
}

// unreadable refuses a request that nobody can be told of.
func unreadable(readErr error) *Refusal {
	refusal := explain(readErr)
	refusal.unread = readErr
	if refusal.Reason == reasonInvalid {
		refusal.Reason = reasonUnreadable
	}
	return refusal
}

// unread puts what was wrong with how a request is written before what is wrong
// with it besides, which only keeps the service from being told.
func unread(err, readErr error, p *party) error {
	var told *saml.Refusal
	if readErr == nil || errors.As(err, &told) && told.To == nil && told.Code == saml.StaleRequest {
		return err
	}
	refusal := explain(readErr).about(p.service)
	if errors.As(err, &told) && told.To != nil {
		refusal = explain(told).about(p.service)
	}
	refusal.unread = readErr
	return refusal
}

// Arrive is Begin for a request whose browser brought its session along: when
// nothing is in the way it is answered at once, and the request, the ledger and
// the audit trail are written in one transaction.
func (r *Rules) Arrive(ctx context.Context, a *ahead, v Visitor) (Answer, error) {
	if a.err != nil || !v.Session.SignedIn() {
		return r.Begin(ctx, a.in, a.err)
	}
	answer, err := r.arrive(ctx, a, v, a.party)
	if errors.Is(err, errChanged) {
		answer, err = r.arrive(ctx, a, v, nil)
	}
	return answer, r.noted(ctx, err)
}

func (r *Rules) arrive(ctx context.Context, a *ahead, v Visitor, p *party) (Answer, error) {
	if p == nil {
		var err error
		if p, err = r.party(ctx, r.DB, a.in.Issuer); err != nil {
			return Answer{}, err
		}
	}
	request, err := r.check(a.in, p)
	if err != nil {
		return r.tell(ctx, p, err)
	}
	answer, err := r.first(ctx, p, request, v, a)
	if errors.Is(err, db.ErrExists) {
		id, err := r.resume(ctx, p, request.ID)
		return Answer{Journey: id}, err
	}
	return answer, err
}

// refusedBy passes a refusal on when it was made by what is true now; errChanged
// when it may have been made by what was.
func (r *Rules) refusedBy(ctx context.Context, p *party, refusal error) error {
	return errors.Join(db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		now, err := db.PartyOf(ctx, tx, p.row.EntityID)
		if errors.Is(err, db.ErrNotFound) {
			return errChanged
		}
		if err != nil {
			return err
		}
		if err := p.current(now); err != nil {
			return err
		}
		return refusal
	}))
}

// first settles a request that has just come in, or a launch, in the browser
// that brought it. a is what was read ahead; nil for nothing.
func (r *Rules) first(ctx context.Context, p *party, request *saml.Request, v Visitor, a *ahead) (Answer, error) {
	j := newJourney(p, request)
	j.Browser, j.AccountID = v.Browser, v.Session.Who.Account
	w := &way{journey: j, fresh: true, request: *request, party: p, visitor: v, ahead: a}
	if err := r.quickly(ctx, w); !errors.Is(err, errSlow) {
		return w.answer, err
	}
	w.opening, w.answer = nil, Answer{}
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error { return r.settle(ctx, tx, w) })
	return w.answer, err
}

func (r *Rules) check(in *saml.Incoming, p *party) (*saml.Request, error) {
	request, err := r.IDP.Check(in, p.provider)
	if err != nil {
		return nil, explain(err).about(p.service)
	}
	switch name := &request.Subject; {
	case name.Format == policy.NameEmail:
		name.Value = "" // it can't be honoured, so the address is not kept
	case name.Value != "" && !r.made(name.Value):
		name.Value = nobodysName // whatever it says of whom: it is no name of ours
	}
	return request, nil
}

// newJourney is the journey of a request, not kept yet.
func newJourney(p *party, request *saml.Request) *db.Journey {
	return &db.Journey{ID: journey.NewID(), ServiceID: p.service.ID, EntityID: p.row.EntityID, RequestID: request.ID}
}

// keep writes a journey down that goes on elsewhere.
func (r *Rules) keep(ctx context.Context, tx db.Tx, j *db.Journey, request *saml.Request) error {
	if err := insert(ctx, tx, j, request); err != nil {
		return err
	}
	return r.Audit.Record(ctx, tx, audit.Event{
		Kind: audit.SSORequestAccepted, Actor: "stranger", Subject: string(j.ServiceID), Service: j.ServiceID,
		Details: requestDetails(request),
	})
}

// insert writes a journey down with its request. db.ErrExists: its request was received before.
func insert(ctx context.Context, tx db.Tx, j *db.Journey, request *saml.Request) error {
	if request.ID != "" {
		answered, err := db.Answered(ctx, tx, j.EntityID, request.ID)
		if err != nil {
			return err
		}
		if answered {
			return fmt.Errorf("answered as it came: %w", db.ErrExists)
		}
	}
	facts, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("keep request: %w", err)
	}
	j.Request = facts
	j.CreatedAt, j.ExpiresAt = tx.At, tx.At.Add(journey.Lifetime)
	if request.ForceAuthn && j.ProveAfter == nil {
		j.ProveAfter = &tx.At
	}
	return db.InsertJourney(ctx, tx, j)
}

// requestDetails are what the audit trail keeps of a request.
func requestDetails(q *saml.Request) map[string]string {
	if q.ID == "" {
		return map[string]string{"launched": "true"}
	}
	return map[string]string{"request": q.ID, "signed": fmt.Sprint(q.Verified), "binding": q.Binding}
}

// resume finds the journey that a request began before: Back and reload post
// the same request again.
func (r *Rules) resume(ctx context.Context, p *party, requestID string) (string, error) {
	j, err := db.JourneyOfRequest(ctx, r.DB, p.row.EntityID, requestID)
	if errors.Is(err, db.ErrNotFound) {
		return "", refuse(reasonUsed, errors.New("request answered as it came")).about(p.service)
	}
	if err != nil {
		return "", err
	}
	switch {
	case j.AnsweredAt != nil:
		return "", refuse(reasonUsed, errors.New("request answered before")).about(p.service)
	case !j.ExpiresAt.After(r.DB.Clock.Now()):
		return "", refuse(reasonStale, errors.New("journey expired")).about(p.service)
	}
	return j.ID, nil
}

// noted records a refusal under the number that its page shows. Other errors
// pass. A refusal that can't be recorded is none: its number would lead nowhere.
func (r *Rules) noted(ctx context.Context, err error) error {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	refusal.Reference = secret.NewReference()
	e := audit.Event{
		Kind: audit.SSORequestRefused, Actor: "stranger", Reference: refusal.Reference,
		Details: map[string]string{"code": refusal.Code},
	}
	if refusal.Service != nil {
		e.Subject, e.Service = string(refusal.Service.ID), refusal.Service.ID
	}
	recordErr := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		return r.Audit.Record(ctx, tx, e)
	})
	if recordErr != nil {
		return fmt.Errorf("record refusal %s: %w", refusal.Code, recordErr)
	}
	return err
}
