// Package throttle counts attempts and says who has to wait.
//
// Counts live in the database, so all nodes share them, and every count is one
// upsert, so parallel attempts can't slip past each other. A try is spent
// before it is judged and given back when it was right: whoever races finds the
// count already raised.
//
// Promises:
//
//   - Addresses, numbers and login IDs reach the tables only as keyed hashes.
//   - A window begins with its first use. Its end is the time to come back,
//     and asking meanwhile does not move it.
//   - A wrong password or code is an outcome: spend on the pool (a *db.DB), not
//     in a transaction that may roll back, and the count stays whatever happens
//     next. Inside a db.Tx a spend lives and dies with the transaction.
//   - Losing the tables forgives; it never locks anyone out.
//
// The limits and their numbers are in limit.go; guards that combine several of
// them are SignIn (signin.go) and Send (send.go). The password of an account has
// lanes of its own (lane.go), so that strangers can't keep its owner out.
package throttle
