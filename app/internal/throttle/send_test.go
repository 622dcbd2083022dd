package throttle_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"oneid/app/internal/throttle"
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
		now.Advance(30 * time.Second)
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
