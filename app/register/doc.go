// Package register is the registration wizard: from the policies to the Login
// ID, in the seven steps of the guide and in its order, with a page to check
// the answers before the password.
//
// What a person can do here: read and agree to the policies; check what the
// college stated and say how they like to be called and reached; add other
// designations; choose challenge questions; add challenge phones and try them;
// check everything and change any of it; set a password and receive a Login ID.
// At any point they can go back, stop for up to seven days, or cancel.
//
// What is promised: each Next saves; nothing is skipped by address; two tabs,
// double clicks and Back don't break it; what the college stated is never read
// from a form; Finish creates the account with all that belongs to it in one
// transaction, or nothing.
//
// The steps are an ordered list judged from the draft (step.go). The progress
// bar, the back link, the check page and resuming all read that list.
package register
