package throttle

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"oneid/app/internal/clock"
	"oneid/db"
)

// Throttle counts. It holds no state of its own and is safe for concurrent use.
type Throttle struct {
	Clock clock.Clock
	// Hash is the key ring's Index. Without a key, the tables could be searched
	// for a phone number by trying them all.
	Hash func(scope, value string) []byte
	// Requests replaces the limit of the same name where many people share one
	// address; 0 keeps it.
	Requests int
	// SendFloor is how many codes may go out in an hour before the comparison
	// with earlier hours starts; 0 means 100.
	SendFloor int
}

// Verdict answers whether something may be done now.
type Verdict struct {
	Allowed bool
	// RetryAt is when asking again makes sense, if refused. It is zero when
	// waiting does not help (Off).
	RetryAt time.Time
	// Left is how many uses remain, if allowed.
	Left int
	// By is the limit that refused.
	By Limit
	// Off means that a password no longer works until it is recovered.
	Off bool
}

// Use is one use of a limit by a value.
type Use struct {
	Limit Limit
	Value string
}

// Spend uses up one of what the limit allows the value, and refuses once there
// is nothing left. A refused use lengthens nothing.
func (t *Throttle) Spend(ctx context.Context, q bun.IDB, l Limit, value string) (Verdict, error) {
	rule, key, now := t.rule(l), t.hash(l, value), t.Clock.Now()
	window := db.Window{Key: key, Max: rule.Max, Length: rule.Window, Ban: rule.Ban}
	used, end, err := db.Count(ctx, q, window, 1, now)
	if err != nil {
		return Verdict{}, fmt.Errorf("spend %s: %w", l, err)
	}
	// Only one of all parallel uses is the last one allowed: it alone starts the
	// longer ban.
	if rule.Growth > 0 && used == rule.Max {
		growth := db.Growth{First: rule.Ban, Factor: rule.Growth, Most: growthMost, Memory: growthMost}
		until, _, err := db.StartWait(ctx, q, key, growth, now)
		if err != nil {
			return Verdict{}, fmt.Errorf("ban by %s: %w", l, err)
		}
		if err := db.HoldCount(ctx, q, key, until); err != nil {
			return Verdict{}, fmt.Errorf("ban by %s: %w", l, err)
		}
	}
	if used <= rule.Max {
		return Verdict{Allowed: true, Left: rule.Max - used}, nil
	}
	return Verdict{RetryAt: end, By: l}, nil
}

// SpendAll spends one use of each. If any refuse, all are given back and the
// verdict of the first is returned. Left is the smallest of all. No use may be
// given twice.
func (t *Throttle) SpendAll(ctx context.Context, q bun.IDB, uses []Use) (Verdict, error) {
	now := t.Clock.Now()
	windows, keys := make([]db.Window, len(uses)), make([][]byte, len(uses))
	for i, use := range uses {
		keys[i] = t.hash(use.Limit, use.Value)
		windows[i] = db.Window{Key: keys[i], Length: t.rule(use.Limit).Window}
	}
	counted, err := db.CountAll(ctx, q, windows, now)
	if err != nil {
		return Verdict{}, fmt.Errorf("spend: %w", err)
	}
	all := Verdict{Allowed: true, Left: -1}
	for i, use := range uses {
		rule, c := t.rule(use.Limit), counted[string(keys[i])]
		if c.Count > rule.Max {
			return Verdict{RetryAt: c.End, By: use.Limit}, t.RefundAll(ctx, q, uses)
		}
		if left := rule.Max - c.Count; all.Left < 0 || left < all.Left {
			all.Left = left
		}
	}
	for i, use := range uses {
		if rule := t.rule(use.Limit); rule.Ban > 0 && counted[string(keys[i])].Count == rule.Max {
			if err := t.ban(ctx, q, use.Limit, keys[i], rule, now); err != nil {
				return Verdict{}, err
			}
		}
	}
	return all, nil
}

// ban makes a value wait whose last use was just spent.
func (t *Throttle) ban(ctx context.Context, q bun.IDB, l Limit, key []byte, rule Rule, now time.Time) error {
	until := now.Add(rule.Ban)
	if rule.Growth > 0 {
		growth := db.Growth{First: rule.Ban, Factor: rule.Growth, Most: growthMost, Memory: growthMost}
		longer, _, err := db.StartWait(ctx, q, key, growth, now)
		if err != nil {
			return fmt.Errorf("ban by %s: %w", l, err)
		}
		if longer.After(until) {
			until = longer
		}
	}
	if err := db.BanCount(ctx, q, key, until); err != nil {
		return fmt.Errorf("ban by %s: %w", l, err)
	}
	return nil
}

// Peek tells what Spend would say, without spending.
func (t *Throttle) Peek(ctx context.Context, q bun.IDB, l Limit, value string) (Verdict, error) {
	rule := t.rule(l)
	used, end, err := db.Counted(ctx, q, t.hash(l, value), t.Clock.Now())
	if err != nil {
		return Verdict{}, fmt.Errorf("peek at %s: %w", l, err)
	}
	if used >= rule.Max {
		return Verdict{RetryAt: end, By: l}, nil
	}
	return Verdict{Allowed: true, Left: rule.Max - used}, nil
}

// Refund gives one use back.
func (t *Throttle) Refund(ctx context.Context, q bun.IDB, l Limit, value string) error {
	if err := db.Uncount(ctx, q, t.hash(l, value), 1, t.Clock.Now()); err != nil {
		return fmt.Errorf("refund %s: %w", l, err)
	}
	return nil
}

// RefundAll gives one use of each back.
func (t *Throttle) RefundAll(ctx context.Context, q bun.IDB, uses []Use) error {
	keys := make([][]byte, len(uses))
	for i, use := range uses {
		keys[i] = t.hash(use.Limit, use.Value)
	}
	if err := db.UncountAll(ctx, q, keys, nil, t.Clock.Now()); err != nil {
		return fmt.Errorf("refund: %w", err)
	}
	return nil
}

// Clear forgets all uses by a value. A ban that has grown still makes the next
// one longer.
func (t *Throttle) Clear(ctx context.Context, q bun.IDB, l Limit, value string) error {
	if err := db.ClearCount(ctx, q, t.hash(l, value)); err != nil {
		return fmt.Errorf("clear %s: %w", l, err)
	}
	return nil
}

func (t *Throttle) rule(l Limit) Rule {
	r := l.Rule()
	if l == Requests && t.Requests > 0 {
		r.Max = t.Requests
	}
	return r
}

// hash is the key of a value in the tables. The limit is part of it, so that
// rows of two limits can't be joined.
func (t *Throttle) hash(l Limit, value string) []byte {
	return t.Hash("throttle/"+string(l), value)
}
