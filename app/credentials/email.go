package credentials

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
	"oneid/views/i18n"
)

// Rules decides about credentials.
type Rules struct {
	DB       *db.DB
	People   *people.Book
	Outbox   *outbox.Outbox
	Throttle *throttle.Throttle
	Audit    *audit.Log
	// BaseURL is where people reach the product.
	BaseURL string
}

// LinkState is how a link that confirms an address stands.
type LinkState int

// The states of a link. Whatever can't be used is Gone: nobody learns which
// links there ever were.
const (
	Gone      LinkState = iota
	Works               // the address can be confirmed
	Confirmed           // it has been, by this link
)

// Link is a link and the address that it confirms; Gone has none.
type Link struct {
	State LinkState
	Email string
}

// Look reads a link and changes nothing.
func (r *Rules) Look(ctx context.Context, token string) (Link, error) {
	hash := secret.HashToken(token)
	link, err := db.LinkByToken(ctx, r.DB, hash, db.LinkEmail, r.DB.Clock.Now())
	if errors.Is(err, db.ErrNotFound) {
		return r.used(ctx, hash)
	}
	if err != nil {
		return Link{}, err
	}
	email, err := r.address(ctx, link.AccountID)
	return Link{State: Works, Email: email}, err
}

// Confirm uses a link up and takes the account's address as confirmed. It
// reports whether it did; a link that is used or gone changes nothing.
func (r *Rules) Confirm(ctx context.Context, token string) (bool, error) {
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		link, err := db.TakeLink(ctx, tx, secret.HashToken(token), db.LinkEmail)
		if err != nil {
			return err
		}
		if err := db.SetEmailVerified(ctx, tx, link.AccountID); err != nil {
			return err
		}
		// Whoever reads the mail did it; nobody need be signed in.
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.CredentialsEmailSet, Subject: string(link.AccountID)})
	})
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("confirm email: %w", err)
	}
	return true, nil
}

// used tells whether a link that doesn't work did once: a second click, or the
// other of two tabs, should hear that all is well.
func (r *Rules) used(ctx context.Context, hash []byte) (Link, error) {
	link, err := db.SpentLink(ctx, r.DB, hash, db.LinkEmail)
	if errors.Is(err, db.ErrNotFound) {
		return Link{State: Gone}, nil
	}
	if err != nil {
		return Link{}, err
	}
	email, err := r.address(ctx, link.AccountID)
	return Link{State: Confirmed, Email: email}, err
}

func (r *Rules) address(ctx context.Context, id db.AccountID) (string, error) {
	account, err := db.AccountByID(ctx, r.DB, id)
	if err != nil {
		return "", err
	}
	contact, err := r.People.Contact(ctx, account)
	return contact.Email, err
}

// Address is a person's email address as they see it in their account.
type Address struct {
	Email     string
	Confirmed bool
	// WaitUntil is set when no further message is sent for now.
	WaitUntil time.Time
}

// Address returns the address of an account.
func (r *Rules) Address(ctx context.Context, id db.AccountID) (Address, error) {
	account, err := db.AccountByID(ctx, r.DB, id)
	if err != nil {
		return Address{}, err
	}
	contact, err := r.People.Contact(ctx, account)
	return Address{Email: contact.Email, Confirmed: account.EmailVerifiedAt != nil}, err
}

// AskAgain sends a new link to the account's address. It sends none when the
// address is confirmed already, or when too many were sent.
func (r *Rules) AskAgain(ctx context.Context, id db.AccountID) (Address, error) {
	account, err := db.AccountByID(ctx, r.DB, id)
	if err != nil {
		return Address{}, err
	}
	person, err := r.People.Open(ctx, account)
	if err != nil {
		return Address{}, err
	}
	contact, err := r.People.Contact(ctx, account)
	if err != nil {
		return Address{}, err
	}
	found := Address{Email: contact.Email, Confirmed: account.EmailVerifiedAt != nil}
	if found.Confirmed {
		return found, nil
	}
	verdict, err := r.Throttle.Spend(ctx, r.DB, throttle.ConfirmMails, string(id))
	if err != nil {
		return found, err
	}
	if !verdict.Allowed {
		found.WaitUntil = verdict.RetryAt
		return found, nil
	}
	to := outbox.Person{Account: id, Name: person.DisplayName(), Email: contact.Email, Language: i18n.Lang(account.Language)}
	return found, r.send(ctx, to)
}

func (r *Rules) send(ctx context.Context, to outbox.Person) error {
	token, hash := secret.NewToken()
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		link := &db.Link{
			TokenHash: hash, Purpose: db.LinkEmail, AccountID: to.Account, CreatedAt: tx.At, ExpiresAt: tx.At.Add(outbox.LinkLife),
		}
		if err := db.InsertLink(ctx, tx, link); err != nil {
			return err
		}
		message := outbox.EmailConfirm{To: to, Link: r.BaseURL + outbox.ConfirmPath + token.Reveal()}
		if err := r.Outbox.Send(ctx, tx, message); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.CredentialsEmailAsk, Subject: string(to.Account)})
	})
	if err != nil {
		return fmt.Errorf("ask again to confirm email: %w", err)
	}
	return nil
}
