package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"oneid/app/config"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/db"
)

func main() {
	accounts := flag.Int("accounts", 0, "how many accounts there shall be")
	sessions := flag.Int("sessions", 0, "how many of them shall be signed in")
	flag.Parse()
	if err := run(context.Background(), *accounts, *sessions); err != nil {
		fmt.Fprintln(os.Stderr, "crowd:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, accounts, sessions int) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	if cfg.Mode == config.Production {
		return errors.New("not in production")
	}
	m, err := open(ctx, cfg)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	err = errors.Join(m.accounts(ctx, accounts), m.sessions(ctx, sessions, out))
	return errors.Join(err, out.Flush(), m.db.Close())
}

// maker makes people.
type maker struct {
	cfg    config.Config
	db     *db.DB
	ring   *secret.KeyRing
	sealer *secret.Sealer
	people *people.Book
}

func open(ctx context.Context, cfg config.Config) (*maker, error) {
	ring, err := secret.LoadKeyRing(cfg.KeysDir)
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, cfg.Database.PoolURL(), nil)
	if err != nil {
		return nil, err
	}
	sealer := secret.NewSealer(ring, dataKeys{d})
	if err := sealer.Warm(ctx, "accounts", "designations", "sessions"); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return &maker{cfg: cfg, db: d, ring: ring, sealer: sealer, people: &people.Book{Sealer: sealer, Index: ring.Index}}, nil
}

// dataKeys are the product's.
type dataKeys struct{ db *db.DB }

func (k dataKeys) Load(ctx context.Context, scope string) ([]secret.WrappedKey, error) {
	rows, err := db.DataKeysOf(ctx, k.db, scope)
	if err != nil {
		return nil, err
	}
	keys := make([]secret.WrappedKey, len(rows))
	for i, r := range rows {
		keys[i] = secret.WrappedKey{Scope: r.Scope, Version: r.Version, KeyVersion: r.KeyVersion, Wrapped: r.Wrapped}
	}
	return keys, nil
}

func (k dataKeys) Add(ctx context.Context, key secret.WrappedKey) error {
	return db.InsertDataKey(ctx, k.db, &db.DataKey{
		Scope: key.Scope, Version: key.Version, KeyVersion: key.KeyVersion, Wrapped: key.Wrapped, CreatedAt: k.db.Clock.Now(),
	})
}
