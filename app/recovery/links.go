package recovery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
)

// LinkPath is where a mailed link leads, before its token.
const LinkPath = "/recovery/link/"

// Links sends and takes the mailed links of recoveries.
type Links struct {
	DB       *db.DB
	Throttle *throttle.Throttle
	Outbox   *outbox.Outbox
	Audit    *audit.Log
}

// Ask sends a link, if there is an address to send it to. It returns until when
// none is sent; zero when one was, or would have been. The recovery goes on as
// long as the link works.
func (l *Links) Ask(ctx context.Context, rec *db.Recovery) (waitUntil time.Time, err error) {
	v, err := l.Throttle.Spend(ctx, l.DB, throttle.RecoveryLinks, string(rec.StandIn))
	if err != nil || !v.Allowed {
		return v.RetryAt, err
	}
	return time.Time{}, db.InTx(ctx, l.DB, func(ctx context.Context, tx db.Tx) error {
		locked, err := db.LockRecovery(ctx, tx, rec.ID)
		if errors.Is(err, db.ErrNotFound) {
			return errOver
		}
		if err != nil {
			return err
		}
		if until := linkEnd(locked, tx.At); until.After(locked.ExpiresAt) {
			locked.ExpiresAt = until
		}
		if err := db.SaveRecovery(ctx, tx, locked); err != nil {
			return err
		}
		return l.Outbox.Later(ctx, tx, ErrandLink, string(rec.ID))
	})
}

// linkEnd is how long a link works that is asked for now.
func linkEnd(rec *db.Recovery, now time.Time) time.Time {
	until, last := now.Add(outbox.RecoveryLinkLife), rec.CreatedAt.Add(longest)
	if until.After(last) {
		return last
	}
	return until
}

// LinkState is how a mailed link stands.
type LinkState int

// The states. What can't be used is Gone, whether or not it ever was.
const (
	Gone LinkState = iota
	Works
	Used
)

// Look reads a link and changes nothing: scanners follow links. at is when the
// recovery began.
func (l *Links) Look(ctx context.Context, token string) (state LinkState, at time.Time, err error) {
	hash := secret.HashToken(token)
	link, err := db.LinkByToken(ctx, l.DB, hash, db.LinkRecovery, l.DB.Clock.Now())
	if errors.Is(err, db.ErrNotFound) {
		return l.spent(ctx, hash)
	}
	if err != nil {
		return Gone, time.Time{}, err
	}
	rec, err := db.RecoveryByID(ctx, l.DB, link.RecoveryID)
	if err != nil {
		return Gone, time.Time{}, err
	}
	if s := standing(rec, l.DB.Clock.Now()); s != Open && s != Proven {
		return Gone, time.Time{}, nil
	}
	return Works, rec.CreatedAt, nil
}

// spent tells whether a link that doesn't work did once, and was not refused: a
// second click should hear that all is well.
func (l *Links) spent(ctx context.Context, hash []byte) (LinkState, time.Time, error) {
	link, err := db.SpentLink(ctx, l.DB, hash, db.LinkRecovery)
	if errors.Is(err, db.ErrNotFound) {
		return Gone, time.Time{}, nil
	}
	if err != nil {
		return Gone, time.Time{}, err
	}
	rec, err := db.RecoveryByID(ctx, l.DB, link.RecoveryID)
	if err != nil {
		return Gone, time.Time{}, err
	}
	if _, given := rec.Proof(db.ProofLink); !given {
		return Gone, time.Time{}, nil
	}
	return Used, time.Time{}, nil
}

// Confirm uses a link up: its recovery has the proof of an address. One that is
// used or gone, or whose recovery is over, changes nothing.
func (l *Links) Confirm(ctx context.Context, token string) error {
	err := db.InTx(ctx, l.DB, func(ctx context.Context, tx db.Tx) error {
		link, err := db.TakeLink(ctx, tx, secret.HashToken(token), db.LinkRecovery)
		if err != nil {
			return err
		}
		_, err = add(ctx, tx, l.Audit, link.RecoveryID, db.Proof{Kind: db.ProofLink})
		return err
	})
	if errors.Is(err, db.ErrNotFound) || errors.Is(err, errOver) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("confirm recovery link: %w", err)
	}
	return nil
}

// Refuse ends the recovery that a link belongs to: its reader did not ask for
// it. It returns the path of a page on which they can freeze the account; empty
// for a link that is used or gone.
func (l *Links) Refuse(ctx context.Context, token string) (path string, err error) {
	err = db.InTx(ctx, l.DB, func(ctx context.Context, tx db.Tx) error {
		link, err := db.TakeLink(ctx, tx, secret.HashToken(token), db.LinkRecovery)
		if err != nil {
			return err
		}
		if err := db.EndRecoveriesOf(ctx, tx, link.AccountID); err != nil {
			return err
		}
		plain, hash := secret.NewToken()
		path = notice.NotMePath + plain.Reveal()
		if err := db.InsertLink(ctx, tx, &db.Link{
			TokenHash: hash, Purpose: db.LinkNotMe, AccountID: link.AccountID, About: string(outbox.KindRecoveryStarted),
			CreatedAt: tx.At, ExpiresAt: tx.At.Add(notice.NotMeLife),
		}); err != nil {
			return err
		}
		return l.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.RecoveryRefused, Subject: string(link.AccountID), Details: map[string]string{"recovery": string(link.RecoveryID)},
		})
	})
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("refuse recovery: %w", err)
	}
	return path, nil
}
