package sso

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"oneid/app/internal/audit"
	"oneid/app/internal/journey"
	"oneid/app/internal/verdict"
	"oneid/db"
)

// Visit carries a journey on in the browser it belongs to. A *Refusal says that
// it can't.
func (r *Rules) Visit(ctx context.Context, id string, v Visitor) (Answer, error) {
	answer, err := r.onward(ctx, id, v, nil)
	return answer, r.noted(ctx, err)
}

// step is what a person does on the way, before the journey is decided anew.
type step func(ctx context.Context, tx db.Tx, w *way) error

// onward takes a step, if there is one, and decides, in one transaction.
func (r *Rules) onward(ctx context.Context, id string, v Visitor, taken step) (Answer, error) {
	pending, err := journey.Find(ctx, r.DB, id, v.Browser)
	if errors.Is(err, db.ErrNotFound) {
		return Answer{}, r.gone(ctx, id)
	}
	if err != nil {
		return Answer{}, err
	}
	if pending.AnsweredAt != nil {
		return Answer{}, refuse(reasonUsed, errGone).about(pending.Service)
	}
	w := &way{visitor: v}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		j, err := db.LockJourney(ctx, tx, id)
		if err != nil {
			return err
		}
		if j.AnsweredAt != nil {
			return fmt.Errorf("answer journey: %w", db.ErrNotFound)
		}
		w.journey = j
		if err := json.Unmarshal(j.Request, &w.request); err != nil {
			return fmt.Errorf("read journey: %w", err)
		}
		if w.party, err = r.party(ctx, tx, j.EntityID); err != nil {
			return err
		}
		if taken != nil {
			if err := taken(ctx, tx, w); err != nil || w.answer.Form != nil {
				return err
			}
		}
		return r.settle(ctx, tx, w)
	})
	switch {
	case errors.Is(err, db.ErrNotFound): // another tab was first
		return Answer{}, refuse(reasonUsed, err).about(pending.Service)
	case err != nil:
		return Answer{}, err
	}
	return w.answer, nil
}

// gone refuses a journey that can't go on. One that has only expired still knows
// where its service begins.
func (r *Rules) gone(ctx context.Context, id string) error {
	refusal := refuse(reasonStale, errGone)
	j, err := db.EndedJourney(ctx, r.DB, id)
	if errors.Is(err, db.ErrNotFound) {
		return refusal
	}
	if err != nil {
		return err
	}
	service, err := db.ServiceByID(ctx, r.DB, j.ServiceID)
	if err != nil {
		return err
	}
	return refusal.about(service)
}

// Confirm notes that the person signed in here is who carries the journey on.
func (r *Rules) Confirm(ctx context.Context, id string, v Visitor) (Answer, error) {
	answer, err := r.onward(ctx, id, v, func(ctx context.Context, tx db.Tx, w *way) error {
		who := v.Session.Who.Account
		if who == "" {
			return nil
		}
		w.journey.ConfirmedBy = who
		return db.ConfirmJourney(ctx, tx, id, who)
	})
	return answer, r.noted(ctx, err)
}

// Choose takes the authority for a journey. One that the person may not act
// under is no choice: they are asked again.
func (r *Rules) Choose(ctx context.Context, id string, v Visitor, organization db.OrganizationID, remember bool) (Answer, error) {
	answer, err := r.onward(ctx, id, v, func(ctx context.Context, tx db.Tx, w *way) error {
		if !v.Session.SignedIn() {
			return nil
		}
		who, service := v.Session.Who.Account, w.party.service.ID
		o, err := db.OpeningOf(ctx, tx, who, service, w.party.row.EntityID, w.party.policy.NamedIn(w.party.row.EntityID))
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(o.Authorities, func(a db.Authority) bool { return a.ID == organization }) {
			return nil
		}
		w.journey.OrganizationID = organization
		if err := db.SetJourneyAuthority(ctx, tx, id, organization); err != nil {
			return err
		}
		if err := db.ChooseAuthority(ctx, tx, who, service, organization, remember); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SSOAuthorityChosen, Subject: string(who), Service: service,
			Details: map[string]string{"authority": string(organization), "remembered": fmt.Sprint(remember)},
		})
	})
	return answer, r.noted(ctx, err)
}

// Accept keeps a receipt of what the person was shown, and goes on.
func (r *Rules) Accept(ctx context.Context, id string, v Visitor, language string) (Answer, error) {
	answer, err := r.onward(ctx, id, v, func(ctx context.Context, tx db.Tx, w *way) error {
		if !v.Session.SignedIn() {
			return nil
		}
		who := v.Session.Who.Account
		receipt := &db.Receipt{
			ID: db.NewID[db.ReceiptID](), AccountID: who, ServiceID: w.party.service.ID, EntityID: w.party.row.EntityID,
			Language: language, AcceptedAt: tx.At,
		}
		for _, k := range w.party.policy.Released() {
			receipt.Kinds = append(receipt.Kinds, string(k))
		}
		receipt.Attributes = []string{}
		for _, a := range w.party.policy.Release {
			receipt.Attributes = append(receipt.Attributes, a.Name)
		}
		if err := db.InsertReceipt(ctx, tx, receipt); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SSONoticeAccepted, Subject: string(who), Service: w.party.service.ID,
			Details: map[string]string{"receipt": string(receipt.ID)},
		})
	})
	return answer, r.noted(ctx, err)
}

// Leave takes the person back to the service without an assertion: they
// cancelled, or saw what would be sent and would not have it so. A service that
// is closed to them hears that instead.
func (r *Rules) Leave(ctx context.Context, id string, v Visitor, declined bool) (Answer, error) {
	answer, err := r.onward(ctx, id, v, func(ctx context.Context, tx db.Tx, w *way) error {
		w.answer = Answer{Decision: verdict.Ended(declined), Service: w.party.service, Origins: w.party.policy.FormOrigins}
		if w.request.ID == "" {
			return errAbandoned
		}
		return r.decline(ctx, tx, w)
	})
	if errors.Is(err, errAbandoned) {
		return Answer{}, nil
	}
	return answer, r.noted(ctx, err)
}

// errAbandoned ends a launch that the person gave up: nobody waits for a word.
var errAbandoned = errors.New("launch abandoned")
