package journey

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
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

// Leave, in the query of ContinuePath, ends a journey: the service is told that
// the person would rather not go on.
const Leave = "leave"

// Stopped is where a person goes who gives up on the way to where they were going
// back: the service is told, if it was a journey.
func Stopped(back string) string {
	if !strings.HasPrefix(back, ContinuePath+"?") {
		return HomePath
	}
	return back + "&" + Leave + "=yes"
}

// LaunchPath opens a service from our side.
const LaunchPath = "/saml/launch"

// Door is the address at which a person opens a service: our own launch where
// its provider, if given, allows that, else the service's start page; empty for
// neither.
func Door(service *db.Service, provider string) string {
	if provider != "" {
		return LaunchPath + "?sp=" + url.QueryEscape(provider)
	}
	return service.StartURL
}

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
	// Anew tells that the person has to sign in for this journey, even when they
	// are signed in: the service wants it so (ForceAuthn), or their proof has
	// become too old for it.
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
	return p.ProveAfter == nil || s.FirstProven().After(*p.ProveAfter)
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
	return &Pending{Journey: j, Service: service, Anew: j.ProveAfter != nil}, nil
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
	NoAuthority   Missing = "no_authority"
)

// MayOpen decides whether an account may open a service, from what is true
// now: it is asked again in the transaction that issues an assertion.
func MayOpen(ctx context.Context, q db.Querier, account *db.Account, service *db.Service) (Missing, error) {
	licensed := false
	if service.Rule == db.RuleLicence {
		var err error
		if licensed, err = db.HasActiveLicence(ctx, q, account.ID, service.RuleCollege); err != nil {
			return Nothing, err
		}
	}
	enrolment := ""
	if service.Rule != db.RuleEveryone && !licensed {
		e, err := db.EnrolmentFor(ctx, q, account.ID, service.ID)
		switch {
		case err == nil:
			enrolment = e.Status
		case !errors.Is(err, db.ErrNotFound):
			return Nothing, err
		}
	}
	return Lacks(account.Status, service, licensed, enrolment), nil
}

// Lacks says what keeps a person from a service: the standing of their account,
// whether they hold the licence that the service asks for, and the standing of
// their enrolment, empty for none.
func Lacks(account string, service *db.Service, licensed bool, enrolment string) Missing {
	switch {
	case account != db.AccountActive:
		return AccountClosed
	case !service.Enabled:
		return Paused
	case service.Rule == db.RuleEveryone, service.Rule == db.RuleLicence && licensed:
		return Nothing
	}
	switch enrolment {
	case db.EnrolmentActive:
		return Nothing
	case db.EnrolmentSuspended:
		return Suspended
	case db.EnrolmentEnded:
		return Ended
	}
	if service.Rule == db.RuleLicence {
		return NoLicence
	}
	return NoSponsor
}
