package notice_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
)

// teller is the product's own, made from the same parts.
func teller(t *testing.T, app *apptest.App) *notice.Teller {
	t.Helper()
	jobs, err := outbox.NewJobs(app.DB.Pool)
	if err != nil {
		t.Fatal(err)
	}
	return &notice.Teller{
		Outbox: &outbox.Outbox{Seal: app.Sealer, Jobs: jobs}, People: app.People, BaseURL: app.Base,
		Throttle: &throttle.Throttle{Clock: app.Clock, Hash: app.Ring.Index},
	}
}

// phones gives an account three: one for texts, one for calls, one unconfirmed.
func phones(app *apptest.App, id db.AccountID) {
	app.Write(func(ctx context.Context, tx db.Tx) error {
		var rows []db.ChallengePhone
		for i, number := range []string{"+14165550123", "+14165550124", "+14165550125"} {
			row := db.ChallengePhone{
				ID: db.NewID[db.PhoneID](), AccountID: id, Position: i + 1, NumberIndex: app.Ring.Index("phone", number),
				LastTwo: number[10:], Method: db.MethodText, CreatedAt: tx.At, ConfirmedAt: &tx.At,
			}
			switch i {
			case 1:
				row.Method = db.MethodCall
			case 2:
				row.ConfirmedAt = nil
			}
			var err error
			at := secret.Place{Table: "challenge_phones", Column: "number", Row: string(row.ID)}
			if row.Number, err = app.Sealer.Seal(ctx, at, []byte(number)); err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return db.InsertChallengePhones(ctx, tx, rows)
	})
}

func TestNewsGoToTheAddressAndToTextPhonesThatWereConfirmed(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	phones(app, ada.ID)
	tell := teller(t, app)
	app.Write(func(ctx context.Context, tx db.Tx) error {
		return tell.Tell(ctx, tx, ada.ID, outbox.PhoneAdded{Last: "23"})
	})
	if n := app.Rows("messages", "true"); n != 2 {
		t.Errorf("%d messages, want a mail and a text", n)
	}
	app.WantSent(outbox.KindPhoneAdded, "+14165550123")
	said, _ := app.WantSent(outbox.KindPhoneAdded, "ada@example.ca").(outbox.Notice)
	token, ok := strings.CutPrefix(said.Event.NotMe, app.Base+"/notme/")
	if !ok || !said.Event.At.Equal(app.Clock.Now()) || said.Event.Device != "" || said.Event.Place != "" {
		t.Errorf("got %+v, want when, a link, and nothing that is not known", said.Event)
	}
	link, err := db.LinkByToken(t.Context(), app.DB, secret.HashToken(token), db.LinkNotMe, app.Clock.Now().Add(10*24*time.Hour-time.Second))
	if err != nil || link.AccountID != ada.ID || link.About != "phone_added" {
		t.Errorf("got link %+v, %v, want one that works for ten days", link, err)
	}
	if _, err := db.LinkByToken(t.Context(), app.DB, secret.HashToken(token), db.LinkNotMe, app.Clock.Now().Add(10*24*time.Hour)); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("after ten days: got %v, want not found", err)
	}
}

func TestWhatOthersDidInVainIsMailedAndCannotBeAnswered(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	phones(app, ada.ID)
	tell := teller(t, app)
	app.Write(func(ctx context.Context, tx db.Tx) error { return tell.Tell(ctx, tx, ada.ID, outbox.ManyTries{}) })
	said, _ := app.WantSent(outbox.KindManyTries, "ada@example.ca").(outbox.Notice)
	if said.Event.NotMe != "" || app.Rows("messages", "true") != 1 || app.Rows("links", "purpose = 'notme'") != 0 {
		t.Errorf("got %+v, want one mail without a link", said)
	}
}

func TestNobodyHearsOfWhatWasRolledBack(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	phones(app, ada.ID)
	tell := teller(t, app)
	boom := errors.New("boom")
	err := db.InTx(t.Context(), app.DB, func(ctx context.Context, tx db.Tx) error {
		if err := tell.Tell(ctx, tx, ada.ID, outbox.PasswordChanged{}); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) || app.Rows("messages", "true")+app.Rows("links", "true")+app.Rows("river_job", "true") != 0 {
		t.Errorf("got %v and messages, links or jobs; want nothing left", err)
	}
}

func TestTextsToOneNumberAreLimitedAndMailIsNot(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	phones(app, ada.ID)
	tell := teller(t, app)
	for range 30 {
		app.Write(func(ctx context.Context, tx db.Tx) error {
			return tell.Tell(ctx, tx, ada.ID, outbox.QuestionsChanged{})
		})
	}
	if texts, mails := app.Rows("messages", "channel = 'sms'"), app.Rows("messages", "channel = 'mail'"); texts != 20 || mails != 30 {
		t.Errorf("got %d texts and %d mails, want 20 and 30", texts, mails)
	}
	app.Clock.Advance(24 * time.Hour)
	app.Write(func(ctx context.Context, tx db.Tx) error {
		return tell.Tell(ctx, tx, ada.ID, outbox.QuestionsChanged{})
	})
	if texts := app.Rows("messages", "channel = 'sms'"); texts != 21 {
		t.Errorf("the next day: got %d texts, want one more", texts)
	}
}

func TestANoticeSaysInWhichBrowserItHappened(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	app.Clock.Advance(365 * 24 * time.Hour)
	b := app.Browser()
	b.SignIn(ada)
	r := b.Request("POST", "/password/expired", apptest.Fields("password", "Birch cup 58 kayak", "confirm", "Birch cup 58 kayak"))
	r.Header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0")
	b.Do(r).WantRedirect("/home")
	said, _ := app.WantSent(outbox.KindPasswordChanged, "ada@example.ca").(outbox.Notice)
	if said.Event.Device != "Firefox, Windows" {
		t.Errorf("got %q, want the browser", said.Event.Device)
	}
}
