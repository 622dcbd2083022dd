// Package release puts together what a service is told about a person: the name
// it knows them by, and the facts that its policy releases, each under its name
// there.
//
// It says of every attribute whether it goes out and why not, so that what would
// be sent can be shown before anything is. Facts are read where they are true
// now; nothing is remembered here.
//
// Values are spelled as Ontario's services expect them (DOMAIN.md 9.2 to 9.6),
// and as SAML2int and eduPerson say for the names that others know.
package release
