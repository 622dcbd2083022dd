package sso

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/journey"
	"oneid/app/internal/policy"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/saml"
)

// Answer is how a visit of a journey ends. Exactly one field says so.
type Answer struct {
	// Form is posted to the service: an assertion, or a status that refuses.
	Form *saml.PostForm
	// Owed is the page of ours where the person has something to do first.
	Owed string
	// Wanted is the level that the session lacks.
	Wanted access.Level
	// Missing says why the person may not open the service.
	Missing   journey.Missing
	Reference string

	Service *db.Service
}

// Visit carries a journey on in the browser it belongs to. A *Refusal says that
// it can't.
func (r *Rules) Visit(ctx context.Context, id string, s access.Session, browser []byte) (Answer, error) {
	answer, err := r.visit(ctx, id, s, browser)
	return answer, r.noted(ctx, err)
}

func (r *Rules) visit(ctx context.Context, id string, s access.Session, browser []byte) (Answer, error) {
	pending, err := journey.Find(ctx, r.DB, id, browser)
	if errors.Is(err, db.ErrNotFound) {
		return Answer{}, refuse(reasonStale, errGone)
	}
	if err != nil {
		return Answer{}, err
	}
	if pending.AnsweredAt != nil {
		return Answer{}, refuse(reasonUsed, errGone).about(pending.Service)
	}
	p, err := r.party(ctx, r.DB, pending.EntityID)
	if err != nil {
		return Answer{}, err
	}
	var request saml.Request
	if err := json.Unmarshal(pending.Request, &request); err != nil {
		return Answer{}, fmt.Errorf("read journey: %w", err)
	}
	switch verdict := decide(request, p.policy, pending.Proven(s)); {
	case verdict.status != "":
		return r.decline(ctx, p, pending.ID, request, s, verdict)
	case verdict.signIn:
		return Answer{Owed: journey.SigninPath + "?j=" + id, Service: p.service}, nil
	}
	answer, err := r.complete(ctx, pending, request, s)
	if err != nil || answer.Wanted == access.None {
		return answer, err
	}
	return r.short(ctx, p, pending.ID, request, s, answer)
}

// short answers for a session that has proven less than the service wants: more
// is asked of the person, unless they may not be asked or have nothing to give.
func (r *Rules) short(ctx context.Context, p *party, id string, q saml.Request, s access.Session, answer Answer) (Answer, error) {
	if q.IsPassive {
		return r.decline(ctx, p, id, q, s, noPassive())
	}
	means, err := db.MeansOf(ctx, r.DB, s.Who.Account, r.DB.Clock.Now())
	if err != nil {
		return Answer{}, err
	}
	// What the service asks of everyone is explained on a page of ours; what this
	// request asks is the service's to explain.
	if need, _ := wanted(q); need > reach(means) {
		return r.decline(ctx, p, id, q, s, noContext())
	}
	return answer, nil
}

// verdict is what a request and a session make together.
type verdict struct {
	// signIn: the person has to prove who they are first.
	signIn bool
	// status, with substatus, refuses at the service.
	status, substatus, message string
}

// decide judges what a request asks for against what the session has proven. A
// request to be forced and silent at once can't be met.
func decide(q saml.Request, treated policy.Policy, proven bool) verdict {
	_, known := wanted(q)
	switch {
	case q.HasSubject:
		return verdict{status: saml.StatusResponder, substatus: saml.StatusRequestUnsupported, message: "A request that names its subject is not supported."}
	case !treated.Names(q.NameIDFormat):
		return verdict{status: saml.StatusRequester, substatus: saml.StatusInvalidNameIDPolicy, message: "This NameID format is not offered to the service."}
	case !known:
		return noContext()
	case !proven && q.IsPassive:
		return noPassive()
	case !proven:
		return verdict{signIn: true}
	}
	return verdict{}
}

func noContext() verdict {
	return verdict{status: saml.StatusResponder, substatus: saml.StatusNoAuthnContext, message: "The requested authentication context can't be met."}
}

func noPassive() verdict {
	return verdict{status: saml.StatusResponder, substatus: saml.StatusNoPassive, message: "The person would have to take part."}
}

func (r *Rules) decline(ctx context.Context, p *party, id string, q saml.Request, s access.Session, v verdict) (Answer, error) {
	form, err := r.IDP.Refuse(q, v.status, v.substatus, v.message, saml.AnswerOptions{})
	if err != nil {
		return Answer{}, err
	}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.AnswerJourney(ctx, tx, id); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SSOServiceRefused, Subject: string(s.Who.Account), Service: p.service.ID,
			Details: map[string]string{"request": q.ID, "status": v.substatus},
		})
	})
	return Answer{Form: form, Service: p.service}, answeredOnce(err, p.service)
}

// complete decides, in one transaction, whether the person may open the service
// now, writes the assertion down and closes the journey. All that it decides by
// is read in that transaction.
func (r *Rules) complete(ctx context.Context, pending *journey.Pending, q saml.Request, s access.Session) (Answer, error) {
	answer := Answer{Service: pending.Service}
	id := pending.ID
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		j, err := db.LockJourney(ctx, tx, id)
		if err != nil {
			return err
		}
		if j.AnsweredAt != nil {
			return fmt.Errorf("answer journey: %w", db.ErrNotFound)
		}
		p, err := r.party(ctx, tx, j.EntityID)
		if err != nil {
			return err
		}
		account, err := db.AccountByID(ctx, tx, s.Who.Account)
		if err != nil {
			return err
		}
		if answer.Missing, err = journey.MayOpen(ctx, tx, account, p.service); err != nil {
			return err
		}
		if answer.Missing != journey.Nothing {
			answer.Reference = secret.NewReference()
			return r.Audit.Record(ctx, tx, audit.Event{
				Kind: audit.SSOServiceRefused, Subject: string(account.ID), Service: p.service.ID, Reference: answer.Reference,
				Details: map[string]string{"request": q.ID, "missing": string(answer.Missing)},
			})
		}
		if need, _ := wanted(q); s.Level() < max(need, minimum(p.service)) {
			answer.Wanted = max(need, minimum(p.service))
			return nil
		}
		issued, err := r.issue(ctx, tx, p, account, q, s, &answer)
		if err != nil {
			return err
		}
		if err := db.AnswerJourney(ctx, tx, id); err != nil {
			return err
		}
		issued.JourneyID = id
		if err := db.InsertAssertion(ctx, tx, issued); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SSOAssertionIssued, Subject: string(account.ID), Service: p.service.ID,
			Details: map[string]string{"assertion": issued.ID, "request": q.ID, "context": issued.Context, "key": issued.KeyFingerprint},
		})
	})
	if err != nil {
		return Answer{}, answeredOnce(err, pending.Service)
	}
	return answer, nil
}

// answeredOnce explains that another tab was first.
func answeredOnce(err error, service *db.Service) error {
	if errors.Is(err, db.ErrNotFound) {
		return refuse(reasonUsed, err).about(service)
	}
	return err
}

// issue builds and signs the assertion. answer gets the form to post.
func (r *Rules) issue(ctx context.Context, tx db.Tx, p *party, account *db.Account, q saml.Request, s access.Session, answer *Answer) (*db.Assertion, error) {
	name, err := r.nameID(ctx, tx, p, account, q)
	if err != nil {
		return nil, err
	}
	attributes, err := r.attributes(ctx, tx, p, account, name)
	if err != nil {
		return nil, err
	}
	index, _ := secret.NewToken()
	statement := saml.Assertion{
		NameID: name, AuthnInstant: s.AuthenticatedAt(), SessionIndex: "_" + index.Reveal()[:32], SessionEnds: s.Until,
		Context: said(q, s.Level()), Attributes: attributes,
	}
	form, issued, err := r.IDP.Respond(q, statement, saml.AnswerOptions{})
	if err != nil {
		return nil, fmt.Errorf("answer service %s: %w", p.service.ID, err)
	}
	digest, err := hex.DecodeString(issued.Digest)
	if err != nil {
		return nil, fmt.Errorf("answer service %s: %w", p.service.ID, err)
	}
	answer.Form = form
	names := make([]string, len(attributes))
	for i, a := range attributes {
		names[i] = a.Name
	}
	return &db.Assertion{
		ID: issued.AssertionID, ResponseID: issued.ResponseID, AccountID: account.ID, ServiceID: p.service.ID, EntityID: p.row.EntityID,
		Session: s.ID, SessionIndex: statement.SessionIndex, NameID: name.Value, Context: statement.Context,
		Attributes: names, SHA256: digest, KeyFingerprint: issued.KeyFingerprint, IssuedAt: issued.IssuedAt,
	}, nil
}
