package credentials

import (
	"context"
	"fmt"
	"strings"

	"oneid/app/internal/audit"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/recoverycode"
	"oneid/db"
)

// Codes makes recovery codes.
type Codes struct {
	DB      *db.DB
	Codes   *recoverycode.Codes
	Notices *notice.Teller
	Audit   *audit.Log
}

// Make returns ten new codes, to be shown this once. The old ones end.
func (r *Codes) Make(ctx context.Context, id db.AccountID) ([]string, error) {
	var made []string
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if _, err := db.LockAccount(ctx, tx, id); err != nil {
			return err
		}
		var err error
		if made, err = r.Codes.Make(ctx, tx, id); err != nil {
			return err
		}
		if err := r.Notices.Tell(ctx, tx, id, outbox.CodesMade{}); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.CredentialsCodesMade, Subject: string(id)})
	})
	if err != nil {
		return nil, fmt.Errorf("make recovery codes: %w", err)
	}
	return made, nil
}

// Current tells whether these are the account's codes, in their order: a page
// that brings them back may show them again.
func (r *Codes) Current(ctx context.Context, id db.AccountID, shown []string) (bool, error) {
	return r.Codes.Are(ctx, r.DB, id, shown)
}

// splitCodes reads the codes that a page brings back. However many there are,
// only the account's own ten are ever shown again.
func splitCodes(joined string) []string { return strings.Fields(joined) }
