package apptest

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"oneid/app"
	"oneid/app/college"
	"oneid/app/config"
	"oneid/app/internal/clock"
	"oneid/app/internal/policy"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/db/dbtest"
	"oneid/db/reference"
	"oneid/saml"
	"oneid/saml/samltest"
)

// keyFiles are the key directory's files, made once per process: making an RSA
// key for each test would take longer than the test.
var keyFiles = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "apptest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := secret.CreateKeys(dir, true); err != nil {
		return nil, err
	}
	key := samltest.ProductKey()
	pem, err := key.EncodePEM()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{
		"saml-services-1.pem": pem, "saml-colleges-1.pem": pem, "carrier.token": []byte("a token for tests\n"),
	}
	for name, key := range map[string]saml.SigningKey{
		"saml-encryption-1.pem": samltest.EncryptionKey(), "saml-metadata-1.pem": samltest.MetadataKey(),
	} {
		if files[name], err = key.EncodePEM(); err != nil {
			return nil, err
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	return files, nil
})

// writeKeys gives a test a key directory of its own, with the process's keys.
func writeKeys(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := writeKeysTo(dir); err != nil {
		t.Fatalf("apptest: write keys: %v", err)
	}
	return dir
}

func writeKeysTo(dir string) error {
	files, err := keyFiles()
	if err != nil {
		return err
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o400); err != nil {
			return err
		}
	}
	return nil
}

// prepared is the database that each test's is cloned from.
var prepared = sync.OnceValue(func() *dbtest.Prepared { return &dbtest.Prepared{Fill: fill} })

// fill loads the reference lists, the college and the services, and lets the
// product make its data keys.
func fill(ctx context.Context, url string) (err error) {
	yesterday := clock.At(Noon().Add(-24 * time.Hour))
	d, err := db.Open(ctx, url, yesterday)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := db.InTx(ctx, d, reference.Load); err != nil {
		return err
	}
	err = db.InTx(ctx, d, func(ctx context.Context, tx db.Tx) error {
		if err := trust(ctx, tx, CPSO, cpso(yesterday.Now), college.DefaultMapping()); err != nil {
			return err
		}
		for _, service := range []db.ServiceID{ConnectingOntario, ClinicalConnect, OTNHub} {
			if err := register(ctx, tx, service, viewer(service, yesterday.Now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "apptest")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := writeKeysTo(dir); err != nil {
		return err
	}
	environ := environment(dir)
	environ[config.Prefix+"DATABASE_URL"] = url
	cfg, err := configure(environ, nil)
	if err != nil {
		return err
	}
	built, err := app.New(ctx, cfg, app.Options{Clock: yesterday})
	if err != nil {
		return err
	}
	return built.Close()
}

// trust has a college hand over.
func trust(ctx context.Context, tx db.Tx, code db.CollegeCode, c samltest.College, m college.Mapping) error {
	mapping, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return db.PutCollegeProvider(ctx, tx, &db.CollegeProvider{
		College: code, EntityID: c.EntityID, Metadata: c.Metadata(), Certificates: [][]byte{c.Key.Certificate.Raw},
		Mapping: mapping, PortalURL: "https://portal." + string(code) + ".example.ca/", Enabled: true, BounceUnsolicited: true, UpdatedAt: tx.At,
	})
}

// register gives a service its SAML service provider, with names of its own. No
// notice stands before it, unless a test wants one.
func register(ctx context.Context, tx db.Tx, service db.ServiceID, v samltest.Viewer) error {
	treated := policy.Ontario.Policy()
	treated.NameIDs, treated.Group = []string{policy.NamePersistent, policy.NameTransient}, ""
	treated.Notice = false
	raw, err := treated.JSON()
	if err != nil {
		return err
	}
	return db.PutServiceProvider(ctx, tx, &db.ServiceProvider{
		EntityID: v.EntityID, ServiceID: service, Metadata: v.Metadata(), Version: 1, Policy: raw,
		Enabled: true, CreatedAt: tx.At, UpdatedAt: tx.At,
	})
}
