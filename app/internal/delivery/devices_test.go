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
	w.clock.Advance(90*24*time.Hour - time.Second)
	w.sweep(t, delivery.SweepEnded)
	if d, n, b := w.rows(t, "devices"), w.rows(t, "known_networks"), w.rows(t, "question_budgets"); d != 1 || n != 1 || b != 2 {
		t.Fatalf("a second early: got %d devices, %d networks, %d budgets, want all", d, n, b)
	}
	w.clock.Advance(time.Second)
	w.sweep(t, delivery.SweepEnded)
	if d, n, b := w.rows(t, "devices"), w.rows(t, "known_networks"), w.rows(t, "question_budgets"); d != 0 || n != 0 || b != 1 {
		t.Errorf("got %d devices, %d networks, %d budgets, want the account's budget only", d, n, b)
	}
}
