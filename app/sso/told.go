package sso

import (
	"context"
	"errors"

	"oneid/app/internal/audit"
	"oneid/app/internal/verdict"
	"oneid/db"
	"oneid/saml"
)

// tell takes a refusal to the service whose request it is of, where that much is
// proven; any other error is passed on. What it goes by is what is true in the
// transaction that writes it down: errChanged says that the request has to be
// judged again.
func (r *Rules) tell(ctx context.Context, p *party, refused error) (Answer, error) {
	var told *saml.Refusal
	var refusal *Refusal
	if !errors.As(refused, &refusal) || !errors.As(refused, &told) || told.To == nil {
		return Answer{}, r.refusedBy(ctx, p, refused)
	}
	d, ok := verdict.Told(told.Code)
	if !ok {
		return Answer{}, r.refusedBy(ctx, p, refused)
	}
	w := &way{journey: newJourney(p, told.To), fresh: true, request: *told.To, party: p}
	w.decided(d)
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
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
		details := requestDetails(&w.request)
		details["code"] = refusal.Code
		return r.takeBack(ctx, tx, w, audit.Event{
			Kind: audit.SSORequestRefused, Actor: "stranger", Subject: string(p.service.ID), Service: p.service.ID, Details: details,
		})
	})
	if errors.Is(err, db.ErrExists) {
		id, err := r.resume(ctx, p, told.To.ID)
		return Answer{Journey: id}, err
	}
	refusal.Reference = w.answer.Reference
	w.answer.refused = refusal
	return w.answer, err
}
