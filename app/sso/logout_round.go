package sso

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"oneid/app/internal/audit"
	"oneid/db"
	"oneid/saml"
)

// Round is where a browser stands on its way round the services.
type Round struct {
	Logout *db.Logout
	// Going is where to go now, with what to bring; nil when no service is left.
	Going *Going
	// Position names the step, for going on without an answer. Done and Total
	// say how far it is.
	Position, Done, Total int

	// At the end: what each service answered, and the service that asked for all
	// this when it waits to be told.
	Outcomes []Outcome
	Asker    *db.Service
}

// Outcome is what one service answered.
type Outcome struct {
	Service  *db.Service
	Position int
	State    string // a db.Party… state
	// Again tells whether it can be asked once more.
	Again bool
}

// Everywhere tells whether every service confirmed.
func (r Round) Everywhere() bool {
	for _, o := range r.Outcomes {
		if o.State != db.PartyConfirmed {
			return false
		}
	}
	return true
}

const (
	// mostTries is how often the browser goes to one service that does not send
	// it back.
	mostTries = 2
	// mostAgain is how often it may in all, when the person asks again.
	mostAgain = 5
)

// Visit carries a logout on in the browser it belongs to. skip is the position
// of a service that kept it waiting, 0 for none. A *Refusal says that this
// browser can't.
func (r *Logouts) Visit(ctx context.Context, id string, browser []byte, skip int) (Round, error) {
	out, err := r.visit(ctx, id, browser, skip)
	return out, r.Rules.noted(ctx, err)
}

func (r *Logouts) visit(ctx context.Context, id string, browser []byte, skip int) (Round, error) {
	l, err := r.find(ctx, id, browser)
	if err != nil {
		return Round{}, err
	}
	parties, err := db.LogoutParties(ctx, r.Rules.DB, l.ID)
	if err != nil {
		return Round{}, err
	}
	if err := r.askDirectly(ctx, parties, saml.LogoutByUser, true); err != nil {
		return Round{}, err
	}
	out := Round{Logout: l, Total: len(parties)}
	for i := range parties {
		if parties[i].Settled() {
			out.Done++
			continue
		}
		going, err := r.goTo(ctx, &parties[i], skip)
		if err != nil {
			return Round{}, err
		}
		if going != nil {
			out.Going, out.Position = going, parties[i].Position
			return out, nil
		}
		out.Done++
	}
	return out, r.finish(ctx, &out, parties)
}

// find returns a logout that this browser may carry on.
func (r *Logouts) find(ctx context.Context, id string, browser []byte) (*db.Logout, error) {
	l, err := db.LogoutByID(ctx, r.Rules.DB, id, r.Rules.DB.Clock.Now())
	if err == nil {
		err = db.BindLogout(ctx, r.Rules.DB, id, browser)
	}
	if errors.Is(err, db.ErrNotFound) {
		return nil, refuse(reasonStale, errGone)
	}
	return l, err
}

// goTo writes the request to bring to a service, or settles it when there is no
// point in going: it kept the browser already, or takes none.
func (r *Logouts) goTo(ctx context.Context, at *db.LogoutParty, skip int) (*Going, error) {
	if at.State == db.PartyAsked && (skip == at.Position || at.Tries%mostTries == 0) {
		return nil, r.leave(ctx, at, db.PartyNoAnswer)
	}
	p, err := r.reachable(ctx, at.EntityID)
	if err != nil || p == nil {
		return nil, errors.Join(err, r.leave(ctx, at, db.PartyCannot))
	}
	to, ok := p.provider.LogoutEndpoint(saml.BindingRedirect, saml.BindingPost)
	if !ok {
		return nil, r.leave(ctx, at, db.PartyCannot)
	}
	sent, err := r.ask(ctx, at, p, to, saml.LogoutByUser)
	if err != nil {
		return nil, err
	}
	return p.going(sent), nil
}

// reachable is the party that a service still is; nil when it was switched off
// or can't be written to any more.
func (r *Logouts) reachable(ctx context.Context, entityID string) (*party, error) {
	p, err := r.Rules.party(ctx, r.Rules.DB, entityID)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return nil, nil
	}
	return p, err
}

// ask writes a request to a service and notes that it goes out. at becomes what
// was noted.
func (r *Logouts) ask(ctx context.Context, at *db.LogoutParty, p *party, to saml.Endpoint, reason string) (*saml.LogoutSent, error) {
	o, err := r.options(ctx, p)
	if err != nil {
		return nil, err
	}
	sent, err := r.Rules.IDP.AskLogout(saml.LogoutAsk{
		Service: at.EntityID, To: to, SessionIndexes: at.SessionIndexes, Reason: reason, RelayState: at.LogoutID,
		NameID: saml.NameID{Format: at.NameIDFormat, Value: at.NameID, NameQualifier: at.NameQualifier, SPNameQualifier: at.SPNameQualifier},
	}, o)
	if err != nil {
		return nil, err
	}
	// Another tab that was quicker asks too; its request is the one that counts.
	err = db.AskLogoutParty(ctx, r.Rules.DB, *at, sent.ID, r.Rules.DB.Clock.Now())
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	r.Rules.noteLogoutAsked(ctx, p, sent)
	at.State, at.RequestID, at.Tries = db.PartyAsked, sent.ID, at.Tries+1
	return sent, nil
}

// leave settles a service without an answer of its own.
func (r *Logouts) leave(ctx context.Context, at *db.LogoutParty, state string) error {
	err := db.SetLogoutParty(ctx, r.Rules.DB, *at, state, r.Rules.DB.Clock.Now())
	if errors.Is(err, db.ErrNotFound) {
		return nil // settled meanwhile; the next visit sees how
	}
	at.State = state
	return err
}

// finish notes the end, once, and says how it stands.
func (r *Logouts) finish(ctx context.Context, out *Round, parties []db.LogoutParty) error {
	for i := range parties {
		service, err := db.ServiceByID(ctx, r.Rules.DB, parties[i].ServiceID)
		if err != nil {
			return err
		}
		out.Outcomes = append(out.Outcomes, Outcome{
			Service: service, Position: parties[i].Position, State: parties[i].State,
			Again: parties[i].State == db.PartyNoAnswer && parties[i].Tries < mostAgain,
		})
	}
	if out.Logout.FinishedAt == nil {
		if err := r.closed(ctx, out.Logout, parties); err != nil {
			return err
		}
	}
	request, err := requestOf(out.Logout)
	if err != nil || request == nil || request.Asynchronous || request.Reply.URL == "" {
		return err
	}
	p, err := r.reachable(ctx, out.Logout.EntityID)
	if err != nil || p == nil {
		return err
	}
	out.Asker = p.service
	return nil
}

// closed records how a logout ended.
func (r *Logouts) closed(ctx context.Context, l *db.Logout, parties []db.LogoutParty) error {
	details := map[string]string{"logout": l.ID, "cause": l.Cause}
	for _, at := range parties {
		details["service."+string(at.ServiceID)] = at.State
	}
	err := db.InTx(ctx, r.Rules.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.FinishLogout(ctx, tx, l.ID); err != nil {
			return err
		}
		return r.Rules.Audit.Record(ctx, tx, audit.Event{Kind: audit.SSOLogoutFinished, Subject: string(l.AccountID), Details: details})
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil // by another tab
	}
	return err
}

func requestOf(l *db.Logout) (*saml.LogoutRequest, error) {
	if l.Cause != db.LogoutByService {
		return nil, nil
	}
	request := new(saml.LogoutRequest)
	if err := json.Unmarshal(l.Request, request); err != nil {
		return nil, fmt.Errorf("read logout request: %w", err)
	}
	return request, nil
}

// Return writes the answer to the service that asked for a logout, whose round
// has ended: our session is over, and the others' or not all of them.
func (r *Logouts) Return(ctx context.Context, id string, browser []byte) (*Going, error) {
	going, err := r.takeBack(ctx, id, browser)
	return going, r.Rules.noted(ctx, err)
}

func (r *Logouts) takeBack(ctx context.Context, id string, browser []byte) (*Going, error) {
	l, err := r.find(ctx, id, browser)
	if err != nil {
		return nil, err
	}
	request, err := requestOf(l)
	if err != nil {
		return nil, err
	}
	if request == nil || request.Reply.URL == "" {
		return nil, refuse(reasonStale, errors.New("nobody waits for an answer"))
	}
	parties, err := db.LogoutParties(ctx, r.Rules.DB, l.ID)
	if err != nil {
		return nil, err
	}
	p, err := r.Rules.party(ctx, r.Rules.DB, l.EntityID)
	if err != nil {
		return nil, err
	}
	substatus, text := summary(parties)
	return r.reply(ctx, p, *request, saml.StatusSuccess, substatus, text)
}

// summary is how the second level of a status tells that not every service
// confirmed (SAML Core 3.7.3.2).
func summary(parties []db.LogoutParty) (substatus, text string) {
	for _, at := range parties {
		if at.State != db.PartyConfirmed {
			return saml.StatusPartialLogout, "Not every service confirmed that the person is signed out."
		}
	}
	return "", ""
}

// Again has a service that gave no answer asked once more.
func (r *Logouts) Again(ctx context.Context, id string, browser []byte, position int) error {
	err := r.again(ctx, id, browser, position)
	return r.Rules.noted(ctx, err)
}

func (r *Logouts) again(ctx context.Context, id string, browser []byte, position int) error {
	l, err := r.find(ctx, id, browser)
	if err != nil {
		return err
	}
	parties, err := db.LogoutParties(ctx, r.Rules.DB, l.ID)
	if err != nil {
		return err
	}
	for _, at := range parties {
		if at.Position != position || at.State != db.PartyNoAnswer || at.Tries >= mostAgain {
			continue
		}
		err := db.InTx(ctx, r.Rules.DB, func(ctx context.Context, tx db.Tx) error {
			if err := db.SetLogoutParty(ctx, tx, at, db.PartyWaiting, tx.At); err != nil {
				return err
			}
			return db.ReopenLogout(ctx, tx, l.ID)
		})
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
	}
	return nil
}
