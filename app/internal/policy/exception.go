package policy

import (
	"slices"
	"time"
)

// What is weak and may be had for a time.
const (
	ExceptSHA1  = "sha1"  // sign with RSA-SHA1
	ExceptCBC   = "cbc"   // encrypt with AES-CBC when the service offers nothing better
	ExceptClear = "clear" // an assertion in clear to a service that has a key
	ExceptEmail = "email" // an e-mail address as name
)

// Excepted lists what exceptions can be made for.
func Excepted() []string { return []string{ExceptSHA1, ExceptCBC, ExceptClear, ExceptEmail} }

// Exception lets something weak be done for a service until a day.
type Exception struct {
	What   string    `json:"what"`
	Owner  string    `json:"owner"` // who answers for it
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"`
}

// LongestException is how far ahead an exception may end.
const LongestException = 366 * 24 * time.Hour

// Live tells whether an exception holds at a time.
func (e Exception) Live(at time.Time) bool { return at.Before(e.Until) }

// Effective is the policy to act by at a time: exceptions past their end are
// gone, and what needed one has become the strong thing in its place. That may
// mean that a service gets nothing any more; it was told so until then.
func (p Policy) Effective(at time.Time) Policy {
	if len(p.Exceptions) == 0 && !p.weak() {
		return p // the usual case costs nothing
	}
	e := p.Clone()
	e.Exceptions = slices.DeleteFunc(e.Exceptions, func(x Exception) bool { return !x.Live(at) })
	if e.SignatureAlgorithm == RSASHA1 && !e.Excepts(ExceptSHA1) {
		e.SignatureAlgorithm = RSASHA256
	}
	if e.Encrypt == EncryptNever && !e.Excepts(ExceptClear) {
		e.Encrypt = EncryptWhenPossible
	}
	if !e.Excepts(ExceptEmail) {
		e.NameIDs = slices.DeleteFunc(e.NameIDs, func(f string) bool { return f == NameEmail })
	}
	return e
}

// weak tells whether anything in the policy needs an exception.
func (p Policy) weak() bool {
	return p.SignatureAlgorithm == RSASHA1 || p.Encrypt == EncryptNever || slices.Contains(p.NameIDs, NameEmail)
}

// Excepts tells whether the policy has an exception for something. Of an
// effective policy: whether it may be done now.
func (p Policy) Excepts(what string) bool {
	return slices.ContainsFunc(p.Exceptions, func(e Exception) bool { return e.What == what })
}

// CBC tells whether assertions may be encrypted with AES-CBC. Ask it of an
// effective policy.
func (p Policy) CBC() bool { return p.Excepts(ExceptCBC) }
