// Package metadata is how we describe ourselves to others, in machines' words
// and in people's.
//
// To services and to colleges: a signed SAML document each, the same to the byte
// on every node until a key, the configuration or the date in it changes, with a
// strong ETag, so that asking again costs next to nothing. A service can fetch
// ours at an address of its own: then we know that it has our present keys, and
// package samlkey need not wait for it.
//
// To people: the page that services send a person to whom they could not let in
// (errorURL, REFEDS error handling profile). It says in words what was missing,
// what to do, and whom to call with which number. Whoever makes up its
// parameters can show a person nothing but what is on it: services are named by
// what we know of them, and only numbers of a harmless form are shown.
package metadata
