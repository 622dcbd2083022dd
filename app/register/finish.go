package register

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/check"
	"oneid/app/internal/draft"
	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/i18n"
)

// Finish makes an account of a complete draft: all of it in the transaction of
// the last step, or nothing.
type Finish struct {
	DB     *db.DB
	Drafts *draft.Drafts
	People *people.Book
	Ring   *secret.KeyRing
	Names  *check.LoginNames
	Outbox *outbox.Outbox
	Audit  *audit.Log
	// BaseURL is where people reach the product; Domain follows the @ of a
	// Login ID.
	BaseURL, Domain string
}

// existingPath says that the person has an account already.
const existingPath = root + "existing"

// loginBase is what the Login ID of a draft's person is made of.
func loginBase(names *check.LoginNames, d *draft.Draft) (string, error) {
	if d.Personal == nil {
		return "", errors.New("make a Login ID: the draft has no names")
	}
	base, fault := names.Base(d.Personal.PreferredFirst, d.Personal.PreferredLast)
	if !fault.Zero() {
		return "", fmt.Errorf("make a Login ID: names were refused: %s", fault.Key)
	}
	return base, nil
}

// number finds the draft's licence.
func (f *Finish) number(d *draft.Draft) db.Index { return f.numberIndex(d.College, d.Facts.Number) }

func (f *Finish) numberIndex(college db.CollegeCode, number string) db.Index {
	return f.Ring.Index("number/"+string(college), secret.CanonicalNumber(number))
}

// create turns a locked draft into an account. shown is the Login ID that the
// person last saw. If the licence has an account by now, nothing is made and
// the person is led to where that is said.
func (f *Finish) create(ctx context.Context, tx db.Tx, d *draft.Draft, password secret.HashedPassword, shown string) error {
	taken, err := db.AccountsByLicence(ctx, tx, d.College, f.number(d))
	if err != nil {
		return err
	}
	if len(taken) > 0 {
		return &Diverted{Path: existingPath}
	}
	a, err := f.account(ctx, tx, d)
	if err != nil {
		return err
	}
	twins, err := db.AccountsOfPerson(ctx, tx, a.PersonIndex)
	if err != nil {
		return err
	}
	if err := f.insert(ctx, tx, a, d, password); err != nil {
		if errors.Is(err, db.ErrExists) {
			// An account came by a door that doesn't wait for the licence's lock.
			return &Diverted{Path: existingPath}
		}
		return err
	}
	if err := db.TieEvidence(ctx, tx, d.ID, a.ID); err != nil {
		return err
	}
	events := f.events(d, a, twins)
	if err := f.tell(ctx, tx, d, a); err != nil {
		return err
	}
	if shown != "" && shown != a.LoginID {
		d.Wanted = shown
	}
	// What follows leaves the draft empty.
	if err := f.Drafts.Finish(ctx, tx, d, a.ID); err != nil {
		return err
	}
	if err := db.EndSessionsOfDraft(ctx, tx, d.ID, visitOf(ctx).Session, access.EndedElsewhere); err != nil {
		return err
	}
	for _, e := range events {
		if err := f.Audit.Record(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// account is the draft's person as an account with a Login ID of its own.
func (f *Finish) account(ctx context.Context, tx db.Tx, d *draft.Draft) (*db.Account, error) {
	base, err := loginBase(f.Names, d)
	if err != nil {
		return nil, err
	}
	said := d.Personal
	a := &db.Account{
		ID: db.NewID[db.AccountID](), Subject: newSubject(), Status: db.AccountActive, StatusAt: tx.At,
		Language: said.Language, SecondFactor: true, CreatedAt: tx.At, UpdatedAt: tx.At,
	}
	if err := f.People.Fill(ctx, a, people.Person{
		Title: said.Title, PreferredFirst: said.PreferredFirst, Middle: said.Middle, PreferredLast: said.PreferredLast,
		LegalFirst: d.Facts.First, LegalMiddle: d.Facts.Middle, LegalLast: d.Facts.Last,
		Gender: d.Facts.Gender, BirthDate: d.Facts.BirthDate,
	}, people.Contact{Email: said.Email, Phone: withExtension(said)}); err != nil {
		return nil, err
	}
	// Others with this name wait from here to the end of the transaction.
	a.LoginID, err = db.TakeLoginID(ctx, tx, base)
	return a, err
}

// newSubject is the permanent key of an account toward services: random, so
// that it says nothing and is never given twice.
func newSubject() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

// events are what the audit says about the new account.
func (f *Finish) events(d *draft.Draft, a *db.Account, twins []db.AccountID) []audit.Event {
	subject := string(a.ID)
	events := []audit.Event{{Kind: audit.RegisterAccountCreated, Subject: subject, Details: map[string]string{
		"draft": string(d.ID), "college": string(d.College), "evidence": string(d.Facts.Evidence),
	}}}
	if len(twins) > 0 {
		ids := make([]string, len(twins))
		for i, id := range twins {
			ids[i] = string(id)
		}
		events = append(events, audit.Event{
			Kind: audit.RegisterTwinFlagged, Subject: subject, Details: map[string]string{"twins": strings.Join(ids, " ")},
		})
	}
	if check.Far(d.Facts.First, d.Facts.Middle, d.Facts.Last, d.Personal.PreferredFirst, d.Personal.PreferredLast) {
		events = append(events, audit.Event{Kind: audit.RegisterNameFlagged, Subject: subject})
	}
	return events
}

// tell sends the Login ID and the link that confirms the address.
func (f *Finish) tell(ctx context.Context, tx db.Tx, d *draft.Draft, a *db.Account) error {
	to := outbox.Person{
		Account: a.ID, Name: joined(d.Personal.PreferredFirst, d.Personal.PreferredLast),
		Email: d.Personal.Email, Language: i18n.Lang(a.Language),
	}
	if err := f.Outbox.Send(ctx, tx, outbox.Welcome{To: to, LoginID: a.LoginID + "@" + f.Domain}); err != nil {
		return err
	}
	token, hash := secret.NewToken()
	if err := db.InsertLink(ctx, tx, &db.Link{
		TokenHash: hash, Purpose: db.LinkEmail, AccountID: a.ID, CreatedAt: tx.At, ExpiresAt: tx.At.Add(outbox.LinkLife),
	}); err != nil {
		return err
	}
	return f.Outbox.Send(ctx, tx, outbox.EmailConfirm{To: to, Link: f.BaseURL + outbox.ConfirmPath + token.Reveal()})
}

// Refuse tells the holders of a licence's accounts that it was registered
// again, once, and returns how many accounts there are. With none it does
// nothing.
func (f *Finish) Refuse(ctx context.Context, id db.DraftID) (int, error) {
	read, err := f.Drafts.Read(ctx, f.DB, id)
	if err != nil || read.Account != "" {
		return 0, err
	}
	var accounts []db.Account
	err = db.InTx(ctx, f.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.LockLicence(ctx, tx, read.College, f.number(read)); err != nil {
			return err
		}
		d, err := f.Drafts.Lock(ctx, tx, id)
		if err != nil || d.Account != "" {
			return err
		}
		if accounts, err = db.AccountsByLicence(ctx, tx, d.College, f.number(d)); err != nil || len(accounts) == 0 || d.Refused {
			return err
		}
		return f.refuse(ctx, tx, d, accounts)
	})
	return len(accounts), err
}

func (f *Finish) refuse(ctx context.Context, tx db.Tx, d *draft.Draft, accounts []db.Account) error {
	reference := secret.NewReference()
	for i := range accounts {
		a := &accounts[i]
		person, err := f.People.Open(ctx, a)
		if err != nil {
			return err
		}
		contact, err := f.People.Contact(ctx, a)
		if err != nil {
			return err
		}
		if err := f.Outbox.Send(ctx, tx, outbox.RegisterAgain{
			To: outbox.Person{
				Account: a.ID, Name: person.DisplayName(), Email: contact.Email, Language: i18n.Lang(a.Language),
			},
			Event: outbox.Event{At: tx.At, Reference: reference},
		}); err != nil {
			return err
		}
	}
	d.Refused = true
	if err := f.Drafts.Save(ctx, tx, d); err != nil {
		return err
	}
	return f.Audit.Record(ctx, tx, audit.Event{
		Kind: audit.RegisterAccountRefused, Subject: string(accounts[0].ID), Actor: string(d.ID), Reference: reference,
		Details: map[string]string{"draft": string(d.ID), "college": string(d.College), "accounts": strconv.Itoa(len(accounts))},
	})
}
