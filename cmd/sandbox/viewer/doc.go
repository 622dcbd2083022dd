// Package viewer is a stand-in for a clinical viewer: a SAML service provider
// that lets people sign in with ONE ID and shows what it was told about them.
//
// The protocol is judged by a SAML library that shares no code with the
// product: the signature against the keys of the product's metadata, issuer,
// audience, recipient, destination and times. The viewer adds what a library
// cannot know: which requests are its own, that an assertion is used once, and
// that the browser which comes back is the one that left.
//
// The product's response arrives by a POST from another site, on which a
// browser sends no Lax cookie. So the POST only judges the response against
// the request it names, keeps the outcome under a one-time name, and answers
// with a redirect to a page of our own. There the cookie is back, and only the
// browser that began gets the session.
//
// A response to no request (started at the product) is accepted when it
// claims none; it is shown as such.
package viewer
