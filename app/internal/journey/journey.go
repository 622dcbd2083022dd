package journey

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"oneid/app/internal/access"
	"oneid/db"
)

// Lifetime is how long a sign-in toward a service may take (SECURITY.md 5.4).
const Lifetime = 30 * time.Minute

// Addresses that a journey leads to.
const (
	SigninPath    = "/signin"
	ChallengePath = "/challenge"
	ExpiredPath   = "/password/expired"
	OfferPath     = "/signin/offer" // of a passkey, on the way
	ContinuePath  = "/sso/continue"
	HomePath      = "/home"
)

// Again, in the query of SigninPath, asks for the password of somebody who is
// signed in. SigninAgainPath has it.
const (
	Again           = "again"
	SigninAgainPath = SigninPath + "?" + Again + "=yes"
)

// Continue is where a journey goes on.
func Continue(id string) string { return with(ContinuePath, id) }

// NewID returns the id of a fresh journey. Whoever holds it can carry the
// journey on until a browser is bound to it, so it can't be guessed.
func NewID() string {
	var b [18]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Pending is a journey with the service it leads to.
type Pending struct {
	*db.Journey
	Service *db.Service
	// Anew tells that the service wants the person to sign in for it, even
	// when they are signed in (ForceAuthn).
	Anew bool
}

// Proven tells whether a session holds the proof that the journey wants. Every
// step asks this one question, or they would send a person to and fro.
func (p *Pending) Proven(s access.Session) bool {
	return s.SignedIn() && p.Begun(s)
}

// Begun tells whether a session, signed in or half-way, began with the proof
// that the journey wants. A further proof in an older session is none: the person
// is to sign in for it from the beginning.
func (p *Pending) Begun(s access.Session) bool {
	return !p.Anew || s.FirstProven().After(p.CreatedAt)
}

// asked is the part of a kept request that steps other than the answer need.
type asked struct {
	ForceAuthn bool `json:"forceAuthn"`
}

// Find returns a journey that this browser may carry on. db.ErrNotFound: it has
// expired, was never begun, or belongs to another browser.
func Find(ctx context.Context, d *db.DB, id string, browser []byte) (*Pending, error) {
	if id == "" {
		return nil, fmt.Errorf("no journey: %w", db.ErrNotFound)
	}
	j, err := db.JourneyByID(ctx, d, id, d.Clock.Now())
	if err != nil {
		return nil, err
	}
	if err := db.BindJourney(ctx, d, id, browser); err != nil {
		return nil, err
	}
	service, err := db.ServiceByID(ctx, d, j.ServiceID)
	if err != nil {
		return nil, err
	}
	var request asked
	if err := json.Unmarshal(j.Request, &request); err != nil {
		return nil, fmt.Errorf("read journey: %w", err)
	}
	return &Pending{Journey: j, Service: service, Anew: request.ForceAuthn}, nil
}

// Next tells where a person goes from here: to what sign-in still owes, to sign
// in, or on to the service that waits. A second factor is owed before a new
// password: whoever steps in half-way must not choose one. id may be empty, when no service waits; returnTo is then the page
// that sign-in interrupted, if any.
func Next(s access.Session, id, returnTo string) string {
	switch {
	case s.HalfWay():
		return ChallengePath
	case s.MustChange():
		return with(ExpiredPath, id)
	case !s.SignedIn() && id != "":
		return SigninPath + "?j=" + url.QueryEscape(id)
	case !s.SignedIn():
		return SigninPath
	case s.Offer:
		s.Offer = false
		return OfferPath + "?then=" + url.QueryEscape(Next(s, id, returnTo))
	case id != "":
		return Continue(id)
	case returnTo != "":
		return returnTo
	}
	return HomePath
}

// with carries a journey along in an address.
func with(path, id string) string {
	if id == "" {
		return path
	}
	return path + "?j=" + url.QueryEscape(id)
}

// Missing says why a person may not open a service.
type Missing string

// What can be missing. Nothing means that the service is open to them.
const (
	Nothing       Missing = ""
	NoLicence     Missing = "no_licence"
	NoSponsor     Missing = "no_sponsor"
	Suspended     Missing = "suspended"
	Ended         Missing = "ended"
	Paused        Missing = "paused"
	AccountClosed Missing = "account"
)

// MayOpen decides whether an account may open a service, from what is true
// now: it is asked again in the transaction that issues an assertion.
func MayOpen(ctx context.Context, q db.Querier, account *db.Account, service *db.Service) (Missing, error) {
	if account.Status != db.AccountActive {
		return AccountClosed, nil
	}
	if !service.Enabled {
		return Paused, nil
	}
	switch service.Rule {
	case db.RuleEveryone:
		return Nothing, nil
	case db.RuleLicence:
		held, err := db.HasActiveLicence(ctx, q, account.ID, service.RuleCollege)
		if err != nil || held {
			return Nothing, err
		}
	}
	e, err := db.EnrolmentFor(ctx, q, account.ID, service.ID)
	switch {
	case errors.Is(err, db.ErrNotFound) && service.Rule == db.RuleLicence:
		return NoLicence, nil
	case errors.Is(err, db.ErrNotFound):
		return NoSponsor, nil
	case err != nil:
		return Nothing, err
	case e.Status == db.EnrolmentSuspended:
		return Suspended, nil
	case e.Status == db.EnrolmentEnded:
		return Ended, nil
	}
	return Nothing, nil
}
