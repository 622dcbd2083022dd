package throttle_test

import (
	"testing"
	"time"

	"oneid/app/internal/throttle"
	"oneid/db"
)

func TestTheLadderOfAPassword(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lane     throttle.Lane
		failures int
		wait     time.Duration
		off      bool
	}{
		{throttle.Unknown, 0, 0, false},
		{throttle.Unknown, 1, 0, false},
		{throttle.Unknown, 4, 0, false},
		{throttle.Unknown, 5, time.Minute, false},
		{throttle.Unknown, 6, 2 * time.Minute, false},
		{throttle.Unknown, 7, 4 * time.Minute, false},
		{throttle.Unknown, 8, 8 * time.Minute, false},
		{throttle.Unknown, 9, 15 * time.Minute, false},
		{throttle.Unknown, 10, 30 * time.Minute, false},
		{throttle.Unknown, 11, time.Hour, false},
		{throttle.Unknown, 99, time.Hour, false},
		{throttle.Unknown, 100, time.Hour, true},
		{throttle.Known, 5, 0, false},
		{throttle.Known, 9, 0, false},
		{throttle.Known, 10, time.Minute, false},
		{throttle.Known, 16, time.Hour, false},
		{throttle.Known, 100, time.Hour, true},
	} {
		if wait, off := throttle.Ladder(c.lane, c.failures); wait != c.wait || off != c.off {
			t.Errorf("%s lane after %d failures: got %v, %v, want %v, %v", c.lane, c.failures, wait, off, c.wait, c.off)
		}
	}
}

func TestOfParallelGuessesOnlyTheFreeOnesAreTaken(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)
	id := anAccount(t, d)

	taken := inParallel(t, 200, func(int) (bool, error) {
		v, err := th.SpendPassword(t.Context(), d, id, throttle.Unknown)
		return v.Allowed, err
	})

	if taken != 5 {
		t.Errorf("took %d of 200 parallel guesses, want 5", taken)
	}
	if v, err := th.SpendPassword(t.Context(), d, id, throttle.Known); err != nil || !v.Allowed {
		t.Errorf("the known lane: got %+v, %v, want allowed", v, err)
	}
}

func TestALaneClimbsTheLadderUntilItIsOff(t *testing.T) {
	t.Parallel()
	th, d, now := setUp(t)
	id := anAccount(t, d)
	for failures := 1; failures <= 100; failures++ {
		v, err := th.SpendPassword(t.Context(), d, id, throttle.Unknown)
		if err != nil || !v.Allowed {
			t.Fatalf("try %d: got %+v, %v, want allowed", failures, v, err)
		}
		if want := max(5-failures, 0); v.Left != want {
			t.Errorf("try %d: %d free tries left, want %d", failures, v.Left, want)
		}
		wait, off := throttle.Ladder(throttle.Unknown, failures)
		if wait > 0 && !off {
			v, err := th.SpendPassword(t.Context(), d, id, throttle.Unknown)
			if err != nil || v.Allowed || !v.RetryAt.Equal(now.Now().Add(wait)) {
				t.Fatalf("after %d failures: got %+v, %v, want refused for %v", failures, v, err, wait)
			}
		}
		now.Advance(wait)
	}
	now.Advance(365 * 24 * time.Hour)
	if v, err := th.SpendPassword(t.Context(), d, id, throttle.Unknown); err != nil || v.Allowed || !v.Off {
		t.Errorf("after 100 failures: got %+v, %v, want off", v, err)
	}
	if err := th.PasswordRecovered(t.Context(), d, id); err != nil {
		t.Fatal(err)
	}
	if v, err := th.SpendPassword(t.Context(), d, id, throttle.Unknown); err != nil || !v.Allowed {
		t.Errorf("after recovery: got %+v, %v, want allowed", v, err)
	}
}

func TestARightPasswordForgetsTheFailuresOfItsLaneOnly(t *testing.T) {
	t.Parallel()
	th, d, _ := setUp(t)
	id := anAccount(t, d)
	for range 5 {
		for _, lane := range []throttle.Lane{throttle.Known, throttle.Unknown} {
			if _, err := th.SpendPassword(t.Context(), d, id, lane); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := th.PasswordRight(t.Context(), d, id, throttle.Known); err != nil {
		t.Fatal(err)
	}
	if v, err := th.SpendPassword(t.Context(), d, id, throttle.Known); err != nil || !v.Allowed || v.Left != 9 {
		t.Errorf("known lane: got %+v, %v, want a fresh lane", v, err)
	}
	if v, err := th.SpendPassword(t.Context(), d, id, throttle.Unknown); err != nil || v.Allowed {
		t.Errorf("unknown lane: got %+v, %v, want it still waiting", v, err)
	}
}

func anAccount(t *testing.T, d *db.DB) db.AccountID {
	t.Helper()
	id := db.NewID[db.AccountID]()
	a := &db.Account{
		ID: id, Subject: string(id), LoginID: string(id), Status: db.AccountActive, StatusAt: noon, Language: "en",
		Person: db.Sealed{1}, Email: db.Sealed{1}, EmailIndex: db.Index{1}, ContactPhone: db.Sealed{1}, PersonIndex: db.Index{1},
		CreatedAt: noon, UpdatedAt: noon,
	}
	if _, err := d.NewInsert().Model(a).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	return id
}
