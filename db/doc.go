// Package db holds every table and every query of the product.
//
// Queries are plain functions that take a bun.IDB, so the same function runs on
// the pool or inside a transaction. A missing row is ErrNotFound, a duplicate
// ErrExists; nothing returns (nil, nil).
//
// InTx is the only way into a transaction. Its Tx carries the bun transaction,
// the same connection as a pgx.Tx for River, and one timestamp for all it
// writes, so a change, its audit event and its messages commit together.
//
// Personal columns arrive here sealed (type Sealed) and leave sealed; the keys
// live outside the database and outside this package. Look-ups of sealed values
// go through blind indexes (type Index).
//
// The schema is SQL in migrations/; schema.sql is the dumped result.
package db
