package db

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
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
	// Touch has the session's use written down too; nil: that is not due.
	Touch *SessionTouch
}

// SessionTouch is a session that is in use, and how long it may now stay idle.
type SessionTouch struct {
	TokenHash string
	IdleUntil time.Time
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
// circle. To begin such a statement costs more than to write a row: one writes all;
// and every parameter costs, so a row comes as one.
const quickWrite = quickLines + quickBecame

// quickTouch is quickWrite where the use of some session is due to be written down.
// A session that somebody holds is passed over: who ends one holds it and waits for
// the head of its chain.
const quickTouch = quickLines + `, s AS (
		UPDATE sessions x SET seen_at = f.at, idle_until = f.idle_until
		FROM (SELECT x.token_hash, q.at, q.idle_until FROM q JOIN h USING (chain) JOIN sessions x ON x.token_hash = q.touched
			WHERE q.touched <> '' AND x.ended_at IS NULL FOR NO KEY UPDATE OF x SKIP LOCKED) f
		WHERE x.token_hash = f.token_hash
	)` + quickBecame

const quickBecame = ` SELECT g.n, g.ok, h.chain IS NOT NULL FROM g LEFT JOIN h USING (chain)`

const quickLines = `WITH q AS MATERIALIZED (
		SELECT n, f[1]::int AS chain, f[2]::bigint AS seq, f[3]::timestamptz AS at, f[4] AS kind, f[5] AS actor, f[6] AS subject, f[7] AS service,
			f[8] AS event_request, f[9] AS address, f[10] AS reference, f[11] AS details, f[12]::int AS key_version, decode(f[13], 'hex') AS hash,
			f[14]::uuid AS account_id, f[15] AS service_id, f[16] AS entity_id, f[17] AS request_id, f[18] AS id, f[19] AS response_id, f[20] AS session,
			f[21] AS session_index, f[22] AS name_id, f[23] AS name_id_format, f[24] AS name_qualifier, f[25] AS sp_name_qualifier, f[26] AS context,
			f[27] AS attributes, decode(f[28], 'hex') AS sha256, decode(f[29], 'hex') AS assertion_sha256, f[30] AS key_fingerprint, f[31] AS algorithm,
			f[32] AS encryption, f[33] AS organization_id, f[34]::timestamptz AS issued_at, f[35]::int AS version,
			f[36] AS touched, f[37]::timestamptz AS idle_until
		FROM (SELECT n, string_to_array(line, E'` + unitSeparator + `') AS f FROM unnest($1::text[]) WITH ORDINALITY AS u (line, n) OFFSET 0) p
	), g AS MATERIALIZED (
		SELECT chain, n, EXISTS (SELECT FROM accounts a WHERE a.id = q.account_id AND a.status = 'active')
			AND NOT EXISTS (SELECT FROM sessions x WHERE x.name = q.session AND x.name <> '' AND x.account_id = q.account_id
				AND x.ended_at IS NOT NULL AND x.ended_why <> 'renewed')
			AND EXISTS (SELECT FROM service_providers p JOIN services s ON s.id = p.service_id
				WHERE p.entity_id = q.entity_id AND p.version = q.version AND p.enabled AND s.enabled)
			AND NOT EXISTS (SELECT FROM journeys j WHERE j.entity_id = q.entity_id AND j.request_id = q.request_id) AS ok
		FROM q
	), l AS MATERIALIZED (
		SELECT t.chain, u.seq, u.hash FROM unnest($2::int[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[]) AS u (chain, begun, before, seq, hash)
		JOIN audit_heads t ON t.chain = u.chain AND t.seq = u.begun AND t.hash = u.before
		WHERE u.chain <> ALL (SELECT chain FROM g WHERE NOT ok)
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
			name_qualifier, sp_name_qualifier, context, string_to_array(attributes, E'` + recordSeparator + `'), sha256, assertion_sha256, key_fingerprint, algorithm, encryption,
			organization_id, issued_at FROM q JOIN h USING (chain)
	)`

// WriteQuick writes answers down, all in one commit, and tells what became of
// each. Those of one chain must come in its order, and are written all or none: one
// that is forbidden keeps the others, which are then QuickMoved. ErrExists: a
// request of a service was answered before, and none is written. A Touch is written
// with its answer, unless somebody else is writing to that session.
func WriteQuick(ctx context.Context, d *DB, list []Quick) ([]string, error) {
	args, err := quickArgs(list)
	if err != nil {
		return nil, wrap(err, "write answers down")
	}
	statement := quickWrite
	if slices.ContainsFunc(list, func(q Quick) bool { return q.Touch != nil }) {
		statement = quickTouch
	}
	rows, err := d.Pool.Query(ctx, statement, append([]any{pgx.QueryExecModeCacheStatement}, args...)...)
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

// What stands between the values of a row, and between the names of attributes:
// XML and JSON can't express it, so no value has it.
const (
	unitSeparator   = "\x1f"
	recordSeparator = "\x1e"
)

// quickArgs are the rows, each as one value, and the heads that they are added to.
func quickArgs(list []Quick) ([]any, error) {
	lines := make([]string, len(list))
	for i := range list {
		values := list[i].values()
		lines[i] = strings.Join(values, unitSeparator)
		if strings.Count(lines[i], unitSeparator) != len(values)-1 {
			return nil, fmt.Errorf("answer %s: a value with a control character", list[i].Assertion.ID)
		}
	}
	return append([]any{lines}, headArgs(list)...), nil
}

// values are what quickWrite takes, in its order.
func (q *Quick) values() []string {
	a, e := q.Assertion, q.Event
	touched, idleUntil := "", e.At
	if q.Touch != nil {
		touched, idleUntil = q.Touch.TokenHash, q.Touch.IdleUntil
	}
	return []string{
		strconv.Itoa(e.Chain), strconv.FormatInt(e.Seq, 10), e.At.Format(time.RFC3339Nano), e.Kind, e.Actor, e.Subject, e.Service,
		e.RequestID, e.Address, e.Reference, e.Details, strconv.Itoa(e.KeyVersion), hex.EncodeToString(e.Hash),
		string(a.AccountID), string(a.ServiceID), a.EntityID, a.RequestID, a.ID, a.ResponseID, a.Session,
		a.SessionIndex, a.NameID, a.NameIDFormat, a.NameQualifier, a.SPNameQualifier, a.Context,
		strings.Join(a.Attributes, recordSeparator), hex.EncodeToString(a.SHA256), hex.EncodeToString(a.AssertionSHA256), a.KeyFingerprint, a.Algorithm,
		a.Encryption, string(a.OrganizationID), a.IssuedAt.Format(time.RFC3339Nano), strconv.Itoa(q.Version),
		touched, idleUntil.Format(time.RFC3339Nano),
	}
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
