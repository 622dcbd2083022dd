package college

import (
	"errors"
	"fmt"

	"oneid/db"
	"oneid/saml"
)

// reason is why a hand-over was refused, as a page can explain it.
type reason string

const (
	reasonInvalid    reason = "invalid"
	reasonExpired    reason = "expired"
	reasonUsed       reason = "used"
	reasonOther      reason = "other_browser"
	reasonIncomplete reason = "incomplete"
	reasonNoConsent  reason = "no_consent"
	reasonStopped    reason = "stopped"
	reasonOff        reason = "college_off"
	reasonUnknown    reason = "college_unknown"
	reasonUnverified reason = "unverified_person"
)

// Refusal is a hand-over that did not happen. It is an outcome with a page of
// its own; nothing was saved.
type Refusal struct {
	Reason reason
	// Code is finer than the reason: for operators and the audit trail.
	Code string
	// Missing names the facts that a college left out.
	Missing   []string
	College   *db.College
	PortalURL string
	Reference string

	cause error
}

func refuse(why reason, cause error) *Refusal {
	return &Refusal{Reason: why, Code: string(why), cause: cause}
}

func (r *Refusal) about(college *db.College, row *db.CollegeProvider) *Refusal {
	r.College, r.PortalURL = college, row.PortalURL
	return r
}

func (r *Refusal) Error() string { return fmt.Sprintf("college: %s: %v", r.Code, r.cause) }
func (r *Refusal) Unwrap() error { return r.cause }

// Statuses of a college that mean the member stopped, or could not be known.
const (
	statusDenied  = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"
	statusUnknown = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal"
	statusFailed  = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"
)

// explain turns a refusal of package saml into one that a page can explain.
func explain(err error) *Refusal {
	var s *saml.Refusal
	if !errors.As(err, &s) {
		return nil
	}
	why := reasonInvalid
	switch s.Code {
	case saml.Expired, saml.AuthnTooOld:
		why = reasonExpired
	case saml.WrongRequest:
		why = reasonOther
	case saml.StatusNotSuccess:
		switch s.Substatus {
		case statusDenied:
			why = reasonStopped
		case statusUnknown, statusFailed:
			why = reasonUnverified
		}
	}
	return &Refusal{Reason: why, Code: string(s.Code), cause: err}
}
