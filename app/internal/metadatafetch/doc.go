// Package metadatafetch brings a party's metadata from an address that somebody
// typed or that a schedule remembers.
//
// An address is as good as whoever typed it, so nothing behind our own walls can
// be reached through here: only https to public addresses, judged where the
// connection is made, after names were resolved, so that a name that resolves
// differently the second time gains nothing. Redirects are few and each is
// judged like the first address. An answer is at most MaxBytes long and has
// ten seconds, all together. No proxy, cookie or credential of ours is used.
//
// On a developer's machine (Local) addresses under localhost can be fetched too,
// by plain http; nothing else changes.
//
// What the bytes say is package saml's to judge.
package metadatafetch
