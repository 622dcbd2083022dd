package db

import (
	"context"

	"github.com/uptrace/bun"
)

// AccountsOfPerson lists the accounts with this legal name and birth date. Two
// people may share both: it finds twins to look at, never whose account it is.
func AccountsOfPerson(ctx context.Context, q bun.IDB, person Index) ([]AccountID, error) {
	var ids []AccountID
	err := q.NewSelect().Model((*Account)(nil)).Column("id").
		Where("person_index = ? AND status NOT IN (?, ?)", person, AccountClosed, AccountMerged).
		Order("created_at").Scan(ctx, &ids)
	return ids, wrap(err, "find accounts of a person")
}

// TieEvidence notes which account came of the evidence that a registration
// stands on.
func TieEvidence(ctx context.Context, tx Tx, draft DraftID, account AccountID) error {
	_, err := tx.NewRaw("UPDATE evidences SET account_id = ? WHERE draft_id = ?", account, draft).Exec(ctx)
	return wrap(err, "tie evidence of draft %s", draft)
}

// EndSessionsOfDraft ends every session of a registration but the one kept (may
// be empty).
func EndSessionsOfDraft(ctx context.Context, tx Tx, draft DraftID, keep, why string) error {
	_, err := tx.NewUpdate().Model((*Session)(nil)).
		Set("ended_at = ?", tx.At).Set("ended_why = ?", why).Set("data = ''").
		Where("draft_id = ? AND token_hash <> ? AND ended_at IS NULL", draft, keep).Exec(ctx)
	return wrap(err, "end sessions of draft %s", draft)
}
