package db

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Exchange is what passed between a service and us while somebody looked on,
// masked.
type Exchange struct {
	bun.BaseModel `bun:"table:exchanges"`

	ID        ExchangeID `bun:",pk"`
	EntityID  string
	RequestID string
	Kind      string
	Binding   string
	Raw       string // in clear, of a recording from before it was sealed
	Sealed    []byte // what has to be read to judge it again; empty for what can't be
	Document  string
	Verdict   string
	Checks    json.RawMessage `bun:"type:jsonb"`
	Answer    string
	Reasons   json.RawMessage `bun:"type:jsonb"`
	At        time.Time
	ExpiresAt time.Time
}

// Kinds of exchanges.
const (
	ExchangeSignIn       = "signin"
	ExchangeLogoutTheirs = "logout_theirs" // the service asked
	ExchangeLogoutOurs   = "logout_ours"   // we asked
)

// InsertExchange writes an exchange down.
func InsertExchange(ctx context.Context, q bun.IDB, e *Exchange) error {
	_, err := q.NewInsert().Model(e).Exec(ctx)
	return wrap(err, "record an exchange")
}

// AnswerExchange adds the answer to the newest exchange with a request; there
// may be none.
func AnswerExchange(ctx context.Context, q bun.IDB, e *Exchange) error {
	query := q.NewUpdate().Model((*Exchange)(nil)).Set("answer = ?", e.Answer).Set("verdict = ?", e.Verdict)
	if e.Reasons != nil {
		query = query.Set("reasons = ?", e.Reasons)
	}
	if e.Checks != nil {
		query = query.Set("checks = ?", e.Checks)
	}
	_, err := query.
		Where("id = (SELECT id FROM exchanges WHERE entity_id = ? AND request_id = ? ORDER BY at DESC LIMIT 1)", e.EntityID, e.RequestID).Exec(ctx)
	return wrap(err, "record an answer")
}

// Exchanges lists a service's exchanges that are still kept, newest first.
func Exchanges(ctx context.Context, q bun.IDB, entityID string, now time.Time, limit int) ([]Exchange, error) {
	var all []Exchange
	err := q.NewSelect().Model(&all).Where("entity_id = ? AND expires_at > ?", entityID, now).Order("at DESC", "id DESC").Limit(int64(limit)).Scan(ctx)
	return all, wrap(err, "list exchanges")
}

// ExchangeByID finds an exchange of a service that is still kept.
func ExchangeByID(ctx context.Context, q bun.IDB, entityID string, id ExchangeID, now time.Time) (*Exchange, error) {
	e := new(Exchange)
	err := q.NewSelect().Model(e).Where("entity_id = ? AND id::text = ? AND expires_at > ?", entityID, id, now).Scan(ctx)
	return e, wrap(err, "find an exchange")
}

// PurgeConsole forgets exchanges and imports whose time is over.
func PurgeConsole(ctx context.Context, q bun.IDB, now time.Time) (int, error) {
	total := 0
	for _, model := range []any{(*Exchange)(nil), (*MetadataImport)(nil)} {
		res, err := q.NewDelete().Model(model).Where("expires_at <= ?", now).Exec(ctx)
		if err != nil {
			return total, wrap(err, "purge what operators looked at")
		}
		n, err := res.RowsAffected()
		if err != nil {
			return total, wrap(err, "purge what operators looked at")
		}
		total += int(n)
	}
	return total, nil
}
