package main

import (
	"context"
	"fmt"
	"time"

	"oneid/bench/figures"
)

// level is what was measured with so many sessions.
type level struct {
	sessions int
	more     float64 // processor time, against a single session in the same rounds
	memory   float64
}

// share is how much of the signing rate is left.
func share(alone, sso measured) float64 {
	return float64(alone.each()) / float64(max(sso.each(), 1))
}

// round is one short turn of everything that is compared. The machine's speed
// drifts, but little from one turn to the next: ratios are taken within a round,
// and the middle half of the rounds counts.
type round map[string]measured

// What a round measures beside the kinds of service.
const (
	aloneName  = "alone"
	singleName = "single"
	fewName    = "few"
	peerName   = "peer"
	quietName  = "quiet"
)

// few is how many are in flight where the processor is busy and nobody queues.
const few = 8

func (r round) share(name string) float64 { return share(r[aloneName], r[name]) }

// times is how many times as fast a is as b.
func (r round) times(a, b string) float64 {
	return float64(r[b].each()) / float64(max(r[a].each(), 1))
}

func middle(rounds []round, ratio func(round) float64) float64 {
	all := make([]float64, len(rounds))
	for i, r := range rounds {
		all[i] = ratio(r)
	}
	return figures.Midmean(all)
}

func sum(rounds []round, name string) measured {
	var m measured
	for _, r := range rounds {
		m = m.plus(r[name])
	}
	return m
}

func (b *bench) measure(ctx context.Context) error {
	fmt.Printf("processor time of product and PostgreSQL for one sign-on, %d in flight, %d rounds of %v each, on processor %d\n",
		b.hands, b.rounds, b.each, b.core)
	var levels []level
	for i, n := range b.sessions {
		if i > 0 && n == b.sessions[i-1] {
			continue
		}
		l, err := b.atLevel(ctx, n)
		if err != nil {
			return err
		}
		levels = append(levels, l)
	}
	if err := b.compare(); err != nil {
		return err
	}
	first, last := levels[0], levels[len(levels)-1]
	fmt.Printf("from %d to %d sessions: %+.1f %% processor time (goal: at most %.0f %%)%s, %+.1f MiB (goal: at most %.0f)%s\n",
		first.sessions, last.sessions, 100*last.more, 100*wantCrowd, verdict(last.more <= wantCrowd),
		last.memory-first.memory, wantCrowdMiB, verdict(last.memory-first.memory <= wantCrowdMiB))
	return b.parallel()
}

// atLevel measures the plain kind with so many sessions, and where there is one.
func (b *bench) atLevel(ctx context.Context, n int) (level, error) {
	began := time.Now()
	if err := b.signIn(ctx, n); err != nil {
		return level{}, err
	}
	fmt.Printf("%d sessions (made in %v)\n", n, time.Since(began).Round(time.Second))
	sites := map[string]*site{"plain": b.site}
	if n > 1 {
		sites[quietName] = b.quiet
	}
	for _, s := range sites {
		if _, err := s.openings(s.services["plain"], warmUp, b.hands); err != nil {
			return level{}, err
		}
	}
	var rounds []round
	for range b.rounds {
		r := round{}
		if err := b.turn(r, aloneName, b.alone); err != nil {
			return level{}, err
		}
		for name, s := range sites { // in any order
			if err := b.turn(r, name, func() (measured, error) { return s.openings(s.services["plain"], b.each, b.hands) }); err != nil {
				return level{}, err
			}
		}
		rounds = append(rounds, r)
	}
	l := level{sessions: n}
	alone, sso := sum(rounds, aloneName), sum(rounds, "plain")
	fmt.Printf("  a signature %v; a sign-on %v: product %v, PostgreSQL %v (%d of them); %.1f %% of the signing rate, %.1f %% in the middle rounds\n",
		exactly(alone.each()), exactly(sso.each()), exactly(per(sso.product, sso.done)), exactly(per(sso.postgresql, sso.done)),
		sso.done, 100*share(alone, sso), 100*middle(rounds, func(r round) float64 { return r.share("plain") }))
	if n > 1 {
		one := sum(rounds, quietName)
		l.more = middle(rounds, func(r round) float64 { return r.times(quietName, "plain") }) - 1
		fmt.Printf("  where there is one session, in the same rounds: %v: product %v, PostgreSQL %v\n",
			exactly(one.each()), exactly(per(one.product, one.done)), exactly(per(one.postgresql, one.done)))
	}
	var err error
	l.memory, err = b.Memory()
	return l, err
}

// warmUp is how long a kind is asked for before it is measured.
const warmUp = 2 * time.Second

func (b *bench) turn(r round, name string, measure func() (measured, error)) error {
	m, err := measure()
	if err == nil && m.done == 0 {
		err = fmt.Errorf("%s: nothing was done in %v", name, b.each)
	}
	r[name] = m
	return err
}

// compare measures every kind and the peer in turn.
func (b *bench) compare() error {
	for _, k := range kinds() {
		if _, err := b.openings(b.services[k.name], b.each, b.hands); err != nil { // warm
			return err
		}
	}
	turns := map[string]func() (measured, error){
		aloneName:  b.alone,
		singleName: func() (measured, error) { return b.openings(b.services["plain"], b.each, 1) },
		fewName:    func() (measured, error) { return b.openings(b.services["plain"], b.each, few) },
		peerName:   func() (measured, error) { return b.peers(b.each, b.hands) },
	}
	for _, k := range kinds() {
		turns[k.name] = func() (measured, error) { return b.openings(b.services[k.name], b.each, b.hands) }
	}
	var rounds []round
	for range b.rounds {
		r := round{}
		for name, do := range turns { // in any order: none always follows the same
			if err := b.turn(r, name, do); err != nil {
				return err
			}
		}
		rounds = append(rounds, r)
	}
	fmt.Printf("\n%-62s %9s %9s %10s %9s %9s\n", "", "all", "product", "PostgreSQL", "share", "middle")
	line := func(what, name string) {
		m := sum(rounds, name)
		fmt.Printf("%-62s %9v %9v %10v %7.1f %% %7.1f %%\n", what, exactly(m.each()), exactly(per(m.product, m.done)), exactly(per(m.postgresql, m.done)),
			100*share(sum(rounds, aloneName), m), 100*middle(rounds, func(r round) float64 { return r.share(name) }))
	}
	line("an RSA-2048 signature alone", aloneName)
	for _, k := range kinds() {
		line(k.what, k.name)
	}
	line(fmt.Sprintf("one RSA-2048 signature, %d in flight", few), fewName)
	line("one RSA-2048 signature, one sign-on at a time", singleName)
	line("crewjam's samlidp, without a database", peerName)
	b.judge(rounds)
	return nil
}

func (b *bench) judge(rounds []round) {
	fmt.Println()
	for _, at := range []struct {
		name  string
		hands int
	}{{"plain", b.hands}, {fewName, few}} {
		got := middle(rounds, func(r round) float64 { return r.share(at.name) })
		fmt.Printf("one RSA-2048 signature, %d in flight: %.1f %% of the signing rate (goal: at least %.0f %%, better %.0f %%)%s\n",
			at.hands, 100*got, 100*wantShare, 100*stretchShare, verdict(got >= wantShare))
	}
	faster := middle(rounds, func(r round) float64 { return r.times("plain", peerName) })
	fmt.Printf("against samlidp: %.2f times (goal: at least %.1f)%s\n", faster, wantPeer, verdict(faster >= wantPeer))
	elliptic := middle(rounds, func(r round) float64 { return r.times("elliptic", "plain") })
	fmt.Printf("ECDSA P-256: %.2f times the RSA-2048 figure (goal: at least %.1f)%s\n", elliptic, wantElliptic, verdict(elliptic >= wantElliptic))
	for _, extra := range []string{"signed", "encrypted"} {
		more := middle(rounds, func(r round) float64 { return r.times("plain", extra) }) - 1
		fmt.Printf("%s: %+.1f %% (goal: at most %.0f %%)%s\n", extra, 100*more, 100*wantExtra, verdict(more <= wantExtra))
	}
}

// parallel measures how long people wait when four come at once.
func (b *bench) parallel() error {
	took, err := b.atOnce(b.services["plain"], b.each*time.Duration(b.rounds), atOnce)
	if err != nil {
		return err
	}
	p50, p99 := spread(took)
	ratio := float64(p99) / float64(max(p50, 1))
	fmt.Printf("%d at once, %d sign-ons: half within %v, 99 %% within %v, %.1f times (goal: at most %.0f)%s\n",
		atOnce, len(took), exactly(p50), exactly(p99), ratio, wantSpread, verdict(ratio <= wantSpread))
	return nil
}

// atOnce is how many come together where it is measured how long they wait.
const atOnce = 4

func exactly(d time.Duration) time.Duration { return d.Round(time.Microsecond) }
