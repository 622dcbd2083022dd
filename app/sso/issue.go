package sso

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/policy"
	"oneid/app/internal/release"
	"oneid/app/internal/secret"
	"oneid/app/internal/verdict"
	"oneid/db"
	"oneid/saml"
	"oneid/views/i18n"
)

// issue answers a request with an assertion, and writes it down with the request
// and the event in the same transaction.
func (r *Rules) issue(ctx context.Context, tx db.Tx, w *way) error {
	o := w.opening
	if w.needsName() {
		var err error
		o.Name, err = db.NameIDFor(ctx, tx, o.Account.ID, w.party.policy.NamedIn(w.party.row.EntityID), release.FreshName())
		if err != nil {
			return err
		}
	}
	entry, event, err := r.compose(ctx, tx, w, tx.At)
	if err != nil {
		return r.unencrypted(ctx, tx, w, err)
	}
	if err := r.close(ctx, tx, w); err != nil {
		return err
	}
	if err := db.InsertAssertion(ctx, tx, entry); err != nil {
		return err
	}
	return r.Audit.Record(ctx, tx, event)
}

// needsName tells whether the service is to know the person by a name that they
// do not have yet.
func (w *way) needsName() bool {
	return w.opening.Name == "" && release.NeedsName(w.party.policy, w.answer.Decision.NameFormat)
}

// compose builds and signs the answer, and says what is to be written down of it.
// A *saml.Refusal says that it may not go out in clear.
func (r *Rules) compose(ctx context.Context, q db.Querier, w *way, now time.Time) (*db.Assertion, audit.Event, error) {
	var event audit.Event
	options, err := r.options(ctx, q, w, now)
	if err != nil {
		return nil, event, err
	}
	told, err := r.Release.Tell(ctx, release.Subject{
		Opening: w.opening, Policy: w.party.policy, EntityID: w.party.row.EntityID, Name: w.opening.Name,
		Format: w.answer.Decision.NameFormat, Authority: w.authority(), Service: w.party.service, Factors: w.visitor.Session.Factors,
		Strong: w.answer.Decision.Strong,
	})
	if err != nil {
		return nil, event, err
	}
	index, _ := secret.NewToken()
	s := w.visitor.Session
	if w.request.HasSubject && told.NameID.Format == policy.NameTransient {
		told.NameID.Value = w.request.Subject.Value // the answer names whom the request did
	}
	statement := saml.Assertion{
		NameID: told.NameID, AuthnInstant: s.AuthenticatedAt(), SessionIndex: "_" + index.Reveal()[:32],
		Context: w.answer.Decision.Context, Attributes: told.Attributes(),
	}
	if w.party.policy.SessionEnds {
		statement.SessionEnds = s.Until
	}
	form, issued, err := r.IDP.Respond(w.request, statement, options)
	if err != nil {
		return nil, event, fmt.Errorf("answer service %s: %w", w.party.service.ID, err)
	}
	w.answer.Form = form
	if r.watched(w.party) {
		w.answer.shown = issued.AssertionXML
	}
	entry, err := w.entry(statement, issued)
	if err != nil {
		return nil, event, err
	}
	details := requestDetails(&w.request)
	details["assertion"], details["context"], details["key"] = entry.ID, entry.Context, entry.KeyFingerprint
	details["digest"], details["assertion_digest"] = issued.Digest, issued.AssertionDigest
	if entry.OrganizationID != "" {
		details["authority"] = string(entry.OrganizationID)
	}
	return entry, audit.Event{
		Kind: audit.SSOAssertionIssued, Subject: string(entry.AccountID), Service: entry.ServiceID, Details: details,
	}, nil
}

// entry is the assertion's row in the ledger.
func (w *way) entry(a saml.Assertion, issued *saml.Issued) (*db.Assertion, error) {
	whole, err := hex.DecodeString(issued.Digest)
	if err != nil {
		return nil, fmt.Errorf("write assertion down: %w", err)
	}
	part, err := hex.DecodeString(issued.AssertionDigest)
	if err != nil {
		return nil, fmt.Errorf("write assertion down: %w", err)
	}
	names := make([]string, len(a.Attributes))
	for i := range a.Attributes {
		names[i] = a.Attributes[i].Name
	}
	e := &db.Assertion{
		ID: issued.AssertionID, ResponseID: issued.ResponseID, JourneyID: w.journey.ID, RequestID: w.request.ID,
		AccountID: w.opening.Account.ID, ServiceID: w.party.service.ID, EntityID: w.party.row.EntityID,
		Session: w.visitor.Session.ID, SessionIndex: a.SessionIndex,
		NameID: a.NameID.Value, NameIDFormat: a.NameID.Format, NameQualifier: a.NameID.NameQualifier, SPNameQualifier: a.NameID.SPNameQualifier,
		Context: a.Context, Attributes: names, SHA256: whole, AssertionSHA256: part,
		KeyFingerprint: issued.KeyFingerprint, Algorithm: issued.Algorithm, Encryption: issued.Encryption, IssuedAt: issued.IssuedAt,
	}
	if authority := w.authority(); authority != nil {
		e.OrganizationID = authority.ID
	}
	return e, nil
}

// options say how the service's policy has an answer protected.
func (r *Rules) options(ctx context.Context, q db.Querier, w *way, now time.Time) (saml.AnswerOptions, error) {
	p := w.party.policy
	o, err := r.signing(ctx, q, w)
	if err != nil {
		return o, err
	}
	o.NameFormat = p.NameFormat
	if p.Notice {
		o.Consent = saml.ConsentPrior
	}
	o.Encrypt, err = saml.ChooseRecipient(w.party.provider, saml.EncryptionWish{
		Mode: saml.EncryptionMode(p.Encrypt), AllowCBC: p.CBC(), AllowExpired: p.ExpiredKeys, Now: now,
	})
	return o, err
}

// signing says with what an answer to the service is signed, and what of it.
func (r *Rules) signing(ctx context.Context, q db.Querier, w *way) (saml.AnswerOptions, error) {
	p := w.party.policy
	key, err := r.Keys.SignerOf(ctx, q, w.party.row, p.SignatureAlgorithm == policy.ECDSASHA256)
	if err != nil {
		return saml.AnswerOptions{}, err
	}
	o := saml.AnswerOptions{Key: key, Sign: saml.SignMode(p.Sign)}
	if p.SignatureAlgorithm == policy.RSASHA1 {
		o.Algorithm = saml.RSASHA1
	}
	return o, nil
}

// unencrypted refuses at the service what may not go there in clear. Other
// errors pass.
func (r *Rules) unencrypted(ctx context.Context, tx db.Tx, w *way, err error) error {
	var refused *saml.Refusal
	if !errors.As(err, &refused) {
		return err
	}
	w.answer.Decision = verdict.Unprotected(w.answer.Decision)
	return r.decline(ctx, tx, w)
}

// refusal is the form that takes a status to the service, signed as its answers
// are. Its text is for the people who run the service, in both languages, with
// the number that our desk finds it by.
func (r *Rules) refusal(ctx context.Context, tx db.Tx, w *way, reference string) (*saml.PostForm, error) {
	o, err := r.signing(ctx, tx, w)
	if err != nil {
		return nil, err
	}
	d := w.answer.Decision
	return r.IDP.Refuse(w.request, d.Status, d.Substatus, r.inBoth(ctx, d.Why().Msg(), reference), o)
}

// inBoth says a reason in both languages, for whoever reads a service's log.
func (r *Rules) inBoth(ctx context.Context, why i18n.Msg, reference string) string {
	en, fr := i18n.With(ctx, r.Words, i18n.EN), i18n.With(ctx, r.Words, i18n.FR)
	return why.In(en) + " / " + why.In(fr) + " (" + reference + ")"
}
