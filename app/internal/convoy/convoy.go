package convoy

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// limit bounds one turn, whoever waits for it: the work goes on for the others
// when one of them has left.
const limit = 10 * time.Second

// Convoy gathers items. It may be used by many at once; the zero value with Run
// set is ready.
type Convoy[T any] struct {
	// Run does it for all of them and says of each what went wrong. One call
	// follows the other.
	Run func(ctx context.Context, all []T) []error
	// Most is how many go together at most.
	Most int
	// Patience is how long a turn waits at most for those who are on their way.
	Patience time.Duration
	// Company has a turn wait for as many as went with the one before, when that
	// was just now: where many come at a time, they go on doing so.
	Company bool

	mu      sync.Mutex
	waiting []seat[T]
	coming  int           // have a ticket, and are not here yet
	usual   int           // how many went with the last turn
	last    time.Time     // when that was
	whole   chan struct{} // told when there is nobody more to wait for
	busy    bool
}

// Ticket is held by somebody on the way: turns wait for them a little. One
// goroutine at a time may use it.
type Ticket[T any] struct{ convoy *Convoy[T] }

// Expect notes somebody who is on the way. They come by the ticket's Do, or its
// Leave says that they won't.
func (c *Convoy[T]) Expect() *Ticket[T] {
	c.mu.Lock()
	c.coming++
	c.mu.Unlock()
	return &Ticket[T]{convoy: c}
}

// Do is Convoy.Do for the ticket's holder.
func (t *Ticket[T]) Do(ctx context.Context, item T) error {
	c := t.convoy
	t.convoy = nil
	return c.do(ctx, item, 1)
}

// Leave gives the ticket back, unless it was used.
func (t *Ticket[T]) Leave() {
	c := t.convoy
	if c == nil {
		return
	}
	t.convoy = nil
	c.mu.Lock()
	c.came(1)
	c.mu.Unlock()
}

// came notes that fewer are on the way, under the lock.
func (c *Convoy[T]) came(n int) {
	c.coming -= n
	if c.busy && c.full() {
		select {
		case c.whole <- struct{}{}:
		default: // it is known already
		}
	}
}

// recent is how long the number of those who went together is expected again.
const recent = 100 * time.Millisecond

// full tells, under the lock, whether there is nobody to wait for.
func (c *Convoy[T]) full() bool {
	here := len(c.waiting)
	switch {
	case here >= c.Most:
		return true
	case c.coming > 0:
		return false
	case c.Company && here < c.usual:
		return time.Since(c.last) > recent
	}
	return true
}

// errUnsaid stands for what Run did not say: nobody must take that for done.
var errUnsaid = errors.New("convoy: nothing is known of it")

type seat[T any] struct {
	item T
	done chan error
}

// Do has Run done for an item, and returns what went wrong. When ctx ends first,
// the item may still be in Run's hands: the caller must not touch it any more.
func (c *Convoy[T]) Do(ctx context.Context, item T) error { return c.do(ctx, item, 0) }

func (c *Convoy[T]) do(ctx context.Context, item T, expected int) error {
	s := seat[T]{item: item, done: make(chan error, 1)}
	c.mu.Lock()
	if err := ctx.Err(); err != nil {
		c.came(expected)
		c.mu.Unlock()
		return err
	}
	c.waiting = append(c.waiting, s)
	c.came(expected)
	if !c.busy {
		c.busy, c.whole = true, make(chan struct{}, 1)
		go c.drive()
	}
	c.mu.Unlock()
	select {
	case err := <-s.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Waiting is how many wait for the next turn.
func (c *Convoy[T]) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting)
}

// drive goes on until nobody waits.
func (c *Convoy[T]) drive() {
	for {
		// Whoever is nearly here comes along: each is quicker for it.
		runtime.Gosched()
		c.linger()
		c.mu.Lock()
		n := min(len(c.waiting), c.Most)
		if n == 0 {
			c.busy = false
			c.mu.Unlock()
			return
		}
		c.usual, c.last = n, time.Now()
		seats := c.waiting[:n:n]
		if c.waiting = c.waiting[n:]; len(c.waiting) == 0 {
			c.waiting = nil
		}
		c.mu.Unlock()
		c.turn(seats)
	}
}

// linger waits for those who are on their way.
func (c *Convoy[T]) linger() {
	c.mu.Lock()
	select { // what was told of the turn before
	case <-c.whole:
	default:
	}
	whole, full := c.whole, len(c.waiting) == 0 || c.full()
	c.mu.Unlock()
	if full || c.Patience <= 0 {
		return
	}
	patience := time.NewTimer(c.Patience)
	defer patience.Stop()
	select {
	case <-whole:
	case <-patience.C:
	}
}

func (c *Convoy[T]) turn(seats []seat[T]) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var errs []error
	defer func() {
		// A panic here would end the program, not one request.
		fault := recover()
		for i, s := range seats {
			var err error
			switch {
			case fault != nil:
				err = fmt.Errorf("convoy: %v", fault)
			case i < len(errs):
				err = errs[i]
			default:
				err = errUnsaid
			}
			s.done <- err
		}
	}()
	items := make([]T, len(seats))
	for i, s := range seats {
		items[i] = s.item
	}
	errs = c.Run(ctx, items)
}
