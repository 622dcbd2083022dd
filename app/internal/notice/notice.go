package notice

import (
	"context"
	"fmt"
	"time"

	"oneid/app/internal/browser"
	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/i18n"
)

// NotMePath is where the link of a notice leads, before its token.
const NotMePath = "/notme/"

// NotMeLife is how long such a link works (SECURITY.md 5.2).
const NotMeLife = 10 * 24 * time.Hour

// Teller sends notices.
type Teller struct {
	Outbox   *outbox.Outbox
	People   *people.Book
	Throttle *throttle.Throttle
	// BaseURL is where people reach the product.
	BaseURL string
}

// Tell sends news of an account to all its channels as they are in tx: tell of
// a phone that goes before it is removed, and of a new one after it is added, so
// that both the old and the new hear of it.
//
// Texts are limited for each number, so that nobody can be pestered or money
// burnt by making them; a mail always goes.
func (t *Teller) Tell(ctx context.Context, tx db.Tx, id db.AccountID, news outbox.News) error {
	return t.TellOf(ctx, tx, id, outbox.Event{At: tx.At, Device: browser.Name(web.Agent(ctx))}, news)
}

// TellOf is Tell for what happened in another request: event says when, and in
// which browser.
func (t *Teller) TellOf(ctx context.Context, tx db.Tx, id db.AccountID, event outbox.Event, news outbox.News) error {
	if err := t.tell(ctx, tx, id, event, news); err != nil {
		return fmt.Errorf("tell of %s: %w", news.Kind(), err)
	}
	return nil
}

func (t *Teller) tell(ctx context.Context, tx db.Tx, id db.AccountID, event outbox.Event, news outbox.News) error {
	account, err := db.AccountByID(ctx, tx, id)
	if err != nil {
		return err
	}
	to, err := t.Person(ctx, account)
	if err != nil {
		return err
	}
	if outbox.ByText(news) {
		if err := t.text(ctx, tx, outbox.Notice{To: to, Event: event, News: news}); err != nil {
			return err
		}
	}
	if outbox.Freezable(news) {
		token, hash := secret.NewToken()
		link := &db.Link{
			TokenHash: hash, Purpose: db.LinkNotMe, AccountID: id, About: string(news.Kind()),
			CreatedAt: tx.At, ExpiresAt: tx.At.Add(NotMeLife),
		}
		if err := db.InsertLink(ctx, tx, link); err != nil {
			return err
		}
		event.NotMe = t.BaseURL + NotMePath + token.Reveal()
	}
	return t.Outbox.Send(ctx, tx, outbox.Notice{To: to, Event: event, News: news})
}

// text sends a notice to the phones of its account.
func (t *Teller) text(ctx context.Context, tx db.Tx, n outbox.Notice) error {
	phones, err := db.ChallengePhonesOf(ctx, tx, n.To.Account)
	if err != nil {
		return err
	}
	for _, phone := range phones {
		if phone.ConfirmedAt == nil || phone.Method != db.MethodText {
			continue
		}
		at := secret.Place{Table: "challenge_phones", Column: "number", Row: string(phone.ID)}
		number, err := t.People.Sealer.Open(ctx, at, phone.Number)
		if err != nil {
			return fmt.Errorf("open challenge phone %s: %w", phone.ID, err)
		}
		n.Phone = string(number)
		verdict, err := t.Throttle.Spend(ctx, tx, throttle.NoticeDay, n.Phone)
		if err != nil {
			return err
		}
		if !verdict.Allowed {
			continue
		}
		if err := t.Outbox.Send(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}

// Person is whom mail about an account goes to.
func (t *Teller) Person(ctx context.Context, account *db.Account) (outbox.Person, error) {
	person, err := t.People.Open(ctx, account)
	if err != nil {
		return outbox.Person{}, err
	}
	contact, err := t.People.Contact(ctx, account)
	return outbox.Person{
		Account: account.ID, Name: person.DisplayName(), Email: contact.Email, Language: i18n.Lang(account.Language),
	}, err
}
