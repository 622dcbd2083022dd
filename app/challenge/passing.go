package challenge

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/browser"
	"oneid/app/internal/departure"
	"oneid/app/internal/device"
	"oneid/app/internal/fault"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/question"
	"oneid/app/internal/web"
	"oneid/db"
)

// Visit is a session that gives a proof, from where, and what its person wants
// of the browser.
type Visit struct {
	Session access.Session
	From    netip.Addr
	// Tokens are what the browser's cookie of devices holds.
	Tokens []string
	// Remember the browser, under a name that may be empty.
	Remember bool
	Name     string
}

// Passed is what a proof has brought about: the session rises by it.
type Passed struct {
	Factor access.Factor
	// Device is the one remembered now; Tokens are then the cookie's.
	Device db.DeviceID
	Tokens []string
	// Left is how many recovery codes are left, after one was used.
	Left int
}

// Passing notes what follows from a proof that was right, whatever it was.
type Passing struct {
	Devices   *device.Book
	Questions *question.Book
	Notices   *notice.Teller
	Audit     *audit.Log
	// MaxSessions is how many sessions one account may have.
	MaxSessions int
}

// Note is to run in the transaction that takes the proof: what the proof makes
// known, whom it is told, the audit event.
func (p *Passing) Note(ctx context.Context, tx db.Tx, v Visit, kind string) (Passed, error) {
	out := Passed{Factor: access.Factor{Kind: kind, At: tx.At}}
	id := v.Session.Who.Account
	account, err := db.LockAccount(ctx, tx, id)
	if err != nil {
		return out, err
	}
	if account.Status != db.AccountActive {
		// Closed meanwhile: its sessions have ended, and this one's request was
		// quicker.
		return out, fault.New(fault.Denied, fmt.Errorf("account %s is %s", id, account.Status))
	}
	if kind == access.FactorQuestions {
		err = p.Notices.Tell(ctx, tx, id, outbox.QuestionsUsed{})
	} else {
		err = p.known(ctx, tx, v, &out)
	}
	if err != nil {
		return out, err
	}
	if v.Session.HalfWay() {
		// This session counts from now on, among the newest.
		if err := departure.EndOldest(ctx, tx, p.Notices.Outbox, id, p.MaxSessions, access.EndedTooMany); err != nil {
			return out, err
		}
	}
	return out, p.Audit.Record(ctx, tx, audit.Event{
		Kind: audit.ChallengePassed, Subject: string(id),
		Details: map[string]string{"by": kind, "why": string(why(v.Session)), "session": v.Session.ID},
	})
}

// known notes what something held makes known: the network, the device it runs
// on or the one to be remembered. It also opens the questions again that wrong
// answers have turned off. A further proof within a session is no news.
func (p *Passing) known(ctx context.Context, tx db.Tx, v Visit, out *Passed) error {
	id := v.Session.Who.Account
	if err := p.Questions.Reopen(ctx, tx, id); err != nil {
		return err
	}
	var err error
	if v.Session.HalfWay() {
		err = p.Devices.Met(ctx, tx, id, v.Session.Device, v.From, proofs[out.Factor.Kind])
	} else {
		err = p.Devices.Used(ctx, tx, id, v.Session.Device, v.From)
	}
	if err != nil {
		return err
	}
	if !v.Remember || v.Session.Device != "" || v.Session.Shared {
		return nil
	}
	name := device.Name(v.Name)
	if name == "" {
		name = browser.Name(web.Agent(ctx))
	}
	remembered, err := p.Devices.Remember(ctx, tx, id, name, v.Tokens)
	out.Device, out.Tokens = remembered.Device, remembered.Tokens
	return err
}

var proofs = map[string]outbox.Proof{
	access.FactorText: outbox.ProofText, access.FactorCall: outbox.ProofCall,
	access.FactorPasskey: outbox.ProofPasskey, access.FactorRecovery: outbox.ProofCode,
}

func why(s access.Session) access.Reason {
	if s.Owed != "" {
		return s.Owed
	}
	return s.Wanted
}

// Stopped records that a person gave up.
func (p *Passing) Stopped(ctx context.Context, d *db.DB, s access.Session) error {
	return db.InTx(ctx, d, func(ctx context.Context, tx db.Tx) error {
		return p.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.ChallengeStopped, Subject: string(s.Who.Account),
			Details: map[string]string{"why": string(why(s)), "session": s.ID},
		})
	})
}

// Life is how long the browser keeps the cookie of its devices.
func (p *Passing) Life() time.Duration { return p.Devices.Life }
