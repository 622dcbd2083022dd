package throttle_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"oneid/app/internal/throttle"
)

func TestOneLoginIDFromOneAddressHasFiveTriesAMinute(t *testing.T) {
	t.Parallel()
	th, d, now := setUp(t)
	for i := range 7 {
		// Spellings, and the addresses of one IPv6 customer, count as one.
		from := netip.MustParseAddr(fmt.Sprintf("2001:db8:1:%x::1", i))
		v, err := th.SignIn(t.Context(), d, from, []string{"ADA", " ada "}[i%2])
		if err != nil {
			t.Fatal(err)
		}
		if v.Allowed != (i < 5) || i >= 5 && (v.By != throttle.PairMinute || !v.RetryAt.Equal(noon.Add(time.Minute))) {
			t.Errorf("try %d: got %+v", i+1, v)
		}
	}
	if v, err := th.SignIn(t.Context(), d, netip.MustParseAddr("2001:db8:1:100::1"), "ADA"); err != nil || !v.Allowed {
		t.Errorf("from the next /56: got %+v, %v, want allowed", v, err)
	}
	now.Advance(time.Minute)
	if v, err := th.SignIn(t.Context(), d, netip.MustParseAddr("2001:db8:1::1"), "ADA"); err != nil || !v.Allowed {
		t.Errorf("a minute later: got %+v, %v, want allowed", v, err)
	}
}

func TestFailuresFarApartAreNoSpraying(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		every time.Duration
		at    int // the failure that alarms; 0: none does
	}{{59 * time.Second, 11}, {60 * time.Second, 0}} {
		th, d, now := setUp(t)
		alarmed := 0
		for i := range 15 {
			// One /48 is one neighbourhood.
			from := netip.MustParseAddr(fmt.Sprintf("2001:db8:1:%x::1", i<<8))
			sprayed, err := th.SignInWrong(t.Context(), d, from, fmt.Sprintf("PERSON%d", i))
			if err != nil {
				t.Fatal(err)
			}
			if sprayed && alarmed == 0 {
				alarmed = i + 1
			}
			now.Advance(c.every)
		}
		if alarmed != c.at {
			t.Errorf("one failure every %s: alarm at %d, want at %d", c.every, alarmed, c.at)
		}
	}
}
