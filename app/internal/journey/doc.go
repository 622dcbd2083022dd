// Package journey is a sign-in on its way to a service: what is asked next, and
// whether the person may open the service at all.
//
// A journey begins where a service's request arrives (app/sso), is bound to the
// first browser that carries it on, and passes through sign-in. Steps don't
// know one another: each, when it is done, asks Next, which looks at the stored
// journey and the session.
package journey
