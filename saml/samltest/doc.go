// Package samltest plays the parties around the product in tests: a College
// that vouches for members and a Viewer that asks who is signed in. Both sign
// real messages with keys of their own, and can be made to misbehave.
//
// The messages are written from text, not with the product's writers, so that
// the product is not judged by itself; Schema and Xmlsec1 bring in judges from
// outside. The keys in this folder protect nothing and must never leave tests.
package samltest
