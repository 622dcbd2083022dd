package credentials

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"slices"

	"oneid/app/internal/audit"
	"oneid/app/internal/check"
	"oneid/app/internal/code"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
)

// maxPhones is how many challenge phones one person may have.
const maxPhones = 3

// Phones adds, confirms, orders and removes challenge phones. A number counts
// only once a code sent to it has come back.
type Phones struct {
	DB      *db.DB
	Codes   *code.Rules
	People  *people.Book
	Check   check.Phones
	Notices *notice.Teller
	Audit   *audit.Log
}

// Asker is who asks for a code to be sent: an account, in one session, from one
// address.
type Asker struct {
	Account  db.AccountID
	Session  string
	Language i18n.Lang
	From     netip.Addr
}

func (a Asker) holder() code.Holder { return code.Holder{Account: a.Account, Session: a.Session} }

// phoneForm is a number as it was typed.
type phoneForm struct {
	Number string `form:"number"`
	Method string `form:"method"`
}

// Check notes a missing method; the number is judged beside the others.
func (f *phoneForm) Check(errs *form.Errors) {
	if f.Method != db.MethodText && f.Method != db.MethodCall {
		errs.Add("method", i18n.M("credentials.phones.method_missing"))
	}
}

// Add sends a code to a number that is to become a challenge phone. What is
// wrong with it is noted in errs; otherwise the code's id is returned.
func (r *Phones) Add(ctx context.Context, errs *form.Errors, a Asker, f phoneForm) (db.CodeID, error) {
	phones, err := db.ChallengePhonesOf(ctx, r.DB, a.Account)
	if err != nil {
		return "", err
	}
	if len(phones) >= maxPhones {
		errs.Add("number", i18n.M("register.phone.too_many"))
		return "", nil
	}
	number := r.Check.Challenge(errs, "number", f.Number, len(phones)+1)
	if number != "" && slices.ContainsFunc(phones, r.same(number)) {
		errs.Add("number", i18n.M("credentials.phones.known"))
	}
	if errs.Any() {
		return "", nil
	}
	return r.send(ctx, errs, a, number, f.Method)
}

func (r *Phones) same(number string) func(db.ChallengePhone) bool {
	index := code.NumberIndex(r.Codes.Ring, number)
	return func(p db.ChallengePhone) bool { return bytes.Equal(p.NumberIndex, index) }
}

func (r *Phones) send(ctx context.Context, errs *form.Errors, a Asker, number, method string) (db.CodeID, error) {
	sent, err := r.Codes.Start(ctx, code.Ask{
		Purpose: code.Test, Holder: a.holder(), Number: number, Method: method, Language: a.Language, From: a.From,
	})
	switch {
	case err != nil:
		return "", err
	case sent.Unreachable:
		errs.Add("number", i18n.M("check.phone.premium"))
	case sent.Limited != nil:
		errs.Add("number", i18n.M("challenge.text.limit", "Time", onTheMinute(sent.Limited.RetryAt)))
	}
	return sent.ID, nil
}

// Try sends a code to one of the account's phones that is not confirmed yet.
func (r *Phones) Try(ctx context.Context, errs *form.Errors, a Asker, id db.PhoneID) (db.CodeID, error) {
	phone, err := r.find(ctx, r.DB, a.Account, id)
	if err != nil {
		return "", err
	}
	number, err := r.People.ChallengeNumber(ctx, phone)
	if err != nil {
		return "", err
	}
	return r.send(ctx, errs, a, number, phone.Method)
}

func (r *Phones) find(ctx context.Context, q db.Querier, account db.AccountID, id db.PhoneID) (*db.ChallengePhone, error) {
	phones, err := db.ChallengePhonesOf(ctx, q, account)
	if err != nil {
		return nil, err
	}
	for i := range phones {
		if phones[i].ID == id {
			return &phones[i], nil
		}
	}
	return nil, fmt.Errorf("challenge phone %s: %w", id, db.ErrNotFound)
}

// Sent is a code on its way to a number that is to be confirmed.
type Sent struct {
	code.State
	Number string // E.164
}

// Sent reads a code of the asker's. db.ErrNotFound for anyone else's, and for
// codes that don't confirm a number.
func (r *Phones) Sent(ctx context.Context, a Asker, id db.CodeID) (Sent, error) {
	state, err := r.Codes.State(ctx, id, a.holder())
	if err != nil {
		return Sent{}, err
	}
	if state.Purpose != code.Test {
		return Sent{}, fmt.Errorf("code %s confirms no number: %w", id, db.ErrNotFound)
	}
	number, err := r.Codes.Number(ctx, id, a.holder())
	return Sent{State: state, Number: number}, err
}

// Resend sends the code again, under the same limits as the first time.
func (r *Phones) Resend(ctx context.Context, errs *form.Errors, a Asker, id db.CodeID) (db.CodeID, error) {
	sent, err := r.Sent(ctx, a, id)
	if err != nil {
		return "", err
	}
	again, err := r.send(ctx, errs, a, sent.Number, sent.Method)
	if again == "" {
		return id, err
	}
	return again, err
}

// Confirm judges a typed code and, when it is right, keeps the number.
func (r *Phones) Confirm(ctx context.Context, a Asker, id db.CodeID, typed string) (code.Result, error) {
	sent, err := r.Sent(ctx, a, id)
	if err != nil {
		return code.Result{}, err
	}
	return r.Codes.Check(ctx, id, a.holder(), typed, func(ctx context.Context, tx db.Tx) error {
		return r.keep(ctx, tx, a.Account, sent)
	})
}

// Called keeps the number of a call whose digit was pressed, and tells whether
// it was. The phone has confirmed it elsewhere; this notes it for the account.
func (r *Phones) Called(ctx context.Context, a Asker, id db.CodeID) (Sent, bool, error) {
	sent, err := r.Sent(ctx, a, id)
	passed := err == nil && sent.Method == db.MethodCall && sent.State.State == db.CodePassed && sent.ExpiresAt.After(r.DB.Clock.Now())
	if !passed {
		return sent, false, err
	}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error { return r.keep(ctx, tx, a.Account, sent) })
	return sent, true, err
}

// keep adds a confirmed number, or confirms one that is there. Doing it again
// changes nothing.
func (r *Phones) keep(ctx context.Context, tx db.Tx, account db.AccountID, sent Sent) error {
	if _, err := db.LockAccount(ctx, tx, account); err != nil {
		return err
	}
	phones, err := db.ChallengePhonesOf(ctx, tx, account)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(phones, r.same(sent.Number))
	switch {
	case at >= 0 && phones[at].ConfirmedAt != nil:
		return nil
	case at >= 0:
		phones[at].ConfirmedAt = &tx.At
	case len(phones) >= maxPhones:
		// Two tabs added at once; the page says how many there may be.
		return nil
	default:
		phone := db.ChallengePhone{
			ID: db.NewID[db.PhoneID](), AccountID: account, Method: sent.Method, ConfirmedAt: &tx.At, CreatedAt: tx.At,
		}
		if err := r.People.FillPhone(ctx, &phone, sent.Number); err != nil {
			return err
		}
		phones, at = append(phones, phone), len(phones)
	}
	if err := db.ReplaceChallengePhones(ctx, tx, account, phones); err != nil {
		return err
	}
	if err := r.Notices.Tell(ctx, tx, account, outbox.PhoneAdded{Last: phones[at].LastTwo}); err != nil {
		return err
	}
	return r.record(ctx, tx, audit.CredentialsPhoneAdded, account, phones[at])
}

// Remove takes a challenge phone away. The number that goes hears of it too.
func (r *Phones) Remove(ctx context.Context, account db.AccountID, id db.PhoneID) (last string, err error) {
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if _, err := db.LockAccount(ctx, tx, account); err != nil {
			return err
		}
		phone, err := r.find(ctx, tx, account, id)
		if err != nil {
			return err
		}
		last = phone.LastTwo
		if err := r.Notices.Tell(ctx, tx, account, outbox.PhoneRemoved{Last: last}); err != nil {
			return err
		}
		phones, err := db.ChallengePhonesOf(ctx, tx, account)
		if err != nil {
			return err
		}
		rest := slices.DeleteFunc(phones, func(p db.ChallengePhone) bool { return p.ID == id })
		if err := db.ReplaceChallengePhones(ctx, tx, account, rest); err != nil {
			return err
		}
		return r.record(ctx, tx, audit.CredentialsPhoneRemoved, account, *phone)
	})
	return last, err
}

// Move puts a phone one place up or down. It reports whether anything moved:
// the first can't go up.
func (r *Phones) Move(ctx context.Context, account db.AccountID, id db.PhoneID, up bool) (moved bool, err error) {
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if _, err := db.LockAccount(ctx, tx, account); err != nil {
			return err
		}
		phones, err := db.ChallengePhonesOf(ctx, tx, account)
		if err != nil {
			return err
		}
		from := slices.IndexFunc(phones, func(p db.ChallengePhone) bool { return p.ID == id })
		to := from + 1
		if up {
			to = from - 1
		}
		if from < 0 || to < 0 || to >= len(phones) {
			return nil
		}
		moved = true
		phones[from], phones[to] = phones[to], phones[from]
		phone := phones[to]
		if err := db.ReplaceChallengePhones(ctx, tx, account, phones); err != nil {
			return err
		}
		if err := r.Notices.Tell(ctx, tx, account, outbox.PhonesOrdered{Last: phones[0].LastTwo}); err != nil {
			return err
		}
		return r.record(ctx, tx, audit.CredentialsPhonesOrdered, account, phone)
	})
	return moved, err
}

func (r *Phones) record(ctx context.Context, tx db.Tx, kind audit.Kind, account db.AccountID, p db.ChallengePhone) error {
	return r.Audit.Record(ctx, tx, audit.Event{
		Kind: kind, Subject: string(account), Details: map[string]string{"phone": string(p.ID), "last": p.LastTwo, "method": p.Method},
	})
}
