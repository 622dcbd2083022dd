package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"oneid/bench/world"
	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlsig"
)

// kind is a service that is treated in a way of its own.
type kind struct {
	name     string
	what     string
	signs    bool           // its requests
	encrypts bool           // it has a key to encrypt for
	policy   map[string]any // on top of the usual one
}

// clear lets an assertion go out in clear, as the comparison wants it.
var clear = map[string]any{"what": "clear", "owner": "bench", "reason": "comparison", "until": "2099-01-01T00:00:00Z"}

func kinds() []kind {
	one := func(more map[string]any) map[string]any {
		p := map[string]any{"sign": "response", "encrypt": "never", "requests": "when_present", "notice": false, "exceptions": []any{clear}}
		for name, value := range more {
			p[name] = value
		}
		return p
	}
	return []kind{
		{name: "plain", what: "one RSA-2048 signature", policy: one(nil)},
		{name: "signed", what: "the same for a signed request", signs: true, policy: one(map[string]any{"requests": "required"})},
		{name: "encrypted", what: "the same with the assertion encrypted", encrypts: true,
			policy: one(map[string]any{"encrypt": "required", "exceptions": []any{}})},
		{name: "elliptic", what: "one ECDSA P-256 signature", policy: one(map[string]any{"signature_algorithm": "ecdsa-sha256"})},
		{name: "usual", what: "Response and assertion signed, encrypted, request signed", signs: true, encrypts: true,
			policy: map[string]any{"requests": "required", "encrypt": "required", "notice": false}},
	}
}

// service is a kind that the product knows.
type service struct {
	kind
	viewer      samltest.Viewer
	destination string

	most  int          // how many were asked for in a turn
	ready []string     // requests for the next turn
	taken atomic.Int64 // of those
}

// prepare writes the requests of the next turn. What a service spends on them
// must not hold up the product, which would then have fewer in flight.
func (s *service) prepare() {
	s.ready = s.ready[:0]
	for range s.most + s.most/4 {
		s.ready = append(s.ready, s.asks())
	}
	s.taken.Store(0)
}

// next is a request that was prepared, or a fresh one when there are no more.
func (s *service) next() string {
	if i := s.taken.Add(1); int(i) <= len(s.ready) {
		return s.ready[i-1]
	}
	return s.asks()
}

// signed is how answers to the service are signed.
func (s *service) signed() string {
	if s.policy["signature_algorithm"] == "ecdsa-sha256" {
		return xmlsig.ECDSASHA256
	}
	return xmlsig.RSASHA256
}

// asks returns a fresh request, as the query of an address.
func (s *service) asks() string {
	return s.viewer.Redirect(samltest.Ask{Destination: s.destination, Unsigned: !s.signs})
}

// metadata describes the service: with a key to encrypt for, or without.
func (s *service) metadata() []byte {
	m := string(s.viewer.Metadata())
	if s.encrypts {
		key := `<md:KeyDescriptor use="encryption"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>` +
			base64.StdEncoding.EncodeToString(s.viewer.Key.Certificate.Raw) + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo>` +
			`<md:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes128-gcm"/></md:KeyDescriptor>`
		m = strings.Replace(m, "<md:NameIDFormat>", key+"<md:NameIDFormat>", 1)
	}
	return []byte(m)
}

// register makes a service known to the product and has it treated as its kind
// wants.
func register(ctx context.Context, w *world.World, folder string, k kind) (*service, error) {
	name := "https://" + k.name + ".bench.example"
	s := &service{kind: k, viewer: samltest.NewViewer(name+"/metadata", name+"/acs", time.Now), destination: w.Product + "/saml/sso"}
	var err error
	if s.viewer.Key, err = newKey(k.name, x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment); err != nil {
		return nil, err
	}
	file := filepath.Join(folder, k.name+".xml")
	if err := os.WriteFile(file, s.metadata(), 0o644); err != nil {
		return nil, err
	}
	if _, err := w.Command(ctx, "sp", "import", file, "--start", name+"/"); err != nil {
		return nil, err
	}
	policy, err := json.Marshal(k.policy)
	if err != nil {
		return nil, err
	}
	return s, write(ctx, w, `UPDATE service_providers SET policy = policy || $1::jsonb, version = version + 1 WHERE entity_id = $2`,
		string(policy), s.viewer.EntityID)
}

// write changes the product's database.
func write(ctx context.Context, w *world.World, statement string, args ...any) error {
	environ, err := w.Environ()
	if err != nil {
		return err
	}
	for _, setting := range environ {
		address, ok := strings.CutPrefix(setting, "ONEID_DATABASE_URL=")
		if !ok {
			continue
		}
		conn, err := pgx.Connect(ctx, address)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, statement, args...)
		return err
	}
	return fmt.Errorf("the sandbox names no database")
}

// newKey makes an RSA-2048 key: the size of the comparison. By default the product
// makes larger ones.
func newKey(name string, usage x509.KeyUsage) (saml.SigningKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return saml.SigningKey{}, err
	}
	return saml.Certify(key, name, time.Now(), usage)
}
