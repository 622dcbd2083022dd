package throttle

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/uptrace/bun"

	"oneid/db"
)

// The breaker over everything sent stops an attack that stays below all other
// limits: an hour with three times the usual number of codes, or codes that
// hardly anyone types in.
const (
	breakerTimes   = 3
	breakerHistory = day
	defaultFloor   = 100
	sampleSize     = 50
	sampleAge      = time.Hour
	samplePassed   = sampleSize * 30 / 100
	breakerPause   = 10 * time.Minute
)

// prefixLength is how much of a number names its range: +1 416 555 of
// +1 416 555 0123 are seven digits and the sign.
const prefixLength = 8

// Sending is a one-time code that is about to go out.
type Sending struct {
	Number string     // E.164
	Holder string     // the account's or the draft's id
	From   netip.Addr // who asks; none when Prepare has counted it
	Call   bool       // by call, not by text
}

// Send asks whether a code may go out, and counts it. When it refuses, By tells
// which limit did; AllSends is the breaker, worth an alarm. What is refused
// costs nothing of the other limits.
func (t *Throttle) Send(ctx context.Context, q bun.IDB, s Sending) (Verdict, error) {
	v, err := t.SpendAll(ctx, q, s.uses())
	if err != nil || !v.Allowed {
		return v, err
	}
	until, err := t.breaker(ctx, q)
	if err != nil {
		return Verdict{}, err
	}
	if !until.IsZero() {
		return Verdict{RetryAt: until, By: AllSends}, t.RefundAll(ctx, q, s.uses())
	}
	return v, nil
}

func (s Sending) uses() []Use {
	uses := []Use{
		{NumberPause, s.Number}, {NumberMinutes, s.Number}, {NumberHour, s.Number}, {NumberDay, s.Number},
	}
	if s.Call {
		uses = append(uses, Use{CallsHour, s.Number}, Use{CallsDay, s.Number})
	}
	uses = append(uses, Use{HolderDay, s.Holder})
	if s.From.IsValid() {
		uses = append(uses, perNetwork(AddressSends, s.From)...)
	}
	return append(uses, Use{PrefixSends, s.Number[:min(prefixLength, len(s.Number))]})
}

// breaker counts a send and returns until when nothing goes out, if the sum of
// all sending looks like an attack.
func (t *Throttle) breaker(ctx context.Context, q bun.IDB) (time.Time, error) {
	now := t.Clock.Now()
	sent, mean, err := db.Meter(ctx, q, t.hash(AllSends, ""), breakerHistory, now)
	if err != nil {
		return time.Time{}, fmt.Errorf("meter sends: %w", err)
	}
	floor := t.SendFloor
	if floor == 0 {
		floor = defaultFloor
	}
	if sent > floor && float64(sent) > breakerTimes*mean {
		return now.Truncate(time.Hour).Add(time.Hour), nil
	}
	settled, passed, err := db.CodeOutcomes(ctx, q, now.Add(-sampleAge), sampleSize, now)
	if err != nil {
		return time.Time{}, fmt.Errorf("judge the codes sent: %w", err)
	}
	if settled >= sampleSize && passed < samplePassed {
		return now.Add(breakerPause), nil
	}
	return time.Time{}, nil
}
