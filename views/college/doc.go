// Package college holds the screens of the hand-over from a college: where
// registration begins, a refusal, a licence that is not active, and the welcome
// of somebody who has an account already. None of them ever shows a Login ID.
package college
