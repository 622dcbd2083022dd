// Command oneid is the product: it serves people, and it is the tool its
// operators use beside that.
//
// Each subcommand is a file with a struct: kong reads its flags from the tags
// and calls its Run. Run loads what it needs of the configuration, calls one
// function of package app, and prints. The first SIGINT or SIGTERM ends the
// context; a second one ends the process.
package main
