// Package signin is Login ID and password, and signing out.
//
// What is promised: a stranger learns nothing. A Login ID that exists and one
// that doesn't get the same words, the same waits and the same work; only the
// right password opens the pages that say an account is suspended, frozen or
// closed. Limits are spent before a password is judged, and hashing happens
// outside any transaction, through the turnstile.
//
// Whoever proves again who they are keeps their session's name, so that the
// services opened in it are still told at its end. Whoever signs in where somebody
// else is signed in is led round the other's services first.
//
// Where a person goes after signing in is journey.Next's to say.
package signin
