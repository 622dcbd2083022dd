package app

import (
	"context"
	"time"
)

// roundLimit bounds what a process does by itself beside its work: a database
// that answers nobody must not keep it from ending.
const roundLimit = 10 * time.Second

// rounds does a thing now and every while until ctx ends, and closes the returned
// channel when nothing is under way any more.
func rounds(ctx context.Context, every time.Duration, do func(context.Context)) <-chan struct{} {
	over := make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			bounded(ctx, do)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return over
}

// bounded does a thing to its end, whatever becomes of ctx, but for no longer
// than roundLimit.
func bounded(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), roundLimit)
	defer cancel()
	do(ctx)
}
