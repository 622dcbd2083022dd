package question

import (
	"context"
	"fmt"
	"slices"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/secret"
	"oneid/db"
)

// The budget (SECURITY.md 1.5).
const (
	firstWaitAt  = 3
	firstWait    = 15 * time.Minute
	secondWaitAt = 5
	secondWait   = time.Hour
	dayMost      = 8
	dayWait      = 24 * time.Hour
	offAt        = 12
)

func waits() db.QuestionWaits {
	after := make([]time.Duration, secondWaitAt)
	after[firstWaitAt-1], after[secondWaitAt-1] = firstWait, secondWait
	return db.QuestionWaits{After: after, DayMost: dayMost, Day: 24 * time.Hour, DayWait: dayWait, Off: offAt}
}

// Standing says whether questions can be answered now.
type Standing struct {
	// Left is how many wrong checks there may be before the next wait, if
	// neither of the others holds.
	Left int
	// Until is when questions are taken again; zero if now.
	Until time.Time
	// Off means that waiting won't help; see Reopen.
	Off bool
}

// Open tells whether a check would be judged now.
func (s Standing) Open() bool { return !s.Off && s.Until.IsZero() }

// Outcome is what came of a check.
type Outcome struct {
	// Judged is false when the answers were not looked at: Standing says why.
	Judged bool
	Right  bool
	// Standing is how things are after it.
	Standing
}

// Standing reads the budget of somebody.
func (b *Book) Standing(ctx context.Context, q db.Querier, w Whom) (Standing, error) {
	budget, err := db.QuestionBudgetOf(ctx, q, w.counted)
	if err != nil {
		return Standing{}, err
	}
	return standing(budget, b.DB.Clock.Now()), nil
}

func standing(b db.QuestionBudget, now time.Time) Standing {
	s := Standing{Off: b.Off}
	if b.WaitUntil != nil && b.WaitUntil.After(now) {
		s.Until = *b.WaitUntil
	}
	if !s.Open() {
		return s
	}
	s.Left = offAt - b.Failures
	for _, at := range []int{secondWaitAt, firstWaitAt} {
		if b.Failures < at {
			s.Left = at - b.Failures
		}
	}
	recent := 0
	for _, at := range b.Recent {
		if at.After(now.Add(-waits().Day)) {
			recent++
		}
	}
	s.Left = max(min(s.Left, dayMost-recent), 1)
	return s
}

// Check judges the answers to the two questions that Ask returned, in its order.
// The try is counted first and stays counted unless both are right. Then (which
// may be nil) runs in the transaction that notes the passing; its error undoes
// it. Never call it inside a transaction.
func (b *Book) Check(ctx context.Context, w Whom, given [2]string, then func(context.Context, db.Tx) error) (Outcome, error) {
	return b.judge(ctx, w, then, func() (bool, error) { return b.match(ctx, w, given) })
}

func (b *Book) judge(ctx context.Context, w Whom, then func(context.Context, db.Tx) error, match func() (bool, error)) (Outcome, error) {
	budget, taken, err := db.TakeQuestionTry(ctx, b.DB, w.counted, waits(), b.DB.Clock.Now())
	if err != nil {
		return Outcome{}, err
	}
	after := standing(budget, b.DB.Clock.Now())
	if !taken {
		return Outcome{Standing: after}, b.record(ctx, w, audit.QuestionsWaited)
	}
	right, err := match()
	if err != nil {
		return Outcome{}, err
	}
	if !right {
		return Outcome{Judged: true, Standing: after}, b.record(ctx, w, audit.QuestionsFailed)
	}
	err = db.InTx(ctx, b.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.ClearQuestionBudget(ctx, tx, w.counted); err != nil {
			return err
		}
		if then != nil {
			if err := then(ctx, tx); err != nil {
				return err
			}
		}
		return b.Audit.Record(ctx, tx, w.event(audit.QuestionsPassed))
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("check answers of %s: %w", w.counted, err)
	}
	return Outcome{Judged: true, Right: true, Standing: Standing{Left: firstWaitAt}}, nil
}

// match compares both answers, or does the same work for nobody.
func (b *Book) match(ctx context.Context, w Whom, given [2]string) (bool, error) {
	all, err := db.ChallengeQuestions(ctx, b.DB)
	if err != nil {
		return false, err
	}
	ids, err := b.ids(ctx, b.DB, w, all)
	if err != nil {
		return false, err
	}
	stored, err := db.ChallengeAnswersOf(ctx, b.DB, w.counted)
	if err != nil {
		return false, err
	}
	var pairs []secret.GivenAnswer
	for i, id := range ids {
		at := slices.IndexFunc(stored, func(a db.ChallengeAnswer) bool {
			return a.QuestionID == id && a.Kind == string(secret.OnlineAnswer)
		})
		if at < 0 {
			return false, b.Answers.Dummy(ctx, secret.OnlineAnswer, given[:])
		}
		a := stored[at]
		pairs = append(pairs, secret.GivenAnswer{
			Answer: given[i],
			Stored: secret.HashedAnswer{Hash: a.Hash, PepperVersion: a.PepperVersion, Normaliser: a.Normaliser},
		})
	}
	return b.Answers.Match(ctx, secret.OnlineAnswer, pairs)
}

// Reopen lets questions be asked again that twelve wrong checks have turned off:
// the person has proven something that they hold, or called the desk.
func (b *Book) Reopen(ctx context.Context, tx db.Tx, id db.AccountID) error {
	return db.ReopenQuestions(ctx, tx, id)
}

func (b *Book) record(ctx context.Context, w Whom, kind audit.Kind) error {
	return db.InTx(ctx, b.DB, func(ctx context.Context, tx db.Tx) error {
		return b.Audit.Record(ctx, tx, w.event(kind))
	})
}
