// Package password judges and sets a person's new password, wherever they
// choose one: in My Profile, after a recovery, when the old one has ended.
//
// Every refusal of SECURITY.md 5.1 is made here: length and letters, what is
// known about the person, the lists that attackers use, and the ten passwords
// that the account had last. Judging hashes and stands outside a transaction;
// setting belongs in the one that tells the person and writes the audit event.
package password
