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

	mu      sync.Mutex
	waiting []seat[T]
	busy    bool
}

// errUnsaid stands for what Run did not say: nobody must take that for done.
var errUnsaid = errors.New("convoy: nothing is known of it")

type seat[T any] struct {
	item T
	done chan error
}

// Do has Run done for an item, and returns what went wrong. When ctx ends first,
// the item may still be in Run's hands: the caller must not touch it any more.
func (c *Convoy[T]) Do(ctx context.Context, item T) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s := seat[T]{item: item, done: make(chan error, 1)}
	c.mu.Lock()
	c.waiting = append(c.waiting, s)
	if !c.busy {
		c.busy = true
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
		c.mu.Lock()
		n := min(len(c.waiting), c.Most)
		if n == 0 {
			c.busy = false
			c.mu.Unlock()
			return
		}
		seats := c.waiting[:n:n]
		if c.waiting = c.waiting[n:]; len(c.waiting) == 0 {
			c.waiting = nil
		}
		c.mu.Unlock()
		c.turn(seats)
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
