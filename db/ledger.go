package db

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"
)

// AssertionByID finds an assertion in the ledger.
func AssertionByID(ctx context.Context, q bun.IDB, id string) (*Assertion, error) {
	a := new(Assertion)
	err := q.NewSelect().Model(a).Where("id = ?", id).Scan(ctx)
	return a, wrap(err, "find assertion")
}

// ToldName finds the newest assertion that told a service a name.
func ToldName(ctx context.Context, q bun.IDB, entityID, name string) (*Assertion, error) {
	a := new(Assertion)
	err := q.NewSelect().Model(a).Where("entity_id = ? AND name_id = ?", entityID, name).Order("issued_at DESC").Limit(1).Scan(ctx)
	return a, wrap(err, "find who has a name at %s", entityID)
}

// Opened is one time that a person opened a service.
type Opened struct {
	AssertionID    string `bun:"assertion_id"`
	NameEn         string
	NameFr         string
	OrganizationEn string
	OrganizationFr string
	IssuedAt       time.Time
}

// OpenedBy lists the newest times that a person opened a service.
func OpenedBy(ctx context.Context, q bun.IDB, account AccountID, limit int) ([]Opened, error) {
	var all []Opened
	err := q.NewRaw(`SELECT a.id AS assertion_id, s.name_en, s.name_fr, coalesce(o.name_en, '') AS organization_en,
			coalesce(o.name_fr, '') AS organization_fr, a.issued_at
		FROM assertions a JOIN services s ON s.id = a.service_id LEFT JOIN organizations o ON o.id = a.organization_id
		WHERE a.account_id = ? ORDER BY a.issued_at DESC, a.id LIMIT ?`, account, limit).Scan(ctx, &all)
	return all, wrap(err, "list openings of account %s", account)
}

// issuedKind is the audit trail's name for the event of an assertion.
const issuedKind = "sso.assertion.issued"

// LedgerAgrees tells whether the audit trail has the event of an assertion with
// the same digests.
func LedgerAgrees(ctx context.Context, q bun.IDB, a *Assertion) (bool, error) {
	agrees, err := q.NewSelect().Table("audit_events").
		Where("subject = ? AND at BETWEEN ? AND ? AND kind = ?", a.AccountID, a.IssuedAt.Add(-time.Minute), a.IssuedAt.Add(time.Minute), issuedKind).
		Where("details::jsonb ->> 'assertion' = ?", a.ID).
		Where("details::jsonb ->> 'digest' = ?", hex.EncodeToString(a.SHA256)).
		Where("details::jsonb ->> 'assertion_digest' = ?", hex.EncodeToString(a.AssertionSHA256)).Exists(ctx)
	return agrees, wrap(err, "compare assertion with the audit trail")
}

// LedgerFaults lists up to limit assertions on which the ledger and the audit
// trail disagree: changed, made up, or struck out since they were issued.
func LedgerFaults(ctx context.Context, q bun.IDB, limit int) ([]string, error) {
	var ids []string
	err := q.NewRaw(`SELECT DISTINCT coalesce(a.id, e.id) FROM
			(SELECT id, encode(sha256, 'hex') AS whole, encode(assertion_sha256, 'hex') AS part FROM assertions WHERE assertion_sha256 <> '') a
			FULL JOIN
			(SELECT d ->> 'assertion' AS id, d ->> 'digest' AS whole, d ->> 'assertion_digest' AS part
				FROM (SELECT details::jsonb AS d FROM audit_events WHERE kind = ?) raw WHERE jsonb_exists(d, 'digest')) e
			ON e.id = a.id AND e.whole = a.whole AND e.part = a.part
		WHERE a.id IS NULL OR e.id IS NULL ORDER BY 1 LIMIT ?`, issuedKind, limit).Scan(ctx, &ids)
	return ids, wrap(err, "compare the ledger with the audit trail")
}
