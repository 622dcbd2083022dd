package figures_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"oneid/bench/figures"
)

func TestRanksKnowATextbookCase(t *testing.T) {
	t.Parallel()
	// U = 7 of 5 and 5: z = (|7 - 12.5| - 0.5) / sqrt(25*11/12) = 1.0445, p = 0.2963.
	a := []time.Duration{1, 4, 6, 8, 3}
	b := []time.Duration{2, 7, 9, 10, 5}
	if p := figures.Ranks(a, b); math.Abs(p-0.2963) > 0.001 {
		t.Errorf("got p = %.4f, want 0.2963", p)
	}
	if p := figures.Ranks(a, a); p != 1 {
		t.Errorf("a sample against itself: got p = %v, want 1", p)
	}
}

func TestRanksTellASmallShiftInLargeSamples(t *testing.T) {
	t.Parallel()
	source := rand.New(rand.NewPCG(1, 2))
	draw := func(shift float64) []time.Duration {
		sample := make([]time.Duration, 2000)
		for i := range sample {
			sample[i] = time.Duration((50 + shift + 5*source.NormFloat64()) * float64(time.Millisecond))
		}
		return sample
	}
	if p := figures.Ranks(draw(0), draw(0)); p < 0.01 {
		t.Errorf("the same source: got p = %v", p)
	}
	if p := figures.Ranks(draw(0), draw(1)); p > 0.0001 {
		t.Errorf("a millisecond apart: got p = %v", p)
	}
}

func TestTheMedianIsInTheMiddle(t *testing.T) {
	t.Parallel()
	if got := figures.Quantile([]time.Duration{9, 1, 5}, 0.5); got != 5 {
		t.Errorf("got %v, want 5", got)
	}
}

func TestTheMidmeanIsOfTheMiddleHalf(t *testing.T) {
	for _, c := range []struct {
		sample []float64
		want   float64
	}{{nil, 0}, {[]float64{7}, 7}, {[]float64{1, 2, 3}, 2}, {[]float64{1000, 2, 4, 1}, 3}, {[]float64{900, 1, 3, 2, 4, 5, -50, 3}, 3}} {
		if got := figures.Midmean(c.sample); got != c.want {
			t.Errorf("%v of %v, want %v", got, c.sample, c.want)
		}
	}
}
