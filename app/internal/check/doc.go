// Package check judges what people type into forms and says what is wrong in
// the words of the catalogue.
//
// Every check takes a *form.Errors, the name of the field and the text as
// typed, notes at most one fault for the field, and returns the value in the
// form the product keeps: trimmed, composed, in E.164 and so on. What it
// returns beside a fault is not to be used.
//
// What is checked here needs no database: the caller brings what it knows of
// the person (Own) and of the questions (Question). Rules that need to know
// other people, such as whether a Login ID is taken, are elsewhere.
//
// Two kinds of value are special. A password is judged but never changed: its
// bytes are what counts. Challenge answers are judged the way they will be
// compared, after secret.Normalise.
//
// The list of common passwords is compiled in (docs/common-passwords.md); an
// operator can add a fuller one beside it, never in place of it.
package check
