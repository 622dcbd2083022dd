package sso

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"oneid/app/internal/delivery"
	"oneid/app/internal/departure"
	"oneid/db"
	"oneid/saml"
)

const (
	// directPatience is how long one service may take to answer server to server.
	directPatience = 4 * time.Second
	// mostErrands is how often a service is tried when no browser waits, and
	// errandPause the time between two tries.
	mostErrands = 3
	errandPause = 30 * time.Second
)

// askDirectly asks server to server, all at once, the services that can be asked
// so and were not yet. One that gives no answer may still be visited when the
// browser is there to do it.
func (r *Logouts) askDirectly(ctx context.Context, parties []db.LogoutParty, reason string, browser bool) error {
	ctx, cancel := context.WithTimeout(ctx, directPatience)
	defer cancel()
	errs := make([]error, len(parties))
	var all sync.WaitGroup
	for i := range parties {
		if parties[i].State == db.PartyWaiting {
			all.Go(func() { errs[i] = r.askOne(ctx, &parties[i], reason, browser) })
		}
	}
	all.Wait()
	return errors.Join(errs...)
}

func (r *Logouts) askOne(ctx context.Context, at *db.LogoutParty, reason string, browser bool) error {
	p, err := r.reachable(ctx, at.EntityID)
	if err != nil || p == nil {
		return errors.Join(err, r.leave(ctx, at, db.PartyCannot))
	}
	to, direct := p.provider.LogoutEndpoint(saml.BindingSOAP)
	_, visit := p.provider.LogoutEndpoint(saml.BindingRedirect, saml.BindingPost)
	switch {
	case browser && visit && (!direct || at.Tries > 0):
		return nil // the browser goes there
	case !direct:
		return r.leave(ctx, at, db.PartyCannot)
	}
	sent, err := r.ask(ctx, at, p, to, reason)
	if err != nil {
		return err
	}
	state, code := r.hear(ctx, at, p, sent)
	// What is noted is noted whether or not the service took all of the time.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), directPatience)
	defer cancel()
	if state == db.PartyNoAnswer && (browser && visit || !browser && at.Tries < mostErrands) {
		state = db.PartyWaiting
	}
	if err := r.settle(ctx, at, state, code); err != nil {
		return err
	}
	at.State = state
	return nil
}

// unreachable is what is noted of a service that gives no answer at all.
const unreachable = "unreachable"

// hear sends a request and judges what comes back.
func (r *Logouts) hear(ctx context.Context, at *db.LogoutParty, p *party, sent *saml.LogoutSent) (state, code string) {
	body, err := r.Post(ctx, sent.Address, sent.Envelope)
	if err != nil {
		r.Rules.noteLogoutAnswer(ctx, p, at.RequestID, unreachable, nil, nil)
		return db.PartyNoAnswer, unreachable
	}
	in, err := r.Rules.IDP.ReadLogoutSOAP(body)
	if err != nil {
		code := string(saml.CodeOf(err))
		r.Rules.noteLogoutAnswer(ctx, p, at.RequestID, code, nil, err)
		return db.PartyNoAnswer, code
	}
	return r.verdict(ctx, in, p, at.RequestID)
}

// ReceiveDirectly takes a service's request server to server, and returns the
// envelope that answers it. There is no browser: other services are asked only
// where they can be without one. A *Refusal says that nothing was ended.
func (r *Logouts) ReceiveDirectly(ctx context.Context, in *saml.LogoutMessage, readErr error) ([]byte, error) {
	body, err := r.receiveDirectly(ctx, in, readErr)
	return body, r.Rules.noted(ctx, err)
}

func (r *Logouts) receiveDirectly(ctx context.Context, in *saml.LogoutMessage, readErr error) ([]byte, error) {
	if readErr != nil {
		return nil, explain(readErr)
	}
	p, request, err := r.judge(ctx, in)
	if err != nil {
		return nil, err
	}
	id, err := r.begin(ctx, p, request)
	if errors.Is(err, errNoSession) {
		sent, err := r.unknown(ctx, p, request)
		if err != nil {
			return nil, err
		}
		return sent.Envelope, nil
	}
	if err != nil {
		return nil, err
	}
	parties, err := r.withoutBrowser(ctx, id, saml.LogoutByUser)
	if err != nil {
		return nil, err
	}
	substatus, text := summary(parties)
	sent, err := r.reply(ctx, p, *request, saml.StatusSuccess, substatus, text)
	if err != nil {
		return nil, err
	}
	return sent.Envelope, nil
}

// withoutBrowser asks every service that can be asked server to server.
func (r *Logouts) withoutBrowser(ctx context.Context, id, reason string) ([]db.LogoutParty, error) {
	l, err := db.LogoutByID(ctx, r.Rules.DB, id, r.Rules.DB.Clock.Now())
	if err != nil {
		return nil, err
	}
	parties, err := db.LogoutParties(ctx, r.Rules.DB, id)
	if err != nil {
		return nil, err
	}
	if err := r.askDirectly(ctx, parties, reason, false); err != nil {
		return nil, err
	}
	for _, at := range parties {
		if !at.Settled() {
			return parties, nil
		}
	}
	if l.FinishedAt != nil {
		return parties, nil
	}
	return parties, r.closed(ctx, l, parties)
}

// Ended is the errand departure.Errand: it tells services that a session was
// ended without its browser. A service that gives no answer is tried again.
func (r *Logouts) Ended(ctx context.Context, session string) error {
	id, err := r.event(ctx, session)
	if err != nil || id == "" {
		return err
	}
	parties, err := r.withoutBrowser(ctx, id, saml.LogoutByAdmin)
	if errors.Is(err, db.ErrNotFound) {
		return nil // too late: nobody waits for it
	}
	if err != nil {
		return err
	}
	for _, at := range parties {
		if !at.Settled() {
			return delivery.Again(errandPause)
		}
	}
	return nil
}

// event finds or begins the logout of a session that was ended; empty when no
// service is left that was opened in it and that no logout asks.
func (r *Logouts) event(ctx context.Context, session string) (string, error) {
	l, err := db.LogoutOfEvent(ctx, r.Rules.DB, session)
	if err == nil {
		return l.ID, nil
	}
	if !errors.Is(err, db.ErrNotFound) {
		return "", err
	}
	account, err := db.AccountToTell(ctx, r.Rules.DB, session)
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	l = &db.Logout{ID: departure.NewID(), AccountID: account, Cause: db.LogoutByEvent, Sessions: []string{session}, Event: session}
	err = db.InTx(ctx, r.Rules.DB, func(ctx context.Context, tx db.Tx) error {
		l.CreatedAt, l.ExpiresAt = tx.At, tx.At.Add(departure.Lifetime)
		return db.InsertLogout(ctx, tx, l)
	})
	if err != nil {
		return "", fmt.Errorf("tell of an ended session: %w", err)
	}
	return l.ID, nil
}
