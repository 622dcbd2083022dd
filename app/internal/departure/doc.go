// Package departure begins the logout of a person everywhere: it knows which
// sessions end and which services were opened in them. How a service is asked is
// for package sso.
//
// A person who signs out here, or at a service, goes round with their browser:
// Begin writes down whom to ask, and Path is where the browser goes. Sessions
// that end without their browser (a password was reset, an account closed, a
// session ended from another device) are told of by an errand, server to server,
// to the services that can be asked so.
//
// What is promised: every service that was opened in a session which is ended is
// asked, also one that was being opened at that moment. A browser's round asks those
// that the transaction sees which ends the session; the errand, which begins when
// that is committed, asks whoever is left. For this the transaction records the end
// in the trail of the account, as every end of a session is: a sign-on moves the
// same chain on, so it is written before that record or not at all.
package departure
