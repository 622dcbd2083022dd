// Package audit records what happened, in the transaction that makes it happen:
// Record takes a db.Tx, so an action without its event can't commit.
//
// Events form eight chains, chosen by subject so that no global lock is needed.
// Each event carries an HMAC over the previous hash and its own canonical
// fields, under a key that is not in the database: changing, deleting or
// reordering a row breaks the chain, which Verify names to the row. Cutting off
// a chain's tail is found by comparing with a checkpoint written elsewhere.
//
// An event holds ids and masked values, never personal data, secrets or codes.
// The catalogue of kinds is in kinds.go; a kind reads capability.object.verb.
package audit
