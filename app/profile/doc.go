// Package profile is My Profile: what a person's college said of them, what they
// told us themselves, which documents they agreed to, and how far their account
// is secured.
//
// Nothing changes here. What a college said only the college can correct, and
// the page says whom to call. A document can be read and printed in the version
// and the language in which it was agreed to, and by nobody who did not agree to
// it.
package profile
