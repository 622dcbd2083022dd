package delivery_test

import (
	"context"
	"testing"
	"time"

	"oneid/app/internal/delivery"
	"oneid/db"
)

func TestDevicesNetworksAndStrangersAreForgottenInTime(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	account := db.NewID[db.AccountID]()
	err := db.InTx(t.Context(), w.d, func(ctx context.Context, tx db.Tx) error {
		err := db.InsertAccount(ctx, tx, &db.Account{
			ID: account, Subject: "s", LoginID: "ADA.BYRON", Status: db.AccountActive, StatusAt: noon, Language: "en",
			Person: []byte("x"), Email: []byte("x"), EmailIndex: []byte("x"), ContactPhone: []byte("x"), PersonIndex: []byte("x"),
			CreatedAt: noon, UpdatedAt: noon,
		})
		if err != nil {
			return err
		}
		if err := db.NoteNetwork(ctx, tx, account, []byte("network")); err != nil {
			return err
		}
		return db.InsertDevice(ctx, tx, &db.Device{
			ID: db.NewID[db.DeviceID](), AccountID: account, TokenHash: []byte("token"), Name: "laptop",
			RotatedAt: noon, CreatedAt: noon, UsedAt: noon, ExpiresAt: noon,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []db.AccountID{account, db.NewID[db.AccountID]()} {
		if _, _, err := db.TakeQuestionTry(t.Context(), w.d, id, db.QuestionWaits{Day: time.Hour, DayMost: 8, Off: 12}, noon); err != nil {
			t.Fatal(err)
		}
	}
	const day = 24 * time.Hour
	for _, step := range []struct {
		at                         time.Duration
		devices, networks, budgets int
	}{
		{90*day - time.Second, 1, 1, 2},
		{90 * day, 0, 0, 2},
		{365*day - time.Second, 0, 0, 2},
		{365 * day, 0, 0, 1}, // the account's
	} {
		w.clock.Advance(noon.Add(step.at).Sub(w.clock.Now()))
		w.sweep(t, delivery.SweepEnded)
		if d, n, b := w.rows(t, "devices"), w.rows(t, "known_networks"), w.rows(t, "question_budgets"); d != step.devices || n != step.networks || b != step.budgets {
			t.Errorf("after %s: got %d devices, %d networks, %d budgets, want %+v", step.at, d, n, b, step)
		}
	}
}

func TestAStrangersQuestionsStayOffLikeAPersons(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	stranger := db.NewID[db.AccountID]()
	try := func() (db.QuestionBudget, bool) {
		t.Helper()
		b, taken, err := db.TakeQuestionTry(t.Context(), w.d, stranger, db.QuestionWaits{Day: 24 * time.Hour, DayMost: 8, Off: 2}, w.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return b, taken
	}
	try()
	try()
	for range 30 {
		w.clock.Advance(12 * 24 * time.Hour)
		if b, taken := try(); taken || !b.Off {
			t.Fatalf("%s later: got %+v, want them off", w.clock.Now().Sub(noon), b)
		}
		w.sweep(t, delivery.SweepEnded)
	}
	if n := w.rows(t, "question_budgets"); n != 1 {
		t.Errorf("%d budgets, want the one that is off", n)
	}

	// Who was only asked leaves nothing: the same two are drawn again.
	if _, err := db.ChooseAsked(t.Context(), w.d, db.NewID[db.AccountID](), []string{"a", "b"}, []string{"a", "b"}); err != nil {
		t.Fatal(err)
	}
	w.sweep(t, delivery.SweepEnded)
	if n := w.rows(t, "question_budgets"); n != 1 {
		t.Errorf("%d budgets, want the untouched one gone", n)
	}
}
