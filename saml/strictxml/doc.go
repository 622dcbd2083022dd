// Package strictxml is the gate every XML document passes, and which hands on the
// tree that it has read.
//
// XML that two parsers can read in two ways is how signatures are cheated:
// one library verifies a tree, another reads a different one. The gate
// therefore does not repair or normalise anything; it refuses every document
// whose reading could be a matter of opinion, and every document that would
// cost more than it is worth. Each rule has a reason code of its own, so that
// an audit trail says which one was broken.
//
// Order of the rules: size and encoding (whole document), then one token walk
// for the shape (no DTD, no processing instruction, no comment, no CDATA;
// bounded depth, elements and attributes), names (no undeclared prefix, no
// prefix with two meanings, no relative or empty namespace, no prefixed
// attribute that looks like a SAML one, no SAML element in a foreign
// namespace) and uniqueness (attributes, IDs, elements that may occur once),
// and last the round trip through encoding/xml, which catches what is left of
// that decoder's quirks.
//
// The gate knows nothing of signatures, times or parties: see package xmlsig
// and package saml.
package strictxml
