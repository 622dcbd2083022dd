package throttle_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"oneid/app/internal/clock"
	"oneid/app/internal/throttle"
	"oneid/db"
	"oneid/db/dbtest"
)

var noon = time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)

func setUp(t *testing.T) (*throttle.Throttle, *db.DB, *clock.Fixed) {
	t.Helper()
	now := clock.At(noon)
	d := dbtest.New(t, dbtest.WithClock(now))
	return &throttle.Throttle{Clock: now, Hash: hash}, d, now
}

func hash(scope, value string) []byte {
	sum := sha256.Sum256([]byte(scope + "\x00" + value))
	return sum[:]
}

// inParallel runs fn n times at once and returns how many were true.
func inParallel(t *testing.T, n int, fn func(i int) (bool, error)) int {
	t.Helper()
	var wg sync.WaitGroup
	results := make([]bool, n)
	for i := range n {
		wg.Go(func() {
			ok, err := fn(i)
			if err != nil {
				t.Errorf("call %d: %v", i, err)
			}
			results[i] = ok
		})
	}
	wg.Wait()
	count := 0
	for _, ok := range results {
		if ok {
			count++
		}
	}
	return count
}

func TestParallelSpendsAreCountedExactly(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)

	allowed := inParallel(t, 200, func(int) (bool, error) {
		v, err := th.Spend(t.Context(), d, throttle.AddressMinutes, "192.0.2.1")
		return v.Allowed, err
	})

	if want := throttle.AddressMinutes.Rule().Max; allowed != want {
		t.Errorf("allowed %d of 200 parallel spends, want %d", allowed, want)
	}
}

func TestARefusalNamesTheTimeToComeBackAndAskingDoesNotMoveIt(t *testing.T) {
	t.Parallel()
	th, d, now := setUp(t)
	spend := func() throttle.Verdict {
		t.Helper()
		v, err := th.Spend(t.Context(), d, throttle.NumberPause, "+14165550123")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}

	if v := spend(); !v.Allowed || v.Left != 0 {
		t.Fatalf("first use: got %+v, want allowed with nothing left", v)
	}
	now.Advance(20 * time.Second)
	for range 5 {
		if v := spend(); v.Allowed || !v.RetryAt.Equal(noon.Add(30*time.Second)) || v.By != throttle.NumberPause {
			t.Fatalf("second use: got %+v, want refused until 30 s after the first", v)
		}
	}
	now.Advance(10 * time.Second)
	if v := spend(); !v.Allowed {
		t.Errorf("after the window: got %+v, want allowed", v)
	}
}

func TestPeekSpendsNothingAndRefundGivesBack(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)
	ctx, l, who := t.Context(), throttle.NumberPause, "+14165550123"

	for range 3 {
		if v, err := th.Peek(ctx, d, l, who); err != nil || !v.Allowed || v.Left != 1 {
			t.Fatalf("peek: got %+v, %v, want allowed with one left", v, err)
		}
	}
	if v, err := th.Spend(ctx, d, l, who); err != nil || !v.Allowed {
		t.Fatalf("spend: got %+v, %v", v, err)
	}
	if v, err := th.Peek(ctx, d, l, who); err != nil || v.Allowed {
		t.Fatalf("peek after the spend: got %+v, %v, want refused", v, err)
	}
	if err := th.Refund(ctx, d, l, who); err != nil {
		t.Fatal(err)
	}
	if v, err := th.Spend(ctx, d, l, who); err != nil || !v.Allowed {
		t.Errorf("spend after the refund: got %+v, %v, want allowed", v, err)
	}
}

func TestASpendOnThePoolSurvivesARollbackAndOneInTheTransactionDoesNot(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)
	boom := errors.New("boom")

	err := db.InTx(t.Context(), d, func(ctx context.Context, tx db.Tx) error {
		if _, err := th.Spend(ctx, d, throttle.NumberPause, "pool"); err != nil {
			return err
		}
		if _, err := th.Spend(ctx, tx, throttle.NumberPause, "tx"); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}

	for value, want := range map[string]bool{"pool": false, "tx": true} {
		if v, err := th.Peek(t.Context(), d, throttle.NumberPause, value); err != nil || v.Allowed != want {
			t.Errorf("%s: got %+v, %v, want allowed %v", value, v, err, want)
		}
	}
}

func TestAPairsHalfDayBanGrowsByATenthUpToThirtyDays(t *testing.T) {
	t.Parallel()
	th, d, now := setUp(t)
	rule := throttle.PairHalfDay.Rule()
	ban := rule.Ban
	for round := range 60 {
		allowed := inParallel(t, rule.Max+5, func(int) (bool, error) {
			v, err := th.Spend(t.Context(), d, throttle.PairHalfDay, "192.0.2.1 ADA")
			return v.Allowed, err
		})
		if allowed != rule.Max {
			t.Fatalf("round %d: allowed %d, want %d", round, allowed, rule.Max)
		}
		v, err := th.Spend(t.Context(), d, throttle.PairHalfDay, "192.0.2.1 ADA")
		if err != nil {
			t.Fatal(err)
		}
		if got := v.RetryAt.Sub(now.Now()); (got - ban).Abs() > time.Second {
			t.Fatalf("round %d: the ban lasts %v, want %v", round, got, ban)
		}
		now.Advance(v.RetryAt.Sub(now.Now()))
		ban = min(time.Duration(float64(ban)*rule.Growth), 30*24*time.Hour)
	}
}

func TestSlowlyTypedWrongCodesStillLock(t *testing.T) {
	t.Parallel()
	th, d, now := setUp(t)
	for range 10 {
		now.Advance(20 * time.Minute)
		if v, err := th.Spend(t.Context(), d, throttle.WrongCodes, "draft"); err != nil || !v.Allowed {
			t.Fatalf("got %+v, %v, want allowed", v, err)
		}
	}
	want := now.Now().Add(10 * time.Minute)
	for name, ask := range map[string]func(context.Context, bun.IDB, throttle.Limit, string) (throttle.Verdict, error){"peek": th.Peek, "spend": th.Spend} {
		if v, err := ask(t.Context(), d, throttle.WrongCodes, "draft"); err != nil || v.Allowed || !v.RetryAt.Equal(want) {
			t.Errorf("%s: got %+v, %v, want refused until ten minutes after the tenth", name, v, err)
		}
	}
}

func TestPasswordsTriedFromOneAddressRunOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		from func(i int) netip.Addr
		want int
	}{
		{"IPv4", func(int) netip.Addr { return netip.MustParseAddr("192.0.2.1") }, 20},
		{"IPv6 within one /56", func(i int) netip.Addr { return netip.MustParseAddr(fmt.Sprintf("2001:db8:1:%x::1", i)) }, 20},
		{"IPv6 across /56s of one /48", func(i int) netip.Addr { return netip.MustParseAddr(fmt.Sprintf("2001:db8:1:%x::1", i<<8)) }, 20},
		{"IPv4 mapped", func(int) netip.Addr { return netip.MustParseAddr("::ffff:192.0.2.1") }, 20},
		{"different addresses", func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(i), 1}) }, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			th, d, _ := setUp(t)
			allowed := 0
			for i := range 30 {
				v, err := th.SignIn(t.Context(), d, c.from(i), fmt.Sprintf("PERSON%d", i))
				if err != nil {
					t.Fatal(err)
				}
				if v.Allowed {
					allowed++
				}
			}
			if allowed != c.want {
				t.Errorf("allowed %d tries, want %d", allowed, c.want)
			}
		})
	}
}

func TestARightPasswordGivesTheTryBack(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)
	from := netip.MustParseAddr("192.0.2.1")
	for i := range 40 {
		v, err := th.SignIn(t.Context(), d, from, "ada.lovelace")
		if err != nil || !v.Allowed {
			t.Fatalf("sign-in %d: got %+v, %v, want allowed", i, v, err)
		}
		if err := th.SignInRight(t.Context(), d, from, "ADA.LOVELACE "); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSprayingStopsTheNeighbourhoodAndAlarmsOnce(t *testing.T) {
	t.Parallel()
	th, d, now := setUp(t)
	alarms := 0
	for i := range 15 {
		from := netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})
		sprayed, err := th.SignInWrong(t.Context(), d, from, fmt.Sprintf("PERSON%d", i))
		if err != nil {
			t.Fatal(err)
		}
		if sprayed {
			alarms++
			if i != 10 {
				t.Errorf("alarm at account %d, want at the eleventh", i+1)
			}
		}
	}
	if alarms != 1 {
		t.Errorf("got %d alarms, want 1", alarms)
	}
	if v, err := th.SignIn(t.Context(), d, netip.MustParseAddr("192.0.2.200"), "SOMEONE"); err != nil || v.Allowed || !v.RetryAt.Equal(noon.Add(15*time.Minute)) {
		t.Errorf("a neighbour: got %+v, %v, want refused for 15 minutes", v, err)
	}
	if v, err := th.SignIn(t.Context(), d, netip.MustParseAddr("192.0.3.1"), "SOMEONE"); err != nil || !v.Allowed {
		t.Errorf("the next range: got %+v, %v, want allowed", v, err)
	}
	now.Advance(15 * time.Minute)
	if v, err := th.SignIn(t.Context(), d, netip.MustParseAddr("192.0.2.200"), "SOMEONE"); err != nil || !v.Allowed {
		t.Errorf("after the wait: got %+v, %v, want allowed", v, err)
	}
}

func TestTheTablesHoldNothingReadable(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)
	from := netip.MustParseAddr("192.0.2.77")
	if _, err := th.SignIn(t.Context(), d, from, "ADA.LOVELACE"); err != nil {
		t.Fatal(err)
	}
	if _, err := th.SignInWrong(t.Context(), d, from, "ADA.LOVELACE"); err != nil {
		t.Fatal(err)
	}
	var dump []string
	if err := d.NewRaw("SELECT encode(key, 'escape') FROM counters UNION ALL SELECT encode(network || account, 'escape') FROM failed_accounts").
		Scan(t.Context(), &dump); err != nil {
		t.Fatal(err)
	}
	for _, row := range dump {
		if strings.Contains(row, "ADA") || strings.Contains(row, "192.0.2") {
			t.Errorf("a row reads %q", row)
		}
	}
	if len(dump) < 4 {
		t.Errorf("got %d rows, want those of every limit", len(dump))
	}
}
