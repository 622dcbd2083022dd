package convoy_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"

	"oneid/app/internal/convoy"
)

func TestThoseWhoWaitGoTogetherAndEachHearsOfItsOwn(t *testing.T) {
	t.Parallel()
	odd := errors.New("odd")
	var turns []int
	first, on := make(chan struct{}), make(chan struct{})
	c := &convoy.Convoy[int]{Most: 4, Run: func(_ context.Context, all []int) []error {
		if turns = append(turns, len(all)); len(turns) == 1 {
			close(first)
			<-on // until the others wait
		}
		errs := make([]error, len(all))
		for i, n := range all {
			if n%2 == 1 {
				errs[i] = odd
			}
		}
		return errs
	}}
	var all sync.WaitGroup
	ask := func(n int) {
		all.Go(func() {
			if err := c.Do(t.Context(), n); errors.Is(err, odd) != (n%2 == 1) {
				t.Errorf("%d: err = %v", n, err)
			}
		})
	}
	ask(0)
	<-first
	for n := range 6 {
		ask(n)
	}
	for c.Waiting() < 6 {
		runtime.Gosched()
	}
	close(on)
	all.Wait()
	if !slices.Equal(turns, []int{1, 4, 2}) {
		t.Errorf("went together as %v", turns)
	}
}

func TestWhoeverLeavesDoesNotKeepTheOthers(t *testing.T) {
	t.Parallel()
	in, on := make(chan struct{}), make(chan struct{})
	c := &convoy.Convoy[int]{Most: 4, Run: func(ctx context.Context, all []int) []error {
		if all[0] == 0 {
			close(in)
			<-on
		}
		return []error{ctx.Err()}
	}}
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { left <- c.Do(ctx, 0) }()
	<-in
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left hears %v", err)
	}
	close(on)
	if err := c.Do(t.Context(), 1); err != nil {
		t.Errorf("the next hears %v", err)
	}
}

func TestAPanicIsAnErrorForThoseInTheTurnOnly(t *testing.T) {
	t.Parallel()
	c := &convoy.Convoy[int]{Most: 4, Run: func(_ context.Context, all []int) []error {
		if all[0] == 0 {
			panic("torn")
		}
		return make([]error, len(all))
	}}
	if err := c.Do(t.Context(), 0); err == nil {
		t.Error("a panic passes for success")
	}
	if err := c.Do(t.Context(), 1); err != nil {
		t.Errorf("after it: %v", err)
	}
}
