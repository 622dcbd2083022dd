// Package verdict decides what becomes of a service's request: it is answered
// now, the person is asked for something first, or it is refused with a status.
//
// Decide is one pure function of the request, the service's policy and what is
// true of the person and their session. Every way in asks it: a request with a
// live session, a journey that goes on after a sign-in, a launch from our side,
// and the console, which judges a request that somebody pasted. It explains
// itself: every check it made, in order, and how each came out.
//
// An answer never claims more than was proven. Nobody is asked for what would
// not help: what the person has no means for is refused, and so is everything
// that would need them when the service wants silence.
package verdict
