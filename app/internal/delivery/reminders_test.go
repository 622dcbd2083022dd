package delivery_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"oneid/app/internal/delivery"
	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/db"
)

const day = 24 * time.Hour

// account makes an account with a password that is set now.
func (w *world) account(t *testing.T, loginID, status string, temporary bool) db.AccountID {
	t.Helper()
	a := &db.Account{
		ID: db.NewID[db.AccountID](), Subject: loginID, LoginID: loginID, Status: status, StatusAt: w.clock.Now(),
		Language: "fr", CreatedAt: w.clock.Now(), UpdatedAt: w.clock.Now(),
	}
	person := people.Person{PreferredFirst: "Zoé", PreferredLast: "Roy", LegalFirst: "Zoé", LegalLast: "Roy", BirthDate: "1980-12-10"}
	if err := w.people.Fill(t.Context(), a, person, people.Contact{Email: "zoe@example.ca", Phone: phone}); err != nil {
		t.Fatal(err)
	}
	err := db.InTx(t.Context(), w.d, func(ctx context.Context, tx db.Tx) error {
		if err := db.InsertAccount(ctx, tx, a); err != nil {
			return err
		}
		return db.SetPassword(ctx, tx, db.Password{AccountID: a.ID, Hash: "x", Temporary: temporary})
	})
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// reminders are the kinds of mails written to an account, oldest first.
func (w *world) reminders(t *testing.T, id db.AccountID) []string {
	t.Helper()
	var kinds []string
	err := w.d.NewRaw("SELECT kind FROM messages WHERE account_id = ? AND language = 'fr' ORDER BY created_at", id).Scan(t.Context(), &kinds)
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

func TestAPasswordsEndIsAnnouncedOnceEachOnFourDaysAndWhenItHasCome(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	id := w.account(t, "ZOE.ROY", db.AccountActive, false)
	ending, ended := string(outbox.KindPasswordEnding), string(outbox.KindPasswordEnded)
	sent := 0
	for _, step := range []struct {
		before time.Duration // the password's end
		more   string
	}{
		{30*day + time.Second, ""}, {30 * day, ending}, {29 * day, ""}, {14 * day, ending}, {7 * day, ending}, {2 * day, ""},
		{day, ending}, {time.Second, ""}, {0, ended}, {-40 * day, ""},
	} {
		w.clock.Advance(noon.Add(365*day - step.before).Sub(w.clock.Now()))
		w.sweep(t, delivery.SweepPasswords)
		w.sweep(t, delivery.SweepPasswords)
		if step.more != "" {
			sent++
		}
		got := w.reminders(t, id)
		if len(got) != sent || step.more != "" && got[sent-1] != step.more {
			t.Errorf("%v before the end: got %v, want %d, the last %q", step.before, got, sent, step.more)
		}
	}
}

func TestWhoMissedRemindersGetsOnlyTheLatest(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	id := w.account(t, "ZOE.ROY", db.AccountActive, false)
	w.clock.Advance(360 * day)
	w.sweep(t, delivery.SweepPasswords)
	if got := w.reminders(t, id); !slices.Equal(got, []string{string(outbox.KindPasswordEnding)}) {
		t.Errorf("got %v, want one reminder", got)
	}
}

func TestANewPasswordBeginsANewYear(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	id := w.account(t, "ZOE.ROY", db.AccountActive, false)
	w.clock.Advance(364 * day)
	w.sweep(t, delivery.SweepPasswords)
	err := db.InTx(t.Context(), w.d, func(ctx context.Context, tx db.Tx) error {
		return db.SetPassword(ctx, tx, db.Password{AccountID: id, Hash: "y"})
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		w.clock.Advance(182 * day)
		w.sweep(t, delivery.SweepPasswords)
	}
	if got := w.reminders(t, id); len(got) != 2 {
		t.Errorf("got %v, want one of the old and one of the new password", got)
	}
}

func TestNobodyIsRemindedOfATemporaryPasswordOrAClosedAccount(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	temporary, closed := w.account(t, "A.A", db.AccountActive, true), w.account(t, "B.B", db.AccountClosed, false)
	unread := w.account(t, "C.C", db.AccountActive, false)
	well := w.account(t, "D.D", db.AccountActive, false)
	if _, err := w.d.ExecContext(t.Context(), "UPDATE accounts SET person = 'spoilt' WHERE id = ?", unread); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(364 * day)
	if n, err := w.keeper.Reminder.Remind(t.Context()); n != 1 || err == nil {
		t.Errorf("got %d reminders and %v, want one and the spoilt row", n, err)
	}
	for _, id := range []db.AccountID{temporary, closed, unread} {
		if got := w.reminders(t, id); len(got) != 0 {
			t.Errorf("got %v, want none", got)
		}
	}
	if got := w.reminders(t, well); len(got) != 1 {
		t.Errorf("got %v: one bad row kept another from being reminded", got)
	}
	never := &delivery.Reminder{DB: w.d, People: w.people, Outbox: w.outbox}
	if n, err := never.Remind(t.Context()); n != 0 || err != nil {
		t.Errorf("passwords that never end: got %d, %v", n, err)
	}
}
