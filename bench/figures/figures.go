package figures

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Quantile returns the value below which a part of the sample lies; 0.5 is the
// median.
func Quantile[T cmp.Ordered](sample []T, part float64) T {
	if len(sample) == 0 {
		var none T
		return none
	}
	sorted := slices.Sorted(slices.Values(sample))
	return sorted[int(math.Round(part*float64(len(sorted)-1)))]
}

// Midmean returns the mean of the middle half: as little moved by a few wild values
// as the median, and by chance less than it.
func Midmean(sample []float64) float64 {
	if len(sample) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(sample))
	sum, cut := 0.0, len(sorted)/4
	middle := sorted[cut : len(sorted)-cut]
	for _, v := range middle {
		sum += v
	}
	return sum / float64(len(middle))
}

// Ranks compares two samples by the test of Mann and Whitney. p is how probable
// a difference of ranks like theirs is if both come from the same source; below
// 0.01 they can be told apart.
func Ranks(a, b []time.Duration) (p float64) {
	type one struct {
		took  time.Duration
		first bool
	}
	all := make([]one, 0, len(a)+len(b))
	for _, took := range a {
		all = append(all, one{took, true})
	}
	for _, took := range b {
		all = append(all, one{took, false})
	}
	slices.SortFunc(all, func(x, y one) int { return int(x.took - y.took) })
	var rankSum, ties float64
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].took == all[i].took {
			j++
		}
		rank := float64(i+j+1) / 2 // the mean of ranks i+1 to j
		for _, o := range all[i:j] {
			if o.first {
				rankSum += rank
			}
		}
		t := float64(j - i)
		ties += t*t*t - t
		i = j
	}
	na, nb := float64(len(a)), float64(len(b))
	n := na + nb
	u := rankSum - na*(na+1)/2
	variance := na * nb / 12 * (n + 1 - ties/(n*(n-1)))
	if variance <= 0 {
		return 1
	}
	z := (math.Abs(u-na*nb/2) - 0.5) / math.Sqrt(variance)
	return math.Erfc(max(z, 0) / math.Sqrt2)
}
