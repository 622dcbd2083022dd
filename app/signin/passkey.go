package signin

import (
	"context"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/passkey"
	"oneid/db"
)

// PasskeyRules decides sign-ins by passkey, and when to offer one.
type PasskeyRules struct {
	*Rules
	Keys *passkey.Keys
}

// CheckPasskey judges the answer of a passkey to an exchange that this browser
// began. It needs no Login ID, and neither waits nor counts: a signature can't be
// guessed. The outcome is Passed or Blocked where the result says Proven.
//
// No second factor is owed after it, and yet a network that is new is news to the
// passkey's person, as it is after any other proof.
func (r *PasskeyRules) CheckPasskey(ctx context.Context, f passkey.Form, owner []byte, b Browser) (Outcome, passkey.Result, error) {
	var out Outcome
	attempt := passkey.Attempt{Purpose: passkey.SignIn, Exchange: f.Exchange, Browser: owner, Answer: f.Answer}
	result, err := r.Keys.Prove(ctx, attempt, func(ctx context.Context, tx db.Tx, proof passkey.Proof) error {
		out = Outcome{At: tx.At}
		if _, err := r.admit(ctx, tx, proof.Account, &out); err != nil || out.Passed == nil {
			return err
		}
		verdict, err := r.Devices.Recognise(ctx, tx, proof.Account, b.Tokens, b.From)
		if err != nil {
			return err
		}
		out.Device, out.Tokens = verdict.Device, verdict.Tokens
		if err := r.Devices.MetByPasskey(ctx, tx, proof.Account, verdict, b.From); err != nil {
			return err
		}
		return r.room(ctx, tx, proof.Account)
	})
	return out, result, err
}

// offerEvery is how often somebody without a passkey is offered one (UX row 10).
const offerEvery = 30 * 24 * time.Hour

// OfferDue tells whether an account should be offered a passkey now.
func (r *PasskeyRules) OfferDue(ctx context.Context, id db.AccountID) (bool, error) {
	return db.PasskeyOfferDue(ctx, r.DB, id, r.DB.Clock.Now().Add(-offerEvery))
}

// NoteOffer notes that the person of a session is being offered a passkey.
func (r *PasskeyRules) NoteOffer(ctx context.Context, s access.Session) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.NotePasskeyOffer(ctx, tx, s.Who.Account, tx.At); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.PasskeyOffered, Subject: string(s.Who.Account)})
	})
}
