package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// ChallengeQuestion is a question that people may choose to be asked. Online and
// desk questions are disjoint lists.
type ChallengeQuestion struct {
	bun.BaseModel `bun:"table:challenge_questions"`

	ID       string `bun:",pk"`
	Kind     string // "online" or "desk"
	Position int
	TextEn   string
	TextFr   string
	Weak     []string `bun:",array"` // names of the lists of answers that are too common
	Offered  bool     // false: kept for those who chose it, offered to nobody
}

// ChallengeQuestions lists every question, online ones first, in the order in
// which they are offered.
func ChallengeQuestions(ctx context.Context, q bun.IDB) ([]ChallengeQuestion, error) {
	var all []ChallengeQuestion
	err := q.NewSelect().Model(&all).Order("kind DESC", "position", "id").Scan(ctx)
	return all, wrap(err, "list challenge questions")
}

// ChallengeAnswer is an account's answer to a question, hashed.
type ChallengeAnswer struct {
	bun.BaseModel `bun:"table:challenge_answers"`

	AccountID     AccountID `bun:",pk"`
	Kind          string    `bun:",pk"`
	Position      int       `bun:",pk"`
	QuestionID    string
	Hash          string
	PepperVersion int
	Normaliser    int
	SetAt         time.Time
}

// InsertChallengeAnswers adds the answers of a new account.
func InsertChallengeAnswers(ctx context.Context, tx Tx, answers []ChallengeAnswer) error {
	if len(answers) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&answers).Exec(ctx)
	return wrap(err, "insert challenge answers")
}

// ReplaceChallengeAnswers gives an account these answers and no others. The
// account must be locked.
func ReplaceChallengeAnswers(ctx context.Context, tx Tx, id AccountID, answers []ChallengeAnswer) error {
	if _, err := tx.NewDelete().Model((*ChallengeAnswer)(nil)).Where("account_id = ?", id).Exec(ctx); err != nil {
		return wrap(err, "drop challenge answers of account %s", id)
	}
	return InsertChallengeAnswers(ctx, tx, answers)
}

// ChallengeAnswersOf lists an account's answers, online ones first.
func ChallengeAnswersOf(ctx context.Context, q bun.IDB, id AccountID) ([]ChallengeAnswer, error) {
	var all []ChallengeAnswer
	err := q.NewSelect().Model(&all).Where("account_id = ?", id).Order("kind DESC", "position").Scan(ctx)
	return all, wrap(err, "list challenge answers of account %s", id)
}
