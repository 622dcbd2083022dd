package db

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// A sign-on with nothing in its way asks the database twice: what is true, and
// to write down what was answered. Nothing is held in between, where the answer
// is signed; so the second time looks again at what could forbid it. Those that
// come at the same time are written together.

// QuickOpening is OpeningOf, in no transaction.
func QuickOpening(ctx context.Context, d *DB, account AccountID, service ServiceID, entityID, named string) (*Opening, error) {
	conn, err := d.Pool.Acquire(ctx)
	if err != nil {
		return nil, wrap(err, "take a connection")
	}
	defer conn.Release()
	o := new(Opening)
	err = together(ctx, conn.Conn(), o.statements(account, service, entityID, named)...)
	return o, o.found(err, account, service)
}

// Quick is what one statement writes: an assertion and its event.
type Quick struct {
	Assertion *Assertion
	Event     *AuditEvent
	// Version is the service provider's that the answer was made by.
	Version int
}

// What became of a Quick.
const (
	QuickWritten = "written"
	QuickMoved   = "moved"     // its chain has another head by now
	QuickRefused = "forbidden" // something may be in the way after all
)

// The head is compared, hash and all, and set: of several rows of a chain that
// another process moved on, a later one might fit by its number alone. What was
// true of the account and the service when the answer was made must be true
// still, the session must not have ended (whoever ended it would not tell this
// service), and no journey may have begun with the same request; that no other
// assertion answers it, the ledger's own index sees to.
const quickWrite = `WITH g AS (
		SELECT EXISTS (SELECT FROM accounts WHERE id = $14 AND status = 'active')
			AND NOT EXISTS (SELECT FROM sessions WHERE name = $20 AND name <> '' AND account_id = $14 AND ended_at IS NOT NULL AND ended_why <> 'renewed')
			AND EXISTS (SELECT FROM service_providers p JOIN services s ON s.id = p.service_id
				WHERE p.entity_id = $16 AND p.version = $35 AND p.enabled AND s.enabled)
			AND NOT EXISTS (SELECT FROM journeys WHERE entity_id = $16 AND request_id = $17) AS ok
	), h AS (
		UPDATE audit_heads SET seq = $2, hash = $13 WHERE chain = $1 AND seq = $2 - 1 AND hash = $36 AND (SELECT ok FROM g) RETURNING seq
	), e AS (
		INSERT INTO audit_events (chain, seq, at, kind, actor, subject, service, request_id, address, reference, details, key_version, hash)
		SELECT $1, $2, $3::timestamptz, $4, $5, $6, $7, $8, $9, $10, $11, $12::int, $13 FROM h
	), a AS (
		INSERT INTO assertions (account_id, service_id, entity_id, request_id, id, response_id, journey_id, session, session_index, name_id, name_id_format,
			name_qualifier, sp_name_qualifier, context, attributes, sha256, assertion_sha256, key_fingerprint, algorithm, encryption, organization_id, issued_at)
		SELECT $14, $15, $16, $17, $18, $19, '', $20, $21, $22, $23, $24, $25, $26, $27::text[], $28::bytea, $29::bytea, $30, $31, $32, $33, $34::timestamptz FROM h
	) SELECT (SELECT count(*) FROM h), (SELECT ok FROM g)`

// WriteQuick writes answers down, all in one commit, and tells what became of
// each. Those of one chain must come in its order. ErrExists: a request of a
// service was answered before, and none is written.
func WriteQuick(ctx context.Context, d *DB, list []Quick) ([]string, error) {
	conn, err := d.Pool.Acquire(ctx)
	if err != nil {
		return nil, wrap(err, "take a connection")
	}
	defer conn.Release()
	became := make([]string, len(list))
	statements := make([]statement, len(list))
	for i := range list {
		statements[i] = statement{sql: quickWrite, args: list[i].args(), row: func(r pgx.Rows) error {
			var written int
			var ok bool
			err := r.Scan(&written, &ok)
			switch {
			case !ok:
				became[i] = QuickRefused
			case written == 0:
				became[i] = QuickMoved
			default:
				became[i] = QuickWritten
			}
			return err
		}}
	}
	return became, wrap(together(ctx, conn.Conn(), statements...), "write answers down")
}

func (q *Quick) args() []any {
	a, e := q.Assertion, q.Event
	return []any{
		e.Chain, e.Seq, e.At, e.Kind, e.Actor, e.Subject, e.Service, e.RequestID, e.Address, e.Reference, e.Details, e.KeyVersion, e.Hash,
		string(a.AccountID), string(a.ServiceID), a.EntityID, nullable(a.RequestID), a.ID, a.ResponseID, a.Session, a.SessionIndex, a.NameID, a.NameIDFormat,
		a.NameQualifier, a.SPNameQualifier, a.Context, a.Attributes, a.SHA256, a.AssertionSHA256, a.KeyFingerprint, a.Algorithm, a.Encryption,
		string(a.OrganizationID), a.IssuedAt, q.Version, e.Before,
	}
}

// AuditHeadOf reads the head of a chain and holds nothing.
func AuditHeadOf(ctx context.Context, d *DB, chain int) (*AuditHead, error) {
	h := &AuditHead{Chain: chain}
	err := d.Pool.QueryRow(ctx, "SELECT seq, hash FROM audit_heads WHERE chain = $1", pgx.QueryExecModeCacheStatement, chain).Scan(&h.Seq, &h.Hash)
	return h, wrap(err, "read head of audit chain %d", chain)
}

// QuickClock is the time for what is written so.
func QuickClock(d *DB) time.Time { return d.Clock.Now().UTC().Truncate(time.Microsecond) }
