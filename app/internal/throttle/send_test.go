package throttle_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"oneid/app/internal/throttle"
	"oneid/db"
)

func TestCodesToOneNumber(t *testing.T) {
	t.Parallel()
	th, d, now := setUp(t)
	s := throttle.Sending{Number: "+14165550123", Holder: "draft", From: netip.MustParseAddr("192.0.2.1")}
	var sent []time.Duration
	for now.Now().Before(noon.Add(24 * time.Hour)) {
		v, err := th.Send(t.Context(), d, s)
		if err != nil {
			t.Fatal(err)
		}
		if v.Allowed {
			sent = append(sent, now.Now().Sub(noon))
		}
		if now.Now().Sub(noon) < 2*time.Hour {
			now.Advance(30 * time.Second)
		} else {
			now.Advance(5 * time.Minute) // only the day's limit is left to meet
		}
	}
	if len(sent) != 10 {
		t.Errorf("sent %d in a day at %v, want 10", len(sent), sent)
	}
	if hour := within(sent, time.Hour); hour != 6 {
		t.Errorf("sent %d in the first hour, want 6", hour)
	}
	if minutes := within(sent, 10*time.Minute); minutes != 3 {
		t.Errorf("sent %d in the first ten minutes, want 3", minutes)
	}
}

func within(times []time.Duration, limit time.Duration) int {
	n := 0
	for _, at := range times {
		if at < limit {
			n++
		}
	}
	return n
}

func TestARefusedSendCostsNothingOfTheOtherLimits(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)
	from := netip.MustParseAddr("192.0.2.1")
	for i := range 20 {
		v, err := th.Send(t.Context(), d, throttle.Sending{Number: "+14165550123", Holder: "draft", From: from})
		if err != nil || v.Allowed != (i == 0) {
			t.Fatalf("send %d: got %+v, %v", i, v, err)
		}
	}
	v, err := th.Send(t.Context(), d, throttle.Sending{Number: "+14165550124", Holder: "draft", From: from})
	if err != nil || !v.Allowed {
		t.Errorf("another number of the same holder: got %+v, %v, want allowed", v, err)
	}
}

func TestPumpingIsStoppedByRangeAndByTheBreaker(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)
	sent := 0
	for i := range 1000 {
		v, err := th.Send(t.Context(), d, throttle.Sending{
			Number: fmt.Sprintf("+1416%03d%04d", 200+i%5, i),
			Holder: fmt.Sprint(i),
			From:   netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}),
		})
		if err != nil {
			t.Fatal(err)
		}
		if v.Allowed {
			sent++
		}
	}
	if sent != 100 {
		t.Errorf("sent %d to five ranges in an hour, want the breaker at 100", sent)
	}
}

func TestAnHourLikeThoseBeforeItDoesNotTripTheBreaker(t *testing.T) {
	t.Parallel()
	th, d, now := setUp(t)
	th.SendFloor = 5
	send := func(i int) bool {
		v, err := th.Send(t.Context(), d, throttle.Sending{
			Number: fmt.Sprintf("+1%03d%07d", 200+i%500, i),
			Holder: fmt.Sprint(i),
			From:   netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}),
		})
		if err != nil {
			t.Fatal(err)
		}
		return v.Allowed
	}
	n := 0
	for range 24 {
		for range 4 {
			n++
			if !send(n) {
				t.Fatalf("send %d of a quiet day was refused", n)
			}
		}
		now.Advance(time.Hour)
	}
	burst := 0
	for range 50 {
		n++
		if send(n) {
			burst++
		}
	}
	if burst != 12 {
		t.Errorf("sent %d in one hour after a day of 4 an hour, want 12", burst)
	}
}

func TestCodesAreCountedInEveryDirection(t *testing.T) {
	t.Parallel()
	number := func(n int) string { return fmt.Sprintf("+1%03d%03d%04d", 200+n%700, 200+n%700, n) }
	address := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(n >> 8), byte(n), 1}) }
	for _, c := range []struct {
		name  string
		ask   func(n int) throttle.Sending
		every time.Duration
		tries int
		want  int
		by    throttle.Limit
	}{
		{"one account, many numbers, a day", func(n int) throttle.Sending {
			return throttle.Sending{Number: number(n), Holder: "ada", From: address(n)}
		}, time.Hour, 24, 10, throttle.HolderDay},
		{"one address, an hour", func(n int) throttle.Sending {
			return throttle.Sending{Number: number(n), Holder: fmt.Sprint(n), From: address(0)}
		}, time.Minute, 60, 20, throttle.AddressSends},
		{"one customer's IPv6 addresses, an hour", func(n int) throttle.Sending {
			return throttle.Sending{Number: number(n), Holder: fmt.Sprint(n), From: netip.MustParseAddr(fmt.Sprintf("2001:db8:1:%x::1", n))}
		}, time.Minute, 60, 20, throttle.AddressSends},
		{"one range of numbers, an hour", func(n int) throttle.Sending {
			return throttle.Sending{Number: fmt.Sprintf("+1416555%04d", n), Holder: fmt.Sprint(n), From: address(n)}
		}, 30 * time.Second, 120, 50, throttle.PrefixSends},
		{"texts to one number, an hour", func(n int) throttle.Sending {
			return throttle.Sending{Number: number(0), Holder: fmt.Sprint(n), From: address(n)}
		}, 4 * time.Minute, 15, 6, throttle.NumberHour},
		{"texts to one number, a day", func(n int) throttle.Sending {
			return throttle.Sending{Number: number(0), Holder: fmt.Sprint(n), From: address(n)}
		}, time.Hour, 24, 10, throttle.NumberDay},
		{"calls to one number, an hour", func(n int) throttle.Sending {
			return throttle.Sending{Number: number(0), Holder: fmt.Sprint(n), From: address(n), Call: true}
		}, 4 * time.Minute, 15, 3, throttle.CallsHour},
		{"calls to one number, a day", func(n int) throttle.Sending {
			return throttle.Sending{Number: number(0), Holder: fmt.Sprint(n), From: address(n), Call: true}
		}, time.Hour, 24, 6, throttle.CallsDay},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			th, d, now := setUp(t)
			th.SendFloor = 1000
			sent := 0
			var last throttle.Verdict
			for n := range c.tries {
				v, err := th.Send(t.Context(), d, c.ask(n))
				if err != nil {
					t.Fatal(err)
				}
				if v.Allowed {
					sent++
				}
				last = v
				now.Advance(c.every)
			}
			if sent != c.want || last.By != c.by {
				t.Errorf("sent %d, at last refused by %q, want %d by %q", sent, last.By, c.want, c.by)
			}
		})
	}
}

// addCodes adds codes that were sent at noon.
func addCodes(t *testing.T, d *db.DB, holder db.AccountID, n int, state string) {
	t.Helper()
	for range n {
		made := &db.Code{
			ID: db.NewID[db.CodeID](), Purpose: "signin", AccountID: holder, Number: db.Sealed{1}, NumberIndex: db.Index{1},
			Method: db.MethodText, Nonce: []byte{1}, Sends: 1, State: state,
			CreatedAt: noon, SentAt: noon, ExpiresAt: noon.Add(10 * time.Minute),
		}
		if _, err := d.NewInsert().Model(made).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCodesThatHardlyAnyoneTypesInStopAllSending(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		failed, passed int
		open           int // on their way, which says nothing yet
		old            bool
		want           bool // sending stops
	}{
		{"fourteen of fifty", 36, 14, 0, false, true},
		{"fifteen of fifty", 35, 15, 0, false, false},
		{"none of forty-nine", 49, 0, 0, false, false},
		{"none of forty-nine, with others on their way", 49, 0, 20, false, false},
		{"none of fifty, an hour ago", 50, 0, 0, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			th, d, now := setUp(t)
			holder := anAccount(t, d)
			addCodes(t, d, holder, c.failed, db.CodeFailed)
			addCodes(t, d, holder, c.passed, db.CodePassed)
			addCodes(t, d, holder, c.open, db.CodeSent)
			send := func() throttle.Verdict {
				t.Helper()
				v, err := th.Send(t.Context(), d, throttle.Sending{
					Number: "+14165550123", Holder: "draft", From: netip.MustParseAddr("192.0.2.1"),
				})
				if err != nil {
					t.Fatal(err)
				}
				return v
			}
			now.Advance(time.Second)
			if c.old {
				now.Advance(time.Hour)
			}
			v := send()
			if v.Allowed == c.want {
				t.Fatalf("got %+v, want it refused: %v", v, c.want)
			}
			if !c.want {
				return
			}
			if v.By != throttle.AllSends || !v.RetryAt.Equal(now.Now().Add(10*time.Minute)) {
				t.Errorf("got %+v, want to be told of ten minutes", v)
			}
			// What was refused has cost the number nothing, and the hour's end ends it.
			now.Advance(time.Hour - 2*time.Second)
			if v := send(); v.Allowed {
				t.Error("sending went on before the sample was an hour old")
			}
			now.Advance(time.Second)
			if v := send(); !v.Allowed {
				t.Errorf("an hour later: got %+v, want it allowed", v)
			}
		})
	}
}

func TestACodeThatExpiredUntypedCountsAgainstSending(t *testing.T) {
	t.Parallel()
	th, d, now := setUp(t)
	holder := anAccount(t, d)
	addCodes(t, d, holder, 50, db.CodeSent)
	s := throttle.Sending{Number: "+14165550123", Holder: "draft", From: netip.MustParseAddr("192.0.2.1")}
	if v, err := th.Send(t.Context(), d, s); err != nil || !v.Allowed {
		t.Errorf("while they last: got %+v, %v, want it allowed", v, err)
	}
	now.Advance(10 * time.Minute)
	if v, err := th.Send(t.Context(), d, s); err != nil || v.By != throttle.AllSends {
		t.Errorf("after their end: got %+v, %v, want it refused", v, err)
	}
}

func TestPreparedCodesAreCountedByTheDay(t *testing.T) {
	t.Parallel()
	th, d, now := setUp(t)
	texts, calls := 0, 0
	for n := range 24 {
		for _, call := range []bool{false, true} {
			holder, count := "text", &texts
			if call {
				holder, count = "call", &calls
			}
			v, err := th.Prepare(t.Context(), d, throttle.Preparing{
				Holder: holder, From: netip.AddrFrom4([4]byte{10, 0, byte(n), 1}), Call: call,
			})
			if err != nil {
				t.Fatal(err)
			}
			if v.Allowed {
				*count++
			}
		}
		now.Advance(time.Hour)
	}
	if texts != 10 || calls != 6 {
		t.Errorf("prepared %d texts and %d calls in a day, want 10 and 6", texts, calls)
	}
}
