package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"oneid/db"
)

// testLock serialises CREATE DATABASE across test processes: the template may
// have no other session while it is copied.
const testLock = 0x0e1d7e57

// setUpLimit bounds everything that is done once: start, migrate.
const setUpLimit = 2 * time.Minute

// Option changes what New does.
type Option func(*options)

type options struct{ clock db.Clock }

// WithClock stamps transactions with the given clock instead of the server's.
func WithClock(c db.Clock) Option {
	return func(o *options) { o.clock = c }
}

// New opens a migrated, empty database that belongs to the test alone and goes
// away with it.
func New(t testing.TB, opts ...Option) *db.DB {
	t.Helper()
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	d, err := db.Open(t.Context(), URL(t), o.clock)
	if err != nil {
		t.Fatalf("dbtest: open: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("dbtest: close: %v", err)
		}
	})
	return d
}

// URL is the address of a migrated, empty database that belongs to the test
// alone: for tests that open it themselves or hand it to another process.
func URL(t testing.TB) string {
	t.Helper()
	return clone(t, true)
}

// Empty is the address of a database without any schema, for tests of the
// migrations themselves.
func Empty(t testing.TB) string {
	t.Helper()
	return clone(t, false)
}

func clone(t testing.TB, migrated bool) string {
	t.Helper()
	base, err := server()
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	if !migrated {
		return cloneOf(t, base, "")
	}
	return cloneOf(t, base, templateName())
}

// server is shared by the tests of one process, which is what a test process
// wants and nothing else may do.
var server = sync.OnceValues(func() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), setUpLimit)
	defer cancel()
	base, err := serverURL(ctx)
	if err != nil {
		return "", err
	}
	return base, prepare(ctx, base)
})

func templateName() string { return "template_" + db.MigrationsHash() }

// prepare migrates the template unless an earlier process has. It is made under
// another name first, so that an interrupted migration is never cloned.
func prepare(ctx context.Context, base string) error {
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", redact(base), err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", testLock); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", templateName()).Scan(&there); err != nil {
		return fmt.Errorf("look for the template: %w", err)
	}
	if there {
		return nil
	}
	making := "making_" + templateName()
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + making + " WITH (FORCE)", "CREATE DATABASE " + making} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	if err := db.Migrate(ctx, withDatabase(base, making)); err != nil {
		return fmt.Errorf("migrate the template: %w", err)
	}
	if _, err := conn.Exec(ctx, "ALTER DATABASE "+making+" RENAME TO "+templateName()); err != nil {
		return fmt.Errorf("name the template: %w", err)
	}
	return nil
}

// locked runs one statement while no other test process copies a template.
func locked(ctx context.Context, base, statement string) error {
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", testLock); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return err
}

func exec(ctx context.Context, base, statement string) error {
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, statement)
	return err
}

func withDatabase(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base // serverURL has parsed it before
	}
	u.Path = "/" + name
	return u.String()
}

func redact(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "the test database"
	}
	return u.Redacted()
}
