package throttle

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"oneid/db"
)

// Lane is one of the two counts of an account's password.
type Lane string

// The lanes. Tries from a device that the account has signed in from before
// count apart from all others, so guessing strangers can't lock the owner out.
const (
	Known   Lane = db.LaneKnown
	Unknown Lane = db.LaneUnknown
)

const (
	freeUnknown = 5
	freeKnown   = 10
	// passwordOff is after how many consecutive failures a lane takes no more
	// tries until the password is recovered.
	passwordOff = 100
)

// Ladder is how long a lane waits after its nth consecutive failure, and
// whether it takes no more tries at all.
func Ladder(lane Lane, failures int) (wait time.Duration, off bool) {
	steps := ladder(lane)
	if failures < 1 {
		return 0, false
	}
	return steps[min(failures, len(steps))-1], failures >= passwordOff
}

// ladder has the wait after each failure; the last one stays. The free tries
// have none between them: the first wait follows the last free one.
func ladder(lane Lane) []time.Duration {
	free := freeUnknown
	if lane == Known {
		free = freeKnown
	}
	steps := make([]time.Duration, free-1, free+6)
	for _, minutes := range []time.Duration{1, 2, 4, 8, 15, 30, 60} {
		steps = append(steps, minutes*time.Minute)
	}
	return steps
}

// SpendPassword takes one try of an account's password, counted as failed until
// PasswordRight says otherwise. Call it before the guess is judged, and outside
// the transaction that follows, since hashing must not hold one. It refuses
// while the lane waits; Off means that waiting won't help.
func (t *Throttle) SpendPassword(ctx context.Context, q bun.IDB, id db.AccountID, lane Lane) (Verdict, error) {
	l, taken, err := db.TakeTry(ctx, q, id, string(lane), ladder(lane), passwordOff, t.Clock.Now())
	if err != nil {
		return Verdict{}, fmt.Errorf("spend a password try: %w", err)
	}
	if taken {
		return Verdict{Allowed: true, Left: max(len(ladder(lane))-6-l.Failures, 0)}, nil
	}
	if l.Failures >= passwordOff {
		return Verdict{Off: true}, nil
	}
	if l.WaitUntil == nil { // cleared meanwhile by the right password
		return Verdict{RetryAt: t.Clock.Now()}, nil
	}
	return Verdict{RetryAt: *l.WaitUntil}, nil
}

// PasswordRight forgets the lane's failures: the password was right.
func (t *Throttle) PasswordRight(ctx context.Context, q bun.IDB, id db.AccountID, lane Lane) error {
	return db.ClearLane(ctx, q, id, string(lane))
}

// PasswordUnjudged takes back one try that nobody has judged, because the node
// was too busy: a crowd must not lock people out.
func (t *Throttle) PasswordUnjudged(ctx context.Context, q bun.IDB, id db.AccountID, lane Lane) error {
	return db.ReturnTry(ctx, q, id, string(lane))
}

// PasswordRecovered opens both lanes again.
func (t *Throttle) PasswordRecovered(ctx context.Context, q bun.IDB, id db.AccountID) error {
	return db.ClearLane(ctx, q, id, "")
}
