// Package portal is a stand-in for a college's member portal, the place where
// registration for ONE ID begins. It belongs to the outside world: the product
// knows it only by its addresses and its SAML metadata.
//
// A member signs in, reads the page "Register for Ontario Health's ONE ID",
// consents and signs up. The portal keeps a record of the consent and sends
// the browser to the product, which asks back with a signed AuthnRequest. The
// request is believed only if it is signed with a key of the product's own
// metadata and names one of its addresses; it is answered only for a member
// who is signed in here and has consented in this session within the last
// minutes. Whoever is not, is asked first, and the answer follows.
//
// Beyond that, /lab lets a tester change a member's standing, and choose a
// hostile variant for the next response, to see the product refuse it.
//
// Names and dates leave exactly as the sample data has them, stray spaces and
// decomposed accents included. Corrections, standings and consents are kept in
// a file and survive a restart; sessions do not.
package portal
