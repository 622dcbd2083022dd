package throttle

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"oneid/db"
)

const (
	// lotsPerLimit is into how many lots a limit is cut. Several nodes may
	// refuse a network that many uses early, but never late.
	lotsPerLimit = 30
	// mostLots is how many networks are remembered at once.
	mostLots = 20_000
)

// Lots counts requests without asking the database for each: it takes them from
// the shared count by the lot and hands them out by itself. What was refused
// stays refused here until the window ends, so that a flood reaches no further.
// It is for limits without a ban. The zero value with a Throttle is ready.
type Lots struct {
	*Throttle

	mu   sync.Mutex
	open map[string]lot // by network
}

// lot is what a network may still ask for before the database is asked again.
type lot struct {
	left int
	end  time.Time // of the window
	over bool      // nothing is left in it for anyone
}

// Request counts one dynamic page asked for from an address.
func (l *Lots) Request(ctx context.Context, q bun.IDB, from netip.Addr) (Verdict, error) {
	network := networks(from)[0]
	now := l.Clock.Now()
	if verdict, known := l.take(network, now); known {
		return verdict, nil
	}
	rule := l.rule(Requests)
	size := max(rule.Max/lotsPerLimit, 1)
	used, end, err := db.Count(ctx, q, db.Window{Key: l.hash(Requests, network), Max: rule.Max, Length: rule.Window}, size, now)
	if err != nil {
		return Verdict{}, fmt.Errorf("spend %s: %w", Requests, err)
	}
	mine := min(max(rule.Max-(used-size), 0), size)
	l.put(network, lot{left: max(mine-1, 0), end: end, over: mine == 0}, now)
	if mine == 0 {
		if verdict, known := l.take(network, now); known {
			return verdict, nil // of a lot that was opened meanwhile
		}
		return Verdict{RetryAt: end, By: Requests}, nil
	}
	return Verdict{Allowed: true, Left: max(rule.Max-used, 0) + mine - 1}, nil
}

// take answers from what is open here.
func (l *Lots) take(network string, now time.Time) (Verdict, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	have, ok := l.open[network]
	switch {
	case !ok, !now.Before(have.end):
		return Verdict{}, false
	case have.over:
		return Verdict{RetryAt: have.end, By: Requests}, true
	case have.left <= 0:
		return Verdict{}, false
	}
	have.left--
	l.open[network] = have
	return Verdict{Allowed: true, Left: have.left}, true
}

// put opens a lot. What another request opened meanwhile in the same window is
// added to it.
func (l *Lots) put(network string, fresh lot, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if have, ok := l.open[network]; ok && have.end.Equal(fresh.end) && have.left > 0 {
		fresh.left += have.left
		fresh.over = false
	}
	if len(l.open) >= mostLots {
		l.forget(now)
	}
	if l.open == nil {
		l.open = map[string]lot{}
	}
	l.open[network] = fresh
}

// forget makes room: for what has ended, else for all. The database remembers.
func (l *Lots) forget(now time.Time) {
	for network, have := range l.open {
		if !now.Before(have.end) {
			delete(l.open, network)
		}
	}
	if len(l.open) >= mostLots {
		clear(l.open)
	}
}
