package recovery

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/code"
	"oneid/app/internal/outbox"
	"oneid/app/internal/passkey"
	"oneid/app/internal/question"
	"oneid/db"
	"oneid/views/i18n"
)

// Proofs takes the proofs of a recovery.
type Proofs struct {
	DB        *db.DB
	Questions *question.Book
	Codes     *code.Rules
	Passkeys  *passkey.Keys
	Outbox    *outbox.Outbox
	Audit     *audit.Log
}

// errOver undoes a proof that came too late.
var errOver = errors.New("recovery is over")

// add notes a proof. A second one of a kind changes nothing.
func add(ctx context.Context, tx db.Tx, log *audit.Log, id db.RecoveryID, p db.Proof) (*db.Recovery, error) {
	rec, err := db.LockRecovery(ctx, tx, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, errOver
	}
	if err != nil {
		return nil, err
	}
	if _, given := rec.Proof(p.Kind); given {
		return rec, nil
	}
	p.At = tx.At
	rec.Proofs = append(rec.Proofs, p)
	if enough(rec.Proofs) {
		rec.State = db.RecoveryProven
	}
	if err := db.SaveRecovery(ctx, tx, rec); err != nil {
		return nil, err
	}
	return rec, log.Record(ctx, tx, audit.Event{
		Kind: audit.RecoveryProof, Subject: string(rec.StandIn), Actor: "stranger",
		Details: map[string]string{"recovery": string(id), "kind": p.Kind, "by": p.By},
	})
}

// enough tells whether proofs suffice: two different kinds, or a passkey.
func enough(given []db.Proof) bool {
	kinds := map[string]bool{}
	for _, p := range given {
		kinds[p.Kind] = true
	}
	return kinds[db.ProofPasskey] || len(kinds) >= 2
}

// Asked returns the two questions of a recovery and how its budget stands.
func (p *Proofs) Asked(ctx context.Context, rec *db.Recovery) ([2]question.Asked, question.Standing, error) {
	two, err := p.Questions.Ask(ctx, p.DB, whom(rec))
	if err != nil {
		return two, question.Standing{}, err
	}
	s, err := p.Questions.Standing(ctx, p.DB, whom(rec))
	return two, s, err
}

// Answer judges the answers to the two questions. When they are right, then
// (which may be nil) runs in the transaction that notes it.
func (p *Proofs) Answer(ctx context.Context, rec *db.Recovery, answers [2]string, then func(context.Context, db.Tx) error) (question.Outcome, error) {
	return p.Questions.Check(ctx, whom(rec), answers, func(ctx context.Context, tx db.Tx) error {
		if _, err := add(ctx, tx, p.Audit, rec.ID, db.Proof{Kind: db.ProofQuestions}); err != nil || then == nil {
			return err
		}
		return then(ctx, tx)
	})
}

// holder is whose codes a recovery asks for: bound to it, as it is to a browser.
func holder(rec *db.Recovery) code.Holder {
	return code.Holder{Account: rec.AccountID, Session: string(rec.ID), StandIn: string(rec.StandIn)}
}

// Sending is the wish for a code.
type Sending struct {
	Method   string // db.MethodText or db.MethodCall
	Next     bool   // to the number after the one it went to
	Language i18n.Lang
	From     netip.Addr
}

// SendCode sends a code, if there is a number to send it to. It returns until
// when nothing is sent; zero when something was, or would have been.
func (p *Proofs) SendCode(ctx context.Context, rec *db.Recovery, s Sending) (waitUntil time.Time, err error) {
	ask := code.Ask{Purpose: code.Recovery, Holder: holder(rec), Method: s.Method, Language: s.Language, From: s.From}
	sent, err := p.Codes.Prepare(ctx, ask, rec.ID, func(ctx context.Context, tx db.Tx, id db.CodeID) error {
		locked, err := db.LockRecovery(ctx, tx, rec.ID)
		if errors.Is(err, db.ErrNotFound) {
			return errOver
		}
		if err != nil {
			return err
		}
		locked.CodeID = id
		if err := db.SaveRecovery(ctx, tx, locked); err != nil {
			return err
		}
		return p.Outbox.Later(ctx, tx, ErrandCode, codeErrand(id, s.Next))
	})
	if err != nil || sent.Limited == nil {
		return time.Time{}, err
	}
	return sent.Limited.RetryAt, nil
}

// CodeState is what a page shows of the code that was asked for last.
// db.ErrNotFound: none was.
func (p *Proofs) CodeState(ctx context.Context, rec *db.Recovery) (code.State, error) {
	if rec.CodeID == "" {
		return code.State{}, db.ErrNotFound
	}
	return p.Codes.State(ctx, rec.CodeID, holder(rec))
}

// CheckCode judges a code that was typed. What could not be delivered is wrong
// like any other: there may be nobody to deliver to.
func (p *Proofs) CheckCode(ctx context.Context, rec *db.Recovery, typed string) (code.Result, error) {
	result, err := p.Codes.Check(ctx, rec.CodeID, holder(rec), typed, func(ctx context.Context, tx db.Tx) error {
		_, err := add(ctx, tx, p.Audit, rec.ID, db.Proof{Kind: db.ProofPhone, By: db.MethodText})
		return err
	})
	if err != nil || result.Outcome != code.Expired {
		return result, err
	}
	s, err := p.CodeState(ctx, rec)
	if err == nil && s.State == db.CodeUndelivered {
		return code.Result{Outcome: code.Wrong}, nil
	}
	if errors.Is(err, db.ErrNotFound) {
		return result, nil
	}
	return result, err
}

// Heard notes a call whose digit was pressed. It reports whether the recovery
// has the proof of a phone now.
func (p *Proofs) Heard(ctx context.Context, rec *db.Recovery) (bool, error) {
	if _, given := rec.Proof(db.ProofPhone); given {
		return true, nil
	}
	s, err := p.CodeState(ctx, rec)
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	if err != nil || s.Method != db.MethodCall || s.State != db.CodePassed {
		return false, err
	}
	err = db.InTx(ctx, p.DB, func(ctx context.Context, tx db.Tx) error {
		_, err := add(ctx, tx, p.Audit, rec.ID, db.Proof{Kind: db.ProofPhone, By: db.MethodCall})
		return err
	})
	return err == nil, err
}

// StartPasskey begins an exchange, the same for everyone.
func (p *Proofs) StartPasskey(ctx context.Context, browser []byte) (passkey.Exchange, error) {
	return p.Passkeys.Start(ctx, passkey.Recovery, "", browser)
}

// CheckPasskey judges what a device answered.
func (p *Proofs) CheckPasskey(ctx context.Context, rec *db.Recovery, f passkey.Form) (bool, error) {
	result, err := p.Passkeys.Prove(ctx, passkey.Attempt{
		Purpose: passkey.Recovery, Exchange: f.Exchange, Browser: rec.Browser, Want: rec.StandIn, Answer: f.Answer,
	}, func(ctx context.Context, tx db.Tx, _ passkey.Proof) error {
		_, err := add(ctx, tx, p.Audit, rec.ID, db.Proof{Kind: db.ProofPasskey})
		return err
	})
	return result.Outcome == passkey.Proven, err
}
