package exchange

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"oneid/app/internal/policy"
	"oneid/app/internal/verdict"
	"oneid/db"
)

const (
	// Window is how long exchanges are recorded once somebody asks for it.
	Window = 30 * time.Minute
	// kept is how long what was recorded can be looked at.
	kept = 24 * time.Hour
	// opaqueRelay is how long a relay state may be that certainly is only a token
	// (SAML Bindings 3.4.3).
	opaqueRelay = 80
)

// Request is a request as it came.
type Request struct {
	EntityID, RequestID, Binding string
	// Raw is what has to be read to judge it again, RelayState what is part of that.
	Raw, RelayState string
	Document        []byte
	Verdict         string // why it was refused; empty when it was not
	Checks          any    // how each rule came out
}

// Note writes a request down.
func Note(ctx context.Context, q db.Querier, r Request, now time.Time) error {
	checks, err := json.Marshal(r.Checks)
	if err != nil {
		return fmt.Errorf("record an exchange: %w", err)
	}
	row := &db.Exchange{
		ID: db.NewID[db.ExchangeID](), EntityID: r.EntityID, RequestID: r.RequestID, Kind: db.ExchangeSignIn, Binding: r.Binding,
		Document: string(Document(r.Document, nil)), Verdict: r.Verdict, Checks: checks, Reasons: json.RawMessage("[]"),
		At: now, ExpiresAt: now.Add(kept),
	}
	// A request that names somebody, or brings along more than a token, is only
	// kept masked: it can't be judged again.
	if !bytes.Contains(r.Document, []byte("NameID>")) && len(r.RelayState) <= opaqueRelay {
		row.Raw = r.Raw
	}
	return db.InsertExchange(ctx, q, row)
}

// Answered adds what became of a request.
func Answered(ctx context.Context, q db.Querier, entityID, requestID string, d verdict.Decision, doc []byte, p policy.Policy) error {
	reasons, err := json.Marshal(d.Explain)
	if err != nil {
		return fmt.Errorf("record an answer: %w", err)
	}
	facts := map[string]policy.Fact{}
	for _, a := range p.Release {
		facts[a.Name] = a.Fact
	}
	return db.AnswerExchange(ctx, q, &db.Exchange{
		EntityID: entityID, RequestID: requestID, Verdict: cmp.Or(d.Substatus, d.Status), Answer: string(Document(doc, facts)), Reasons: reasons,
	})
}

// Logout is a message of single logout: a request, or what answered it.
type Logout struct {
	EntityID, RequestID, Kind, Binding string
	Document                           []byte
	Verdict                            string // why it was refused; empty when it was not
	Checks                             any    // how each rule came out; nil for a message of ours
}

// NoteLogout writes a logout request down. It names somebody, so it is only kept
// masked.
func NoteLogout(ctx context.Context, q db.Querier, l Logout, now time.Time) error {
	checks, err := json.Marshal(l.Checks)
	if err != nil {
		return fmt.Errorf("record a logout: %w", err)
	}
	return db.InsertExchange(ctx, q, &db.Exchange{
		ID: db.NewID[db.ExchangeID](), EntityID: l.EntityID, RequestID: l.RequestID, Kind: l.Kind, Binding: l.Binding,
		Document: string(Document(l.Document, nil)), Verdict: l.Verdict, Checks: checks, Reasons: json.RawMessage("[]"),
		At: now, ExpiresAt: now.Add(kept),
	})
}

// LogoutAnswered adds the answer to a logout request. Without checks, those of
// the request stay.
func LogoutAnswered(ctx context.Context, q db.Querier, l Logout) error {
	e := &db.Exchange{EntityID: l.EntityID, RequestID: l.RequestID, Verdict: l.Verdict, Answer: string(Document(l.Document, nil))}
	if l.Checks != nil {
		checks, err := json.Marshal(l.Checks)
		if err != nil {
			return fmt.Errorf("record an answer to a logout: %w", err)
		}
		e.Checks = checks
	}
	return db.AnswerExchange(ctx, q, e)
}
