package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"oneid/bench/world"
	"oneid/saml"
)

// site is a product with its database, the services that it knows, and the
// browsers that are signed in to it.
type site struct {
	*world.World
	services map[string]*service
	cookies  []string
	crowd    string // the program that makes people
	browser  *browser
	trusted  []*x509.Certificate // the product's
}

// startSite starts a product that signs with a key.
func startSite(ctx context.Context, key saml.SigningKey, crowd string) (*site, error) {
	w, err := world.StartWith(ctx, func(state string) error { return keysWith(key, state) })
	if err != nil {
		return nil, err
	}
	return &site{World: w, services: map[string]*service{}, crowd: crowd, browser: newBrowser(w.Product)}, nil
}

// keysWith gives the sandbox keys of its own, but an RSA-2048 one to sign with.
func keysWith(key saml.SigningKey, state string) error {
	folder := filepath.Join(state, "keys")
	init := exec.Command(filepath.Join("bin", "oneid"), "keys", "init", folder)
	init.Env = append(os.Environ(), "ONEID_MODE=sandbox")
	if said, err := init.CombinedOutput(); err != nil {
		return fmt.Errorf("make keys: %w\n%s", err, said)
	}
	file := filepath.Join(folder, "saml-services-1.pem")
	secret, err := key.EncodePEM()
	if err != nil {
		return err
	}
	return errors.Join(os.Remove(file), os.WriteFile(file, secret, 0o400))
}

// furnish makes accounts and services.
func (p *site) furnish(ctx context.Context, folder string, accounts int) error {
	began := time.Now()
	if _, err := p.Program(ctx, p.crowd, "-accounts", fmt.Sprint(accounts)); err != nil {
		return err
	}
	fmt.Printf("%d accounts made in %v\n", accounts, time.Since(began).Round(time.Second))
	// Before the services come: those that are here already keep the key they know
	// for weeks.
	for _, args := range [][]string{
		{"keys", "next", "--algorithm", "ec"}, {"keys", "switch", "--algorithm", "ec", "--reason", "for the comparison"},
	} {
		if _, err := p.Command(ctx, args...); err != nil {
			return fmt.Errorf("no elliptic key: %w", err)
		}
	}
	for _, k := range kinds() {
		s, err := register(ctx, p.World, folder, k)
		if err != nil {
			return err
		}
		p.services[k.name] = s
	}
	// Nobody opens their first service here: services know everyone by a name.
	return write(ctx, p.World, `INSERT INTO name_ids (account_id, entity_id, value, created_at)
		SELECT id, $1, md5(id::text), now() FROM accounts ON CONFLICT DO NOTHING`, namedIn)
}

// namedIn is where the names are kept that the services here know people by: they
// are of one group.
const namedIn = "group ontario"

// signIn makes sessions until there are n.
func (p *site) signIn(ctx context.Context, n int) error {
	out, err := p.Program(ctx, p.crowd, "-sessions", fmt.Sprint(n))
	if err != nil {
		return err
	}
	p.cookies = append(p.cookies, strings.Fields(out)...)
	if len(p.cookies) == 0 {
		return errors.New("nobody is signed in")
	}
	return p.settle(ctx)
}

// settle has the database do now what it would do for minutes after so many rows
// have come: nobody signs in a hundred thousand times within one.
func (p *site) settle(ctx context.Context) error {
	return errors.Join(write(ctx, p.World, "VACUUM (ANALYZE)"), write(ctx, p.World, "CHECKPOINT"))
}

// anyone is a browser that is signed in.
func (p *site) anyone() string { return p.cookies[rand.IntN(len(p.cookies))] }

// sso opens a service once, in a browser of anyone's.
func (p *site) sso(s *service) (answer, error) {
	return p.browser.open("/saml/sso?"+s.next(), p.anyone())
}

// openings opens a service for a while, by so many at a time.
func (p *site) openings(s *service, each time.Duration, hands int) (measured, error) {
	s.prepare()
	m, asked, err := steadily(each, hands, p.Used, func(first bool) error {
		a, err := p.sso(s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if !first {
			return nil
		}
		if err := p.check(s, a); err != nil {
			return fmt.Errorf("%s: the service refuses: %w", s.name, err)
		}
		return nil
	})
	s.most = max(s.most, int(asked))
	return m, err
}
