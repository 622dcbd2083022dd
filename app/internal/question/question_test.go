package question_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/clock"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/db/dbtest"
	"oneid/db/reference"
	"oneid/views/i18n"
)

var noon = time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)

// said are the answers of the account in these tests.
func said() map[string]string {
	return map[string]string{"first-car": "Honda Accord", "first-childhood-friend": "John", "first-award": "Math"}
}

type world struct {
	*testing.T
	book    *question.Book
	clock   *clock.Fixed
	account db.AccountID
}

func setUp(t *testing.T) *world {
	t.Helper()
	now := clock.At(noon)
	d := dbtest.New(t, dbtest.WithClock(now))
	dir := t.TempDir()
	if err := secret.CreateKeys(dir, true); err != nil {
		t.Fatal(err)
	}
	ring, err := secret.LoadKeyRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, clock: now, account: db.NewID[db.AccountID](), book: &question.Book{
		DB: d, Answers: secret.NewAnswers(ring, secret.NewHasher(secret.Cost{Time: 1, Memory: 64, Threads: 1})),
		Index: ring.Index, Audit: &audit.Log{Keys: ring},
	}}
	w.must(db.InTx(t.Context(), d, reference.Load))
	var rows []db.ChallengeAnswer
	position := 0
	for id, answer := range said() {
		hashed, err := w.book.Answers.Hash(t.Context(), secret.OnlineAnswer, answer)
		w.must(err)
		position++
		rows = append(rows, db.ChallengeAnswer{
			AccountID: w.account, Kind: "online", Position: position, QuestionID: id, SetAt: noon,
			Hash: hashed.Hash, PepperVersion: hashed.PepperVersion, Normaliser: hashed.Normaliser,
		})
	}
	w.must(db.InTx(t.Context(), d, func(ctx context.Context, tx db.Tx) error {
		err := db.InsertAccount(ctx, tx, &db.Account{
			ID: w.account, Subject: "s", LoginID: "RANDY.BURT", Status: db.AccountActive, StatusAt: noon, Language: "en",
			Person: []byte("x"), Email: []byte("x"), EmailIndex: []byte("x"), ContactPhone: []byte("x"), PersonIndex: []byte("x"),
			CreatedAt: noon, UpdatedAt: noon,
		})
		if err != nil {
			return err
		}
		return db.InsertChallengeAnswers(ctx, tx, rows)
	}))
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) whom() question.Whom { return question.Account(w.account) }

func (w *world) ask(who question.Whom) [2]question.Asked {
	w.Helper()
	two, err := w.book.Ask(w.Context(), w.book.DB, who)
	w.must(err)
	return two
}

func (w *world) check(who question.Whom, given [2]string) question.Outcome {
	w.Helper()
	out, err := w.book.Check(w.Context(), who, given, nil)
	w.must(err)
	return out
}

func (w *world) right() [2]string {
	w.Helper()
	var given [2]string
	for i, q := range w.ask(w.whom()) {
		given[i] = said()[q.ID]
	}
	return given
}

func wrong() [2]string { return [2]string{"Tuktoyaktuk", "Gustavsson"} }

func TestTheSameTwoAreAskedUntilBothAreRight(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	first := w.ask(w.whom())
	if first[0].ID == first[1].ID || said()[first[0].ID] == "" || said()[first[1].ID] == "" {
		t.Fatalf("asked %q and %q, want two of the person's three", first[0].ID, first[1].ID)
	}
	for range 20 {
		if again := w.ask(w.whom()); again[0].ID != first[0].ID || again[1].ID != first[1].ID {
			t.Fatalf("asked %v, then %v", first, again)
		}
	}
	if out := w.check(w.whom(), w.right()); !out.Right {
		t.Fatalf("got %+v, want right", out)
	}
	pairs := map[string]bool{}
	for range 40 {
		two := w.ask(w.whom())
		pairs[two[0].ID+two[1].ID] = true
		w.must(db.ClearQuestionBudget(t.Context(), w.book.DB, w.account))
	}
	if len(pairs) < 2 {
		t.Errorf("after a success always %v", pairs)
	}
}

func TestCapitalsAccentsAndSpacesDontMatter(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	given := map[string]string{"first-car": "  honda   ACCORD ", "first-childhood-friend": "the Jöhn.", "first-award": "MATH"}
	two := w.ask(w.whom())
	if out := w.check(w.whom(), [2]string{given[two[0].ID], given[two[1].ID]}); !out.Right {
		t.Errorf("got %+v, want right", out)
	}
}

func TestOneRightAnswerIsAsWrongAsNone(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	half := w.right()
	half[1] = "Gustavsson"
	one, none := w.check(w.whom(), half), question.Outcome{}
	w.must(db.ClearQuestionBudget(t.Context(), w.book.DB, w.account))
	none = w.check(w.whom(), wrong())
	if one != none || one.Right {
		t.Errorf("got %+v with one right and %+v with none", one, none)
	}
}

func TestTheBudgetIsOneLadder(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	for i, step := range []struct {
		left int
		wait time.Duration
		off  bool
	}{
		{left: 2}, {left: 1}, {wait: 15 * time.Minute},
		{left: 1}, {wait: time.Hour},
		{left: 2}, {left: 1}, {wait: 24 * time.Hour},
		{left: 3}, {left: 2}, {left: 1}, {off: true},
	} {
		out := w.check(w.whom(), wrong())
		var wait time.Duration
		if !out.Until.IsZero() {
			wait = out.Until.Sub(w.clock.Now())
		}
		if !out.Judged || out.Right || out.Left != step.left || wait != step.wait || out.Off != step.off {
			t.Fatalf("wrong check %d: got %+v, want %+v", i+1, out, step)
		}
		if wait == 0 {
			continue
		}
		w.clock.Advance(wait - time.Second)
		if out := w.check(w.whom(), w.right()); out.Judged || out.Right {
			t.Fatalf("during the wait of %s the right answers were judged", wait)
		}
		w.clock.Advance(time.Second)
	}
	if out := w.check(w.whom(), w.right()); out.Judged || !out.Off {
		t.Errorf("when off: got %+v, want not judged", out)
	}
	w.must(db.InTx(t.Context(), w.book.DB, func(ctx context.Context, tx db.Tx) error { return w.book.Reopen(ctx, tx, w.account) }))
	w.clock.Advance(24 * time.Hour)
	if out := w.check(w.whom(), w.right()); !out.Right {
		t.Errorf("reopened: got %+v, want right", out)
	}
}

func TestASuccessForgetsTheFailures(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.check(w.whom(), wrong())
	w.check(w.whom(), wrong())
	if out := w.check(w.whom(), w.right()); !out.Right {
		t.Fatalf("got %+v, want right", out)
	}
	if out := w.check(w.whom(), wrong()); out.Left != 2 {
		t.Errorf("%d left, want 2", out.Left)
	}
}

func TestOfManyParallelGuessesThreeAreJudged(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.ask(w.whom())
	var all sync.WaitGroup
	results := make([]question.Outcome, 40)
	for i := range results {
		all.Go(func() {
			var err error
			if results[i], err = w.book.Check(t.Context(), w.whom(), wrong(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	judged := 0
	for _, out := range results {
		if out.Judged {
			judged++
		}
	}
	if judged != 3 {
		t.Errorf("%d guesses were judged, want 3", judged)
	}
}

func TestAStrangerIsAskedAndRefusedLikeAPerson(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	stranger := w.book.Stranger("nobody at all")
	first := w.ask(stranger)
	if first[0].ID == first[1].ID || first[0].Text.Zero() {
		t.Fatalf("asked %+v, want two questions", first)
	}
	if again := w.ask(w.book.Stranger("nobody at all")); again[0].ID != first[0].ID || again[1].ID != first[1].ID {
		t.Errorf("the same stranger was asked %v, then %v", first, again)
	}
	differs := false
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		two := w.ask(w.book.Stranger(name))
		differs = differs || two[0].ID != first[0].ID
	}
	if !differs {
		t.Error("all strangers are asked the same")
	}
	for range 12 {
		person, other := w.check(w.whom(), wrong()), w.check(stranger, wrong())
		if person != other {
			t.Fatalf("a person got %+v, a stranger %+v", person, other)
		}
		if !person.Until.IsZero() {
			w.clock.Advance(24 * time.Hour)
		}
	}
}

func TestWhoHasNoQuestionsIsAskedLikeAStranger(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	nobody := question.Account(db.NewID[db.AccountID]())
	if has, err := w.book.Has(t.Context(), w.book.DB, nobody.ID()); err != nil || has {
		t.Errorf("got %t, %v, want none", has, err)
	}
	if has, err := w.book.Has(t.Context(), w.book.DB, w.account); err != nil || !has {
		t.Errorf("got %t, %v, want some", has, err)
	}
	w.ask(nobody)
	if out := w.check(nobody, wrong()); !out.Judged || out.Right {
		t.Errorf("got %+v, want a wrong check", out)
	}
}

func TestWhatThePassingCausesCommitsWithIt(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	boom := errors.New("boom")
	given := w.right()
	if _, err := w.book.Check(t.Context(), w.whom(), given, func(context.Context, db.Tx) error { return boom }); !errors.Is(err, boom) {
		t.Fatalf("got %v, want the error", err)
	}
	if s, err := w.book.Standing(t.Context(), w.book.DB, w.whom()); err != nil || s.Left != 2 {
		t.Errorf("got %+v, %v, want the try to stay spent", s, err)
	}
}

func TestQuestionsAreReadInBothLanguages(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	catalogue, err := i18n.New(i18n.Standing{})
	w.must(err)
	two := w.ask(w.whom())
	en, fr := two[0].Text.In(i18n.With(t.Context(), catalogue, i18n.EN)), two[0].Text.In(i18n.With(t.Context(), catalogue, i18n.FR))
	if en == "" || en == fr {
		t.Errorf("got %q and %q", en, fr)
	}
}
