package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"oneid/app/config"
	"oneid/app/internal/audit"
	"oneid/app/internal/clock"
	"oneid/app/internal/people"
	"oneid/app/internal/samlkey"
	"oneid/app/internal/secret"
	"oneid/app/internal/token"
	"oneid/db"
	"oneid/db/reference"
	"oneid/saml"
)

// ground is what the server and every command stand on: the database, the keys
// and what is made of them.
type ground struct {
	cfg    config.Config
	db     *db.DB
	ring   *secret.KeyRing
	sealer *secret.Sealer
	hasher *secret.Hasher
	people *people.Book
	audit  *audit.Log
	// samlKeys are the keys by which services know us.
	samlKeys *samlkey.Ring
	token    *token.Token // nil without one
}

// openGround opens the database and the key ring. With a nil clock the
// database's time is followed.
func openGround(ctx context.Context, cfg config.Config, timer clock.Clock) (*ground, error) {
	ring, err := secret.LoadKeyRing(cfg.KeysDir)
	if err != nil {
		return nil, fmt.Errorf("load keys: %w", err)
	}
	var dbClock db.Clock
	if timer != nil {
		dbClock = timer
	}
	d, err := db.Open(ctx, cfg.Database.PoolURL(), dbClock)
	if err != nil {
		return nil, err
	}
	if err := db.CheckSchema(ctx, d); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	g := &ground{cfg: cfg, db: d, ring: ring}
	g.sealer = secret.NewSealer(ring, dataKeys{d})
	g.hasher = secret.NewHasher(secret.Cost{Time: cfg.Argon.Passes, Memory: cfg.Argon.MemoryKiB, Threads: cfg.Argon.Lanes})
	g.people = &people.Book{Sealer: g.sealer, Index: ring.Index}
	g.audit = &audit.Log{Keys: ring}
	// A key made on first use inside a transaction would need a second
	// connection: make them all now.
	if err := g.sealer.Warm(ctx, sealedTables...); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	g.samlKeys = &samlkey.Ring{Dir: cfg.KeysDir, Clock: d.Clock}
	if cfg.Token.Module != "" {
		if g.token, err = token.Open(cfg.Token.Module, cfg.Token.Label, cfg.Token.PIN.Reveal()); err != nil {
			return nil, errors.Join(err, d.Close())
		}
		g.samlKeys.Token = g.token
	}
	if err := g.samlKeys.Adopt(ctx, d, g.audit); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := g.samlKeys.Record(ctx, d, g.audit); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return g, nil
}

// sealedTables are the tables with sealed columns.
var sealedTables = []string{
	"accounts", "challenge_phones", "codes", "college_responses", "designations", "drafts", "evidences", "exchanges", "messages", "sessions",
}

func (g *ground) close() error {
	if g.token != nil {
		return errors.Join(g.token.Close(), g.db.Close())
	}
	return g.db.Close()
}

// dataKeys keeps wrapped data keys in the database.
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

func readSigningKey(dir, name string) (saml.SigningKey, error) {
	body, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return saml.SigningKey{}, fmt.Errorf("read SAML key: %w", err)
	}
	key, err := saml.ReadSigningKey(body)
	if err != nil {
		return key, fmt.Errorf("read SAML key %s: %w", name, err)
	}
	return key, nil
}

// InitKeys makes the keys that are missing in dir; existing ones stay.
func InitKeys(dir string, development bool) error {
	if err := secret.CreateKeys(dir, development); err != nil {
		return err
	}
	now := clock.System{}.Now()
	err := samlkey.CreateFirst(dir, func(use string) (saml.SigningKey, error) {
		if use == db.KeyEncryption {
			return saml.NewEncryptionKey("oneid "+use, now)
		}
		return saml.NewSigningKey("oneid "+use, now)
	})
	if err != nil {
		return err
	}
	numbers, err := collegeNumbers(dir)
	if err != nil || len(numbers) > 0 {
		return err
	}
	_, err = makeCollegeKey(dir, collegesFirst)
	return err
}

// Migrate brings the database to this build's schema and its reference data:
// colleges, questions, policies, services.
func Migrate(ctx context.Context, url string) error {
	if err := db.Migrate(ctx, url); err != nil {
		return err
	}
	d, err := db.Open(ctx, url, nil)
	if err != nil {
		return err
	}
	err = db.InTx(ctx, d, reference.Load)
	return errors.Join(err, d.Close())
}

func newLogger(cfg config.Config) *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: cfg.LogLevel}))
}

// account finds the account of a Login ID, as an operator types it.
func (g *ground) account(ctx context.Context, typed string) (*db.Account, error) {
	id := people.LoginID(typed, g.cfg.LoginDomain)
	account, err := db.AccountByLogin(ctx, g.db, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, fmt.Errorf("there is no account %s", id)
	}
	return account, err
}
