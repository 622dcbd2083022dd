package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// Clock tells the time that transactions are stamped with.
type Clock interface{ Now() time.Time }

// DB is the pool of connections. It is a bun.IDB.
type DB struct {
	*bun.DB
	// Pool is the same pool for River, which speaks pgx.
	Pool *pgxpool.Pool
	// Clock stamps every transaction.
	Clock Clock
}

// Limits that keep one slow statement from holding a page, a lock or the pool
// (SECURITY.md 5.5).
const (
	statementTimeout = 3 * time.Second
	lockTimeout      = 2 * time.Second
	idleInTxTimeout  = 5 * time.Second
	connectTimeout   = 5 * time.Second
	defaultPoolSize  = 20
)

// Open connects to the database at url (any form pgx accepts). With a nil clock
// the database server's own time is used, so that all nodes agree.
func Open(ctx context.Context, url string, clock Clock) (*DB, error) {
	return open(ctx, url, clock, map[string]time.Duration{
		"statement_timeout":                   statementTimeout,
		"lock_timeout":                        lockTimeout,
		"idle_in_transaction_session_timeout": idleInTxTimeout,
	})
}

// open is Open with the session limits given; limits in the address win.
func open(ctx context.Context, url string, clock Clock, limits map[string]time.Duration) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read database address: %w", err)
	}
	// bun writes values into the SQL text: with pgx's default mode each would
	// become a prepared statement of its own and stay on the connection.
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	cfg.ConnConfig.ConnectTimeout = connectTimeout
	for name, limit := range limits {
		if _, set := cfg.ConnConfig.RuntimeParams[name]; !set {
			cfg.ConnConfig.RuntimeParams[name] = fmt.Sprint(limit.Milliseconds())
		}
	}
	if _, set := cfg.ConnConfig.RuntimeParams["plan_cache_mode"]; !set {
		// What is prepared looks rows up by their keys: one plan fits every value, and
		// making it anew each time costs more than running it.
		cfg.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	}
	if cfg.MaxConns < defaultPoolSize {
		cfg.MaxConns = defaultPoolSize
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database pool: %w", err)
	}
	d := &DB{DB: bun.NewDB(stdlib.OpenDBFromPool(pool), pgdialect.New()), Pool: pool, Clock: clock}
	if clock == nil {
		server, err := newServerClock(ctx, pool)
		if err != nil {
			pool.Close()
			return nil, err
		}
		d.Clock = server
	}
	return d, nil
}

// Close ends the pool; it waits for connections in use.
func (d *DB) Close() error {
	if c, ok := d.Clock.(*serverClock); ok {
		c.stop()
	}
	err := d.DB.Close()
	d.Pool.Close()
	return err
}

// Tx is an open transaction. It is a bun.IDB.
type Tx struct {
	bun.Tx
	// Jobs is the same transaction as River's driver wants it. It refuses to
	// commit or roll back: InTx owns the end.
	Jobs pgx.Tx
	// At is the time of everything this transaction writes.
	At time.Time
}

// InTx runs fn in one transaction: fn's nil commits, its error or panic rolls
// back. fn's ctx must be used inside. No network call and no password hashing
// belongs in fn: it would hold locks meanwhile.
func InTx(ctx context.Context, d *DB, fn func(ctx context.Context, tx Tx) error) error {
	conn, err := d.Conn(ctx) // a bun.Tx can't show its connection, a bun.Conn can
	if err != nil {
		return fmt.Errorf("take a connection: %w", err)
	}
	defer conn.Close()
	var raw *pgx.Conn
	if err := conn.Raw(func(driver any) error {
		raw = driver.(*stdlib.Conn).Conn()
		return nil
	}); err != nil {
		return fmt.Errorf("reach the connection: %w", err)
	}
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	at := d.Clock.Now().UTC().Truncate(time.Microsecond)
	if err := fn(ctx, Tx{Tx: tx, Jobs: jobTx{raw}, At: at}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// Querier is what queries run on: the pool or a transaction.
type Querier = bun.IDB
