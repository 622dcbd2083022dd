package sso

import (
	"context"

	"oneid/app/internal/exchange"
	"oneid/db"
	"oneid/saml"
)

// noteLogout keeps a service's logout request for its operators, while one looks
// on; refused is why it was refused. That it can't be kept keeps nobody from
// signing out.
func (r *Rules) noteLogout(ctx context.Context, in *saml.LogoutMessage, refused error) {
	p := r.remembered(in.Issuer)
	if !r.watched(p) {
		return
	}
	_ = exchange.NoteLogout(ctx, r.DB, exchange.Logout{
		EntityID: p.row.EntityID, RequestID: in.ID, Kind: db.ExchangeLogoutTheirs, Binding: in.Binding, Document: in.XML,
		Verdict: string(saml.CodeOf(refused)), Checks: judgedLogout(refused),
	}, r.DB.Clock.Now())
}

// noteLogoutReply adds what we answered. status is the first level, why the
// second: what was refused is so told.
func (r *Rules) noteLogoutReply(ctx context.Context, p *party, requestID, status, why string, sent *saml.LogoutSent) {
	if !r.watched(p) {
		return
	}
	if status == saml.StatusSuccess {
		why = ""
	}
	_ = exchange.LogoutAnswered(ctx, r.DB, exchange.Logout{EntityID: p.row.EntityID, RequestID: requestID, Verdict: why, Document: sent.XML})
}

// noteLogoutAsked keeps a logout request of ours.
func (r *Rules) noteLogoutAsked(ctx context.Context, p *party, sent *saml.LogoutSent) {
	if !r.watched(p) {
		return
	}
	_ = exchange.NoteLogout(ctx, r.DB, exchange.Logout{
		EntityID: p.row.EntityID, RequestID: sent.ID, Kind: db.ExchangeLogoutOurs, Binding: sent.Binding, Document: sent.XML,
	}, r.DB.Clock.Now())
}

// noteLogoutAnswer adds what the service answered, and how that was judged; nil
// for a service that could not be reached.
func (r *Rules) noteLogoutAnswer(ctx context.Context, p *party, requestID, verdict string, in *saml.LogoutMessage, refused error) {
	if !r.watched(p) {
		return
	}
	l := exchange.Logout{EntityID: p.row.EntityID, RequestID: requestID, Verdict: verdict}
	if in != nil {
		l.Document, l.Checks = in.XML, judgedLogout(refused)
	}
	_ = exchange.LogoutAnswered(ctx, r.DB, l)
}

// judgedLogout tells how far a message of single logout got: its rules stop at
// the first that fails.
func judgedLogout(refused error) []saml.Judgement {
	failed := failedRule(saml.CodeOf(refused))
	var list []saml.Judgement
	past := false
	for _, rule := range []saml.Rule{saml.RuleRead, saml.RuleIssuer, saml.RuleMetadata, saml.RuleSignature, saml.RuleDestination, saml.RuleAge} {
		switch {
		case past:
			list = append(list, saml.Judgement{Rule: rule, Skipped: true})
		case refused != nil && rule == failed:
			past = true
			list = append(list, saml.Judgement{Rule: rule, Code: saml.CodeOf(refused)})
		default:
			list = append(list, saml.Judgement{Rule: rule, Passed: true})
		}
	}
	return list
}

func failedRule(code saml.Code) saml.Rule {
	switch code {
	case saml.WrongIssuer:
		return saml.RuleIssuer
	case saml.ProviderExpired:
		return saml.RuleMetadata
	case saml.NotSigned, saml.BadSignature, saml.BadSignatureShape, saml.UnknownAlgorithm, saml.NoKey, saml.MalformedQuery:
		return saml.RuleSignature
	case saml.WrongDestination:
		return saml.RuleDestination
	case saml.StaleRequest, saml.ClockAhead, saml.Expired:
		return saml.RuleAge
	}
	return saml.RuleRead
}
