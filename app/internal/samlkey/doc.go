// Package samlkey keeps the keys by which services know us, and takes them
// through their lives without anybody's sign-in failing.
//
// There are three uses. A signing key signs what services get, an encryption key
// reads what they write to us, and a metadata key signs our metadata and nothing
// else. Of each use and algorithm one key is current. Its life:
//
//	next      made. A signing key is published, so that services can fetch it,
//	          and signs nothing. An encryption key reads, so that every node has
//	          it before a service can know of it, and is not published.
//	current   used, and published.
//	retiring  a signing key is still published, and signs for the services that
//	          were given time (laggards), until their dates. An encryption key
//	          still reads and is published no more.
//	retired   gone from everywhere; the row stays, since old assertions name it.
//
// A signing key becomes current when every service is known to have it, or 30
// days after it was published; then those not known to have it are laggards and
// keep the old one until a date. That a service has it is known from its
// fetching our metadata at an address of its own, or from its people saying so.
// Plan says what comes next and when; nothing moves by itself.
//
// The table has certificates only. Private parts are files in the key folder,
// the same on every node, or keys in a PKCS#11 token (build tag pkcs11): either
// way this package sees a crypto.Signer. What was opened is kept until the
// version of the key ring changes, which everybody who signs reads along with
// the service's row. A node that lacks the current key's private part goes on
// with the one before it, which is still published, says so in its log, and
// looks each minute whether the key has arrived. Each node that serves tells in the
// database which keys it holds; nobody switches to a key that one of them lacks.
package samlkey
