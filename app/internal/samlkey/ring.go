package samlkey

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"oneid/app/internal/clock"
	"oneid/db"
	"oneid/saml"
)

// ErrNoKey means that no key fits that this node could use.
var ErrNoKey = errors.New("no usable SAML key")

// Algorithms of keys.
const (
	RSA      = "rsa"
	Elliptic = "ec"
)

// Ring is our SAML keys as this node has them. It may be used by many at once.
type Ring struct {
	Dir   string // the key folder
	Clock clock.Clock
	Log   *slog.Logger // nil: silent
	// Token opens the keys that are not files; nil: none are.
	Token Token

	mu  sync.Mutex
	set *set // the version opened last
}

// Token is where keys live that cannot leave it.
type Token interface {
	// Open finds the private key of a certificate by what its place says.
	Open(place string, cert *x509.Certificate) (crypto.Signer, error)
	// Make makes a key pair that never leaves the token, and returns its place.
	Make(label, algorithm string, decrypts bool) (place string, key crypto.Signer, err error)
}

// set is the keys of one version. It never changes.
type set struct {
	version   int64
	changedAt time.Time
	keys      []held // oldest first
	// again is when to look for what this node lacks; zero when it lacks nothing.
	again time.Time
}

// lookAgain is how long a node goes without a key before it looks whether the
// key has arrived.
const lookAgain = time.Minute

// held is a key with its private part, when this node has it.
type held struct {
	row  db.SAMLKey
	key  saml.SigningKey // Signer is nil where the private part is not here
	lack error           // why
}

// SignerFor returns the key that signs for a service now: the current RSA key,
// or the one it was given instead.
func (r *Ring) SignerFor(ctx context.Context, q db.Querier, entityID string) (saml.SigningKey, error) {
	row, err := db.ServiceProviderByEntity(ctx, q, entityID)
	if err != nil {
		return saml.SigningKey{}, err
	}
	return r.SignerOf(ctx, q, row, false)
}

// Knows tells whether the keys of a version are open here: SignerOf then asks the
// database nothing.
func (r *Ring) Knows(version int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.set != nil && r.set.version == version
}

// SignerOf is SignerFor with the service's row at hand. It asks the database
// nothing as long as the row brings the version of the keys and that is known.
// For a service that takes elliptic signatures it returns the P-256 key when
// there is one, else the RSA key, which every service takes.
func (r *Ring) SignerOf(ctx context.Context, q db.Querier, p *db.ServiceProvider, elliptic bool) (saml.SigningKey, error) {
	s, err := r.at(ctx, q, p.KeyRing)
	if err != nil {
		return saml.SigningKey{}, err
	}
	if elliptic {
		if key, err := s.signer(p, Elliptic, r.Clock.Now()); err == nil {
			return key, nil
		}
	}
	return s.signer(p, RSA, r.Clock.Now())
}

// signer picks among the published signing keys of an algorithm.
func (s *set) signer(p *db.ServiceProvider, algorithm string, now time.Time) (saml.SigningKey, error) {
	usable := func(h held) bool {
		return h.row.Use == db.KeySigning && h.row.State != db.KeyRetired && h.key.Signer != nil
	}
	// What a service was given counts whatever it is: it has that key, and is not
	// known to have another.
	if p.SigningKey != "" && (p.KeepOldUntil == nil || now.Before(*p.KeepOldUntil)) {
		for _, h := range s.keys {
			if h.row.ID == p.SigningKey && usable(h) {
				return h.key, nil
			}
		}
	}
	for _, state := range []string{db.KeyCurrent, db.KeyRetiring} {
		for _, h := range slices.Backward(s.keys) {
			if h.row.State == state && h.row.Algorithm == algorithm && usable(h) {
				return h.key, nil
			}
		}
	}
	return saml.SigningKey{}, fmt.Errorf("sign for %s with %s: %w", p.EntityID, algorithm, ErrNoKey)
}

// Decrypters returns the keys that read what services write to us, newest
// first. Without any the list is empty.
func (r *Ring) Decrypters(ctx context.Context, q db.Querier) ([]crypto.Decrypter, error) {
	s, err := r.at(ctx, q, 0)
	if err != nil {
		return nil, err
	}
	var all []crypto.Decrypter
	for _, h := range slices.Backward(s.keys) {
		if h.row.Use != db.KeyEncryption || h.row.State == db.KeyRetired {
			continue
		}
		if d, ok := h.key.Signer.(crypto.Decrypter); ok {
			all = append(all, d)
		}
	}
	return all, nil
}

// Published is what our metadata says of our keys.
type Published struct {
	// Signing is the current certificate first, then those to come, then those
	// still in use for laggards. Within each, RSA comes first: some products
	// read the first only.
	Signing    []*x509.Certificate
	Encryption []*x509.Certificate
	// MetadataKey signs the document; nil when there is none.
	MetadataKey *saml.SigningKey
	ChangedAt   time.Time
	Version     int64
}

// Published returns what our metadata says of our keys.
func (r *Ring) Published(ctx context.Context, q db.Querier) (Published, error) {
	s, err := r.at(ctx, q, 0)
	if err != nil {
		return Published{}, err
	}
	p := Published{ChangedAt: s.changedAt, Version: s.version}
	for _, state := range []string{db.KeyCurrent, db.KeyNext, db.KeyRetiring} {
		for _, algorithm := range []string{RSA, Elliptic} {
			for _, h := range slices.Backward(s.keys) {
				if h.row.State != state || h.row.Algorithm != algorithm {
					continue
				}
				switch {
				case h.row.Use == db.KeySigning:
					p.Signing = append(p.Signing, h.key.Certificate)
				case h.row.Use == db.KeyEncryption && state == db.KeyCurrent:
					p.Encryption = append(p.Encryption, h.key.Certificate)
				case h.row.Use == db.KeyMetadata && state == db.KeyCurrent && h.key.Signer != nil && p.MetadataKey == nil:
					p.MetadataKey = &h.key
				}
			}
		}
	}
	return p, nil
}

// Certificates returns the certificates of a use that others have to know now:
// the current and the next.
func (r *Ring) Certificates(ctx context.Context, q db.Querier, use string) ([]*x509.Certificate, error) {
	s, err := r.at(ctx, q, 0)
	if err != nil {
		return nil, err
	}
	var all []*x509.Certificate
	for _, state := range []string{db.KeyCurrent, db.KeyNext} {
		for _, h := range s.keys {
			if h.row.Use == use && h.row.State == state {
				all = append(all, h.key.Certificate)
			}
		}
	}
	return all, nil
}

// Check fails when this node lacks a key that it needs, now or at the next
// switch: for operators, before they switch.
func (r *Ring) Check(ctx context.Context, q db.Querier) error {
	s, err := r.at(ctx, q, 0)
	if err != nil {
		return err
	}
	return s.lacks()
}

func (s *set) lacks() error {
	var lacks []error
	for _, h := range s.keys {
		if h.lack != nil {
			lacks = append(lacks, fmt.Errorf("%s key %s (%s): %s: %w", h.row.Use, h.row.ID, h.row.State, remedy(h.row, "this node"), h.lack))
		}
	}
	return errors.Join(lacks...)
}

// at returns the keys of a version, or of the present one for 0.
func (r *Ring) at(ctx context.Context, q db.Querier, version int64) (*set, error) {
	r.mu.Lock()
	known := r.set
	r.mu.Unlock()
	if known != nil && known.version == version && !r.due(known) {
		return known, nil
	}
	// Not under the lock: two may load at once, and nobody waits for a database.
	now, err := db.SAMLKeyRing(ctx, q)
	if err != nil {
		return nil, err
	}
	if known != nil && known.version == now.Version && !r.due(known) {
		return known, nil
	}
	fresh, err := r.load(ctx, q, now, known)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.set == nil || r.set.version <= fresh.version {
		r.set = fresh
	}
	return fresh, nil
}

// lookNow has the next who asks look for what this node lacks.
func (r *Ring) lookNow() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.set != nil && !r.set.again.IsZero() {
		s := *r.set
		s.again = r.Clock.Now()
		r.set = &s
	}
}

func (r *Ring) due(s *set) bool { return !s.again.IsZero() && !r.Clock.Now().Before(s.again) }

// load reads the keys and opens the private parts, keeping those that are open.
func (r *Ring) load(ctx context.Context, q db.Querier, now *db.KeyRing, known *set) (*set, error) {
	rows, err := db.SAMLKeys(ctx, q)
	if err != nil {
		return nil, err
	}
	fresh := &set{version: now.Version, changedAt: now.ChangedAt}
	for _, row := range rows {
		h := held{row: row}
		if h.key.Certificate, err = x509.ParseCertificate(row.Certificate); err != nil {
			return nil, fmt.Errorf("read certificate of SAML key %s: %w", row.ID, err)
		}
		if row.State != db.KeyRetired {
			if h.key, h.lack = r.reopen(row, h.key, known); h.lack != nil && r.Log != nil {
				r.Log.ErrorContext(ctx, "this node lacks a SAML key", "key", row.ID, "use", row.Use, "state", row.State, "remedy", remedy(row, "this node"), "error", h.lack)
			}
		}
		if h.lack != nil {
			fresh.again = r.Clock.Now().Add(lookAgain)
		}
		fresh.keys = append(fresh.keys, h)
	}
	return fresh, nil
}

func (r *Ring) reopen(row db.SAMLKey, key saml.SigningKey, known *set) (saml.SigningKey, error) {
	if known != nil {
		for _, h := range known.keys {
			if h.row.ID == row.ID && h.key.Signer != nil {
				return h.key, nil
			}
		}
	}
	signer, err := r.open(row.Place, key.Certificate)
	key.Signer = signer
	return key, err
}
