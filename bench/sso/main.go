package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// Goals.
const (
	wantShare     = 0.63 // of Go's own signing rate
	stretchShare  = 0.77
	wantPeer      = 1.5 // times crewjam's samlidp
	wantElliptic  = 2.5 // times the RSA-2048 figure
	wantExtra     = 0.08
	wantSpread    = 3.0 // p99 against p50
	wantCrowd     = 0.10
	wantCrowdMiB  = 5.0
	wantIdleMiB   = 40.0
	wantLoadedMiB = 80.0
)

// settings are what the command line says.
type settings struct {
	rounds   int
	each     time.Duration
	accounts int
	sessions []int
	core     int
	hands    int
}

func main() {
	s := settings{sessions: []int{1, 10_000, 100_000}}
	flag.IntVar(&s.rounds, "rounds", 20, "how often each is measured, in turn")
	flag.DurationVar(&s.each, "each", 800*time.Millisecond, "how long each is measured in a round")
	flag.IntVar(&s.hands, "hands", 32, "how many sign-ons are in flight")
	flag.IntVar(&s.accounts, "accounts", 200_000, "how many accounts there are")
	most := flag.Int("sessions", 100_000, "how many sessions there are at most")
	flag.IntVar(&s.core, "core", 1, "the processor that all runs on; -1 for any")
	flag.Parse()
	if address := os.Getenv(peerAt); address != "" {
		fail(servePeer(address))
	}
	for i, n := range s.sessions {
		s.sessions[i] = min(n, *most)
	}
	if err := onOneCore(s.core); err != nil {
		fail(err)
	}
	if err := run(context.Background(), s); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench/sso:", err)
	os.Exit(1)
}

// pinned, in the environment, says that the program runs where it should.
const pinned = "BENCH_SSO_PINNED"

// onOneCore starts the program anew on one processor; all that it starts stays
// there too.
func onOneCore(core int) error {
	if core < 0 || os.Getenv(pinned) != "" {
		return nil
	}
	taskset, err := exec.LookPath("taskset")
	if err != nil {
		return errors.New("taskset (util-linux) is needed to stay on one processor; -core -1 does without")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := append([]string{"taskset", "-c", strconv.Itoa(core), self}, os.Args[1:]...)
	return syscall.Exec(taskset, args, append(os.Environ(), pinned+"=yes"))
}

func verdict(met bool) string {
	if met {
		return "  met"
	}
	return "  NOT MET"
}
