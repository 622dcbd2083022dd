package dbtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"oneid/db"
	"oneid/db/dbtest"
)

type stopped time.Time

func (s stopped) Now() time.Time { return time.Time(s) }

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	one, other := dbtest.New(t), dbtest.New(t)

	if _, err := one.ExecContext(t.Context(), "CREATE TABLE mine (id int)"); err != nil {
		t.Fatal(err)
	}

	var there bool
	err := other.QueryRowContext(t.Context(), "SELECT to_regclass('mine') IS NOT NULL").Scan(&there)
	if err != nil {
		t.Fatal(err)
	}
	if there {
		t.Error("a table made in one database is seen in the other")
	}
}

func TestTheDatabaseIsMigrated(t *testing.T) {
	t.Parallel()
	if err := db.CheckSchema(t.Context(), dbtest.New(t)); err != nil {
		t.Error(err)
	}
}

func TestTheGivenClockStampsTransactions(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	d := dbtest.New(t, dbtest.WithClock(stopped(want)))

	err := db.InTx(t.Context(), d, func(_ context.Context, tx db.Tx) error {
		if !tx.At.Equal(want) {
			t.Errorf("tx.At = %v, want %v", tx.At, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnEmptyDatabaseHasNoTables(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), dbtest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var tables int
	err = conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables)
	if err != nil {
		t.Fatal(err)
	}
	if tables != 0 {
		t.Errorf("tables = %d, want 0", tables)
	}
}

func BenchmarkClone(b *testing.B) {
	for b.Loop() {
		dbtest.URL(b)
	}
}
