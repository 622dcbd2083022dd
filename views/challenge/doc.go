// Package challenge draws the screens that ask for a second factor. Why it is
// asked stands first, the other ways stand on every one of them.
package challenge
