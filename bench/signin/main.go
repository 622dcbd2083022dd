// Command signin measures sign-ins: how many the product makes in a second
// against how many password hashes alone the same cores make in the same run,
// and what 500 sign-ins at once do to its memory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/crypto/argon2"

	"oneid/bench/figures"
	"oneid/bench/world"
)

// The product's cost of a password hash.
const (
	passes    = 2
	memoryKiB = 47104
	lanes     = 1
	tag       = 32
)

// Goals.
const (
	wantRatio  = 0.85
	wantMemory = 450 // MiB
)

func main() {
	rounds := flag.Int("rounds", 25, "how often both are measured, in turn")
	each := flag.Duration("each", 1500*time.Millisecond, "how long each is measured in a round")
	people := flag.Int("people", 12, "how many sign in at once, one after the other")
	crowd := flag.Int("crowd", 500, "how many sign in at the same moment")
	flag.Parse()
	if err := run(*rounds, *each, *people, *crowd); err != nil {
		fmt.Fprintln(os.Stderr, "bench/signin:", err)
		os.Exit(1)
	}
}

func run(rounds int, each time.Duration, people, crowd int) (err error) {
	ctx := context.Background()
	w, err := world.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Stop()) }()
	ids, err := w.Accounts(ctx, max(people, crowd), "Load", "Runner", "+14165550100", false)
	if err != nil {
		return err
	}
	if _, err := signins(w, ids[:people], warmUp); err != nil {
		return err
	}
	fmt.Printf("sign-ins against argon2id alone (t=%d, m=%d KiB, p=%d), %d cores, %d at once, %d rounds of %v\n",
		passes, memoryKiB, lanes, runtime.GOMAXPROCS(0), people, rounds, each)
	// The machine's speed drifts, but little from one turn to the next: the ratio is
	// taken within each round, and the median round counts.
	var alone, product measured
	var ratios []float64
	for range rounds {
		h := hashes(each)
		s, err := signins(w, ids[:people], each)
		if err != nil {
			return err
		}
		alone, product = alone.plus(h), product.plus(s)
		ratios = append(ratios, s.rate()/h.rate())
	}
	ratio := figures.Quantile(ratios, 0.5)
	fmt.Printf("all rounds together: %.1f hashes/s, %.1f sign-ins/s, %.1f %%; rounds between %.1f and %.1f %%\n",
		alone.rate(), product.rate(), 100*product.rate()/alone.rate(), 100*figures.Quantile(ratios, 0), 100*figures.Quantile(ratios, 1))
	fmt.Printf("signin ratio: %.1f %% in the median round (goal: at least %.0f %%)%s\n", 100*ratio, 100*wantRatio, verdict(ratio >= wantRatio))
	fmt.Printf("processor time: %.1f ms a hash alone; a sign-in takes the product %.1f ms and the database %.1f ms, %.1f %%\n",
		alone.each(alone.used), product.each(product.used), product.each(product.database),
		100*alone.each(alone.used)/product.each(product.used+product.database))
	return rush(w, ids[:crowd])
}

// warmUp is how long people sign in before it is measured.
const warmUp = 2 * time.Second

func verdict(met bool) string {
	if met {
		return "  met"
	}
	return "  NOT MET"
}

// measured is how much was done, and what it took.
type measured struct {
	done                 int64
	took, used, database time.Duration
}

func (m measured) plus(n measured) measured {
	return measured{m.done + n.done, m.took + n.took, m.used + n.used, m.database + n.database}
}

func (m measured) rate() float64 { return float64(m.done) / m.took.Seconds() }

func (m measured) each(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000 / float64(max(m.done, 1))
}

// hashes measures argon2id alone on all cores.
func hashes(each time.Duration) measured {
	var done atomic.Int64
	var all sync.WaitGroup
	began, usedBefore := time.Now(), ownTime()
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			salt := make([]byte, 16)
			for time.Since(began) < each {
				argon2.IDKey([]byte(world.Password), salt, passes, memoryKiB, lanes, tag)
				done.Add(1)
			}
		})
	}
	all.Wait()
	return measured{done: done.Load(), took: time.Since(began), used: ownTime() - usedBefore}
}

// ownTime is the processor time that this program has used.
func ownTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// signins lets people sign in for a while, each again and again. Who is told that
// the node is busy, because the machine is, tries again.
func signins(w *world.World, ids []string, each time.Duration) (measured, error) {
	var done atomic.Int64
	var all sync.WaitGroup
	faults := make(chan error, len(ids))
	usedBefore, databaseBefore, err := w.Used()
	if err != nil {
		return measured{}, err
	}
	began := time.Now()
	for i, id := range ids {
		all.Go(func() {
			for time.Since(began) < each {
				p := w.Person(world.Address(i))
				answer, err := p.Post("/signin", "loginid", id, "password", world.Password)
				p.Leave()
				if err == nil && answer.Status == http.StatusServiceUnavailable {
					continue
				}
				if err != nil || answer.Status != http.StatusSeeOther || answer.To() != "/home" {
					faults <- fmt.Errorf("a sign-in was answered with %d to %q (%v)", answer.Status, answer.To(), err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	close(faults)
	m := measured{done: done.Load(), took: time.Since(began)}
	if err := <-faults; err != nil {
		return m, err
	}
	used, database, err := w.Used()
	m.used, m.database = used-usedBefore, database-databaseBefore
	return m, err
}

// rush lets a crowd sign in at the same moment, twice, and watches the memory.
func rush(w *world.World, ids []string) error {
	before, err := w.Memory()
	if err != nil {
		return err
	}
	watching, seen := make(chan struct{}), make(chan float64)
	go func() {
		highest := before
		for {
			select {
			case <-watching:
				seen <- highest
				return
			case <-time.After(5 * time.Millisecond):
				if now, err := w.Memory(); err == nil {
					highest = max(highest, now)
				}
			}
		}
	}()
	var (
		mu              sync.Mutex
		took            []time.Duration
		passed, shed    int
		unkind, strange int
		all             sync.WaitGroup
	)
	for i, id := range ids {
		all.Go(func() {
			p := w.Person(world.Address(i))
			defer p.Leave()
			answer, err := p.Post("/signin", "loginid", id, "password", world.Password)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, answer.Took)
			switch {
			case err == nil && answer.Status == http.StatusSeeOther:
				passed++
			case err == nil && answer.Status == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "":
				shed++
			case err == nil && answer.Status == http.StatusServiceUnavailable:
				unkind++
			default:
				strange++
			}
		})
	}
	all.Wait()
	close(watching)
	highest := <-seen
	fmt.Printf("%d sign-ins in flight: %d signed in, %d told to come back (503 with Retry-After), %d without a time, %d otherwise; slowest %v\n",
		len(ids), passed, shed, unkind, strange, figures.Quantile(took, 1).Round(time.Millisecond))
	fmt.Printf("memory: %.0f MiB before, %.0f MiB at most (goal: under %d MiB)%s\n", before, highest, wantMemory, verdict(highest < wantMemory))
	if unkind+strange > 0 {
		return errors.New("somebody was neither signed in nor told when to come back")
	}
	return nil
}
