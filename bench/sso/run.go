package main

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"oneid/bench/figures"
	"oneid/bench/world"
	"oneid/saml"
)

// bench is a world ready to be measured.
type bench struct {
	settings
	*world.World
	key      saml.SigningKey // that the product signs with
	services map[string]*service
	cookies  []string
	crowd    string // the program that makes people
	browser  *browser
	peer     *peer
	watch    *watch
	trusted  []*x509.Certificate // the product's
}

func run(ctx context.Context, s settings) (err error) {
	folder, err := os.MkdirTemp("", "oneid-bench-sso-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	b := &bench{settings: s, services: map[string]*service{}, crowd: filepath.Join(folder, "crowd")}
	if b.key, err = newKey("bench", x509.KeyUsageDigitalSignature); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", b.crowd, "./app/internal/apptest/crowd")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build crowd: %w\n%s", err, said)
	}
	if b.World, err = world.StartWith(ctx, b.keys); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Stop()) }()
	time.Sleep(5 * time.Second) // until what happens once at the start has happened
	idle, err := b.Memory()
	if err != nil {
		return err
	}
	if err := b.furnish(ctx, folder); err != nil {
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

// keys gives the sandbox keys of its own, but an RSA-2048 one to sign with.
func (b *bench) keys(state string) error {
	folder := filepath.Join(state, "keys")
	init := exec.Command(filepath.Join("bin", "oneid"), "keys", "init", folder)
	init.Env = append(os.Environ(), "ONEID_MODE=sandbox")
	if said, err := init.CombinedOutput(); err != nil {
		return fmt.Errorf("make keys: %w\n%s", err, said)
	}
	file := filepath.Join(folder, "saml-services-1.pem")
	secret, err := b.key.EncodePEM()
	if err != nil {
		return err
	}
	return errors.Join(os.Remove(file), os.WriteFile(file, secret, 0o400))
}

// furnish makes accounts, services and the peer.
func (b *bench) furnish(ctx context.Context, folder string) error {
	began := time.Now()
	if _, err := b.Program(ctx, b.crowd, "-accounts", fmt.Sprint(b.accounts)); err != nil {
		return err
	}
	fmt.Printf("%d accounts made in %v\n", b.accounts, time.Since(began).Round(time.Second))
	// Before the services come: those that are here already keep the key they know
	// for weeks.
	for _, args := range [][]string{
		{"keys", "next", "--algorithm", "ec"}, {"keys", "switch", "--algorithm", "ec", "--reason", "for the comparison"},
	} {
		if _, err := b.Command(ctx, args...); err != nil {
			return fmt.Errorf("no elliptic key: %w", err)
		}
	}
	for _, k := range kinds() {
		s, err := register(ctx, b.World, folder, k)
		if err != nil {
			return err
		}
		b.services[k.name] = s
	}
	// Nobody opens their first service here: services know everyone by a name.
	err := write(ctx, b.World, `INSERT INTO name_ids (account_id, entity_id, value, created_at)
		SELECT id, $1, md5(id::text), now() FROM accounts ON CONFLICT DO NOTHING`, namedIn)
	if err != nil {
		return err
	}
	b.browser = newBrowser(b.Product)
	b.peer, err = startPeer(b.key, b.services["plain"].metadata())
	return err
}

// namedIn is where the names are kept that the services here know people by: they
// are of one group.
const namedIn = "group ontario"

// signIn makes sessions until there are n.
func (b *bench) signIn(ctx context.Context, n int) error {
	out, err := b.Program(ctx, b.crowd, "-sessions", fmt.Sprint(n))
	if err != nil {
		return err
	}
	b.cookies = append(b.cookies, strings.Fields(out)...)
	if len(b.cookies) == 0 {
		return errors.New("nobody is signed in")
	}
	return b.settle(ctx)
}

// settle has the database do now what it would do for minutes after so many rows
// have come: nobody signs in a hundred thousand times within one.
func (b *bench) settle(ctx context.Context) error {
	return errors.Join(write(ctx, b.World, "VACUUM (ANALYZE)"), write(ctx, b.World, "CHECKPOINT"))
}

// anyone is a browser that is signed in.
func (b *bench) anyone() string { return b.cookies[rand.IntN(len(b.cookies))] }

// sso opens a service once, in a browser of anyone's.
func (b *bench) sso(s *service) (answer, error) {
	return b.browser.open("/saml/sso?"+s.next(), b.anyone())
}

// openings opens a service for a while, by so many at a time.
func (b *bench) openings(s *service, each time.Duration, hands int) (measured, error) {
	s.prepare()
	m, asked, err := steadily(each, hands, b.Used, func(first bool) error {
		a, err := b.sso(s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if !first {
			return nil
		}
		if err := b.check(s, a); err != nil {
			return fmt.Errorf("%s: the service refuses: %w", s.name, err)
		}
		return nil
	})
	s.most = max(s.most, int(asked))
	return m, err
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
