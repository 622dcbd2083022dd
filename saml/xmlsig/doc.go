// Package xmlsig makes and verifies the two kinds of signature SAML uses:
// enveloped XML signatures, and signatures over a redirect's query string.
//
// What it promises about verification:
//   - Keys are the caller's, tried one at a time. What a message says about
//     its own key (KeyInfo) is removed before verification and never trusted.
//   - The shape is fixed before any arithmetic: one Signature, a direct child
//     of the element it signs; one Reference, to that element's ID; only the
//     enveloped and exclusive canonicalization transforms; SHA-256 or better.
//   - The answer is the signed element as it was digested. Callers read
//     facts from that answer and from nothing else, so there is no second
//     tree that an attacker could have shaped.
//   - A query signature is verified over the octets as they were received,
//     not as we would have encoded them.
//
// What it promises about signing: RSA and elliptic keys, the latter's signatures
// as r and s side by side, which is what XML wants and others verify; SHA-256 or
// better, unless SHA-1 is asked for by name; and no signature at all where key,
// method or place do not fit. Text that is canonical already is signed as it
// stands (Reserve, Fill), a tree through the canonicalizer (Sign).
//
// Certificates are containers of keys here: whether one is within its dates is
// a matter of policy, decided by whoever pinned it.
//
// Documents must have passed package strictxml first.
package xmlsig
