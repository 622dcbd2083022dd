package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"oneid/app/internal/audit"
	"oneid/app/internal/code"
	"oneid/app/internal/delivery"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
	"oneid/views/i18n"
)

// The errands of recoveries: what differs between a person and a stranger.
const (
	ErrandStarted = "recovery.started" // tell that one has begun
	ErrandCode    = "recovery.code"    // send the code
	ErrandLink    = "recovery.link"    // mail the link
	ErrandLoginID = "recovery.login_id"
	ErrandDesk    = "recovery.desk" // tell the number to give
)

// Errands does for people what strangers only believe to happen.
type Errands struct {
	DB       *db.DB
	Notices  *notice.Teller
	Codes    *code.Rules
	Outbox   *outbox.Outbox
	Throttle *throttle.Throttle
	Audit    *audit.Log
	// BaseURL is where people reach the product; LoginDomain follows the @ of
	// a login ID.
	BaseURL, LoginDomain string
}

// All are the errands by name.
func (e *Errands) All() delivery.Errands {
	return delivery.Errands{
		ErrandStarted: e.person(e.started), ErrandLink: e.person(e.link), ErrandLoginID: e.person(e.loginID), ErrandDesk: e.person(e.desk),
		ErrandCode: e.code,
	}
}

// person runs an errand for a recovery of a person whose account is open, and
// nothing for anybody else.
func (e *Errands) person(do func(context.Context, *db.Recovery, *db.Account) error) func(context.Context, string) error {
	return func(ctx context.Context, id string) error {
		rec, err := db.RecoveryByID(ctx, e.DB, db.RecoveryID(id))
		if errors.Is(err, db.ErrNotFound) || err == nil && rec.AccountID == "" {
			return nil
		}
		if err != nil {
			return err
		}
		account, err := db.AccountByID(ctx, e.DB, rec.AccountID)
		if err != nil || account.Status != db.AccountActive {
			return err
		}
		return do(ctx, rec, account)
	}
}

func (e *Errands) started(ctx context.Context, rec *db.Recovery, a *db.Account) error {
	if rec.Kind != db.RecoverPassword {
		return nil
	}
	return db.InTx(ctx, e.DB, func(ctx context.Context, tx db.Tx) error {
		return e.Notices.TellOf(ctx, tx, a.ID, outbox.Event{At: rec.CreatedAt, Device: rec.Device}, outbox.RecoveryStarted{})
	})
}

func (e *Errands) desk(ctx context.Context, rec *db.Recovery, a *db.Account) error {
	if rec.State != db.RecoveryDesk || len(rec.Proofs) == 0 {
		return nil
	}
	return db.InTx(ctx, e.DB, func(ctx context.Context, tx db.Tx) error {
		event := outbox.Event{At: tx.At, Device: rec.Device}
		return e.Notices.TellOf(ctx, tx, a.ID, event, outbox.RecoveryDesk{Until: rec.ExpiresAt, Reference: rec.Reference})
	})
}

func (e *Errands) link(ctx context.Context, rec *db.Recovery, a *db.Account) error {
	now := e.DB.Clock.Now()
	if s := standing(rec, now); s != Open && s != Proven || a.EmailVerifiedAt == nil {
		return nil
	}
	to, err := e.Notices.Person(ctx, a)
	if err != nil {
		return err
	}
	token, hash := secret.NewToken()
	return db.InTx(ctx, e.DB, func(ctx context.Context, tx db.Tx) error {
		link := &db.Link{
			TokenHash: hash, Purpose: db.LinkRecovery, AccountID: a.ID, RecoveryID: rec.ID,
			CreatedAt: tx.At, ExpiresAt: linkEnd(rec, tx.At),
		}
		if err := db.InsertLink(ctx, tx, link); err != nil {
			return err
		}
		if err := e.Outbox.Send(ctx, tx, outbox.RecoveryLink{To: to, Link: e.BaseURL + LinkPath + token.Reveal()}); err != nil {
			return err
		}
		return e.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.RecoveryLinked, Actor: "system", Subject: string(a.ID), Details: map[string]string{"recovery": string(rec.ID)},
		})
	})
}

// loginID sends the login ID to the channels of the account, and those of
// others with the same name and birth date to theirs.
func (e *Errands) loginID(ctx context.Context, rec *db.Recovery, a *db.Account) error {
	if _, given := rec.Proof(db.ProofQuestions); !given {
		return nil
	}
	accounts, err := namesakes(ctx, e.DB, a)
	if err != nil {
		return err
	}
	return db.InTx(ctx, e.DB, func(ctx context.Context, tx db.Tx) error {
		for i := range accounts {
			if err := e.tellLoginID(ctx, tx, &accounts[i]); err != nil {
				return err
			}
		}
		return e.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.LoginIDSent, Actor: "system", Subject: string(a.ID), Details: map[string]string{"recovery": string(rec.ID)},
		})
	})
}

func (e *Errands) tellLoginID(ctx context.Context, tx db.Tx, a *db.Account) error {
	to, err := e.Notices.Person(ctx, a)
	if err != nil {
		return err
	}
	m := outbox.LoginID{To: to, LoginID: a.LoginID + "@" + e.LoginDomain}
	if a.EmailVerifiedAt != nil {
		if err := e.Outbox.Send(ctx, tx, m); err != nil {
			return err
		}
	}
	phones, err := db.ChallengePhonesOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	for _, phone := range phones {
		if phone.ConfirmedAt == nil || phone.Method != db.MethodText {
			continue
		}
		if m.Phone, err = e.number(ctx, phone); err != nil {
			return err
		}
		v, err := e.Throttle.Spend(ctx, tx, throttle.NoticeDay, m.Phone)
		if err != nil {
			return err
		}
		if !v.Allowed {
			continue
		}
		if err := e.Outbox.Send(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}

// namesakes are the open accounts that somebody with this account's name and
// birth date may mean, itself among them.
func namesakes(ctx context.Context, q db.Querier, a *db.Account) ([]db.Account, error) {
	all := []db.Account{*a}
	for _, index := range []db.Index{a.PersonIndex, a.PreferredIndex} {
		if len(index) == 0 {
			continue
		}
		found, err := db.AccountsByName(ctx, q, index)
		if err != nil {
			return nil, err
		}
		for _, other := range found {
			if !slices.ContainsFunc(all, func(have db.Account) bool { return have.ID == other.ID }) {
				all = append(all, other)
			}
		}
	}
	return all, nil
}

func (e *Errands) number(ctx context.Context, phone db.ChallengePhone) (string, error) {
	at := secret.Place{Table: "challenge_phones", Column: "number", Row: string(phone.ID)}
	number, err := e.Notices.People.Sealer.Open(ctx, at, phone.Number)
	if err != nil {
		return "", fmt.Errorf("open challenge phone %s: %w", phone.ID, err)
	}
	return string(number), nil
}

const toNext = "next"

// codeErrand names a code, and whether it goes to the number after the one it
// went to.
func codeErrand(id db.CodeID, next bool) string {
	if next {
		return string(id) + "/" + toNext
	}
	return string(id)
}

// code sends a prepared code to one of its person's phones.
func (e *Errands) code(ctx context.Context, errand string) error {
	id, which, _ := strings.Cut(errand, "/")
	c, err := db.CodeByID(ctx, e.DB, db.CodeID(id))
	if errors.Is(err, db.ErrNotFound) || err == nil && (c.AccountID == "" || c.State != db.CodeSent) {
		return nil
	}
	if err != nil {
		return err
	}
	account, err := db.AccountByID(ctx, e.DB, c.AccountID)
	if err != nil {
		return err
	}
	phones, err := db.ChallengePhonesOf(ctx, e.DB, c.AccountID)
	if err != nil || account.Status != db.AccountActive {
		return err
	}
	phone, found := choose(phones, c, which == toNext)
	if !found {
		return nil
	}
	number, err := e.number(ctx, phone)
	if err != nil {
		return err
	}
	again, err := e.Codes.Dispatch(ctx, c.ID, number, i18n.Lang(account.Language))
	if err == nil && again > 0 {
		return delivery.Again(again)
	}
	return err
}

// choose picks the phone for a code: the one it went to, or the one after it;
// at first the one that its person wants texted or called.
func choose(phones []db.ChallengePhone, c *db.Code, next bool) (db.ChallengePhone, bool) {
	phones = slices.DeleteFunc(slices.Clone(phones), func(p db.ChallengePhone) bool { return p.ConfirmedAt == nil })
	if len(phones) == 0 {
		return db.ChallengePhone{}, false
	}
	slices.SortStableFunc(phones, func(a, b db.ChallengePhone) int {
		return rank(a, c.Method) - rank(b, c.Method)
	})
	at := slices.IndexFunc(phones, func(p db.ChallengePhone) bool { return string(p.NumberIndex) == string(c.NumberIndex) })
	if next {
		at++
	}
	return phones[max(at, 0)%len(phones)], true
}

func rank(p db.ChallengePhone, method string) int {
	if p.Method == method {
		return 0
	}
	return 1
}
