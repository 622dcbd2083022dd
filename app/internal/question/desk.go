package question

import (
	"context"
	"fmt"
	"slices"

	"oneid/app/internal/secret"
	"oneid/db"
)

// deskScope keeps what is counted at the Service Desk apart from the budget of
// the online questions, which strangers can spend.
const deskScope = "question/desk"

// AskDesk returns the two questions that the Service Desk puts to a caller.
// db.ErrNotFound: the account has not chosen both.
func (b *Book) AskDesk(ctx context.Context, q db.Querier, id db.AccountID) ([2]Asked, error) {
	var two [2]Asked
	chosen, err := deskAnswers(ctx, q, id)
	if err != nil {
		return two, err
	}
	all, err := db.ChallengeQuestions(ctx, q)
	if err != nil {
		return two, err
	}
	for i, a := range chosen {
		at := slices.IndexFunc(all, func(c db.ChallengeQuestion) bool { return c.ID == a.QuestionID })
		if at < 0 {
			return two, fmt.Errorf("ask question %q: there is none", a.QuestionID)
		}
		two[i] = asked(all[at])
	}
	return two, nil
}

// CheckDesk judges a caller's answers to the two questions of AskDesk, in its
// order, as somebody of the staff typed them in. It counts tries as Check does, in
// a budget of its own; then runs in the transaction that notes the passing.
// db.ErrNotFound as AskDesk.
func (b *Book) CheckDesk(ctx context.Context, id, by db.AccountID, given [2]string, then func(context.Context, db.Tx) error) (Outcome, error) {
	chosen, err := deskAnswers(ctx, b.DB, id)
	if err != nil {
		return Outcome{}, err
	}
	var pairs []secret.GivenAnswer
	for i, a := range chosen {
		pairs = append(pairs, secret.GivenAnswer{
			Answer: given[i],
			Stored: secret.HashedAnswer{Hash: a.Hash, PepperVersion: a.PepperVersion, Normaliser: a.Normaliser},
		})
	}
	w := Whom{account: id, counted: b.standIn(deskScope, string(id)), by: string(by)}
	return b.judge(ctx, w, then, func() (bool, error) { return b.Answers.Match(ctx, secret.DeskAnswer, pairs) })
}

// deskAnswers are the two that an account keeps for the Service Desk.
func deskAnswers(ctx context.Context, q db.Querier, id db.AccountID) ([]db.ChallengeAnswer, error) {
	all, err := db.ChallengeAnswersOf(ctx, q, id)
	if err != nil {
		return nil, err
	}
	desk := slices.DeleteFunc(all, func(a db.ChallengeAnswer) bool { return a.Kind != string(secret.DeskAnswer) })
	if len(desk) != askedAtOnce {
		return nil, fmt.Errorf("read the Service Desk questions of %s: %w", id, db.ErrNotFound)
	}
	return desk, nil
}
