package sso

import (
	"context"
	"encoding/base64"
	"errors"

	"oneid/app/internal/exchange"
	"oneid/saml"
)

// watched tells whether an operator looks on at a service's exchanges. Nothing
// is asked for it: it was read with the service.
func (r *Rules) watched(p *party) bool {
	return p != nil && p.recorded != nil && p.recorded.After(r.DB.Clock.Now())
}

// noteRequest keeps a request for the operators of its service, while one looks
// on. That it can't be kept keeps nobody from signing in.
func (r *Rules) noteRequest(ctx context.Context, in *saml.Incoming, raw string, answer Answer, err error) {
	if in == nil {
		return
	}
	p := r.remembered(in.Issuer)
	if !r.watched(p) {
		return
	}
	var unread error
	refusal := answer.refused
	if refusal != nil || errors.As(err, &refusal) {
		unread = refusal.unread
	}
	checks, _ := r.IDP.Judge(in, unread, p.provider)
	request := exchange.Request{
		EntityID: p.row.EntityID, RequestID: in.ID, Binding: in.Binding, Raw: raw, Document: in.XML, Checks: checks,
	}
	if unread != nil {
		request.Raw = "" // read as it should have been sent, it would seem to be right
	}
	if refusal != nil {
		request.Verdict = refusal.Code
	}
	_ = exchange.Note(ctx, r.DB, r.Seal, request, r.DB.Clock.Now())
}

// noteAnswer adds the answer to what noteRequest kept.
func (r *Rules) noteAnswer(ctx context.Context, a Answer) {
	if !r.watched(a.party) || a.request.ID == "" {
		return
	}
	shown := a.shown
	if shown == nil {
		// A refusal: it tells nothing of anybody.
		shown, _ = base64.StdEncoding.DecodeString(a.Form.SAMLResponse)
	}
	_ = exchange.Answered(ctx, r.DB, a.party.row.EntityID, a.request.ID, a.Decision, shown, a.party.policy)
}
