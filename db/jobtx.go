package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// errNotTheOwner is what a job driver hears when it tries to end a transaction
// that InTx owns.
var errNotTheOwner = errors.New("db: this transaction is ended by InTx")

// jobTx lends bun's connection to River as a pgx.Tx. Statements pass through;
// the end of the transaction does not.
type jobTx struct{ conn *pgx.Conn }

func (t jobTx) Commit(context.Context) error   { return errNotTheOwner }
func (t jobTx) Rollback(context.Context) error { return errNotTheOwner }
func (t jobTx) Conn() *pgx.Conn                { return t.conn }

// LargeObjects is part of pgx.Tx; nothing here stores any.
func (t jobTx) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

func (t jobTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.conn.Exec(ctx, sql, args...)
}

func (t jobTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.conn.Query(ctx, sql, args...)
}

func (t jobTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.conn.QueryRow(ctx, sql, args...)
}

func (t jobTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, src pgx.CopyFromSource) (int64, error) {
	return t.conn.CopyFrom(ctx, table, columns, src)
}

func (t jobTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return t.conn.SendBatch(ctx, b)
}

func (t jobTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return t.conn.Prepare(ctx, name, sql)
}

func (t jobTx) Begin(ctx context.Context) (pgx.Tx, error) {
	if _, err := t.Exec(ctx, "SAVEPOINT job"); err != nil {
		return nil, fmt.Errorf("set savepoint: %w", err)
	}
	return savepoint{t}, nil
}

// savepoint is a nested transaction inside a jobTx.
type savepoint struct{ jobTx }

func (s savepoint) Commit(ctx context.Context) error {
	_, err := s.Exec(ctx, "RELEASE SAVEPOINT job")
	return err
}

func (s savepoint) Rollback(ctx context.Context) error {
	_, err := s.Exec(ctx, "ROLLBACK TO SAVEPOINT job")
	return err
}
