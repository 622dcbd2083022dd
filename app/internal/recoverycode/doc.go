// Package recoverycode makes and takes the ten codes that a person keeps on
// paper for the day their phone is lost.
//
// A code is 50 random bits in ten letters and digits, shown once and stored as
// an HMAC bound to its account, under a key that is not in the database: it is
// random, so it needs no slow hash, and without the key nobody can try codes
// against a stolen table. Making a set ends the one before it. Each code works
// once; of parallel uses one succeeds.
//
// How often somebody may guess is the caller's to limit: nothing here counts.
package recoverycode
