package throttle_test

import (
	"testing"
	"time"

	"oneid/app/internal/throttle"
)

// The numbers are written out again here on purpose: a changed limit must be
// changed twice, and in docs/limits.md.
func TestEveryLimitAllowsItsNumberInItsTime(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	th, d, now := setUp(t)
	for _, c := range []struct {
		limit  throttle.Limit
		most   int
		window time.Duration // from the first use
		ban    time.Duration // from the last, if set
	}{
		{throttle.Requests, 300, 5 * time.Minute, 0},
		{throttle.AddressMinutes, 20, 5 * time.Minute, 0},
		{throttle.AddressHour, 100, time.Hour, 0},
		{throttle.PairMinute, 5, time.Minute, time.Minute},
		{throttle.PairHalfDay, 50, 12 * time.Hour, 12 * time.Hour},

		{throttle.ForgotLoginPerson, 3, time.Hour, 0},
		{throttle.ForgotLoginAddress, 10, time.Hour, 0},
		{throttle.ForgotLoginArea, 30, day, 0},
		{throttle.ForgotPassword, 5, time.Hour, 0},
		{throttle.ForgotPasswordSource, 10, time.Hour, 0},
		{throttle.RecoveryLinks, 3, time.Hour, 0},

		{throttle.NumberPause, 1, 30 * time.Second, 0},
		{throttle.NumberMinutes, 3, 10 * time.Minute, 0},
		{throttle.NumberHour, 6, time.Hour, 0},
		{throttle.NumberDay, 10, day, 0},
		{throttle.CallsHour, 3, time.Hour, 0},
		{throttle.CallsDay, 6, day, 0},
		{throttle.HolderDay, 10, day, 0},
		{throttle.AddressSends, 20, time.Hour, 0},
		{throttle.PrefixSends, 50, time.Hour, 0},
		{throttle.ConfirmMails, 3, time.Hour, 0},
		{throttle.NoticeDay, 20, day, 0},
		{throttle.ManyTriesDay, 1, day, 0},

		{throttle.PreparedPause, 1, 30 * time.Second, 0},
		{throttle.PreparedMinutes, 3, 10 * time.Minute, 0},
		{throttle.PreparedHour, 6, time.Hour, 0},
		{throttle.PreparedDay, 10, day, 0},
		{throttle.PreparedCalls, 3, time.Hour, 0},
		{throttle.PreparedCallDay, 6, day, 0},

		{throttle.WrongCodes, 10, day, 10 * time.Minute},
		{throttle.WrongCodesDay, 20, day, day},
	} {
		ask := func() throttle.Verdict {
			t.Helper()
			v, err := th.Spend(t.Context(), d, c.limit, "somebody")
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		end := now.Now().Add(c.window)
		for n := range c.most {
			if n == c.most-1 {
				now.Advance(time.Second)
			}
			if v := ask(); !v.Allowed || v.Left != c.most-n-1 {
				t.Fatalf("%s: use %d got %+v, want it allowed with %d left", c.limit, n+1, v, c.most-n-1)
			}
		}
		if c.most == 1 {
			end = now.Now().Add(c.window)
		}
		if c.ban > 0 {
			end = now.Now().Add(c.ban)
		}
		now.Advance(end.Sub(now.Now()) - time.Millisecond)
		if v := ask(); v.Allowed || v.By != c.limit || !v.RetryAt.Equal(end) {
			t.Errorf("%s: use %d got %+v, want it refused until %s", c.limit, c.most+1, v, end)
		}
		now.Advance(time.Millisecond)
		if v := ask(); !v.Allowed {
			t.Errorf("%s: afterwards got %+v, want it allowed", c.limit, v)
		}
	}
}
