// Package access knows who is behind a request and how surely.
//
// # Sessions
//
// A session is a row in the database, found by the hash of a random token that
// only the browser holds, in a cookie that scripts can't read. Its content is
// sealed. There are three kinds: anonymous (it only ties a browser to what it
// started), registration (a draft, opened by a college's evidence) and account
// (a person signed in).
//
// The token changes at every rise in strength and when a session ends, so a
// token planted before sign-in is worthless after it. Sessions end when idle,
// at an absolute time, or when ended from elsewhere; an ended row stays as a
// tombstone so that a request in flight can't revive it. The last use is
// written at most once a minute.
//
// The session holds who and how, nothing that is counted: attempts, codes and
// drafts have rows of their own, because two tabs write a session in turns.
//
// # Guards
//
// Account and Registering stand before every route that needs them; a route
// without a guard is listed as open where routes are wired, and a test walks
// the list. A request whose session was lost is led to a page that says why.
package access
