package fault

import (
	"errors"
	"fmt"
	"time"

	"oneid/views/i18n"
)

// Kind is what a refusal is about; each has a page of its own.
type Kind string

// The kinds.
const (
	BadRequest  Kind = "badrequest"
	Denied      Kind = "denied"
	CrossSite   Kind = "crosssite"
	NotFound    Kind = "notfound"
	Method      Kind = "method"
	Conflict    Kind = "conflict"
	Gone        Kind = "gone"
	TooLarge    Kind = "toolarge"
	Wait        Kind = "wait"
	Internal    Kind = "internal"
	Unavailable Kind = "unavailable"
)

// Fault is a refusal with its kind and, where the kind's own words are not
// enough, the words to show.
type Fault struct {
	Kind Kind
	// Until is when trying again makes sense (Wait).
	Until time.Time
	// Title, Body and Step replace the kind's words when set.
	Title, Body, Step i18n.Msg
	// Next names the way to where the step is taken, and NextPath is the page of
	// ours; without them the way leads home.
	Next     i18n.Msg
	NextPath string
	// Reference, when set, is the number already recorded for this refusal.
	Reference string

	cause error
}

// New returns a fault of a kind. cause is logged, never shown; it may be nil.
func New(kind Kind, cause error) *Fault { return &Fault{Kind: kind, cause: cause} }

// WaitUntil refuses until a time.
func WaitUntil(until time.Time) *Fault { return &Fault{Kind: Wait, Until: until} }

func (f *Fault) Error() string {
	if f.cause == nil {
		return string(f.Kind)
	}
	return fmt.Sprintf("%s: %v", f.Kind, f.cause)
}

func (f *Fault) Unwrap() error { return f.cause }

// Of returns the fault in err's chain, or an internal one.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return New(Internal, err)
}
