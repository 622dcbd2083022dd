// Package passkey is WebAuthn: adding passkeys to an account and proving that
// one holds one, whoever asks: sign-in, the second factor, a recovery. It is
// the only door to the WebAuthn library.
//
// An exchange goes like this: the page's script asks to start one and gets a
// token and the options for the browser; the browser talks to the device; the
// page posts the device's answer with the token as an ordinary form.
//
// Promises:
//
//   - An exchange lives five minutes, belongs to one purpose and to the browser
//     that began it, and is used up by the first answer, right or wrong.
//   - A passkey always verifies its person (face, finger, PIN), so it counts as
//     two factors by itself.
//   - Starting tells a stranger nothing: at sign-in and in a recovery no account
//     is named and no passkey is listed. Only somebody who gave a password is
//     asked for theirs.
//   - A passkey works on this host and nowhere else: what another site's page
//     collected is refused.
//   - Passkeys that their provider copies between devices are welcome, and
//     their counters say nothing. On one that can't leave its device, a counter
//     that did not advance means that a copy may exist: the passkey ends, and
//     its owner is told.
//
// Fresh proof before adding or removing, and the words on the screen, are the
// capabilities' business.
package passkey
