package services

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/exchange"
	"oneid/app/internal/policy"
	"oneid/app/internal/verdict"
	"oneid/db"
	"oneid/saml"
)

// Tester lets operators look on at a service's exchanges, and judges requests
// without answering them.
type Tester struct {
	Rules *Rules
	IDP   saml.IDP
	Seal  exchange.Sealer
}

// shownExchanges is how many are listed.
const shownExchanges = 50

// Open has a service's exchanges recorded for half an hour.
func (t *Tester) Open(ctx context.Context, who string, s Service) (until time.Time, err error) {
	err = db.InTx(ctx, t.Rules.DB, func(ctx context.Context, tx db.Tx) error {
		until = tx.At.Add(exchange.Window)
		if err := db.SetRecording(ctx, tx, s.Row.EntityID, until); err != nil {
			return err
		}
		return t.Rules.note(ctx, tx, audit.ServiceRecorded, who, s.ID, map[string]string{"entity": s.Row.EntityID, "until": until.Format(time.RFC3339)})
	})
	return until, err
}

// Close ends the half hour before its time; what was recorded stays for its day.
// ErrGone: it had ended already.
func (t *Tester) Close(ctx context.Context, who string, s Service) error {
	return db.InTx(ctx, t.Rules.DB, func(ctx context.Context, tx db.Tx) error {
		err := db.EndRecording(ctx, tx, s.Row.EntityID)
		if errors.Is(err, db.ErrNotFound) {
			return ErrGone
		}
		if err != nil {
			return err
		}
		return t.Rules.note(ctx, tx, audit.ServiceUnwatched, who, s.ID, map[string]string{"entity": s.Row.EntityID})
	})
}

// Exchange is one that was recorded.
type Exchange struct {
	db.Exchange
	Shown   string // the request as it came; empty where it may tell of a person
	Judged  []saml.Judgement
	Reasons []verdict.Reason
}

// Exchanges lists what was recorded, newest first.
func (t *Tester) Exchanges(ctx context.Context, s Service) ([]Exchange, error) {
	rows, err := db.Exchanges(ctx, t.Rules.DB, s.Row.EntityID, t.Rules.DB.Clock.Now(), shownExchanges)
	if err != nil {
		return nil, err
	}
	list := make([]Exchange, len(rows))
	for i, row := range rows {
		list[i].Exchange = row
		// One that can't be opened keeps nobody from seeing the others; judging it
		// again says why.
		if raw, err := exchange.Raw(ctx, t.Seal, &row); err == nil {
			list[i].Shown = exchange.Shown(raw, row.Document)
		}
		if err := json.Unmarshal(row.Checks, &list[i].Judged); err != nil {
			return nil, fmt.Errorf("read exchange %s: %w", row.ID, err)
		}
		if err := json.Unmarshal(row.Reasons, &list[i].Reasons); err != nil {
			return nil, fmt.Errorf("read exchange %s: %w", row.ID, err)
		}
	}
	return list, nil
}

// Judged is a request that was judged and not answered.
type Judged struct {
	Document string // masked
	Binding  string
	Rules    []saml.Judgement
	// Decision is what would become of it for a person who may open the service
	// and has signed in as strongly as can be; nil where it was refused before.
	Decision *verdict.Decision
}

// Judge judges a request that somebody pasted, as it would be judged now.
func (t *Tester) Judge(s Service, pasted string) (Judged, error) {
	return t.judge(s, pasted, t.IDP)
}

// Again judges a recorded request by today's settings, as if it came at the
// moment when it did. db.ErrNotFound: it is gone, or was kept only masked.
func (t *Tester) Again(ctx context.Context, s Service, id db.ExchangeID) (Judged, error) {
	row, err := db.ExchangeByID(ctx, t.Rules.DB, s.Row.EntityID, id, t.Rules.DB.Clock.Now())
	if err != nil {
		return Judged{}, err
	}
	raw, err := exchange.Raw(ctx, t.Seal, row)
	if err != nil {
		return Judged{}, err
	}
	then := t.IDP
	then.Now = func() time.Time { return row.At }
	return t.judge(s, raw, then)
}

func (t *Tester) judge(s Service, raw string, idp saml.IDP) (Judged, error) {
	p, err := PolicyOf(s)
	if err != nil {
		return Judged{}, err
	}
	p = p.Effective(t.Rules.DB.Clock.Now())
	provider := saml.ServiceProvider{EntityID: s.Row.EntityID}
	if s.Provider != nil {
		provider = *s.Provider
	}
	provider.RequestSignature = asked(p.Requests)
	in, readErr := idp.ReadPasted(raw)
	var out Judged
	var accepted *saml.Request
	out.Rules, accepted = idp.Judge(in, readErr, provider)
	if in != nil {
		out.Document, out.Binding = string(exchange.Document(in.XML, nil)), shortBinding(in.Binding)
	}
	if accepted != nil {
		d := verdict.Decide(*accepted, p, anybody(s, p))
		out.Decision = &d
	}
	return out, nil
}

// anybody is a person who may open the service and has proven all there is.
func anybody(s Service, p policy.Policy) verdict.Facts {
	f := verdict.Facts{
		SignedIn: true, Level: access.Passkey, Reach: access.Passkey, Vouched: true, Minimum: s.Minimum, EmailVerified: true,
		Confirmed: true, Authorities: 1, Chosen: true, Named: verdict.NamedThem,
	}
	for _, k := range p.Released() {
		f.Shown = append(f.Shown, string(k))
	}
	return f
}

// asked is what package saml calls a policy's demand.
func asked(r policy.Requests) saml.SignaturePolicy {
	switch r {
	case policy.RequestsOff:
		return saml.SignatureOff
	case policy.RequestsWhenPresent:
		return saml.SignatureIfPresent
	}
	return saml.SignatureRequired
}
