package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"oneid/app/config"
	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/freeze"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
)

// SuspendAccount stops an active account: nobody signs in with it, and all that
// is under way for it ends. Services are told by those processes that serve, and
// so is its person, by mail. The reason stays with us, in the audit trail. It
// writes the number that the person was given to w.
func SuspendAccount(ctx context.Context, cfg config.Config, loginID, reason string, w io.Writer) error {
	reference := secret.NewReference()
	return changeStanding(ctx, cfg, loginID, reason, w, standing{
		from: db.AccountActive, to: db.AccountSuspended, kind: audit.AccountSuspended, reference: reference,
		news: outbox.Suspended{Reference: reference}, done: "suspended, and signed out everywhere. Reference " + reference,
		ends: true,
	})
}

// ResumeAccount opens a suspended account again, as it was.
func ResumeAccount(ctx context.Context, cfg config.Config, loginID, reason string, w io.Writer) error {
	return changeStanding(ctx, cfg, loginID, reason, w, standing{
		from: db.AccountSuspended, to: db.AccountActive, kind: audit.AccountResumed, news: outbox.Resumed{}, done: "active again",
	})
}

// standing is one change of an account's standing.
type standing struct {
	from, to  string
	kind      audit.Kind
	reference string
	news      outbox.News
	ends      bool // what is under way
	done      string
}

func changeStanding(ctx context.Context, cfg config.Config, loginID, reason string, w io.Writer, s standing) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return errors.New("say why, by --reason: it goes into the audit trail")
	}
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	jobs, err := outbox.NewJobs(g.db.Pool)
	if err != nil {
		return err
	}
	teller := &notice.Teller{
		Outbox: &outbox.Outbox{Seal: g.sealer, Jobs: jobs}, People: g.people, BaseURL: cfg.BaseURL,
		Throttle: &throttle.Throttle{Clock: g.db.Clock, Hash: g.ring.Index},
	}
	account, err := g.account(ctx, loginID)
	if err != nil {
		return err
	}
	err = db.InTx(ctx, g.db, func(ctx context.Context, tx db.Tx) error { return g.restand(ctx, tx, account.ID, reason, teller, s) })
	if err != nil {
		return fmt.Errorf("%s: %w", account.LoginID, err)
	}
	_, err = fmt.Fprintf(w, "%s is %s.\n", account.LoginID, s.done)
	return err
}

// restand is one change with all that follows from it.
func (g *ground) restand(ctx context.Context, tx db.Tx, id db.AccountID, reason string, teller *notice.Teller, s standing) error {
	account, err := db.LockAccount(ctx, tx, id)
	switch {
	case err != nil:
		return err
	case account.Status == s.to:
		return fmt.Errorf("is %s already, since %s", s.to, account.StatusAt.Format("2006-01-02"))
	case account.Status != s.from:
		return fmt.Errorf("is %s: only what is %s can become %s", account.Status, s.from, s.to)
	}
	if err := db.SetAccountStatus(ctx, tx, id, s.to); err != nil {
		return err
	}
	if s.ends {
		if err := freeze.End(ctx, tx, teller.Outbox, id, access.EndedElsewhere); err != nil {
			return err
		}
		if err := db.EndRecoveriesOf(ctx, tx, id); err != nil {
			return err
		}
	}
	if err := teller.Tell(ctx, tx, id, s.news); err != nil {
		return err
	}
	return g.audit.Record(ctx, tx, audit.Event{
		Kind: s.kind, Actor: "cli", Subject: string(id), Reference: s.reference, Details: map[string]string{"reason": reason},
	})
}
