package sso

import (
	"errors"
	"fmt"

	"oneid/db"
	"oneid/saml"
)

// reason is why a request was refused, as a page can explain it.
type reason string

const (
	reasonUnknown reason = "unknown"
	reasonClosed  reason = "closed"
	reasonInvalid reason = "invalid"
	// reasonUnreadable is invalid from somebody who can't be told.
	reasonUnreadable reason = "unreadable"
	reasonStale      reason = "stale"
	reasonUsed       reason = "used"
	reasonClock      reason = "clock"
	reasonUnasked    reason = "unasked" // opens only from its own page
	reasonAstray     reason = "astray"  // would have led elsewhere
)

// Refusal is a request that gets no answer at the service, because nothing
// about it can be trusted enough to send a browser there.
type Refusal struct {
	Reason reason
	// Code is finer than the reason: for operators and the audit trail.
	Code      string
	Service   *db.Service // nil when unknown
	Reference string

	cause error
	// unread is why the request could not be read; nil when it was.
	unread error
}

func refuse(why reason, cause error) *Refusal {
	return &Refusal{Reason: why, Code: string(why), cause: cause}
}

func (r *Refusal) about(service *db.Service) *Refusal {
	r.Service = service
	return r
}

func (r *Refusal) Error() string { return fmt.Sprintf("sso: %s: %v", r.Code, r.cause) }
func (r *Refusal) Unwrap() error { return r.cause }

// explain turns a refusal of package saml into one that a page can explain.
func explain(err error) *Refusal {
	why := reasonInvalid
	code := saml.CodeOf(err)
	switch code {
	case saml.StaleRequest:
		why = reasonStale
	case saml.ClockAhead:
		why = reasonClock
	}
	refusal := refuse(why, err)
	if code != "" {
		refusal.Code = string(code)
	}
	return refusal
}

// errGone is a journey that can't go on: expired, or another browser's.
var errGone = errors.New("the journey is gone")
