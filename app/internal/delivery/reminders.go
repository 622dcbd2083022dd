package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/db"
	"oneid/views/i18n"
)

// remindAt is how many days before a password's end its owner is reminded, and
// once more when it has ended.
func remindAt() []int { return []int{30, 14, 7, 1, 0} }

// Reminder reminds people of their password's end by mail, in their language.
// Each reminder goes out once for each password. Who was not reminded in time,
// because nothing ran, gets only the one that is due now.
type Reminder struct {
	DB     *db.DB
	People *people.Book
	Outbox *outbox.Outbox
	// MaxAge is how long a password is good for; 0 means for ever.
	MaxAge time.Duration
}

// Remind sends what is due and returns how many. An account that can't be
// written to keeps nobody else from being reminded.
func (r *Reminder) Remind(ctx context.Context) (int, error) {
	if r.MaxAge == 0 {
		return 0, nil
	}
	var (
		sent   int
		failed error
		after  db.AccountID
	)
	for {
		due, err := db.PasswordsEnding(ctx, r.DB, r.MaxAge, remindAt(), after, r.DB.Clock.Now())
		if err != nil || len(due) == 0 {
			return sent, errors.Join(failed, err)
		}
		for _, d := range due {
			after = d.AccountID
			if err := r.remind(ctx, d); err != nil {
				failed = errors.Join(failed, fmt.Errorf("remind account %s: %w", d.AccountID, err))
				continue
			}
			sent++
		}
	}
}

func (r *Reminder) remind(ctx context.Context, d db.PasswordReminder) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		first, err := db.NoteReminder(ctx, tx, d)
		if err != nil || !first {
			return err
		}
		account, err := db.AccountByID(ctx, tx, d.AccountID)
		if err != nil {
			return err
		}
		person, err := r.People.Open(ctx, account)
		if err != nil {
			return err
		}
		contact, err := r.People.Contact(ctx, account)
		if err != nil {
			return err
		}
		to := outbox.Person{
			Account: account.ID, Name: person.DisplayName(), Email: contact.Email, Language: i18n.Lang(account.Language),
		}
		if d.Days == 0 {
			return r.Outbox.Send(ctx, tx, outbox.PasswordEnded{To: to})
		}
		return r.Outbox.Send(ctx, tx, outbox.PasswordEnding{To: to, On: d.SetAt.Add(r.MaxAge)})
	})
}
