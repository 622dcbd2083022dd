package main

import (
	"context"
	"fmt"
	"time"
)

// level is what was measured with so many sessions.
type level struct {
	sessions   int
	alone, sso measured
	memory     float64
}

// share is how much of the signing rate is left.
func share(alone, sso measured) float64 {
	return float64(alone.each()) / float64(max(sso.each(), 1))
}

func (b *bench) measure(ctx context.Context) error {
	fmt.Printf("processor time of product and PostgreSQL for one sign-on, %d rounds of %v, on processor %d\n", b.rounds, b.each, b.core)
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
	more := share(first.alone, first.sso)/share(last.alone, last.sso) - 1
	fmt.Printf("from %d to %d sessions: %+.1f %% processor time (goal: at most %.0f %%)%s, %+.1f MiB (goal: at most %.0f)%s\n",
		first.sessions, last.sessions, 100*more, 100*wantCrowd, verdict(more <= wantCrowd),
		last.memory-first.memory, wantCrowdMiB, verdict(last.memory-first.memory <= wantCrowdMiB))
	return b.parallel()
}

// atLevel measures the plain kind with so many sessions.
func (b *bench) atLevel(ctx context.Context, n int) (level, error) {
	began := time.Now()
	if err := b.signIn(ctx, n); err != nil {
		return level{}, err
	}
	fmt.Printf("%d sessions (made in %v)\n", n, time.Since(began).Round(time.Second))
	l := level{sessions: n}
	plain := b.services["plain"]
	if _, err := b.openings(plain, b.each); err != nil { // warm
		return l, err
	}
	for range b.rounds {
		alone, err := b.alone()
		if err != nil {
			return l, err
		}
		sso, err := b.openings(plain, b.each)
		if err != nil {
			return l, err
		}
		l.alone, l.sso = l.alone.plus(alone), l.sso.plus(sso)
	}
	fmt.Printf("  a signature %v; a sign-on %v: product %v, PostgreSQL %v (%d of them); %.1f %% of the signing rate\n",
		round(l.alone.each()), round(l.sso.each()), round(per(l.sso.product, l.sso.done)), round(per(l.sso.postgresql, l.sso.done)),
		l.sso.done, 100*share(l.alone, l.sso))
	var err error
	l.memory, err = b.Memory()
	return l, err
}

// compare measures every kind and the peer in turn.
func (b *bench) compare() error {
	var alone, there measured
	here := map[string]measured{}
	for range b.rounds {
		a, err := b.alone()
		if err != nil {
			return err
		}
		alone = alone.plus(a)
		for _, k := range kinds() {
			m, err := b.openings(b.services[k.name], b.each)
			if err != nil {
				return err
			}
			here[k.name] = here[k.name].plus(m)
		}
		p, err := b.peers(b.each)
		if err != nil {
			return err
		}
		there = there.plus(p)
	}
	fmt.Printf("\n%-62s %9s %9s %10s %9s\n", "", "all", "product", "PostgreSQL", "share")
	line := func(what string, m measured) {
		fmt.Printf("%-62s %9v %9v %10v %7.1f %%\n", what, round(m.each()), round(per(m.product, m.done)), round(per(m.postgresql, m.done)), 100*share(alone, m))
	}
	line("an RSA-2048 signature alone", alone)
	for _, k := range kinds() {
		line(k.what, here[k.name])
	}
	line("crewjam's samlidp, without a database", there)
	b.judge(alone, there, here)
	return nil
}

func (b *bench) judge(alone, there measured, here map[string]measured) {
	times := func(slow, fast measured) float64 { return float64(slow.each()) / float64(max(fast.each(), 1)) }
	plain := here["plain"]
	got := share(alone, plain)
	fmt.Printf("\none RSA-2048 signature: %.1f %% of the signing rate (goal: at least %.0f %%, better %.0f %%)%s\n",
		100*got, 100*wantShare, 100*stretchShare, verdict(got >= wantShare))
	faster := times(there, plain)
	fmt.Printf("against samlidp: %.2f times (goal: at least %.1f)%s\n", faster, wantPeer, verdict(faster >= wantPeer))
	elliptic := times(plain, here["elliptic"])
	fmt.Printf("ECDSA P-256: %.2f times the RSA-2048 figure (goal: at least %.1f)%s\n", elliptic, wantElliptic, verdict(elliptic >= wantElliptic))
	for _, extra := range []string{"signed", "encrypted"} {
		more := times(here[extra], plain) - 1
		fmt.Printf("%s: %+.1f %% (goal: at most %.0f %%)%s\n", extra, 100*more, 100*wantExtra, verdict(more <= wantExtra))
	}
}

// parallel measures how long people wait when four come at once.
func (b *bench) parallel() error {
	took, err := b.atOnce(b.services["plain"], b.each*time.Duration(b.rounds))
	if err != nil {
		return err
	}
	p50, p99 := spread(took)
	ratio := float64(p99) / float64(max(p50, 1))
	fmt.Printf("four at once, %d sign-ons: half within %v, 99 %% within %v, %.1f times (goal: at most %.0f)%s\n",
		len(took), round(p50), round(p99), ratio, wantSpread, verdict(ratio <= wantSpread))
	return nil
}

func round(d time.Duration) time.Duration { return d.Round(time.Microsecond) }
