package db

import (
	"context"
	"strings"
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

// The head of a chain is compared, hash and all, and set to the last of those that
// are added to it: of several rows of a chain that another process moved on, a later
// one might fit by its number alone. What was true of the account and the service
// when the answer was made must be true still, the session must not have ended
// (whoever ended it would not tell this service), and no journey may have begun with
// the same request; that no other assertion answers it, the ledger's own index sees
// to. Heads are locked in one order, so that nodes don't wait for each other in a
// circle. To begin such a statement costs more than to write a row: one writes all.
const quickWrite = `WITH q AS MATERIALIZED (
		SELECT * FROM unnest($1::int[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
			$10::text[], $11::text[], $12::int[], $13::bytea[], $14::uuid[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
			$21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[], $28::bytea[], $29::bytea[], $30::text[], $31::text[],
			$32::text[], $33::text[], $34::timestamptz[], $35::int[]) WITH ORDINALITY
		AS q (chain, seq, at, kind, actor, subject, service, event_request, address, reference, details, key_version, hash,
			account_id, service_id, entity_id, request_id, id, response_id, session, session_index, name_id, name_id_format,
			name_qualifier, sp_name_qualifier, context, attributes, sha256, assertion_sha256, key_fingerprint, algorithm, encryption,
			organization_id, issued_at, version, n)
	), g AS MATERIALIZED (
		SELECT chain, n, EXISTS (SELECT FROM accounts a WHERE a.id = q.account_id AND a.status = 'active')
			AND NOT EXISTS (SELECT FROM sessions x WHERE x.name = q.session AND x.name <> '' AND x.account_id = q.account_id
				AND x.ended_at IS NOT NULL AND x.ended_why <> 'renewed')
			AND EXISTS (SELECT FROM service_providers p JOIN services s ON s.id = p.service_id
				WHERE p.entity_id = q.entity_id AND p.version = q.version AND p.enabled AND s.enabled)
			AND NOT EXISTS (SELECT FROM journeys j WHERE j.entity_id = q.entity_id AND j.request_id = q.request_id) AS ok
		FROM q
	), l AS MATERIALIZED (
		SELECT t.chain, u.seq, u.hash FROM unnest($36::int[], $37::bigint[], $38::bytea[], $39::bigint[], $40::bytea[]) AS u (chain, begun, before, seq, hash)
		JOIN audit_heads t ON t.chain = u.chain AND t.seq = u.begun AND t.hash = u.before
		WHERE NOT EXISTS (SELECT FROM g WHERE g.chain = u.chain AND NOT g.ok)
		ORDER BY t.chain FOR UPDATE OF t
	), h AS (
		UPDATE audit_heads t SET seq = l.seq, hash = l.hash FROM l WHERE t.chain = l.chain RETURNING t.chain
	), e AS (
		INSERT INTO audit_events (chain, seq, at, kind, actor, subject, service, request_id, address, reference, details, key_version, hash)
		SELECT chain, seq, at, kind, actor, subject, service, event_request, address, reference, details, key_version, hash FROM q JOIN h USING (chain)
	), a AS (
		INSERT INTO assertions (account_id, service_id, entity_id, request_id, id, response_id, journey_id, session, session_index, name_id, name_id_format,
			name_qualifier, sp_name_qualifier, context, attributes, sha256, assertion_sha256, key_fingerprint, algorithm, encryption, organization_id, issued_at)
		SELECT account_id, service_id, entity_id, nullif(request_id, ''), id, response_id, '', session, session_index, name_id, name_id_format,
			name_qualifier, sp_name_qualifier, context, string_to_array(attributes, E'\x1f'), sha256, assertion_sha256, key_fingerprint, algorithm, encryption,
			organization_id, issued_at FROM q JOIN h USING (chain)
	) SELECT g.n, g.ok, h.chain IS NOT NULL FROM g LEFT JOIN h USING (chain)`

// WriteQuick writes answers down, all in one commit, and tells what became of
// each. Those of one chain must come in its order, and are written all or none: one
// that is forbidden keeps the others, which are then QuickMoved. ErrExists: a
// request of a service was answered before, and none is written.
func WriteQuick(ctx context.Context, d *DB, list []Quick) ([]string, error) {
	rows, err := d.Pool.Query(ctx, quickWrite, append([]any{pgx.QueryExecModeCacheStatement}, quickArgs(list)...)...)
	if err != nil {
		return nil, wrap(err, "write answers down")
	}
	defer rows.Close()
	became := make([]string, len(list))
	for rows.Next() {
		var n int
		var ok, written bool
		if err := rows.Scan(&n, &ok, &written); err != nil {
			return nil, wrap(err, "write answers down")
		}
		switch {
		case !ok:
			became[n-1] = QuickRefused
		case !written:
			became[n-1] = QuickMoved
		default:
			became[n-1] = QuickWritten
		}
	}
	return became, wrap(rows.Err(), "write answers down")
}

// quickArgs are the rows of several turned into columns, and the heads that they
// are added to.
func quickArgs(list []Quick) []any {
	text := func(of func(a *Assertion, e *AuditEvent) string) []string {
		return column(list, func(q *Quick) string { return of(q.Assertion, q.Event) })
	}
	args := []any{
		column(list, func(q *Quick) int { return q.Event.Chain }),
		column(list, func(q *Quick) int64 { return q.Event.Seq }),
		column(list, func(q *Quick) time.Time { return q.Event.At }),
		text(func(_ *Assertion, e *AuditEvent) string { return e.Kind }),
		text(func(_ *Assertion, e *AuditEvent) string { return e.Actor }),
		text(func(_ *Assertion, e *AuditEvent) string { return e.Subject }),
		text(func(_ *Assertion, e *AuditEvent) string { return e.Service }),
		text(func(_ *Assertion, e *AuditEvent) string { return e.RequestID }),
		text(func(_ *Assertion, e *AuditEvent) string { return e.Address }),
		text(func(_ *Assertion, e *AuditEvent) string { return e.Reference }),
		text(func(_ *Assertion, e *AuditEvent) string { return e.Details }),
		column(list, func(q *Quick) int { return q.Event.KeyVersion }),
		column(list, func(q *Quick) []byte { return q.Event.Hash }),
		text(func(a *Assertion, _ *AuditEvent) string { return string(a.AccountID) }),
		text(func(a *Assertion, _ *AuditEvent) string { return string(a.ServiceID) }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.EntityID }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.RequestID }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.ID }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.ResponseID }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.Session }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.SessionIndex }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.NameID }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.NameIDFormat }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.NameQualifier }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.SPNameQualifier }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.Context }),
		text(func(a *Assertion, _ *AuditEvent) string { return strings.Join(a.Attributes, unitSeparator) }),
		column(list, func(q *Quick) []byte { return q.Assertion.SHA256 }),
		column(list, func(q *Quick) []byte { return q.Assertion.AssertionSHA256 }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.KeyFingerprint }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.Algorithm }),
		text(func(a *Assertion, _ *AuditEvent) string { return a.Encryption }),
		text(func(a *Assertion, _ *AuditEvent) string { return string(a.OrganizationID) }),
		column(list, func(q *Quick) time.Time { return q.Assertion.IssuedAt }),
		column(list, func(q *Quick) int { return q.Version }),
	}
	return append(args, headArgs(list)...)
}

// unitSeparator stands between names of attributes: XML can't express it, so none
// has it.
const unitSeparator = "\x1f"

func column[T any](list []Quick, of func(*Quick) T) []T {
	values := make([]T, len(list))
	for i := range list {
		values[i] = of(&list[i])
	}
	return values
}

// headArgs are the chains that rows are added to: where each was, and where it is
// then.
func headArgs(list []Quick) []any {
	var chain []int
	var begun, seq []int64
	var before, hash [][]byte
	for i := range list {
		e := list[i].Event
		if last := len(chain) - 1; last >= 0 && chain[last] == e.Chain {
			seq[last], hash[last] = e.Seq, e.Hash
			continue
		}
		chain, begun, before = append(chain, e.Chain), append(begun, e.Seq-1), append(before, e.Before)
		seq, hash = append(seq, e.Seq), append(hash, e.Hash)
	}
	return []any{chain, begun, before, seq, hash}
}

// AuditHeadOf reads the head of a chain and holds nothing.
func AuditHeadOf(ctx context.Context, d *DB, chain int) (*AuditHead, error) {
	h := &AuditHead{Chain: chain}
	err := d.Pool.QueryRow(ctx, "SELECT seq, hash FROM audit_heads WHERE chain = $1", pgx.QueryExecModeCacheStatement, chain).Scan(&h.Seq, &h.Hash)
	return h, wrap(err, "read head of audit chain %d", chain)
}

// QuickClock is the time for what is written so.
func QuickClock(d *DB) time.Time { return d.Clock.Now().UTC().Truncate(time.Microsecond) }
