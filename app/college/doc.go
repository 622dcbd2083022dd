// Package college is the hand-over: a regulatory college vouches for a member,
// and a registration opens.
//
// The member arrives from the college's portal; we ask the portal back with a
// signed request of ours, bound to this browser; the signed answer is posted
// across sites, so it waits in a row until the browser brings its cookie to a
// page of our own. Only then is it judged: by package saml for what it says and
// who signed it, here for whether it answers this browser's request, once.
//
// What is promised: nothing is believed that a pinned key of an enabled college
// did not sign; evidence is used once, in the transaction that opens the
// wizard; times are judged by our clock; the signed message is kept, sealed, so
// that it can be verified again. A refusal says what happened and whom to call,
// carries a reference number, and leaves an audit event.
//
// A member who has an account is led to it and never told its Login ID; one
// whose licence is not active gets an explanation and no wizard.
package college
