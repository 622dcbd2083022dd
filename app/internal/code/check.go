package code

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/throttle"
	"oneid/db"
)

// Outcome is what came of a code that was typed or a digit that was pressed.
type Outcome string

// The outcomes.
const (
	Right   Outcome = "right"
	Wrong   Outcome = "wrong"
	Used    Outcome = "used"    // it passed before: a second click
	Expired Outcome = "expired" // too late, guessed too often, or not this holder's
	Locked  Outcome = "locked"  // too many wrong ones: RetryAt tells how long
)

// Result is the outcome of Check.
type Result struct {
	Outcome Outcome
	Left    int       // tries left after a wrong one
	RetryAt time.Time // when codes are taken again, if locked
}

// Check judges what a person typed. The try is counted first and stays counted.
// When it is right, then (which may be nil) runs in the transaction that notes
// it; its error undoes the passing.
func (r *Rules) Check(ctx context.Context, id db.CodeID, h Holder, typed string, then func(context.Context, db.Tx) error) (Result, error) {
	c, err := r.owned(ctx, id, h)
	if errors.Is(err, db.ErrNotFound) {
		return Result{Outcome: Expired}, nil
	}
	if err != nil {
		return Result{}, err
	}
	v, err := r.spendWrong(ctx, h.id())
	if err != nil {
		return Result{}, err
	}
	if !v.Allowed {
		return Result{Outcome: Locked, RetryAt: v.RetryAt}, nil
	}
	taken, err := db.TakeCodeTry(ctx, r.DB, id, maxWrong, r.DB.Clock.Now())
	if errors.Is(err, db.ErrNotFound) {
		// Nothing was judged, so nothing was wrong.
		if err := r.refundWrong(ctx, h.id()); err != nil {
			return Result{}, err
		}
		if c.State == db.CodePassed {
			return Result{Outcome: Used}, nil
		}
		return Result{Outcome: Expired}, nil
	}
	if err != nil {
		return Result{}, err
	}
	right, err := r.codes().Match(taken.Purpose, taken.Nonce, typed)
	if err != nil {
		return Result{}, fmt.Errorf("check code %s: %w", id, err)
	}
	// A call's digits are pressed, not typed, and what went to nobody was told to
	// nobody.
	if !right || taken.Method != db.MethodText || len(taken.Number) == 0 {
		return r.wrong(ctx, taken, h)
	}
	return r.right(ctx, taken, h, then)
}

func (r *Rules) wrong(ctx context.Context, c *db.Code, h Holder) (Result, error) {
	left := maxWrong - c.Tries
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if left <= 0 {
			if _, err := db.SettleCode(ctx, tx, c.ID, db.CodeFailed); err != nil {
				return err
			}
		}
		return r.recordOf(ctx, tx, audit.CodeFailed, c, h, nil)
	})
	return Result{Outcome: Wrong, Left: max(left, 0)}, err
}

func (r *Rules) right(ctx context.Context, c *db.Code, h Holder, then func(context.Context, db.Tx) error) (Result, error) {
	passed := false
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		var err error
		if passed, err = db.SettleCode(ctx, tx, c.ID, db.CodePassed); err != nil || !passed {
			return err
		}
		if then != nil {
			if err := then(ctx, tx); err != nil {
				return err
			}
		}
		return r.record(ctx, tx, audit.CodePassed, c, nil)
	})
	if err != nil {
		return Result{}, err
	}
	if err := r.clearWrong(ctx, c, h.id()); err != nil {
		return Result{}, err
	}
	if !passed {
		return Result{Outcome: Used}, nil
	}
	return Result{Outcome: Right}, nil
}

// Pressed judges the digit that was pressed in a call. The same digit again has
// the same outcome, so a carrier may repeat its request.
func (r *Rules) Pressed(ctx context.Context, id db.CodeID, digit int) (Outcome, error) {
	c, err := db.CodeByID(ctx, r.DB, id)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return Expired, nil
	case err != nil:
		return "", err
	case c.Digit == nil:
		return Expired, nil
	}
	if c.State == db.CodePassed && *c.Digit == digit {
		return Right, nil
	}
	if c.State != db.CodeSent || !c.ExpiresAt.After(r.DB.Clock.Now()) {
		return Expired, nil
	}
	if *c.Digit == digit {
		result, err := r.right(ctx, c, holderOf(c), nil)
		if result.Outcome == Used {
			return Right, err
		}
		return result.Outcome, err
	}
	if _, err := r.spendWrong(ctx, holderOf(c).id()); err != nil {
		return "", err
	}
	return Wrong, r.fail(ctx, c, audit.CodeFailed, nil)
}

// Calling reads a code for the call that is about to speak: its purpose, and
// whether it still can pass.
func (r *Rules) Calling(ctx context.Context, id db.CodeID) (Purpose, bool, error) {
	c, err := db.CodeByID(ctx, r.DB, id)
	if errors.Is(err, db.ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	alive := c.Digit != nil && c.State == db.CodeSent && c.ExpiresAt.After(r.DB.Clock.Now())
	return Purpose(c.Purpose), alive, nil
}

// Fraud ends a code because the person called says that it was not them, and
// freezes what it would have opened. It is false when the code no longer could
// pass: an old request that is repeated freezes nothing.
func (r *Rules) Fraud(ctx context.Context, id db.CodeID) (bool, error) {
	purpose, alive, err := r.Calling(ctx, id)
	if err != nil || !alive || purpose == Test {
		return false, err
	}
	c, err := db.CodeByID(ctx, r.DB, id)
	if err != nil {
		return false, err
	}
	return true, r.fail(ctx, c, audit.CodeFraud, r.Freeze)
}

// fail settles a code as failed and, if it was this call that did, records it.
func (r *Rules) fail(ctx context.Context, c *db.Code, kind audit.Kind, then func(context.Context, db.Tx, *db.Code) error) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		settled, err := db.SettleCode(ctx, tx, c.ID, db.CodeFailed)
		if err != nil || !settled {
			return err
		}
		if then != nil {
			if err := then(ctx, tx, c); err != nil {
				return err
			}
		}
		return r.record(ctx, tx, kind, c, nil)
	})
}

func wrongUses(holder string) []throttle.Use {
	var uses []throttle.Use
	for _, limit := range wrongLimits() {
		uses = append(uses, throttle.Use{Limit: limit, Value: holder})
	}
	return uses
}

func (r *Rules) spendWrong(ctx context.Context, holder string) (throttle.Verdict, error) {
	return r.Throttle.SpendAll(ctx, r.DB, wrongUses(holder))
}

func (r *Rules) refundWrong(ctx context.Context, holder string) error {
	return r.Throttle.RefundAll(ctx, r.DB, wrongUses(holder))
}

// clearWrong starts the count across codes anew; the day's count only gets this
// try back, or right codes to one's own phone would buy guesses at another.
func (r *Rules) clearWrong(ctx context.Context, c *db.Code, holder string) error {
	if err := r.Throttle.Clear(ctx, r.DB, throttle.WrongCodes, holder); err != nil {
		return err
	}
	if c.Method == db.MethodCall { // nothing was spent before
		return nil
	}
	return r.Throttle.Refund(ctx, r.DB, throttle.WrongCodesDay, holder)
}
