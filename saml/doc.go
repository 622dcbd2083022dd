// Package saml speaks the SAML 2.0 protocol for the product, in both of its
// roles: identity provider towards clinical viewers (IDP), and service
// provider towards the colleges that vouch for their members (SP).
//
// What it promises:
//   - Nothing is believed before it passed package strictxml, and no signed
//     value is read except from the bytes package xmlsig verified.
//   - Every refusal is a *Refusal with a code from one fixed list; any other
//     error is a fault of ours.
//   - Times are judged by the caller's clock only. What a message says about
//     the time can make it refused, never change what we issue.
//   - What goes out is signed RSA-SHA256 with exclusive canonicalization.
//
// The identity provider's side runs in this order: ReadRedirect or ReadPost
// (wire, gate, parse; the issuer is known afterwards), the caller finds the
// ServiceProvider, Check (signature, destination, reply address, age), and
// then, maybe much later, Respond or Refuse from the Request, which is plain
// data that can be stored in between.
//
// The service provider's side: AuthnRequest makes the redirect to the college,
// ReadInResponseTo finds the request an answer claims to be for, Accept
// returns the Evidence.
//
// Left to others: who may use which service, what is released, one-time use
// of request and assertion IDs (they need a database), and screens. Encrypted
// assertions are neither made nor accepted; a college that sends one is
// refused with a code of its own. Crewjam's types are used to write messages
// and stay inside this package.
package saml
