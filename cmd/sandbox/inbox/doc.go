// Package inbox is everyone's mailbox and telephone in the sandbox: a real
// SMTP server, and a carrier of texts and calls that speaks the REST interface
// of Twilio. What the product sends ends here and nowhere else.
//
// A person reads mail and texts on its pages, answers calls and presses keys;
// a program does the same through JSON (GET /messages, POST /calls/{id}/press).
//
// A call runs as a real one does: it rings until it is answered, declined or
// given up; then the product is asked what to say (TwiML), and keys go back to
// it. Words take as long as it takes to speak them, so that a time-out of a few
// seconds begins when the voice has ended. Every request to the product is
// signed with the account's token.
//
// Some numbers and addresses never work, and switches make the whole carrier
// slow, broken or silent, so that failures can be tried.
package inbox
