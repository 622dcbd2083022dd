package exchange

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"oneid/app/internal/policy"
	"oneid/app/internal/secret"
	"oneid/app/internal/verdict"
	"oneid/db"
)

const (
	// Window is how long exchanges are recorded once somebody asks for it.
	Window = 30 * time.Minute
	// kept is how long what was recorded can be looked at.
	kept = 24 * time.Hour
)

// Sealer encrypts what could tell of a person.
type Sealer interface {
	Seal(ctx context.Context, at secret.Place, plaintext []byte) ([]byte, error)
	Open(ctx context.Context, at secret.Place, sealed []byte) ([]byte, error)
}

// Request is a request as it came.
type Request struct {
	EntityID, RequestID, Binding string
	// Raw is what has to be read to judge it again; empty for what can't be.
	Raw      string
	Document []byte
	Verdict  string // why it was refused; empty when it was not
	Checks   any    // how each rule came out
}

// Note writes a request down. What it brought along may tell of a person, so the
// request as it came is sealed: nobody is shown it, but it can be judged again.
func Note(ctx context.Context, q db.Querier, s Sealer, r Request, now time.Time) error {
	checks, err := json.Marshal(r.Checks)
	if err != nil {
		return fmt.Errorf("record an exchange: %w", err)
	}
	row := &db.Exchange{
		ID: db.NewID[db.ExchangeID](), EntityID: r.EntityID, RequestID: r.RequestID, Kind: db.ExchangeSignIn, Binding: r.Binding,
		Document: string(Document(r.Document, nil)), Verdict: r.Verdict, Checks: checks, Reasons: json.RawMessage("[]"),
		At: now, ExpiresAt: now.Add(kept), Sealed: []byte{},
	}
	if r.Raw != "" {
		if row.Sealed, err = s.Seal(ctx, place(row.ID), []byte(r.Raw)); err != nil {
			return fmt.Errorf("record an exchange: %w", err)
		}
	}
	return db.InsertExchange(ctx, q, row)
}

// Raw is a recorded request as it came. db.ErrNotFound: it was kept only masked.
func Raw(ctx context.Context, s Sealer, e *db.Exchange) (string, error) {
	switch {
	case len(e.Sealed) > 0:
		raw, err := s.Open(ctx, place(e.ID), e.Sealed)
		if err != nil {
			return "", fmt.Errorf("open exchange %s: %w", e.ID, err)
		}
		return string(raw), nil
	case e.Raw != "":
		return e.Raw, nil
	}
	return "", fmt.Errorf("open exchange %s: %w", e.ID, db.ErrNotFound)
}

func place(id db.ExchangeID) secret.Place {
	return secret.Place{Table: "exchanges", Column: "sealed", Row: string(id)}
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
		At: now, ExpiresAt: now.Add(kept), Sealed: []byte{},
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
