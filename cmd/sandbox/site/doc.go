// Package site is what the sandbox's web sites share: where each of them
// lives, how it is served under its own host name, its keys, and its pages in
// two languages.
//
// Every site answers only for its own name, so that a browser keeps their
// cookies apart as it would in the field. Names under .localhost are resolved
// by browsers but not by every program, so Client dials the loopback address
// for them.
//
// What a site says and does stays in its own package.
package site
