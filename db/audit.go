package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// AuditEvent is one link of an audit chain. Rows are added, never changed; the
// database refuses anything else.
type AuditEvent struct {
	bun.BaseModel `bun:"table:audit_events"`

	Chain      int   `bun:",pk"`
	Seq        int64 `bun:",pk"`
	At         time.Time
	Kind       string
	Actor      string
	Subject    string
	Service    string
	RequestID  string
	Address    string
	Reference  string
	Details    string // canonical JSON
	KeyVersion int
	Hash       []byte
	// Before is the hash that the head of the chain must have for this to follow.
	Before []byte `bun:"-"`
}

// AuditHead is the newest link of a chain.
type AuditHead struct {
	bun.BaseModel `bun:"table:audit_heads"`

	Chain int `bun:",pk"`
	Seq   int64
	Hash  []byte
}

// LockAuditHead reads the head of a chain and holds it until the transaction
// ends, so that links are added one after the other.
func LockAuditHead(ctx context.Context, tx Tx, chain int) (*AuditHead, error) {
	h := new(AuditHead)
	err := tx.NewSelect().Model(h).Where("chain = ?", chain).For("UPDATE").Scan(ctx)
	return h, wrap(err, "lock audit chain %d", chain)
}

// AppendAudit adds an event and moves its chain's head. The caller holds the
// head (LockAuditHead).
func AppendAudit(ctx context.Context, tx Tx, e *AuditEvent) error {
	if _, err := tx.NewInsert().Model(e).Exec(ctx); err != nil {
		return wrap(err, "append to audit chain %d", e.Chain)
	}
	res, err := tx.NewUpdate().Model((*AuditHead)(nil)).
		Set("seq = ?", e.Seq).Set("hash = ?", e.Hash).Where("chain = ?", e.Chain).Exec(ctx)
	return one(res, err, "move head of audit chain %d", e.Chain)
}

// AuditHeads lists the heads of all chains in order.
func AuditHeads(ctx context.Context, q bun.IDB) ([]AuditHead, error) {
	var heads []AuditHead
	err := q.NewSelect().Model(&heads).Order("chain").Scan(ctx)
	return heads, wrap(err, "read audit heads")
}

// AuditChain reads up to limit events of a chain after seq, in order.
func AuditChain(ctx context.Context, q bun.IDB, chain int, after int64, limit int) ([]AuditEvent, error) {
	var events []AuditEvent
	err := q.NewSelect().Model(&events).
		Where("chain = ? AND seq > ?", chain, after).Order("seq").Limit(int64(limit)).Scan(ctx)
	return events, wrap(err, "read audit chain %d", chain)
}

// AuditOf lists the newest events about a subject, newest first.
func AuditOf(ctx context.Context, q bun.IDB, subject string, limit int) ([]AuditEvent, error) {
	var events []AuditEvent
	err := q.NewSelect().Model(&events).Where("subject = ?", subject).
		Order("at DESC", "seq DESC").Limit(int64(limit)).Scan(ctx)
	return events, wrap(err, "read audit events of %s", subject)
}

// AuditOfKind lists every event of a kind that is rare, oldest first.
func AuditOfKind(ctx context.Context, q bun.IDB, kind string) ([]AuditEvent, error) {
	var events []AuditEvent
	err := q.NewSelect().Model(&events).Where("kind = ?", kind).Order("at", "seq").Scan(ctx)
	return events, wrap(err, "read audit events %s", kind)
}

// LastEventOf reads the newest event of a kind about a subject.
func LastEventOf(ctx context.Context, q bun.IDB, subject, kind string) (*AuditEvent, error) {
	e := new(AuditEvent)
	err := q.NewSelect().Model(e).Where("subject = ? AND kind = ?", subject, kind).
		Order("at DESC", "seq DESC").Limit(1).Scan(ctx)
	return e, wrap(err, "find last %s of %s", kind, subject)
}
