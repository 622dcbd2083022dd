package convoy_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

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

func TestATurnWaitsForThoseOnTheirWay(t *testing.T) {
	t.Parallel()
	turns := make(chan []int, 9)
	c := &convoy.Convoy[int]{Most: 4, Patience: time.Hour, Run: func(_ context.Context, all []int) []error {
		turns <- all
		return make([]error, len(all))
	}}
	gone, other := c.Expect(), c.Expect()
	var all sync.WaitGroup
	all.Go(func() { _ = c.Do(t.Context(), 1) })
	for c.Waiting() < 1 {
		runtime.Gosched()
	}
	gone.Leave()
	gone.Leave() // is nothing a second time
	all.Go(func() { _ = other.Do(t.Context(), 2) })
	all.Wait()
	other.Leave()
	if turn := <-turns; !slices.Equal(turn, []int{1, 2}) {
		t.Errorf("went together: %v", turn)
	}
	if err := c.Expect().Do(t.Context(), 3); err != nil {
		t.Error(err)
	}
	if turn := <-turns; !slices.Equal(turn, []int{3}) {
		t.Errorf("then went: %v", turn)
	}
}

func TestATurnIsNotKeptByWhoeverIsLate(t *testing.T) {
	t.Parallel()
	c := &convoy.Convoy[int]{Most: 4, Patience: time.Millisecond, Run: func(_ context.Context, all []int) []error { return make([]error, len(all)) }}
	late, left := c.Expect(), c.Expect()
	if err := c.Do(t.Context(), 1); err != nil {
		t.Errorf("who was there hears %v", err)
	}
	if err := late.Do(t.Context(), 2); err != nil {
		t.Errorf("who was late hears %v", err)
	}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if err := left.Do(ctx, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("who left hears %v", err)
	}
}

func TestWhereManyComeATurnWaitsForAsManyAsBefore(t *testing.T) {
	t.Parallel()
	turns := make(chan int, 9)
	c := &convoy.Convoy[int]{Most: 9, Patience: time.Hour, Company: true, Run: func(_ context.Context, all []int) []error {
		turns <- len(all)
		return make([]error, len(all))
	}}
	var all sync.WaitGroup
	come := func() { all.Go(func() { _ = c.Do(t.Context(), 0) }) }
	first := c.Expect()
	come()
	come()
	for c.Waiting() < 2 {
		runtime.Gosched()
	}
	first.Leave()
	all.Wait()
	for range 2 { // at once: each would go alone
		come()
	}
	all.Wait()
	for range 2 {
		if n := <-turns; n != 2 {
			t.Errorf("%d went together, want 2", n)
		}
	}
}
