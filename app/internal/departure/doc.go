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
// What is promised: whom to ask is decided in the transaction that ends the
// session. A session that opened no service leaves nothing behind.
package departure
