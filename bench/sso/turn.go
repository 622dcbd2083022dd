package main

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// work is a thing done again and again, so many at a time.
type work struct {
	done   atomic.Int64
	over   atomic.Bool
	hands  sync.WaitGroup
	faults chan error
}

// begin begins it. first tells that nobody has done it before.
func begin(hands int, do func(first bool) error) *work {
	w := &work{faults: make(chan error, hands)}
	for hand := range hands {
		w.hands.Go(func() {
			for first := hand == 0; !w.over.Load(); first = false {
				if err := do(first); err != nil {
					w.faults <- err
					return
				}
				w.done.Add(1)
			}
		})
	}
	return w
}

// end waits for what is under way, and says how often it was done.
func (w *work) end() (int64, error) {
	w.over.Store(true)
	w.hands.Wait()
	close(w.faults)
	return w.done.Load(), <-w.faults
}

// leadIn is how long a thing is done before it is measured: a turn follows one of
// another kind, and what that left in the processor is not this one's.
const leadIn = 100 * time.Millisecond

// steadily measures what a thing takes while it goes on, so many at a time:
// neither how it begins, all at once, nor how it ends, one by one. asked is how
// often it was done in all.
func steadily(each time.Duration, hands int, used func() (product, postgresql time.Duration, err error),
	do func(first bool) error) (m measured, asked int64, err error) {
	w := begin(hands, do)
	time.Sleep(leadIn)
	product, postgresql, err := used()
	before := w.done.Load()
	time.Sleep(each)
	productAfter, postgresqlAfter, errAfter := used()
	m = measured{done: w.done.Load() - before, product: productAfter - product, postgresql: postgresqlAfter - postgresql}
	asked, fault := w.end()
	return m, asked, errors.Join(fault, err, errAfter)
}
