package db

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/uptrace/bun/migrate"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrationLock is the advisory lock that one migrating process holds.
const migrationLock = 0x0e1d

// Migrate brings the database at url to this build's schema, River's tables
// included. Several processes may call it at once: one works, the others wait.
func Migrate(ctx context.Context, url string) error {
	// The lock sits on a connection of its own. Taken from the pool, waiting
	// processes could hold the very connections the working one needs.
	lock, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to migrate: %w", err)
	}
	defer lock.Close(context.WithoutCancel(ctx))
	if _, err := lock.Exec(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return fmt.Errorf("take the migration lock: %w", err)
	}
	// A migration may take longer than a page's statement, but must not queue
	// behind a lock and stop everyone else.
	d, err := open(ctx, url, nil, map[string]time.Duration{"lock_timeout": lockTimeout})
	if err != nil {
		return err
	}
	defer d.Close()
	m, err := migrator(d)
	if err != nil {
		return err
	}
	if err := m.Init(ctx); err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	if _, err := m.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	river, err := rivermigrate.New(riverpgxv5.New(d.Pool), nil)
	if err != nil {
		return fmt.Errorf("prepare job tables: %w", err)
	}
	if _, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate job tables: %w", err)
	}
	return nil
}

// CheckSchema returns an error that names the first migration which the
// database lacks, so that a web process never runs on an old schema.
func CheckSchema(ctx context.Context, d *DB) error {
	m, err := migrator(d)
	if err != nil {
		return err
	}
	state, err := m.MigrationsWithStatus(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	for _, step := range state.Unapplied() {
		return fmt.Errorf("the database lacks migration %s: run `oneid migrate`", step.Name)
	}
	return nil
}

// MigrationsHash identifies the schema this build expects.
func MigrationsHash() string {
	h := sha256.New()
	// The files are compiled in: walking them can't fail.
	_ = fs.WalkDir(migrationFiles, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := migrationFiles.ReadFile(path)
		h.Write([]byte(path))
		h.Write(body)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func migrator(d *DB) (*migrate.Migrator, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, fmt.Errorf("find migrations: %w", err)
	}
	steps := migrate.NewMigrations()
	if err := steps.Discover(files); err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	// By default a migration is marked as done before it runs.
	return migrate.NewMigrator(d.DB, steps, migrate.WithMarkAppliedOnSuccess(true)), nil
}
