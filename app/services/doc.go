// Package services is the console of service administrators: which services
// people can open, how each is known to us by its metadata, what it gets and how
// it fares.
//
// # Metadata
//
// Metadata comes in by upload, paste, from an address, by a schedule or from the
// shell, all through the same steps. Bring keeps it, Read explains it and
// compares it with what is in force, Propose makes it a version. What opens a new
// way out for personal data (an origin that was not there, a key that was not
// there, and with them every new service) waits for a second person: Approve
// refuses whoever proposed it. Everything else is in force at once. Versions
// stay, and GoBack proposes an earlier one by the same rule.
//
// Metadata that names its signer is taken only from that signer. The schedule
// fetches what is due; a fetch that brings trouble leaves what is in force as it
// is, until its own end.
//
// # Policies
//
// A policy that protects people less than the one in force (policy.Weaker) is
// proposed, and waits like grave metadata does; until it is decided about, no
// other change of that policy is taken. Any other change is in force at once.
// What an administrator does on the machine itself waits for nobody.
//
// # Our own keys
//
// The console does with our SAML keys what `oneid keys` does, save what needs a
// reason: a key that was stolen is dealt with on the machine. A next key is
// proposed by one administrator and made when a second agrees, on the node that
// hears so; its private part is never shown. Every act wants fresh proof of
// something held.
//
// # Everything else
//
// Every change is one transaction with its audit event. Nothing here is on the
// road of a sign-in: package sso reads what this package writes.
package services
