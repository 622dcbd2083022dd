package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// statement is one of several that are sent together.
type statement struct {
	sql  string
	args []any
	row  func(pgx.Rows) error // for each row; nil for a statement that returns none
}

// together sends statements in one round trip.
func (tx Tx) together(ctx context.Context, list ...statement) error {
	return together(ctx, tx.Jobs.Conn(), list...)
}

// together sends statements in one round trip. Each is prepared once per
// connection: what uses this runs on every sign-in.
func together(ctx context.Context, conn *pgx.Conn, list ...statement) error {
	batch := new(pgx.Batch)
	for _, s := range list {
		if _, err := conn.Prepare(ctx, s.sql, s.sql); err != nil {
			return err
		}
		batch.Queue(s.sql, s.args...)
	}
	results := conn.SendBatch(ctx, batch)
	var err error
	for _, s := range list {
		if err = s.read(results); err != nil {
			break
		}
	}
	return errors.Join(err, results.Close())
}

func (s statement) read(results pgx.BatchResults) error {
	if s.row == nil {
		_, err := results.Exec()
		return err
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := s.row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
