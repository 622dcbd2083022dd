package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Quick is the transaction of a sign-on with nothing in its way: it reads what is
// true, and writes the request, the ledger and the audit trail, in three round
// trips. All its statements are prepared.
type Quick struct {
	At time.Time

	conn *pgx.Conn
	open bool // begun, and not ended yet
}

// InQuick runs fn in such a transaction. Nothing is written unless fn has called
// Finish, which commits.
func InQuick(ctx context.Context, d *DB, fn func(ctx context.Context, q *Quick) error) error {
	conn, err := d.Pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("take a connection: %w", err)
	}
	defer conn.Release()
	q := &Quick{At: d.Clock.Now().UTC().Truncate(time.Microsecond), conn: conn.Conn()}
	err = fn(ctx, q)
	if q.open {
		// A connection that can't even roll back is broken, and the pool drops it.
		_, _ = q.conn.Exec(context.WithoutCancel(ctx), "rollback")
	}
	return err
}

// Opening is OpeningOf, and begins the transaction.
func (q *Quick) Opening(ctx context.Context, account AccountID, service ServiceID, entityID, named string) (*Opening, error) {
	o := new(Opening)
	q.open = true
	err := together(ctx, q.conn, append([]statement{{sql: "begin"}}, o.statements(account, service, entityID, named)...)...)
	return o, o.found(err, account, service)
}

// LockAuditHead is the function of that name. It belongs right before Finish:
// whoever has an event for the same chain waits from here on.
func (q *Quick) LockAuditHead(ctx context.Context, chain int) (*AuditHead, error) {
	h := &AuditHead{Chain: -1}
	err := together(ctx, q.conn, statement{
		sql: "SELECT chain, seq, hash FROM audit_heads WHERE chain = $1 FOR UPDATE", args: []any{chain},
		row: func(r pgx.Rows) error { return r.Scan(&h.Chain, &h.Seq, &h.Hash) },
	})
	if err == nil && h.Chain != chain {
		err = errors.New("its head is missing")
	}
	return h, wrap(err, "lock audit chain %d", chain)
}

// Finish writes an answered journey, its assertion and their event, and commits.
// ErrExists: this request of this service was received before.
func (q *Quick) Finish(ctx context.Context, j *Journey, a *Assertion, e *AuditEvent) error {
	err := together(ctx, q.conn,
		statement{
			sql: `INSERT INTO journeys (id, service_id, entity_id, request_id, request, browser, created_at, expires_at, answered_at, account_id)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			args: []any{j.ID, string(j.ServiceID), j.EntityID, nullable(j.RequestID), []byte(j.Request), j.Browser, j.CreatedAt, j.ExpiresAt, j.AnsweredAt, nullable(string(j.AccountID))},
		},
		statement{
			sql: `INSERT INTO assertions (id, response_id, journey_id, account_id, service_id, entity_id, session, session_index, name_id, name_id_format,
					name_qualifier, sp_name_qualifier, context, attributes, sha256, assertion_sha256, key_fingerprint, algorithm, encryption, organization_id, issued_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
			args: []any{
				a.ID, a.ResponseID, a.JourneyID, string(a.AccountID), string(a.ServiceID), a.EntityID, a.Session, a.SessionIndex, a.NameID, a.NameIDFormat,
				a.NameQualifier, a.SPNameQualifier, a.Context, a.Attributes, a.SHA256, a.AssertionSHA256, a.KeyFingerprint, a.Algorithm, a.Encryption, string(a.OrganizationID), a.IssuedAt,
			},
		},
		statement{
			sql: `INSERT INTO audit_events (chain, seq, at, kind, actor, subject, service, request_id, address, reference, details, key_version, hash)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			args: []any{e.Chain, e.Seq, e.At, e.Kind, e.Actor, e.Subject, e.Service, e.RequestID, e.Address, e.Reference, e.Details, e.KeyVersion, e.Hash},
		},
		statement{sql: "UPDATE audit_heads SET seq = $2, hash = $3 WHERE chain = $1", args: []any{e.Chain, e.Seq, e.Hash}},
		statement{sql: "commit"},
	)
	if err == nil {
		q.open = false
	}
	return wrap(err, "write answer down")
}
