package secret

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// ErrBusy means that too many hashes are waited for already. The person should
// be asked to try again in a moment (503 with Retry-After).
var ErrBusy = errors.New("too many hashes at once")

// Hashing in parallel beyond the number of cores makes each hash several times
// slower, for everyone (SECURITY.md 0.7).
const (
	turnstileQueue = 64
	turnstileWait  = 2 * time.Second
)

// Turnstile lets a limited number of callers work at once, a limited number
// wait for them, and turns the others away.
type Turnstile struct {
	slots   chan struct{}
	waiting chan struct{}
	wait    time.Duration
}

// NewTurnstile returns a turnstile with one slot for each core.
func NewTurnstile() *Turnstile {
	return turnstile(runtime.GOMAXPROCS(0), turnstileQueue, turnstileWait)
}

func turnstile(slots, queue int, wait time.Duration) *Turnstile {
	return &Turnstile{slots: make(chan struct{}, slots), waiting: make(chan struct{}, queue), wait: wait}
}

// Do runs work in a slot. It returns ErrBusy, without having run it, when the
// queue is full or no slot came free in time, and the context's error when the
// caller went away first.
func (t *Turnstile) Do(ctx context.Context, work func()) error {
	if err := t.enter(ctx); err != nil {
		return err
	}
	defer func() { <-t.slots }()
	work()
	return nil
}

func (t *Turnstile) enter(ctx context.Context) error {
	select {
	case t.slots <- struct{}{}:
		return nil
	default:
	}
	select {
	case t.waiting <- struct{}{}:
		defer func() { <-t.waiting }()
	default:
		return ErrBusy
	}
	patience := time.NewTimer(t.wait)
	defer patience.Stop()
	select {
	case t.slots <- struct{}{}:
		return nil
	case <-patience.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}
