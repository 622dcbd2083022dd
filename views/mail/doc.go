// Package mail puts messages into words: mail as text and as HTML, and text
// messages.
//
// A mail is its event's subject and body in a frame that is the same for all
// (greeting, when and where, what to do if it was not you, what we never ask,
// whom to call, why it came, how to change the language). Text and HTML say the
// same. The HTML is one column without images or anything else from outside,
// follows the reader's light or dark setting, and names its language.
//
// The reader's language and the catalogue come in the context.
package mail
