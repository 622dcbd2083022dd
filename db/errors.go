package db

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

var (
	// ErrNotFound means that no row fits.
	ErrNotFound = errors.New("not found")
	// ErrExists means that a row with this key is already there.
	ErrExists = errors.New("exists already")
)

// wrap translates the driver's error to ErrNotFound or ErrExists where it is
// one, and says what was attempted. A nil error stays nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	what := fmt.Sprintf(format, args...)
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	case errors.As(err, &pg) && pg.Code == "23505":
		// The constraint's name is enough to find the cause; the driver's
		// detail would carry the value.
		return fmt.Errorf("%s: %s: %w", what, pg.ConstraintName, ErrExists)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// one turns "no row was touched" into ErrNotFound, for updates that must hit.
func one(res sql.Result, err error, format string, args ...any) error {
	if err != nil {
		return wrap(err, format, args...)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return wrap(err, format, args...)
	}
	if n == 0 {
		return wrap(sql.ErrNoRows, format, args...)
	}
	return nil
}
