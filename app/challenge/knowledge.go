package challenge

import (
	"context"

	"oneid/app/internal/access"
	"oneid/app/internal/outbox"
	"oneid/app/internal/question"
	"oneid/app/internal/recoverycode"
	"oneid/app/internal/throttle"
	"oneid/db"
)

// Answers asks two challenge questions.
type Answers struct {
	DB      *db.DB
	Book    *question.Book
	Passing *Passing
}

// Ask is the pair that a session is asked, and whether answers are taken now.
func (a *Answers) Ask(ctx context.Context, s access.Session) ([2]question.Asked, question.Standing, error) {
	who := question.Account(s.Who.Account)
	two, err := a.Book.Ask(ctx, a.DB, who)
	if err != nil {
		return two, question.Standing{}, err
	}
	standing, err := a.Book.Standing(ctx, a.DB, who)
	return two, standing, err
}

// Check judges both answers together.
func (a *Answers) Check(ctx context.Context, v Visit, given [2]string) (question.Outcome, Passed, error) {
	var out Passed
	outcome, err := a.Book.Check(ctx, question.Account(v.Session.Who.Account), given, func(ctx context.Context, tx db.Tx) error {
		var err error
		out, err = a.Passing.Note(ctx, tx, v, access.FactorQuestions)
		return err
	})
	return outcome, out, err
}

// Recovery takes recovery codes.
type Recovery struct {
	DB       *db.DB
	Codes    *recoverycode.Codes
	Throttle *throttle.Throttle
	Passing  *Passing
}

// Check judges a recovery code. Wrong ones count with wrong codes by phone,
// before they are judged; the verdict refuses while they are locked.
func (r *Recovery) Check(ctx context.Context, v Visit, typed string) (right bool, out Passed, verdict throttle.Verdict, err error) {
	id := v.Session.Who.Account
	verdict, err = r.Throttle.SpendAll(ctx, r.DB, []throttle.Use{
		{Limit: throttle.WrongCodes, Value: string(id)}, {Limit: throttle.WrongCodesDay, Value: string(id)},
	})
	if err != nil || !verdict.Allowed {
		return false, out, verdict, err
	}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if _, err := db.LockAccount(ctx, tx, id); err != nil { // before its codes, as whoever replaces them does
			return err
		}
		left, ok, err := r.Codes.Use(ctx, tx, id, typed)
		if err != nil || !ok {
			return err
		}
		right = true
		if out, err = r.Passing.Note(ctx, tx, v, access.FactorRecovery); err != nil {
			return err
		}
		out.Left = left
		if err := r.Passing.Notices.Tell(ctx, tx, id, outbox.CodeUsed{Left: left}); err != nil {
			return err
		}
		if err := r.Throttle.Clear(ctx, tx, throttle.WrongCodes, string(id)); err != nil {
			return err
		}
		return r.Throttle.Refund(ctx, tx, throttle.WrongCodesDay, string(id))
	})
	return right && err == nil, out, verdict, err
}
