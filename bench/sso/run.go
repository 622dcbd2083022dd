package main

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"oneid/bench/figures"
	"oneid/bench/world"
	"oneid/saml"
)

// bench is what is measured: a product with a crowd of sessions, one with a single
// session beside it, and the peer.
type bench struct {
	settings
	*site
	quiet *site // nil when there is no crowd
	key   saml.SigningKey
	peer  *peer
	watch *watch
}

func run(ctx context.Context, s settings) (err error) {
	folder, err := os.MkdirTemp("", "oneid-bench-sso-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	b := &bench{settings: s}
	if b.key, err = newKey("bench", x509.KeyUsageDigitalSignature); err != nil {
		return err
	}
	crowd := filepath.Join(folder, "crowd")
	build := exec.CommandContext(ctx, "go", "build", "-o", crowd, "./app/internal/apptest/crowd")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build crowd: %w\n%s", err, said)
	}
	if b.site, err = startSite(ctx, b.key, crowd); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Stop()) }()
	time.Sleep(5 * time.Second) // until what happens once at the start has happened
	idle, err := b.Memory()
	if err != nil {
		return err
	}
	if err := b.furnish(ctx, folder, s.accounts); err != nil {
		return err
	}
	if s.sessions[len(s.sessions)-1] > 1 {
		if b.quiet, err = startSite(ctx, b.key, crowd); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.quiet.Stop()) }()
		if err := errors.Join(b.quiet.furnish(ctx, folder, s.accounts), b.quiet.signIn(ctx, 1)); err != nil {
			return err
		}
	}
	if b.peer, err = startPeer(b.key, b.services["plain"].metadata()); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.peer.stop()) }()
	b.watch = watchMemory(b.World)
	if err := b.measure(ctx); err != nil {
		return err
	}
	highest := b.watch.stop()
	fmt.Printf("memory of the product: %.0f MiB idle (goal: at most %.0f)%s, %.0f MiB at most under this load (goal: at most %.0f)%s\n",
		idle, wantIdleMiB, verdict(idle <= wantIdleMiB), highest, wantLoadedMiB, verdict(highest <= wantLoadedMiB))
	return nil
}

// peers opens the peer's service for a while.
func (b *bench) peers(each time.Duration, hands int) (measured, error) {
	plain := b.services["plain"]
	s := &service{kind: plain.kind, viewer: plain.viewer, destination: b.peer.base + "/sso"}
	used := func() (product, postgresql time.Duration, err error) {
		product, err = world.ProcessTime(b.peer.child.Process.Pid)
		return product, 0, err
	}
	m, _, err := steadily(each, hands, used, func(bool) error {
		if _, err := b.peer.browser.open("/sso?"+s.asks(), "session="+peerCookie); err != nil {
			return fmt.Errorf("samlidp: %w", err)
		}
		return nil
	})
	return m, err
}

// alone measures the signature that all is compared with.
func (b *bench) alone() (measured, error) {
	return signatures(b.key.Signer.(*rsa.PrivateKey), b.each/2)
}

// atOnce opens a service for a while, so many at a time, and returns how long each
// took.
func (b *bench) atOnce(s *service, each time.Duration, hands int) ([]time.Duration, error) {
	var mu sync.Mutex
	var took []time.Duration
	w := begin(hands, func(bool) error {
		query, cookie := s.asks(), b.anyone()
		asked := time.Now()
		_, err := b.browser.open("/saml/sso?"+query, cookie)
		mu.Lock()
		defer mu.Unlock()
		took = append(took, time.Since(asked))
		return err
	})
	time.Sleep(each)
	_, err := w.end()
	return took, err
}

func spread(took []time.Duration) (p50, p99 time.Duration) {
	return figures.Quantile(took, 0.5), figures.Quantile(took, 0.99)
}
