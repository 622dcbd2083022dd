package sso

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/departure"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
)

// Logouts ends people's sessions everywhere: it takes services' requests, asks
// the services of a session one by one, and tells what each answered.
//
// The browser goes to a service as a whole page, never in a frame: there the
// service would not get its cookie, find no session, and confirm what it did not
// do. Services that can be asked server to server are asked so first.
type Logouts struct {
	Rules *Rules
	// Post sends an envelope to a service and returns what it answers.
	Post func(ctx context.Context, address string, envelope []byte) ([]byte, error)
}

// ledgerAge is how far back a service's request may reach: longer than any
// session lives.
const ledgerAge = 24 * time.Hour

// Going is a message that the browser carries to a service now.
type Going struct {
	*saml.LogoutSent
	Service *db.Service
	// Further are the origins that the service's pages lead a form on to.
	Further []string
}

// Received is what becomes of a message of single logout that a browser
// brought. Exactly one field says so.
type Received struct {
	// Logout is carried on on a page of ours.
	Logout string
	// Reply goes back to the service at once: nothing was ended.
	Reply *Going
}

// Receive judges a message that a browser brought. A request ends our session at
// once and becomes a logout; an answer is noted with the logout it belongs to. A
// *Refusal says that nothing could be believed, and nothing was ended.
func (r *Logouts) Receive(ctx context.Context, in *saml.LogoutMessage, readErr error) (Received, error) {
	out, err := r.receive(ctx, in, readErr)
	return out, r.Rules.noted(ctx, err)
}

func (r *Logouts) receive(ctx context.Context, in *saml.LogoutMessage, readErr error) (Received, error) {
	if readErr != nil {
		return Received{}, explain(readErr)
	}
	if in.IsAnswer {
		id, err := r.answered(ctx, in)
		return Received{Logout: id}, err
	}
	p, request, err := r.judge(ctx, in)
	if err != nil {
		return Received{}, err
	}
	id, err := r.begin(ctx, p, request)
	if errors.Is(err, errNoSession) {
		reply, err := r.unknown(ctx, p, request)
		return Received{Reply: reply}, err
	}
	return Received{Logout: id}, err
}

// judge finds out who asks, and whether the request is theirs.
func (r *Logouts) judge(ctx context.Context, in *saml.LogoutMessage) (*party, *saml.LogoutRequest, error) {
	p, err := r.Rules.party(ctx, r.Rules.DB, in.Issuer)
	if err != nil {
		return nil, nil, err
	}
	keys, err := r.Rules.Keys.Decrypters(ctx, r.Rules.DB)
	if err != nil {
		return nil, nil, err
	}
	request, err := r.Rules.IDP.CheckLogout(in, p.provider, keys...)
	r.Rules.noteLogout(ctx, in, err)
	if err != nil {
		return nil, nil, explain(err).about(p.service)
	}
	return p, request, nil
}

// errNoSession is a request about a session that the service was told of by no
// assertion of the last day.
var errNoSession = errors.New("the service has no such session")

// begin ends the sessions that a request names, by what the ledger says the
// service was told, and writes down whom else to ask. The same request sent
// again finds the same logout.
func (r *Logouts) begin(ctx context.Context, p *party, q *saml.LogoutRequest) (string, error) {
	facts, err := json.Marshal(q)
	if err != nil {
		return "", fmt.Errorf("keep logout request: %w", err)
	}
	l := &db.Logout{
		ID: departure.NewID(), Cause: db.LogoutByService, EntityID: p.row.EntityID, RequestID: q.ID, Request: facts,
	}
	err = db.InTx(ctx, r.Rules.DB, func(ctx context.Context, tx db.Tx) error {
		var err error
		l.CreatedAt, l.ExpiresAt = tx.At, tx.At.Add(departure.Lifetime)
		l.AccountID, l.Sessions, err = db.SessionsNamed(ctx, tx, p.row.EntityID, q.NameID.Value, q.SessionIndexes, tx.At.Add(-ledgerAge))
		if err != nil {
			return err
		}
		if len(l.Sessions) == 0 {
			return errNoSession
		}
		if err := db.InsertLogout(ctx, tx, l); err != nil {
			return err
		}
		ended, err := db.EndSessionsNamed(ctx, tx, l.Sessions, access.EndedSignedOut)
		if err != nil {
			return err
		}
		if err := departure.Tell(ctx, tx, r.Rules.Outbox, l.Sessions...); err != nil {
			return err
		}
		return r.Rules.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SSOLogoutBegun, Subject: string(l.AccountID), Service: p.service.ID,
			Details: map[string]string{
				"request": q.ID, "binding": q.Binding, "key": q.KeyFingerprint, "sessions": strconv.Itoa(len(l.Sessions)), "ended": strconv.Itoa(ended),
			},
		})
	})
	if errors.Is(err, db.ErrExists) {
		return r.resumed(ctx, p, q.ID)
	}
	return l.ID, err
}

// resumed finds the logout that a request began before: reload and Back bring
// the same request again.
func (r *Logouts) resumed(ctx context.Context, p *party, requestID string) (string, error) {
	l, err := db.LogoutOfRequest(ctx, r.Rules.DB, p.row.EntityID, requestID)
	if err != nil {
		return "", err
	}
	if !l.ExpiresAt.After(r.Rules.DB.Clock.Now()) {
		return "", refuse(reasonStale, errors.New("logout expired")).about(p.service)
	}
	return l.ID, nil
}

// unknown answers a request about nobody we know: nothing was ended.
func (r *Logouts) unknown(ctx context.Context, p *party, q *saml.LogoutRequest) (*Going, error) {
	err := db.InTx(ctx, r.Rules.DB, func(ctx context.Context, tx db.Tx) error {
		return r.Rules.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SSOLogoutUnknown, Actor: "stranger", Subject: string(p.service.ID), Service: p.service.ID,
			Details: map[string]string{"request": q.ID, "binding": q.Binding},
		})
	})
	if err != nil {
		return nil, err
	}
	if q.Binding != saml.BindingSOAP && q.Reply.URL == "" {
		return nil, refuse(reasonStale, errNoSession).about(p.service)
	}
	return r.reply(ctx, p, *q, saml.StatusRequester, saml.StatusUnknownPrincipal, "No session of this person is known here.")
}

// reply writes the answer to a service's request.
func (r *Logouts) reply(ctx context.Context, p *party, q saml.LogoutRequest, status, substatus, text string) (*Going, error) {
	o, err := r.options(ctx, p)
	if err != nil {
		return nil, err
	}
	sent, err := r.Rules.IDP.AnswerLogout(q, status, substatus, text, o)
	if err != nil {
		return nil, err
	}
	r.Rules.noteLogoutReply(ctx, p, q.ID, status, substatus, sent)
	return p.going(sent), nil
}

func (p *party) going(sent *saml.LogoutSent) *Going {
	return &Going{LogoutSent: sent, Service: p.service, Further: p.policy.FormOrigins}
}

// options is how a service is written to: signed as its answers are. Sign in
// Canada's profile wants the person's name hidden; a service of it that shows no
// key to hide it with is asked in clear, since a session that stays open is
// worse, and the name says nothing outside the service.
func (r *Logouts) options(ctx context.Context, p *party) (saml.LogoutOptions, error) {
	as, err := r.Rules.signing(ctx, r.Rules.DB, &way{party: p})
	if err != nil {
		return saml.LogoutOptions{}, err
	}
	o := saml.LogoutOptions{Key: as.Key, Algorithm: as.Algorithm}
	if p.policy.Preset != policy.CATS3 {
		return o, nil
	}
	to, err := saml.ChooseRecipient(p.provider, saml.EncryptionWish{
		Mode: saml.EncryptWhenPossible, AllowExpired: p.policy.ExpiredKeys, Now: r.Rules.DB.Clock.Now(),
	})
	if err == nil {
		o.Encrypt = to
	}
	return o, nil
}

// answered notes what a service answered, and returns the logout that its
// browser carries on. What cannot be believed counts as no answer: the browser
// goes on all the same.
func (r *Logouts) answered(ctx context.Context, in *saml.LogoutMessage) (string, error) {
	asked, err := db.LogoutPartyAsked(ctx, r.Rules.DB, in.InResponseTo)
	if errors.Is(err, db.ErrNotFound) {
		return r.strayed(ctx, in)
	}
	if err != nil {
		return "", err
	}
	p, err := r.Rules.party(ctx, r.Rules.DB, asked.EntityID)
	if err != nil {
		return "", err
	}
	state, code := r.verdict(ctx, in, p, asked.RequestID)
	return asked.LogoutID, r.settle(ctx, asked, state, code)
}

// strayed is an answer to a request that was asked anew meanwhile: the newer one
// counts, and the browser goes on with it.
func (r *Logouts) strayed(ctx context.Context, in *saml.LogoutMessage) (string, error) {
	l, err := db.LogoutByID(ctx, r.Rules.DB, in.RelayState, r.Rules.DB.Clock.Now())
	if errors.Is(err, db.ErrNotFound) {
		return "", refuse(reasonStale, errGone)
	}
	if err != nil {
		return "", err
	}
	return l.ID, nil
}

// verdict is what an answer says, as far as it can be believed.
func (r *Logouts) verdict(ctx context.Context, in *saml.LogoutMessage, p *party, requestID string) (state, code string) {
	answer, err := r.Rules.IDP.CheckLogoutAnswer(in, p.provider, requestID)
	defer func() { r.Rules.noteLogoutAnswer(ctx, p, requestID, code, in, err) }()
	switch {
	case err != nil:
		return db.PartyNoAnswer, string(saml.CodeOf(err))
	case answer.Confirmed:
		return db.PartyConfirmed, ""
	case answer.Substatus != "":
		return db.PartyRefused, answer.Substatus
	}
	return db.PartyRefused, answer.Status
}

// settle notes what became of asking a service. One that another tab settled
// first stays as it is.
func (r *Logouts) settle(ctx context.Context, asked *db.LogoutParty, state, code string) error {
	err := db.InTx(ctx, r.Rules.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.SetLogoutParty(ctx, tx, *asked, state, tx.At); err != nil {
			return err
		}
		if code == "" || state == db.PartyCannot {
			return nil // the end of the logout tells of it
		}
		return r.Rules.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SSOLogoutAnswered, Actor: "stranger", Subject: string(asked.ServiceID), Service: asked.ServiceID,
			Details: map[string]string{"logout": asked.LogoutID, "request": asked.RequestID, "state": state, "code": code},
		})
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	return err
}
