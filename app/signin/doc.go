// Package signin is Login ID and password, and signing out.
//
// What is promised: a stranger learns nothing. A Login ID that exists and one
// that doesn't get the same words, the same waits and the same work; only the
// right password opens the pages that say an account is suspended, frozen or
// closed. Limits are spent before a password is judged, and hashing happens
// outside any transaction, through the turnstile.
//
// Where a person goes after signing in is journey.Next's to say.
package signin
