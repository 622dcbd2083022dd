// Package secret makes, hashes, seals and matches everything that must not be
// readable outside the product's memory.
//
// A KeyRing is a directory of key files outside the database; every promise
// below rests on it. What stands on it:
//
//   - Sealer encrypts personal columns. A sealed value opens only in the table,
//     column and row it was sealed for.
//   - KeyRing.Index makes blind indexes, so that a sealed value can be found.
//   - Passwords and Answers hash what people prove themselves with: keyed with a
//     pepper from the ring, then argon2id behind a Turnstile. Passwords are taken
//     byte for byte; answers are normalised first (Normalise), under a version
//     that is stored with the hash.
//   - Codes makes one-time codes out of a nonce: the code itself is stored nowhere.
//   - NewToken, NewReference: link tokens and the numbers people read out on the phone.
//   - Text holds a secret on its way through the program and prints as [redacted].
//
// Nothing here logs, and no error text carries a secret. Keys of all purposes
// have versions: new work uses the highest, old work names the one it used.
// Rotating a key means adding a file and keeping the old one as long as rows
// made under it remain.
//
// The SAML signing key lives in the same directory; it belongs to package saml.
package secret
