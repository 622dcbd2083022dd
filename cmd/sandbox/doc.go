// Command sandbox runs the whole world around the product on one machine:
// PostgreSQL, the product itself, a college's member portal, four clinical
// viewers, and an inbox for mail, texts and calls.
//
// Everything listens on the loopback address under names that end in
// .localhost, and keeps its data in one folder (var), which a second start
// finds again. The product is a child process like any other operator's; the
// sandbox reaches it only by its command line and from outside.
//
// At start: the inbox, portal and viewers listen; PostgreSQL starts; keys are
// made once; var/sandbox.env is written; the schema is brought up to date; the
// college, the viewers' services and a few accounts are made known once; the
// product is started and waited for. At the end the order is the reverse:
// portal and viewers, then the product, which finishes what it has begun, then
// the inbox, and PostgreSQL last.
package main
