// Package delivery hands messages to carriers, and hears back from them.
//
// A worker takes a message by its id, opens its seal, puts it into words
// (package views/mail) and gives it to the first carrier of its channel that
// works. No transaction is open meanwhile. Once a carrier has it the row says so
// and is emptied. A worker that dies in between leaves the job to another one:
// every message is sent at least once, and what may come twice is the same mail
// under the same Message-ID, or the same code.
//
// Failures are tried again, ever more slowly, until the message expires. A
// carrier that fails ten times in a row is left alone for a while (breaker.go)
// and the next one of the line takes over.
//
// Carriers call back (handlers.go): how a message ended, and which digit was
// pressed in a call. Only requests that carry a valid signature are heard, and
// one that comes twice changes nothing more.
//
// What a carrier answers may quote the recipient, so none of it is kept or
// logged: only a short code of ours (Trouble).
//
// Housekeeping (housekeeping.go) is here because it runs in the same workers:
// it deletes what has served its time.
package delivery
