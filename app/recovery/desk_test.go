package recovery_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/app/recovery"
	"oneid/db"
)

// desk is the Service Desk, with somebody who works there.
func (w *world) desk() (*recovery.Desk, db.AccountID) {
	w.Helper()
	argon := w.Config.Argon
	hasher := secret.NewHasher(secret.Cost{Time: argon.Passes, Memory: argon.MemoryKiB, Threads: argon.Lanes})
	answers := secret.NewAnswers(w.Ring, hasher)
	all, err := db.ChallengeQuestions(w.Context(), w.DB)
	if err != nil {
		w.Fatal(err)
	}
	var rows []db.ChallengeAnswer
	for _, q := range all {
		if q.Kind != string(secret.DeskAnswer) || len(rows) == 2 {
			continue
		}
		hashed, err := answers.Hash(w.Context(), secret.DeskAnswer, answered(q.TextEn))
		if err != nil {
			w.Fatal(err)
		}
		rows = append(rows, db.ChallengeAnswer{
			AccountID: w.ada.ID, Kind: q.Kind, Position: 4 + len(rows), QuestionID: q.ID, Hash: hashed.Hash,
			PepperVersion: hashed.PepperVersion, Normaliser: hashed.Normaliser, SetAt: w.Clock.Now(),
		})
	}
	w.Write(func(ctx context.Context, tx db.Tx) error { return db.InsertChallengeAnswers(ctx, tx, rows) })
	log := &audit.Log{Keys: w.Ring}
	return &recovery.Desk{DB: w.DB, Audit: log, Questions: &question.Book{DB: w.DB, Answers: answers, Index: w.Ring.Index, Audit: log}},
		db.NewID[db.AccountID]()
}

// waits is a visitor at the page that says whom to call, and the number there.
func (v *visitor) waits() string {
	v.Helper()
	v.send(proofsPath, "do", "none").WantRedirect(deskPath)
	return v.Get(deskPath).WantStatus(http.StatusOK).Reference()
}

func (w *world) said(asked [2]question.Asked) [2]string {
	w.Helper()
	all, err := db.ChallengeQuestions(w.Context(), w.DB)
	if err != nil {
		w.Fatal(err)
	}
	var answers [2]string
	for i, a := range asked {
		for _, q := range all {
			if q.ID == a.ID {
				answers[i] = answered(q.TextEn)
			}
		}
	}
	return answers
}

func TestTheDeskCompletesWhatWaitsAndNeverSeesAPassword(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	desk, clerk := w.desk()
	v := w.begun()
	v.provesBy("questions")
	number := v.waits()
	v.Get(deskPath + "?spoken=yes").WantStatus(http.StatusOK).WantText("has not noted your call yet")

	for range 100 { // the open page asks now and then, so its browser is not forgotten
		w.Clock.Advance(10 * time.Minute)
		v.Get(deskPath + "/state").WantStatus(http.StatusNoContent)
	}
	waiting, err := desk.Find(t.Context(), " "+number+" ")
	if err != nil || waiting.LoginID != "ADA.BYRON" || len(waiting.Given) != 1 {
		t.Fatalf("found %+v, %v", waiting, err)
	}
	out, err := desk.Complete(t.Context(), number, [2]string{"no", "idea"}, clerk)
	if err != nil || out.Right {
		t.Fatalf("wrong answers gave %+v, %v", out, err)
	}
	if e := w.WantAudit(audit.QuestionsFailed, 1); e.Actor != string(clerk) || e.Subject != string(w.ada.ID) {
		t.Errorf("wrong answers are recorded of %s, by %s", e.Subject, e.Actor)
	}
	v.Get(deskPath).WantStatus(http.StatusOK)
	out, err = desk.Complete(t.Context(), number, w.said(waiting.Questions), clerk)
	if err != nil || !out.Right {
		t.Fatalf("right answers gave %+v, %v", out, err)
	}
	if e := w.WantAudit(audit.RecoveryHelped, 1); e.Actor != string(clerk) || e.Subject != string(w.ada.ID) || e.Reference != number {
		t.Errorf("recorded %+v", e)
	}
	if _, err := desk.Complete(t.Context(), number, w.said(waiting.Questions), clerk); !errors.Is(err, recovery.ErrNotWaiting) {
		t.Errorf("a second time gave %v", err)
	}

	v.Get(deskPath+"/state", apptest.With("HX-Request", "true")).WantStatus(http.StatusOK).WantHeader("HX-Redirect", deskPath)
	v.Get(deskPath + "?spoken=yes").WantRedirect(newPath)
	v.setsPassword(fresh).WantRedirect("/signin")
	w.Errands()
	done, ok := w.WantSent(outbox.KindRecoveryDone, adasMail).(outbox.Notice).News.(outbox.RecoveryDone)
	if !ok || len(done.Proofs) != 2 || done.Proofs[1] != outbox.ProofDesk {
		t.Errorf("told of %+v", done)
	}
}

func TestACompletedRecoveryWaitsHalfAnHourForItsPassword(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	desk, clerk := w.desk()
	v := w.begun()
	v.provesBy("questions")
	number := v.waits()
	waiting, err := desk.Find(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := desk.Complete(t.Context(), number, w.said(waiting.Questions), clerk); err != nil || !out.Right {
		t.Fatalf("%+v, %v", out, err)
	}
	w.Clock.Advance(30*time.Minute - time.Second)
	v.Get(newPath).WantStatus(http.StatusOK)
	w.Clock.Advance(time.Second)
	v.Get(newPath).WantStatus(http.StatusGone)
}

func TestTheDeskHelpsNobodyWhoProvedNothingOrHasNoAccount(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	desk, clerk := w.desk()
	bare := w.begun()
	stranger := w.visitor()
	stranger.starts("NOBODY.HERE").WantRedirect(proofsPath)
	late := w.begun()
	late.provesBy("questions")
	for _, c := range []struct {
		name, number string
		wait         time.Duration
		want         error
	}{
		{"nothing was proven", bare.waits(), 0, recovery.ErrNoProof},
		{"a stranger", stranger.waits(), 0, recovery.ErrStranger},
		{"no such number", "ABC-DEF", 0, recovery.ErrNotWaiting},
		{"a day late", late.waits(), 24 * time.Hour, recovery.ErrNotWaiting},
	} {
		w.Clock.Advance(c.wait)
		if _, err := desk.Find(t.Context(), c.number); !errors.Is(err, c.want) {
			t.Errorf("%s: found %v", c.name, err)
		}
		if _, err := desk.Complete(t.Context(), c.number, [2]string{"a", "b"}, clerk); !errors.Is(err, c.want) {
			t.Errorf("%s: completed %v", c.name, err)
		}
	}
	w.WantAudit(audit.RecoveryHelped, 0)
}

func TestWrongAnswersAtTheDeskHaveABudgetOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	desk, clerk := w.desk()
	v := w.begun()
	v.provesBy("questions")
	number := v.waits()
	for range 3 {
		if out, err := desk.Complete(t.Context(), number, [2]string{"no", "idea"}, clerk); err != nil || out.Right || !out.Judged {
			t.Fatalf("%+v, %v", out, err)
		}
	}
	waiting, err := desk.Find(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := desk.Complete(t.Context(), number, w.said(waiting.Questions), clerk); err != nil || out.Judged {
		t.Errorf("after three wrong ones: %+v, %v", out, err)
	}
	w.begun().provesBy("questions") // the person's own are open as ever
	w.Clock.Advance(15 * time.Minute)
	if out, err := desk.Complete(t.Context(), number, w.said(waiting.Questions), clerk); err != nil || !out.Right {
		t.Errorf("after the wait: %+v, %v", out, err)
	}
}
