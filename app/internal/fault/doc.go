// Package fault names the few kinds of error that a person can be told about.
//
// A rule returns a *Fault when it refuses something in a way that has its own
// page; anything else is a surprise and becomes "internal" with a reference
// number. What is shown are catalogue messages, never an error's text.
package fault
