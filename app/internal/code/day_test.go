package code_test

import (
	"strconv"
	"testing"
	"time"

	"oneid/app/internal/code"
	"oneid/app/internal/throttle"
)

func TestTwentyWrongCodesInADayLockForADay(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	var last code.Sent
	for n := range 4 {
		if n == 2 {
			w.clock.Advance(10 * time.Minute) // the first lock
		}
		last = w.start(t)
		bad := wrong(w.digits(t, last.ID))
		for i := range 5 {
			if got := w.check(t, last.ID, w.ask.Holder, bad); got.Outcome != code.Wrong {
				t.Fatalf("guess %d: got %+v, want wrong", 5*n+i+1, got)
			}
		}
		w.clock.Advance(time.Minute)
	}
	end := w.clock.Now().Add(24*time.Hour - time.Minute)
	w.clock.Advance(end.Sub(w.clock.Now()) - time.Second)
	refused, err := w.rules.Start(t.Context(), w.ask)
	if err != nil || refused.Limited == nil || refused.Limited.By != throttle.WrongCodesDay || !refused.Limited.RetryAt.Equal(end) {
		t.Fatalf("another code a second early: got %+v, %v, want limited until %s", refused.Limited, err, end)
	}
	w.clock.Advance(time.Second)
	fresh := w.start(t)
	if got := w.check(t, fresh.ID, w.ask.Holder, w.digits(t, fresh.ID)); got.Outcome != code.Right {
		t.Errorf("a day later: got %s, want right", got.Outcome)
	}
}

func TestRightCodesOfOnesOwnBuyNoMoreGuessesInADay(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	wrongs := 0
	for range 30 {
		w.clock.Advance(11 * time.Minute)
		sent, err := w.rules.Start(t.Context(), w.ask)
		if err != nil {
			t.Fatal(err)
		}
		if sent.Limited != nil && sent.Limited.By == throttle.WrongCodesDay {
			break
		}
		if sent.Limited != nil { // of this number: another one
			w.ask.Number = "+1416555" + strconv.Itoa(1000+int(w.clock.Now().Sub(noon)/time.Minute))
			continue
		}
		digits := w.digits(t, sent.ID)
		for range 4 {
			if w.check(t, sent.ID, w.ask.Holder, wrong(digits)).Outcome == code.Wrong {
				wrongs++
			}
		}
		w.check(t, sent.ID, w.ask.Holder, digits)
	}
	if wrongs != 20 {
		t.Errorf("%d wrong guesses in a day, want 20", wrongs)
	}
}
