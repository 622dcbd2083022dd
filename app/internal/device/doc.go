// Package device recognises the browsers that people chose to be remembered.
//
// A device is recognised for an account when its cookie holds a token of that
// account's and it comes from a network that the account was signed in to from
// within 90 days: a new computer and a new network both ask for a second factor
// once. Being recognised is no proof; it only spares the question, and without
// the password it is worth nothing.
//
// Promises:
//
//   - Only hashes of tokens are kept. Each use changes the token, so a copied
//     cookie and its original soon differ: whoever comes with the older one more
//     than a minute after the change gives the copy away. The device ends then,
//     and all sessions with it, and the owner is told.
//   - An answer that was lost on its way does no harm within that minute: the
//     same next token is given again, because tokens are computed, not drawn. Old ones stay genuine, so a copy of any age is noticed.
//   - A browser may be remembered for three accounts, an account may have ten
//     devices, each for 30 days after its last use.
//   - Nothing is remembered unless its person chose so.
//
// The cookie itself is package access's.
package device
