// Package recovery is Forgot Login ID, Forgot Password, and the page behind
// "this was not me".
//
// Forgot Login ID asks for name and birth date, then two challenge questions.
// The login ID goes to the channels of the account; it is shown on screen when a
// phone code was passed too, and never where two accounts could be meant.
//
// Forgot Password asks for two different kinds of proof out of challenge
// questions, a phone code and a mailed link; or for one passkey. Whoever can
// give no second one gets a number for the Service Desk, where the recovery
// waits for a day. A reset ends everything that was open before it, tells every
// channel, and cools changes of other keys for a day.
//
// What is promised:
//
//   - A stranger meets the same screens, questions, waits and work, and is never
//     told that nothing went out. What depends on who it is happens out of the
//     request's sight, in errands.
//   - Two proofs of one kind are one. No number of right answers alone resets
//     anything.
//   - Following a link changes nothing: scanners do. Its button does, once.
//   - A link is built from our own address, never from what a request said.
//   - Of a reset and a sign-in at the same time, nothing of the old password
//     survives: the account's row makes them wait for each other.
//
// Recoveries live in rows of their own, bound to a browser and for half an hour;
// a mailed link lengthens that to its own life, once.
package recovery
