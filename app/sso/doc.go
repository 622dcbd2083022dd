// Package sso is the browser's side of our SAML identity provider: a service's
// request comes in, a signed answer goes out.
//
// A request is judged once, where it arrives, and kept as a journey of facts;
// the browser is sent to a page of ours, because a request posted across sites
// brings no cookie. That page binds the journey to the browser and asks what is
// still owed: to sign in, or to prove it again. Then one transaction decides
// whether the person may open the service now, writes the assertion down and
// closes the journey; only what that transaction committed is posted back.
//
// A logout goes the other way: whoever signs out, here or at a service, ends our
// session at once and is taken round the services opened in it (Logouts). Each
// is asked in its own way, one that does not answer is left behind, and the last
// page says what each answered. Nothing but a signed request about a session that
// the service was told of ends anything.
//
// What is promised: answers go to the address in the service's stored metadata
// and nowhere else; a request is answered once; an assertion claims no more
// than was done in this session; who may not open a service is told what is
// missing and who mends it.
package sso
