package passkey

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/db"
)

// Outcome is what came of a device's answer.
type Outcome string

// The outcomes of a proof.
const (
	Proven  Outcome = "proven"
	Stale   Outcome = "stale"   // the exchange is over, or was never this browser's
	Unknown Outcome = "unknown" // no such passkey, or one that was removed
	Failed  Outcome = "failed"  // not a proof: another site's, another account's, not signed by it
	Copied  Outcome = "copied"  // a copy may exist: the passkey has been ended, its owner told
)

// Attempt is a device's answer to an exchange.
type Attempt struct {
	Purpose  string
	Exchange string // its token
	Browser  []byte
	// Want is the account whose passkey it must be; empty for anyone's.
	Want   db.AccountID
	Answer Answer
}

// Proof is what a passkey proved: its account, with its person verified.
type Proof struct {
	Account db.AccountID
	Passkey db.PasskeyID
	// Added is since when the account has had this passkey.
	Added time.Time
	At    time.Time
}

// Result is the outcome of Prove, with the proof when there is one.
type Result struct {
	Outcome Outcome
	Proof   Proof
}

// Prove judges an answer; it can be tried once. When it proves, then (which may
// be nil) runs in the transaction that notes the use; its error undoes the
// noting, but not the exchange's end.
func (k *Keys) Prove(ctx context.Context, a Attempt, then func(context.Context, db.Tx, Proof) error) (Result, error) {
	exchange, kept, err := k.take(ctx, a.Purpose, a.Exchange, a.Browser)
	if errors.Is(err, db.ErrNotFound) {
		return Result{Outcome: Stale}, nil
	}
	if err != nil {
		return Result{}, err
	}
	if exchange.AccountID != "" && exchange.AccountID != a.Want {
		return Result{Outcome: Stale}, nil
	}
	answer, malformed := a.Answer.assertion()
	var result Result
	err = db.InTx(ctx, k.db, func(ctx context.Context, tx db.Tx) error {
		if malformed != nil {
			result = Result{Outcome: Failed}
			return k.refused(ctx, tx, a, "", malformed)
		}
		result, err = k.judge(ctx, tx, a, kept, answer)
		if err != nil || result.Outcome != Proven {
			return err
		}
		if then != nil {
			if err := then(ctx, tx, result.Proof); err != nil {
				return err
			}
		}
		return k.audit.Record(ctx, tx, audit.Event{
			Kind: audit.PasskeyPassed, Subject: string(result.Proof.Account),
			Details: map[string]string{"purpose": a.Purpose, "passkey": string(result.Proof.Passkey)},
		})
	})
	if err != nil {
		return Result{}, fmt.Errorf("prove by passkey: %w", err)
	}
	return result, nil
}

func (k *Keys) judge(ctx context.Context, tx db.Tx, a Attempt, kept state, answer *protocol.ParsedCredentialAssertionData) (Result, error) {
	row, err := db.LockPasskeyByCredential(ctx, tx, answer.RawID)
	if errors.Is(err, db.ErrNotFound) {
		return Result{Outcome: Unknown}, k.refused(ctx, tx, a, "", errUnknown)
	}
	if err != nil {
		return Result{}, err
	}
	if a.Want != "" && row.AccountID != a.Want {
		return Result{Outcome: Failed}, k.refused(ctx, tx, a, row.AccountID, errOther)
	}
	owner, err := newHolder(Owner{Account: row.AccountID}, []db.Passkey{*row})
	if err != nil {
		return Result{}, err
	}
	credential, refusal := k.validate(owner, kept.Session, answer)
	if refusal != nil {
		return Result{Outcome: Failed}, k.refused(ctx, tx, a, row.AccountID, refusal)
	}
	if credential.Authenticator.CloneWarning {
		if !credential.Flags.BackupEligible {
			return Result{Outcome: Copied}, k.copied(ctx, tx, row)
		}
		credential.Authenticator.CloneWarning = false
	}
	if row.Credential, err = json.Marshal(credential); err != nil {
		return Result{}, fmt.Errorf("keep passkey %s: %w", row.ID, err)
	}
	row.Synced = credential.Flags.BackupState
	proof := Proof{Account: row.AccountID, Passkey: row.ID, Added: row.CreatedAt, At: tx.At}
	return Result{Outcome: Proven, Proof: proof}, db.NotePasskeyUse(ctx, tx, row)
}

func (k *Keys) validate(owner *holder, session webauthn.SessionData, answer *protocol.ParsedCredentialAssertionData) (*webauthn.Credential, error) {
	if len(session.UserID) > 0 {
		return k.party.ValidateLogin(owner, session, answer)
	}
	_, credential, err := k.party.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		if !bytes.Equal(handle, owner.handle) {
			return nil, errOther
		}
		return owner, nil
	}, session, answer)
	return credential, err
}

var (
	errUnknown = errors.New("unknown passkey")
	errOther   = errors.New("passkey of another account")
)

// refused records an answer that proves nothing.
func (k *Keys) refused(ctx context.Context, tx db.Tx, a Attempt, account db.AccountID, why error) error {
	e := audit.Event{
		Kind: audit.PasskeyFailed, Actor: "stranger", Subject: string(account),
		Details: map[string]string{"purpose": a.Purpose, "why": reason(why)},
	}
	return k.audit.Record(ctx, tx, e)
}

// reason is a word for why an answer was refused. The library's longer texts may
// quote what a stranger sent.
func reason(err error) string {
	var refused *protocol.Error
	switch {
	case errors.Is(err, errUnknown):
		return "unknown"
	case errors.Is(err, errOther):
		return "other_account"
	case errors.As(err, &refused):
		return refused.Type
	}
	return "malformed"
}

func (k *Keys) copied(ctx context.Context, tx db.Tx, row *db.Passkey) error {
	if _, err := db.EndPasskey(ctx, tx, row.AccountID, row.ID, endedCopied); err != nil {
		return err
	}
	if err := k.tell(ctx, tx, row.AccountID, outbox.PasskeyRefused{Item: row.Name}); err != nil {
		return err
	}
	return k.audit.Record(ctx, tx, audit.Event{
		Kind: audit.PasskeyCopied, Actor: "stranger", Subject: string(row.AccountID), Details: map[string]string{"passkey": string(row.ID)},
	})
}
