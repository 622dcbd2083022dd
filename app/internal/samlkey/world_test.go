package samlkey_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/clock"
	"oneid/app/internal/samlkey"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/db/dbtest"
	"oneid/saml"
	"oneid/saml/samltest"
)

// world is a key folder and a database, with services in it.
type world struct {
	testing.TB
	clock *clock.Fixed
	db    *db.DB
	ring  *samlkey.Ring
	*samlkey.Rules
	dir string
}

func start() time.Time { return time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC) }

// auditKeys are made once: they say nothing about the tests here.
var auditKeys = sync.OnceValues(func() (*secret.KeyRing, error) {
	dir, err := os.MkdirTemp("", "samlkey")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := secret.CreateKeys(dir, true); err != nil {
		return nil, err
	}
	return secret.LoadKeyRing(dir)
})

func newWorld(t testing.TB, services ...string) *world {
	t.Helper()
	w := &world{TB: t, clock: clock.At(start()), dir: t.TempDir()}
	for name, key := range map[string]saml.SigningKey{
		"saml-services-1.pem": samltest.ProductKey(), "saml-encryption-1.pem": samltest.EncryptionKey(), "saml-metadata-1.pem": samltest.MetadataKey(),
	} {
		w.must(samlkey.WriteFile(w.dir, name, key))
	}
	w.db = dbtest.New(t, dbtest.WithClock(w.clock))
	keys, err := auditKeys()
	w.must(err)
	log := &audit.Log{Keys: keys}
	w.ring = &samlkey.Ring{Dir: w.dir, Clock: w.clock}
	w.Rules = &samlkey.Rules{DB: w.db, Ring: w.ring, Audit: log}
	w.must(w.ring.Adopt(t.Context(), w.db, log))
	for _, entityID := range services {
		w.service(entityID)
	}
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// service registers one, named by its entity ID.
func (w *world) service(entityID string) {
	w.Helper()
	w.must(db.InTx(w.Context(), w.db, func(ctx context.Context, tx db.Tx) error {
		id := db.ServiceID(filepath.Base(entityID))
		if err := db.PutService(ctx, tx, &db.Service{
			ID: id, NameEn: string(id), NameFr: string(id), Rule: db.RuleEveryone, Minimum: "knowledge", Enabled: true, CreatedAt: tx.At, UpdatedAt: tx.At,
		}); err != nil {
			return err
		}
		return db.PutServiceProvider(ctx, tx, &db.ServiceProvider{
			EntityID: entityID, ServiceID: id, Metadata: samltest.NewViewer(entityID, entityID+"/acs", w.clock.Now).Metadata(), Version: 1,
			Policy: []byte(`{}`), Enabled: true, CreatedAt: tx.At, UpdatedAt: tx.At,
		})
	}))
}

func (w *world) row(entityID string) *db.ServiceProvider {
	w.Helper()
	row, err := db.ServiceProviderByEntity(w.Context(), w.db, entityID)
	w.must(err)
	return row
}

// signs is the id of the key that signs for a service.
func (w *world) signs(entityID string) string {
	w.Helper()
	return w.signsOf(w.row(entityID), false)
}

func (w *world) signsOf(row *db.ServiceProvider, elliptic bool) string {
	w.Helper()
	key, err := w.ring.SignerOf(w.Context(), w.db, row, elliptic)
	w.must(err)
	return w.nameOf(key)
}

func (w *world) nameOf(key saml.SigningKey) string {
	w.Helper()
	keys, err := db.SAMLKeys(w.Context(), w.db)
	w.must(err)
	for _, k := range keys {
		if k.Fingerprint == saml.Fingerprint(key.Certificate) {
			return k.ID
		}
	}
	w.Fatal("signs with a key that is not in the table")
	return ""
}

func (w *world) next(use, algorithm string) string {
	w.Helper()
	// 2048 bits are made faster; nothing here depends on the length.
	k, err := w.Next(w.Context(), "cli", samlkey.New{Use: use, Algorithm: algorithm, Bits: 2048})
	w.must(err)
	return k.ID
}

// fetch is a service fetching our metadata at its own address.
func (w *world) fetch(entityID string) {
	w.Helper()
	w.must(db.NoteMetadataFetch(w.Context(), w.db, w.row(entityID).MetadataToken, w.clock.Now()))
}
