package signin

import (
	"context"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/departure"
	"oneid/db"
)

// TakeOver records that somebody else has signed in where a person was, whose
// session has ended by that. It returns where the browser goes: round the
// services that were opened in that session, so that none stays open for whoever
// is there now, and from there to next; at once to next when none were.
func (r *Rules) TakeOver(ctx context.Context, before access.Session, next string) (string, error) {
	var round string
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		var err error
		if round, err = departure.Begin(ctx, tx, r.Outbox, before.Who.Account, before.ID, access.EndedSignedOut, next); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.SigninSessionEnded, Subject: string(before.Who.Account),
			Details: map[string]string{"session": before.ID, "why": "somebody-else"},
		})
	})
	if err != nil || round == "" {
		return next, err
	}
	return departure.Path(round), nil
}
