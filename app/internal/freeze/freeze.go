package freeze

import (
	"context"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/departure"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/db"
)

// Why an account was frozen, as the audit names it.
const (
	ByLink = "link" // a link in a notice
	ByCall = "call" // the fraud key in a call
)

// Freezer freezes accounts.
type Freezer struct {
	Audit   *audit.Log
	Notices *notice.Teller
}

// Freeze closes an account to everyone and ends all that is under way for it:
// sessions, recognised devices, codes, links, recoveries. Every channel hears of
// it. It returns the number to give to the Service Desk. An account that is
// closed already for another reason stays as it is, but for what was under way.
func (f *Freezer) Freeze(ctx context.Context, tx db.Tx, id db.AccountID, why string) (reference string, err error) {
	account, err := db.LockAccount(ctx, tx, id)
	if err != nil {
		return "", err
	}
	if account.Status == db.AccountActive || account.Status == db.AccountPending {
		if err := db.SetAccountStatus(ctx, tx, id, db.AccountFrozen); err != nil {
			return "", err
		}
	}
	if err := End(ctx, tx, f.Notices.Outbox, id, access.EndedElsewhere); err != nil {
		return "", err
	}
	if err := db.EndRecoveriesOf(ctx, tx, id); err != nil {
		return "", err
	}
	reference = secret.NewReference()
	if err := f.Notices.Tell(ctx, tx, id, outbox.Frozen{Reference: reference}); err != nil {
		return "", err
	}
	return reference, f.Audit.Record(ctx, tx, audit.Event{
		Kind: audit.AccountFrozen, Actor: "stranger", Subject: string(id), Reference: reference,
		Details: map[string]string{"by": why, "was": account.Status},
	})
}

// End ends what an account has under way: sessions, of which services are told,
// recognised devices, codes, links that prove something, passkey exchanges. Links that say "this was not
// me" go on working.
func End(ctx context.Context, tx db.Tx, o *outbox.Outbox, id db.AccountID, why string) error {
	if _, err := departure.EndAll(ctx, tx, o, id, "", why); err != nil {
		return err
	}
	if _, err := db.EndDevicesOf(ctx, tx, id, why); err != nil {
		return err
	}
	if err := db.EndCodesOf(ctx, tx, id); err != nil {
		return err
	}
	if err := db.EndLinksOf(ctx, tx, id, db.LinkRecovery); err != nil {
		return err
	}
	return db.EndPasskeyExchangesOf(ctx, tx, id)
}
