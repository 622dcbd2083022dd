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
//   - What goes out is written in canonical form from the start and signed as
//     it stands: RSA or ECDSA with SHA-256, whatever else a service's options
//     ask for. Options are met in full or nothing is stated.
//
// The identity provider's side runs in this order: ReadRedirect or ReadPost
// (wire, gate, parse; the issuer is known afterwards), the caller finds the
// ServiceProvider, Check (signature, destination, reply address, age), and
// then, maybe much later, Respond or Refuse from the Request, which is plain
// data that can be stored in between.
//
// Single logout, also on the identity provider's side: ReadLogoutRedirect, Post
// or SOAP reads a message of either kind; CheckLogout judges a service's request
// and CheckLogoutAnswer its answer to ours, which AskLogout wrote; AnswerLogout
// answers. These messages are always signed, whatever a service's policy says of
// its other requests.
//
// The service provider's side: AuthnRequest makes the redirect to the college,
// ReadInResponseTo finds the request an answer claims to be for, Accept
// returns the Evidence.
//
// Left to others: who may use which service, what is released, one-time use
// of request and assertion IDs (they need a database), and screens. Assertions
// are encrypted for services (package xmlenc) and not accepted encrypted from
// colleges: we publish no key to them, and one that sends one all the same is
// refused with a code of its own. Crewjam's library is the other side in tests
// and does nothing here.
package saml
