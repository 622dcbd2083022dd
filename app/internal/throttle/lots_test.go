package throttle_test

import (
	"net/netip"
	"testing"
	"time"

	"oneid/app/internal/throttle"
)

var (
	clinic = netip.MustParseAddr("192.0.2.7")
	other  = netip.MustParseAddr("198.51.100.7")
)

func TestLotsAllowExactlyTheLimitOnOneNode(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 29, 100} {
		th, d, _ := setUp(t)
		th.Requests = limit
		lots := &throttle.Lots{Throttle: th}
		allowed := inParallel(t, limit+20, func(int) (bool, error) {
			v, err := lots.Request(t.Context(), d, clinic)
			return v.Allowed, err
		})
		// Two that ask for a lot at the same moment may leave the rest of one behind,
		// but nobody gets more than there is.
		if allowed > limit || allowed < limit-limit/3 {
			t.Errorf("limit %d: %d were allowed", limit, allowed)
		}
	}
}

func TestLotsOneAfterTheOtherAreCountedExactly(t *testing.T) {
	t.Parallel()
	th, d, now := setUp(t)
	th.Requests = 100
	lots := &throttle.Lots{Throttle: th}
	ask := func(from netip.Addr) throttle.Verdict {
		t.Helper()
		v, err := lots.Request(t.Context(), d, from)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for n := range 100 {
		if v := ask(clinic); !v.Allowed {
			t.Fatalf("use %d was refused: %+v", n+1, v)
		}
	}
	if v := ask(clinic); v.Allowed || !v.RetryAt.Equal(noon.Add(5*time.Minute)) || v.By != throttle.Requests {
		t.Errorf("one more: %+v", v)
	}
	if v := ask(other); !v.Allowed {
		t.Errorf("somebody else: %+v", v)
	}
	now.Advance(5 * time.Minute)
	if v := ask(clinic); !v.Allowed {
		t.Errorf("in the next window: %+v", v)
	}
}

func TestNodesShareOneLimit(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)
	th.Requests = 90
	nodes := []*throttle.Lots{{Throttle: th}, {Throttle: th}, {Throttle: th}}
	allowed := 0
	for n := range 300 {
		v, err := nodes[n%len(nodes)].Request(t.Context(), d, clinic)
		if err != nil {
			t.Fatal(err)
		}
		if v.Allowed {
			allowed++
		}
	}
	if allowed != 90 {
		t.Errorf("%d were allowed by three nodes, want 90", allowed)
	}
}

func TestAFloodDoesNotReachTheDatabase(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)
	th.Requests = 1
	lots := &throttle.Lots{Throttle: th}
	for range 2 {
		if _, err := lots.Request(t.Context(), d, clinic); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if v, err := lots.Request(t.Context(), d, clinic); err != nil || v.Allowed {
		t.Errorf("refused before, without a database: %+v, %v", v, err)
	}
}
