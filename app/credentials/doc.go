// Package credentials is what a person proves themselves with: the email
// address, the password, challenge questions, challenge phones, passkeys,
// recovery codes, recognised devices, open sessions. A person finds them under
// "Sign-in and security".
//
// # Every change
//
//   - asks first for a fresh proof of something held (access.Fresh), and brings
//     the person back with what they had typed, secrets left out;
//   - is one transaction with its audit event and its notice to every channel;
//   - waits for 24 hours after a reset by recovery, unless the proof is by
//     something held before the reset (Security.Cooling): phones, questions,
//     passkeys and codes; the password, devices and sessions don't wait, for
//     changing them only shuts others out.
//
// A new password ends all other sessions and every recognised device, and gives
// the session that stays a new token. Recovery codes are shown in the answer to
// the request that made them and never again. Answers to questions are never
// shown.
//
// # Confirming an address
//
// The link in the message is read as often as anyone follows it, and used up
// only by the button behind it: programs that check mail follow links too. The
// link works signed out and on any device, once, for outbox.LinkLife; following
// it again afterwards says that it worked. It confirms the address and nothing
// else: it signs nobody in and shows no more than the address it was sent to.
//
// A new link can be asked for by whoever is signed in, and by nobody else, so
// that a stranger can't have mail sent.
package credentials
