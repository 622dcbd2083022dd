package db

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Arrival is a browser that brings a session and wants to open a service: all that
// a sign-on with nothing in its way is decided by, read by one statement.
type Arrival struct {
	// TokenHash names the session, live at Now.
	TokenHash string
	Now       time.Time
	// EntityID is the service provider's, and Named where its names for people are
	// kept.
	EntityID, Named string
	// Party is the service as it was when it was last read; nil for never.
	Party *Party

	// Session and Opening are what was found. Session is nil for no live session of
	// an account, or no such service; Opening also for a service that is no longer
	// as it was.
	Session *Session
	Opening *Opening
}

// Few have many licences or authorities: they come as one value each, so that
// there is one row for each who arrives. To begin such a statement costs more than
// to look one of them up, so one statement looks all up; what is one value is asked
// for by itself, since every join passes on all columns of those below it. OFFSET
// keeps the planner from looking through whole tables for a few. Services are looked
// up once for all who arrive.
const arrive = `WITH s AS MATERIALIZED (
		SELECT p.entity_id, s.id, ` + partyRevision + ` AS revision FROM service_providers p JOIN services s ON s.id = p.service_id WHERE p.entity_id = ANY ($3)
	) SELECT q.n, l.* FROM unnest($1::text[], $3::text[], $4::text[]) WITH ORDINALITY AS q (token_hash, entity_id, named, n)
	JOIN s ON s.entity_id = q.entity_id
	CROSS JOIN LATERAL (SELECT ` + sessionColumns + `, s.revision, (SELECT version FROM saml_keyring), ` + accountColumns + `,
		coalesce((SELECT n.status FROM enrolments n WHERE n.account_id = a.id AND n.service_id = s.id), ''),
		coalesce(c.organization_id, ''), coalesce(c.remembered, false), r.kinds, r.accepted_at,
		coalesce((SELECT i.value FROM name_ids i WHERE i.account_id = a.id AND i.entity_id = q.named), ''),
		(SELECT string_agg(concat_ws(E'` + unitSeparator + `', d.id, d.college, (SELECT g.rid_system FROM colleges g WHERE g.code = d.college),
				encode(d.number, 'hex'), d.source, d.status), E'` + recordSeparator + `')
			FROM designations d WHERE d.account_id = a.id),
		(SELECT json_agg(json_build_object('ID', o.id, 'NameEn', o.name_en, 'NameFr', o.name_fr, 'Town', o.town, 'UAO', o.uao, 'UAOType', o.uao_type,
				'Roles', e.roles, 'Grants', e.grants))
			FROM entitlements e
			JOIN sponsorships h ON h.account_id = e.account_id AND h.organization_id = e.organization_id
			JOIN organizations o ON o.id = e.organization_id
			WHERE e.account_id = a.id AND e.service_id = s.id AND h.status = 'active' AND o.enabled)
	FROM sessions x
	JOIN accounts a ON a.id = x.account_id
	LEFT JOIN authority_choices c ON c.account_id = a.id AND c.service_id = s.id
	LEFT JOIN LATERAL (SELECT kinds, accepted_at FROM release_receipts r
		WHERE r.account_id = a.id AND r.service_id = s.id ORDER BY accepted_at DESC LIMIT 1) r ON true
	WHERE x.token_hash = q.token_hash AND ` + sessionLives + ` OFFSET 0) l`

// ReadArrivals reads several at once, by the latest of their times.
func ReadArrivals(ctx context.Context, d *DB, list []*Arrival) error {
	tokens, entities, named := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	var now time.Time
	for i, a := range list {
		tokens[i], entities[i], named[i] = a.TokenHash, a.EntityID, a.Named
		if a.Now.After(now) {
			now = a.Now
		}
	}
	rows, err := d.Pool.Query(ctx, arrive, pgx.QueryExecModeCacheStatement, tokens, now, entities, named)
	if err != nil {
		return wrap(err, "read who arrives")
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows, list); err != nil {
			return err
		}
	}
	return wrap(rows.Err(), "read who arrives")
}

// take takes a row for the one it is about.
func take(r pgx.Rows, list []*Arrival) error {
	var n int
	s, o := new(Session), new(Opening)
	var shown *time.Time
	var licences *string
	var authorities []byte
	fields := make([]any, 0, 32)
	fields = append(append(fields, &n), s.fields()...)
	var revision string
	var ring int64
	fields = append(append(fields, &revision, &ring), o.Account.fields()...)
	fields = append(append(fields, o.fields(&shown)...), &licences, &authorities)
	if err := r.Scan(fields...); err != nil {
		return fmt.Errorf("read who arrives: %w", err)
	}
	a := list[n-1]
	s.TokenHash = a.TokenHash
	a.Session = s
	if a.Party == nil || a.Party.Revision != revision {
		return nil
	}
	o.Party = *a.Party
	o.Party.Provider.KeyRing = ring
	if shown != nil {
		o.ShownAt = *shown
	}
	if licences != nil {
		var err error
		if o.Licences, err = readLicences(*licences); err != nil {
			return err
		}
		slices.SortFunc(o.Licences, func(a, b Licence) int {
			return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.College, b.College))
		})
	}
	if authorities != nil {
		if err := json.Unmarshal(authorities, &o.Authorities); err != nil {
			return fmt.Errorf("read authorities: %w", err)
		}
		slices.SortFunc(o.Authorities, func(a, b Authority) int {
			return cmp.Or(cmp.Compare(a.NameEn, b.NameEn), cmp.Compare(a.ID, b.ID))
		})
	}
	a.Opening = o
	return nil
}

// readLicences takes apart what arrive puts together.
func readLicences(records string) ([]Licence, error) {
	var all []Licence
	for record := range strings.SplitSeq(records, recordSeparator) {
		f := strings.Split(record, unitSeparator)
		if len(f) != 6 {
			return nil, fmt.Errorf("read licences: %d values", len(f))
		}
		number, err := hex.DecodeString(f[3])
		if err != nil {
			return nil, fmt.Errorf("read licences: %w", err)
		}
		all = append(all, Licence{ID: DesignationID(f[0]), College: CollegeCode(f[1]), RidSystem: f[2], Number: number, Source: f[4], Status: f[5]})
	}
	return all, nil
}
