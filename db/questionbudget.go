package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// QuestionBudget counts wrong answers to online questions. Its account need not
// exist: a stranger's guesses count under an id of their own.
type QuestionBudget struct {
	bun.BaseModel `bun:"table:question_budgets"`

	AccountID AccountID   `bun:",pk"`
	Failures  int         // since the last success
	Recent    []time.Time `bun:",array"` // those of the day that ended with the newest
	WaitUntil *time.Time
	Asked     []string `bun:",array"` // the two that are asked until one check succeeds
	Off       bool
}

// QuestionWaits says what a failure leads to.
type QuestionWaits struct {
	// After has the wait that begins with each failure since the last success;
	// 0 for none, and none after the last.
	After []time.Duration
	// DayMost failures within Day make a wait of DayWait.
	DayMost int
	Day     time.Duration
	DayWait time.Duration
	// Off failures since the last success end the questions.
	Off int
}

// TakeQuestionTry counts a check as failed before it is judged, with the wait
// that follows. It refuses, with taken false and the budget as it stands, while
// a wait is in force or the questions are off. One statement counts, so of many
// parallel tries only the allowed number is taken.
func TakeQuestionTry(ctx context.Context, q bun.IDB, id AccountID, w QuestionWaits, now time.Time) (b QuestionBudget, taken bool, err error) {
	seconds := make([]float64, len(w.After))
	for i, wait := range w.After {
		seconds[i] = wait.Seconds()
	}
	var rows []QuestionBudget
	_, err = q.NewRaw(`INSERT INTO question_budgets (account_id, failures, recent) VALUES (?, 0, '{}')
		ON CONFLICT (account_id) DO NOTHING`, id).Exec(ctx)
	if err != nil {
		return b, false, wrap(err, "open the question budget of %s", id)
	}
	// Only a try that is taken touches what is noted of the last day: the newest
	// one says how long a budget has rested (PurgeDevices).
	err = q.NewRaw(`UPDATE question_budgets AS b SET
			failures = b.failures + 1,
			recent = (SELECT coalesce(array_agg(at ORDER BY at), '{}') FROM unnest(b.recent) at WHERE at > ?) || ?::timestamptz,
			off = b.failures + 1 >= ?,
			wait_until = CASE
				WHEN (SELECT count(*) FROM unnest(b.recent) at WHERE at > ?) + 1 >= ? THEN ?::timestamptz
				WHEN coalesce((?::float8[])[b.failures + 1], 0) > 0 THEN ?::timestamptz + (?::float8[])[b.failures + 1] * interval '1 second'
				END
		WHERE account_id = ? AND NOT b.off AND (b.wait_until IS NULL OR b.wait_until <= ?)
		RETURNING b.*`,
		now.Add(-w.Day), now, w.Off, now.Add(-w.Day), w.DayMost, now.Add(w.DayWait),
		pgdialect.Array(seconds), now, pgdialect.Array(seconds),
		id, now).Scan(ctx, &rows)
	if err != nil {
		return b, false, wrap(err, "take a question try of %s", id)
	}
	if len(rows) > 0 {
		return rows[0], true, nil
	}
	b, err = QuestionBudgetOf(ctx, q, id)
	return b, false, err
}

// QuestionBudgetOf reads a budget; one that was never touched is returned empty.
func QuestionBudgetOf(ctx context.Context, q bun.IDB, id AccountID) (QuestionBudget, error) {
	var rows []QuestionBudget
	err := q.NewSelect().Model(&rows).Where("account_id = ?", id).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return QuestionBudget{AccountID: id}, wrap(err, "read question budget of %s", id)
	}
	return rows[0], nil
}

// ChooseAsked returns the two questions that are asked: those noted before, if
// they are among the ones given, else the two wanted, which it notes. Parallel
// callers get the same two.
func ChooseAsked(ctx context.Context, q bun.IDB, id AccountID, among, wanted []string) ([]string, error) {
	var b QuestionBudget
	err := q.NewRaw(`INSERT INTO question_budgets AS b (account_id, failures, recent, asked) VALUES (?, 0, '{}', ?::text[])
		ON CONFLICT (account_id) DO UPDATE SET
			asked = CASE WHEN cardinality(b.asked) = cardinality(EXCLUDED.asked) AND b.asked <@ ?::text[] THEN b.asked ELSE EXCLUDED.asked END
		RETURNING b.*`,
		id, pgdialect.Array(wanted), pgdialect.Array(among)).Scan(ctx, &b)
	return b.Asked, wrap(err, "choose questions for %s", id)
}

// ClearQuestionBudget forgets the failures: the answers were right, so other
// questions may be asked next time.
func ClearQuestionBudget(ctx context.Context, q bun.IDB, id AccountID) error {
	_, err := q.NewDelete().Model((*QuestionBudget)(nil)).Where("account_id = ?", id).Exec(ctx)
	return wrap(err, "clear question budget of %s", id)
}

// ReopenQuestions lets questions that are off be asked again. Others keep their
// count, so that signing in buys nobody more guesses.
func ReopenQuestions(ctx context.Context, q bun.IDB, id AccountID) error {
	_, err := q.NewUpdate().Model((*QuestionBudget)(nil)).
		Set("off = false").Set("failures = 0").Set("wait_until = NULL").
		Where("account_id = ? AND off", id).Exec(ctx)
	return wrap(err, "reopen the questions of %s", id)
}
