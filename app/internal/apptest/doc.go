// Package apptest is the whole product in a test: the real app on a database of
// the test's own, a clock that stands until it is moved, and everything that
// leaves it caught.
//
// New builds it. A Browser is a person's browser: it keeps cookies as browsers
// do, says where a request comes from, and answers with Pages that are asserted
// by meaning. Members come over from a college's portal (Browser.HandOver) and
// walk the wizard (Browser.Through); Accounts are people who are there already;
// Viewers are services that ask who is signed in.
//
// The database is a clone of one that is filled once per process: the reference
// lists, one college that hands over, and three services. Nothing here sleeps,
// listens on a port or works in the background: Deliver does what the workers
// would do.
package apptest
