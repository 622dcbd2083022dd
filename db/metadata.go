package db

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// MetadataImport is metadata that somebody brought and has not decided about.
type MetadataImport struct {
	bun.BaseModel `bun:"table:metadata_imports"`

	ID        ImportID `bun:",pk"`
	Document  []byte
	Source    string
	Address   string
	Signer    string // fingerprint of the key that signed it, where one was named
	MadeBy    string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Where metadata comes from.
const (
	FromUpload   = "upload"
	FromPaste    = "paste"
	FromAddress  = "address"
	FromSchedule = "schedule"
	FromShell    = "shell"
	FromBefore   = "before" // an earlier version of its own
)

// InsertImport keeps metadata until somebody decides about it.
func InsertImport(ctx context.Context, q bun.IDB, i *MetadataImport) error {
	_, err := q.NewInsert().Model(i).Exec(ctx)
	return wrap(err, "keep metadata to import")
}

// ImportByID finds metadata to be decided about, unless its time is over.
func ImportByID(ctx context.Context, q bun.IDB, id ImportID, now time.Time) (*MetadataImport, error) {
	i := new(MetadataImport)
	err := q.NewSelect().Model(i).Where("id::text = ? AND expires_at > ?", id, now).Scan(ctx)
	return i, wrap(err, "find metadata to import")
}

// DropImport forgets metadata that was decided about.
func DropImport(ctx context.Context, tx Tx, id ImportID) error {
	res, err := tx.NewDelete().Model((*MetadataImport)(nil)).Where("id = ?", id).Exec(ctx)
	return one(res, err, "drop metadata to import")
}

// MetadataVersion is one of the metadata that a service has had, has, or is about
// to have.
type MetadataVersion struct {
	bun.BaseModel `bun:"table:metadata_versions"`

	EntityID   string `bun:",pk"`
	Number     int    `bun:",pk"`
	ServiceID  ServiceID
	Document   []byte
	Source     string
	Address    string
	Signer     string
	State      string
	Scheduled  bool
	StartURL   string
	Changes    json.RawMessage `bun:"type:jsonb"`
	ProposedBy string
	ProposedAt time.Time
	DecidedBy  string
	DecidedAt  *time.Time
}

// States of a version.
const (
	VersionWaiting   = "waiting" // for a second person
	VersionCurrent   = "current"
	VersionPast      = "past"
	VersionWithdrawn = "withdrawn"
)

// LockVersions puts what concerns one service's versions in a row: until tx ends
// nobody else adds or decides about one.
func LockVersions(ctx context.Context, tx Tx, entityID string) error {
	_, err := tx.NewRaw("SELECT pg_advisory_xact_lock(hashtextextended(?, 5))", "metadata "+entityID).Exec(ctx)
	return wrap(err, "lock versions")
}

// InsertVersion adds a version under the next number, which it sets. The caller
// holds LockVersions. ErrExists: one is in force or waiting already.
func InsertVersion(ctx context.Context, tx Tx, v *MetadataVersion) error {
	err := tx.NewSelect().Model((*MetadataVersion)(nil)).ColumnExpr("coalesce(max(number), 0) + 1").
		Where("entity_id = ?", v.EntityID).Scan(ctx, &v.Number)
	if err != nil {
		return wrap(err, "number a version")
	}
	_, err = tx.NewInsert().Model(v).Exec(ctx)
	return wrap(err, "add a version")
}

// Versions lists a service's versions, newest first.
func Versions(ctx context.Context, q bun.IDB, entityID string) ([]MetadataVersion, error) {
	var all []MetadataVersion
	err := q.NewSelect().Model(&all).Where("entity_id = ?", entityID).Order("number DESC").Scan(ctx)
	return all, wrap(err, "list versions")
}

// VersionsOfService lists the versions of a service, newest first.
func VersionsOfService(ctx context.Context, q bun.IDB, id ServiceID) ([]MetadataVersion, error) {
	var all []MetadataVersion
	err := q.NewSelect().Model(&all).Where("service_id = ?", id).Order("proposed_at DESC", "number DESC").Scan(ctx)
	return all, wrap(err, "list versions of service %s", id)
}

// VersionByNumber finds one version.
func VersionByNumber(ctx context.Context, q bun.IDB, entityID string, number int) (*MetadataVersion, error) {
	v := new(MetadataVersion)
	err := q.NewSelect().Model(v).Where("entity_id = ? AND number = ?", entityID, number).Scan(ctx)
	return v, wrap(err, "find a version")
}

// VersionInState finds the version in force, or the one that waits.
func VersionInState(ctx context.Context, q bun.IDB, entityID, state string) (*MetadataVersion, error) {
	v := new(MetadataVersion)
	err := q.NewSelect().Model(v).Where("entity_id = ? AND state = ?", entityID, state).Limit(1).Scan(ctx)
	return v, wrap(err, "find the %s version", state)
}

// WaitingVersions lists what waits for a second person, oldest first.
func WaitingVersions(ctx context.Context, q bun.IDB) ([]MetadataVersion, error) {
	var all []MetadataVersion
	err := q.NewSelect().Model(&all).Where("state = ?", VersionWaiting).Order("proposed_at").Scan(ctx)
	return all, wrap(err, "list waiting versions")
}

// MoveVersion changes a version's state, from one to another only.
func MoveVersion(ctx context.Context, tx Tx, v *MetadataVersion, to, by string) error {
	res, err := tx.NewUpdate().Model((*MetadataVersion)(nil)).
		Set("state = ?", to).Set("decided_by = ?", by).Set("decided_at = ?", tx.At).
		Where("entity_id = ? AND number = ? AND state = ?", v.EntityID, v.Number, v.State).Exec(ctx)
	return one(res, err, "decide about a version")
}

// RetireVersion makes the version in force a past one; there may be none.
func RetireVersion(ctx context.Context, tx Tx, entityID string) error {
	_, err := tx.NewUpdate().Model((*MetadataVersion)(nil)).Set("state = ?", VersionPast).
		Where("entity_id = ? AND state = ?", entityID, VersionCurrent).Exec(ctx)
	return wrap(err, "retire a version")
}

// MetadataSource is where a service's metadata is fetched from.
type MetadataSource struct {
	bun.BaseModel `bun:"table:metadata_sources"`

	EntityID     string `bun:",pk"`
	Address      string
	Signer       string
	Etag         string
	Modified     string
	DueAt        time.Time
	CheckedAt    *time.Time
	Trouble      string
	TroubleSince *time.Time
}

// PutSource notes where a service's metadata is fetched from from now on.
func PutSource(ctx context.Context, tx Tx, s *MetadataSource) error {
	_, err := tx.NewInsert().Model(s).On("CONFLICT (entity_id) DO UPDATE").
		Set("address = EXCLUDED.address").Set("signer = EXCLUDED.signer").Set("etag = ''").Set("modified = ''").
		Set("due_at = EXCLUDED.due_at").Set("trouble = ''").Set("trouble_since = NULL").Exec(ctx)
	return wrap(err, "note where metadata is fetched from")
}

// DropSource ends the fetching of a service's metadata; there may be none.
func DropSource(ctx context.Context, tx Tx, entityID string) error {
	_, err := tx.NewDelete().Model((*MetadataSource)(nil)).Where("entity_id = ?", entityID).Exec(ctx)
	return wrap(err, "end fetching metadata")
}

// SourceOf finds where a service's metadata is fetched from.
func SourceOf(ctx context.Context, q bun.IDB, entityID string) (*MetadataSource, error) {
	s := new(MetadataSource)
	err := q.NewSelect().Model(s).Where("entity_id = ?", entityID).Scan(ctx)
	return s, wrap(err, "find where metadata is fetched from")
}

// DueSources lists sources to fetch from now, the longest overdue first.
func DueSources(ctx context.Context, q bun.IDB, now time.Time, limit int) ([]MetadataSource, error) {
	var all []MetadataSource
	err := q.NewSelect().Model(&all).Where("due_at <= ?", now).Order("due_at").Limit(int64(limit)).Scan(ctx)
	return all, wrap(err, "list sources that are due")
}

// NoteFetch writes down how a fetch went. A trouble that is the same as before
// keeps the time since when.
func NoteFetch(ctx context.Context, q bun.IDB, s *MetadataSource, now time.Time) error {
	res, err := q.NewUpdate().Model((*MetadataSource)(nil)).
		Set("etag = ?", s.Etag).Set("modified = ?", s.Modified).Set("due_at = ?", s.DueAt).Set("checked_at = ?", now).
		Set("trouble_since = CASE WHEN ? = '' THEN NULL WHEN trouble = '' THEN ?::timestamptz ELSE trouble_since END", s.Trouble, now).
		Set("trouble = ?", s.Trouble).
		Where("entity_id = ? AND address = ?", s.EntityID, s.Address).Exec(ctx)
	return one(res, err, "note a fetch")
}

// LockProvider finds a service provider and holds it until tx ends, so that what
// is read of it can be changed.
func LockProvider(ctx context.Context, tx Tx, entityID string) (*ServiceProvider, error) {
	p := new(ServiceProvider)
	err := tx.NewSelect().Model(p).Where("entity_id = ?", entityID).For("UPDATE").Scan(ctx)
	return p, wrap(err, "lock service provider")
}
