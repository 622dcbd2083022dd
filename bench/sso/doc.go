// Command sso measures the path that a clinician takes most often: a service's
// fresh request, in a browser that is signed in, to the signed answer.
//
// The product and its database run as in the sandbox, with durable writes, and
// are asked over the loopback interface. What counts is the processor time of
// the product and of PostgreSQL together for each answer, against what one
// RSA-2048 signature takes in the same rounds, and against crewjam's samlidp,
// which has no database. All of it runs on one processor, so that none of the
// parts is faster because another one waits.
//
// A rate is what a processor does that is never idle: so many sign-ons are in
// flight that some always wait. What fewer share is told beside it.
//
// What a crowd of sessions costs is told by a second product beside the first, with
// as many accounts and one session: measured one after the other, the two would
// differ by what else the machine does in the minutes between.
//
// Answers are checked: every one is there, and some of each kind are read as the
// service would, signature and all.
package main
