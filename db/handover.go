package db

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// CollegeProvider is a college's SAML identity provider as we trust it.
type CollegeProvider struct {
	bun.BaseModel `bun:"table:college_providers"`

	College           CollegeCode `bun:",pk"`
	EntityID          string
	Metadata          []byte
	Certificates      [][]byte        `bun:",array"`
	Mapping           json.RawMessage `bun:"type:jsonb"`
	PortalURL         string          `bun:"portal_url"`
	Enabled           bool
	BounceUnsolicited bool
	UpdatedAt         time.Time
}

// CollegeProviderOf finds a college's provider, enabled or not: the one check
// that it is lies with the caller.
func CollegeProviderOf(ctx context.Context, q bun.IDB, college CollegeCode) (*CollegeProvider, error) {
	p := new(CollegeProvider)
	err := q.NewSelect().Model(p).Where("college = ?", college).Scan(ctx)
	return p, wrap(err, "find provider of college %s", college)
}

// CollegeProviders lists the enabled providers.
func CollegeProviders(ctx context.Context, q bun.IDB) ([]CollegeProvider, error) {
	var all []CollegeProvider
	err := q.NewSelect().Model(&all).Where("enabled").Order("college").Scan(ctx)
	return all, wrap(err, "list college providers")
}

// PutCollegeProvider adds or replaces a college's provider. Its switches stay as
// they were.
func PutCollegeProvider(ctx context.Context, tx Tx, p *CollegeProvider) error {
	_, err := tx.NewInsert().Model(p).
		On("CONFLICT (college) DO UPDATE").
		Set("entity_id = EXCLUDED.entity_id").Set("metadata = EXCLUDED.metadata").
		Set("certificates = EXCLUDED.certificates").Set("portal_url = EXCLUDED.portal_url").Set("mapping = EXCLUDED.mapping").
		Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
	return wrap(err, "put provider of college %s", p.College)
}

// SwitchCollege turns a college's hand-over on or off, and says whether an
// unsolicited response of it is answered with a request of ours. ErrNotFound: it
// was never imported.
func SwitchCollege(ctx context.Context, tx Tx, college CollegeCode, on, bounce bool) error {
	res, err := tx.NewUpdate().Model((*CollegeProvider)(nil)).
		Set("enabled = ?", on).Set("bounce_unsolicited = ?", bounce).Set("updated_at = ?", tx.At).Where("college = ?", college).Exec(ctx)
	return one(res, err, "switch college %s", college)
}

// CollegeRequest is a request of ours to a college, bound to a browser.
type CollegeRequest struct {
	bun.BaseModel `bun:"table:college_requests"`

	ID        string `bun:",pk"`
	College   CollegeCode
	Browser   []byte
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
}

// InsertCollegeRequest adds a request.
func InsertCollegeRequest(ctx context.Context, tx Tx, r *CollegeRequest) error {
	_, err := tx.NewInsert().Model(r).Exec(ctx)
	return wrap(err, "insert college request")
}

// CollegeRequestByID finds a request, used and expired ones too.
func CollegeRequestByID(ctx context.Context, q bun.IDB, id string) (*CollegeRequest, error) {
	r := new(CollegeRequest)
	err := q.NewSelect().Model(r).Where("id = ?", id).Scan(ctx)
	return r, wrap(err, "find college request")
}

// RecentCollegeRequest tells whether a browser sent this college a request
// since a time.
func RecentCollegeRequest(ctx context.Context, q bun.IDB, college CollegeCode, browser []byte, since time.Time) (bool, error) {
	sent, err := q.NewSelect().Model((*CollegeRequest)(nil)).
		Where("college = ? AND browser = ? AND created_at > ?", college, browser, since).Exists(ctx)
	return sent, wrap(err, "look for a recent college request")
}

// UseCollegeRequest takes a request, once. ErrNotFound: it was used before.
func UseCollegeRequest(ctx context.Context, tx Tx, id string) error {
	res, err := tx.NewUpdate().Model((*CollegeRequest)(nil)).Set("used_at = ?", tx.At).
		Where("id = ? AND used_at IS NULL", id).Exec(ctx)
	return one(res, err, "use college request")
}

// CollegeResponse is a posted answer waiting for its browser.
type CollegeResponse struct {
	bun.BaseModel `bun:"table:college_responses"`

	Token      []byte `bun:",pk"` // hash of the one-time address
	College    CollegeCode
	Message    Sealed
	ReceivedAt time.Time
	ExpiresAt  time.Time
}

// InsertCollegeResponse keeps a posted answer.
func InsertCollegeResponse(ctx context.Context, q bun.IDB, r *CollegeResponse) error {
	_, err := q.NewInsert().Model(r).Exec(ctx)
	return wrap(err, "keep college response")
}

// TakeCollegeResponse reads a posted answer and removes it. ErrNotFound: it was
// taken before, or its time is up.
func TakeCollegeResponse(ctx context.Context, q bun.IDB, token []byte, now time.Time) (*CollegeResponse, error) {
	r := new(CollegeResponse)
	err := q.NewRaw("DELETE FROM college_responses WHERE token = ? AND expires_at > ? RETURNING *", token, now).Scan(ctx, r)
	return r, wrap(err, "take college response")
}

// Evidence is what a college signed about a person.
type Evidence struct {
	bun.BaseModel `bun:"table:evidences"`

	ID             EvidenceID `bun:",pk"`
	College        CollegeCode
	Issuer         string
	AssertionID    string
	RequestID      string
	NumberIndex    Index
	Message        Sealed
	SHA256         []byte `bun:"sha256"`
	KeyFingerprint string
	Algorithm      string
	IssuedAt       time.Time
	ConsentedAt    *time.Time
	ReceivedAt     time.Time
	DraftID        DraftID   `bun:",nullzero"`
	AccountID      AccountID `bun:",nullzero"`
}

// InsertEvidence writes evidence down. ErrExists: this assertion was used
// before, here or on another node.
func InsertEvidence(ctx context.Context, tx Tx, e *Evidence) error {
	_, err := tx.NewInsert().Model(e).Exec(ctx)
	return wrap(err, "insert evidence")
}

// EvidenceByID finds evidence.
func EvidenceByID(ctx context.Context, q bun.IDB, id EvidenceID) (*Evidence, error) {
	e := new(Evidence)
	err := q.NewSelect().Model(e).Where("id = ?", id).Scan(ctx)
	return e, wrap(err, "find evidence %s", id)
}
