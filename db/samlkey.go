package db

import (
	"context"
	"database/sql"
	"time"

	"github.com/uptrace/bun"
)

// What a SAML key of ours is for.
const (
	KeySigning    = "signing"    // signs what services get
	KeyEncryption = "encryption" // reads what services write to us
	KeyMetadata   = "metadata"   // signs our metadata, and nothing else
)

// The life of a SAML key of ours, in its order.
const (
	KeyNext     = "next"
	KeyCurrent  = "current"
	KeyRetiring = "retiring"
	KeyRetired  = "retired"
)

// SAMLKey is a key of ours by its certificate.
type SAMLKey struct {
	bun.BaseModel `bun:"table:saml_keys"`

	ID          string `bun:",pk"`
	Use         string
	Algorithm   string // rsa or ec
	State       string
	Place       string // where its private part is: file:NAME or pkcs11:…
	Certificate []byte
	Fingerprint string
	CreatedAt   time.Time
	CurrentAt   *time.Time
	RetiringAt  *time.Time
	RetiredAt   *time.Time
}

// KeyRing tells whether the keys have changed.
type KeyRing struct {
	bun.BaseModel `bun:"table:saml_keyring"`

	Version   int64
	ChangedAt time.Time
}

// SAMLKeyRing reads the version of our SAML keys.
func SAMLKeyRing(ctx context.Context, q bun.IDB) (*KeyRing, error) {
	r := new(KeyRing)
	err := q.NewSelect().Model(r).Scan(ctx)
	return r, wrap(err, "read version of SAML keys")
}

// LockSAMLKeyRing holds every other change of the keys back until tx ends.
func LockSAMLKeyRing(ctx context.Context, tx Tx) error {
	err := tx.NewSelect().Model(new(KeyRing)).For("UPDATE").Scan(ctx)
	return wrap(err, "lock SAML keys")
}

// RaiseSAMLKeyRing makes every node read the keys again.
func RaiseSAMLKeyRing(ctx context.Context, tx Tx) error {
	res, err := tx.NewUpdate().Model((*KeyRing)(nil)).
		Set("version = version + 1").Set("changed_at = ?", tx.At).Where("one").Exec(ctx)
	return one(res, err, "raise version of SAML keys")
}

// SAMLKeys lists every key there ever was, oldest first.
func SAMLKeys(ctx context.Context, q bun.IDB) ([]SAMLKey, error) {
	var all []SAMLKey
	err := q.NewSelect().Model(&all).Order("created_at", "id").Scan(ctx)
	return all, wrap(err, "list SAML keys")
}

// InsertSAMLKey adds a key. ErrExists: there is such a key, or one of its use in
// its state.
func InsertSAMLKey(ctx context.Context, tx Tx, k *SAMLKey) error {
	_, err := tx.NewInsert().Model(k).Exec(ctx)
	return wrap(err, "add SAML key %s", k.ID)
}

// MoveSAMLKey takes a key to its next state and notes when.
func MoveSAMLKey(ctx context.Context, tx Tx, id, state string) error {
	q := tx.NewUpdate().Model((*SAMLKey)(nil)).Set("state = ?", state).Where("id = ?", id)
	switch state {
	case KeyCurrent:
		q = q.Set("current_at = ?", tx.At)
	case KeyRetiring:
		q = q.Set("retiring_at = ?", tx.At)
	case KeyRetired:
		q = q.Set("retired_at = ?", tx.At)
	}
	res, err := q.Exec(ctx)
	return one(res, err, "make SAML key %s %s", id, state)
}

// SetServiceKey has a service's answers signed by another key than the current
// one, until a time or, with nil, until the key is current itself. An empty key
// ends that.
func SetServiceKey(ctx context.Context, tx Tx, entityID, key string, until *time.Time) error {
	res, err := tx.NewUpdate().Model((*ServiceProvider)(nil)).
		Set("signing_key = nullif(?, '')", key).Set("keep_old_until = ?", until).
		Set("version = version + 1").Set("updated_at = ?", tx.At).
		Where("entity_id = ?", entityID).Exec(ctx)
	return one(res, err, "set key of service provider")
}

// FreeServicesOf ends what SetServiceKey said of a key, for all services.
func FreeServicesOf(ctx context.Context, tx Tx, key string) error {
	_, err := tx.NewUpdate().Model((*ServiceProvider)(nil)).
		Set("signing_key = NULL").Set("keep_old_until = NULL").
		Set("version = version + 1").Set("updated_at = ?", tx.At).
		Where("signing_key = ?", key).Exec(ctx)
	return wrap(err, "free services of key %s", key)
}

// ServiceProviders lists every service provider, by name.
func ServiceProviders(ctx context.Context, q bun.IDB) ([]ServiceProvider, error) {
	var all []ServiceProvider
	err := q.NewSelect().Model(&all).Order("entity_id").Scan(ctx)
	return all, wrap(err, "list service providers")
}

// NoteMetadataFetch notes that the service with this address for our metadata
// has fetched it; ErrNotFound means that no service has it. Fetches within an
// hour of the last one noted, with no key changed in between, count as noted.
func NoteMetadataFetch(ctx context.Context, q bun.IDB, token string, at time.Time) error {
	known, err := q.NewSelect().Model((*ServiceProvider)(nil)).Where("metadata_token = ?", token).Exists(ctx)
	if err != nil {
		return wrap(err, "find service provider by its address")
	}
	if !known {
		return wrap(sql.ErrNoRows, "find service provider by its address")
	}
	_, err = q.NewUpdate().Model((*ServiceProvider)(nil)).Set("metadata_fetched_at = ?", at).
		Where("metadata_token = ?", token).
		Where("metadata_fetched_at IS NULL OR metadata_fetched_at < ? OR metadata_fetched_at <= (SELECT changed_at FROM saml_keyring)", at.Add(-time.Hour)).
		Exec(ctx)
	return wrap(err, "note fetch of metadata")
}

// NoteKeysConfirmed notes that a service's people say that they have our keys.
func NoteKeysConfirmed(ctx context.Context, tx Tx, entityID string) error {
	res, err := tx.NewUpdate().Model((*ServiceProvider)(nil)).Set("keys_confirmed_at = ?", tx.At).
		Where("entity_id = ?", entityID).Exec(ctx)
	return one(res, err, "note keys of service provider")
}
