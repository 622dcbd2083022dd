package db

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// The policies a person agrees to.
const (
	DocumentNotice    = "notice-of-collection"
	DocumentAgreement = "physician-agreement"
)

// Document is one version of a policy in one language. Its hash is over the
// body as stored.
type Document struct {
	bun.BaseModel `bun:"table:documents"`

	Name      string `bun:",pk"`
	Version   string `bun:",pk"`
	Language  string `bun:",pk"`
	Title     string
	Body      string
	SHA256    []byte `bun:"sha256"`
	InForceAt time.Time
}

// DocumentsInForce returns the newest version in force of each named policy, in
// the order of the names. ErrNotFound: one of them has none in this language.
func DocumentsInForce(ctx context.Context, q bun.IDB, language string, at time.Time, names ...string) ([]Document, error) {
	var found []Document
	err := q.NewSelect().Model(&found).DistinctOn("name").
		Where("name IN (?) AND language = ? AND in_force_at <= ?", bun.List(names), language, at).
		Order("name", "in_force_at DESC", "version DESC").Scan(ctx)
	if err != nil {
		return nil, wrap(err, "find policies in force")
	}
	documents := make([]Document, 0, len(names))
	for _, name := range names {
		for _, d := range found {
			if d.Name == name {
				documents = append(documents, d)
			}
		}
	}
	if len(documents) != len(names) {
		return nil, fmt.Errorf("find policies in force: not all of %v are there in %q: %w", names, language, ErrNotFound)
	}
	return documents, nil
}

// Agreement is an account's acceptance of one version of a policy.
type Agreement struct {
	bun.BaseModel `bun:"table:agreements"`

	AccountID  AccountID `bun:",pk"`
	Name       string    `bun:",pk"`
	Version    string    `bun:",pk"`
	Language   string
	SHA256     []byte `bun:"sha256"`
	AcceptedAt time.Time
}

// InsertAgreements adds what a person agreed to.
func InsertAgreements(ctx context.Context, tx Tx, agreed []Agreement) error {
	if len(agreed) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&agreed).Exec(ctx)
	return wrap(err, "insert agreements")
}

// AgreementsOf lists what an account agreed to, newest first.
func AgreementsOf(ctx context.Context, q bun.IDB, id AccountID) ([]Agreement, error) {
	var all []Agreement
	err := q.NewSelect().Model(&all).Where("account_id = ?", id).Order("accepted_at DESC", "name").Scan(ctx)
	return all, wrap(err, "list agreements of account %s", id)
}
