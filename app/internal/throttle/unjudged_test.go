package throttle_test

import (
	"net/netip"
	"testing"

	"oneid/app/internal/throttle"
)

func TestTriesThatNobodyJudgedLeaveNoTrace(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)
	id, from := anAccount(t, d), netip.MustParseAddr("192.0.2.7")
	ctx := t.Context()
	try := func() (address, password bool) {
		t.Helper()
		a, err := th.SignIn(ctx, d, from, "ADA")
		if err != nil {
			t.Fatal(err)
		}
		p, err := th.SpendPassword(ctx, d, id, throttle.Unknown)
		if err != nil {
			t.Fatal(err)
		}
		return a.Allowed, p.Allowed
	}
	// Four failures that count, then many that nobody judged.
	for range 4 {
		try()
	}
	for n := range 30 {
		if address, password := try(); !address || !password {
			t.Fatalf("try %d: got %v and %v, want it allowed", n+1, address, password)
		}
		if err := th.SignInUnjudged(ctx, d, from, "ADA"); err != nil {
			t.Fatal(err)
		}
		if err := th.PasswordUnjudged(ctx, d, id, throttle.Unknown); err != nil {
			t.Fatal(err)
		}
	}
	// The fifth that counts is the last free one.
	if address, password := try(); !address || !password {
		t.Error("the fifth try was refused")
	}
	if _, password := try(); password {
		t.Error("the sixth try was allowed: the first four were forgotten")
	}
}
