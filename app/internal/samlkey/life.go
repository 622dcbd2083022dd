package samlkey

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"oneid/app/internal/audit"
	"oneid/db"
	"oneid/saml"
)

// Rules takes keys through their lives. Every change is one transaction, one
// after the other, with its audit event.
type Rules struct {
	DB    *db.DB
	Ring  *Ring
	Audit *audit.Log
	// Node is the name by which this node tells the others of itself.
	Node string
}

var (
	// ErrNone means that there is no key in the state that the step begins at.
	ErrNone = errors.New("there is no such key")
	// ErrComing means that a next key is there already.
	ErrComing = errors.New("there is a next key already")
	// ErrInUse means that a key is the current one: it can't be retired.
	ErrInUse = errors.New("the key is in use")
	// ErrLacks means that this node has not got the key that is to be used.
	ErrLacks = errors.New("this node lacks the key")
	// ErrRetired means that a key is retired already.
	ErrRetired = errors.New("the key is retired already")
)

// Early is a step that would make sign-ins fail if it were taken now.
type Early struct{ Step Step }

func (e *Early) Error() string {
	return fmt.Sprintf("too early to %s %s: from %s on, or with a reason; %d service(s) concerned",
		e.Step.Do, e.Step.Key.ID, e.Step.Due.Format(time.RFC3339), len(e.Step.Missing))
}

// New describes a key to be made.
type New struct {
	Use       string // db.KeySigning, db.KeyEncryption or db.KeyMetadata
	Algorithm string // RSA or Elliptic; only a signing key may be elliptic
	Bits      int    // of an RSA key: 2048 or 3072; 0 is 3072
	InToken   bool   // made in the token, instead of as a file
	// ProposedBy is who wanted it, where that is not who makes it.
	ProposedBy string
	// Along, if any, is done in the transaction that makes the key known.
	Along func(ctx context.Context, tx db.Tx) error
}

// Next makes the next key of a use. Its private part is in this node's folder,
// or in the token; every node must have it before the key is switched to. A
// signing key's certificate is published at once.
func (r *Rules) Next(ctx context.Context, who string, n New) (*db.SAMLKey, error) {
	keys, err := db.SAMLKeys(ctx, r.DB)
	if err != nil {
		return nil, err
	}
	if _, coming := find(keys, n.Use, n.Algorithm, db.KeyNext); coming {
		return nil, ErrComing
	}
	row, undo, err := r.make(ctx, who, n, number(keys, n.Use))
	if err != nil {
		return nil, err
	}
	err = r.change(ctx, func(ctx context.Context, tx db.Tx, _ []db.SAMLKey) error {
		row.State, row.CreatedAt = db.KeyNext, tx.At
		if err := db.InsertSAMLKey(ctx, tx, row); err != nil {
			return err
		}
		if n.Along != nil {
			if err := n.Along(ctx, tx); err != nil {
				return err
			}
		}
		return r.made(ctx, tx, who, *row, n.ProposedBy)
	})
	if errors.Is(err, db.ErrExists) {
		err = errors.Join(ErrComing, err)
	}
	if err != nil {
		return nil, errors.Join(err, undo())
	}
	return row, nil
}

// number is the first that no key of a use has.
func number(keys []db.SAMLKey, use string) int {
	n := 1
	for _, k := range keys {
		if k.Use == use {
			n++
		}
	}
	return n
}

// make makes a key pair and its certificate. undo takes the file away again,
// should the key not come to be known.
func (r *Rules) make(ctx context.Context, who string, n New, number int) (row *db.SAMLKey, undo func() error, err error) {
	id, now := fmt.Sprintf("%s-%d", n.Use, number), r.DB.Clock.Now()
	name := "oneid " + id
	if n.Algorithm == Elliptic && n.Use != db.KeySigning {
		return nil, nil, fmt.Errorf("only signing keys can be elliptic, no %s key", n.Use)
	}
	if n.Bits != 0 && n.Bits != 2048 && n.Bits != 3072 {
		return nil, nil, fmt.Errorf("RSA keys have 2048 or 3072 bits, not %d", n.Bits)
	}
	if n.InToken {
		return r.makeInToken(ctx, who, n, id, name, now)
	}
	key, err := newKey(n, name, now)
	if err != nil {
		return nil, nil, err
	}
	file := "saml-" + id + ".pem"
	if err := WriteFile(r.Ring.Dir, file, key); err != nil {
		return nil, nil, fmt.Errorf("%w: %s has to be writable for whoever runs this, and hold no %s: %w", ErrFolder, r.Ring.Dir, file, err)
	}
	made := rowOf(id, n.Use, FilePlace+file, key)
	return &made, func() error { return os.Remove(filepath.Join(r.Ring.Dir, file)) }, nil
}

func newKey(n New, name string, now time.Time) (saml.SigningKey, error) {
	switch {
	case n.Use == db.KeyEncryption:
		return saml.NewEncryptionKey(name, now)
	case n.Algorithm == Elliptic:
		return saml.NewEllipticKey(name, now)
	case n.Bits == 2048:
		return saml.NewShortKey(name, now)
	default:
		return saml.NewSigningKey(name, now)
	}
}

func (r *Rules) makeInToken(ctx context.Context, who string, n New, id, name string, now time.Time) (*db.SAMLKey, func() error, error) {
	if r.Ring.Token == nil {
		return nil, nil, errors.New("this build or configuration has no token")
	}
	// Nobody finds by itself what a killed process left in a token: the trail hears
	// of it first.
	if err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		return r.made(ctx, tx, who, db.SAMLKey{ID: id, Use: n.Use, State: KeyBegun}, n.ProposedBy)
	}); err != nil {
		return nil, nil, err
	}
	place, signer, err := r.Ring.Token.Make("oneid-"+id, n.Algorithm, n.Use == db.KeyEncryption)
	if err != nil {
		return nil, nil, err
	}
	usage := x509.KeyUsageDigitalSignature
	if n.Use == db.KeyEncryption {
		usage = x509.KeyUsageKeyEncipherment
	}
	key, err := saml.Certify(signer, name, now, usage)
	if err != nil {
		return nil, nil, err
	}
	made := rowOf(id, n.Use, place, key)
	// A key pair that nobody comes to know of stays in the token: taking it out is
	// the token's people's business.
	return &made, func() error { return nil }, nil
}

// Switch describes a change of the current key.
type Switch struct {
	Use, Algorithm string
	// KeepUntil is how long laggards keep the old key; zero: Grace from now.
	KeepUntil time.Time
	// Reason allows it before its time; it is kept in the audit trail.
	Reason string
}

// Switch makes the next key of a use the current one, for all services but those
// that are not known to have it: these keep the key they have until a date. It
// refuses with *Early before every service has it or the wait is over, with
// ErrLacks where this node has not got it, and with *Lacking where another that
// runs has not. It returns the laggards.
func (r *Rules) Switch(ctx context.Context, who string, s Switch) ([]db.ServiceProvider, error) {
	var late []db.ServiceProvider
	err := r.change(ctx, func(ctx context.Context, tx db.Tx, keys []db.SAMLKey) error {
		next, ok := find(keys, s.Use, s.Algorithm, db.KeyNext)
		if !ok {
			return fmt.Errorf("switch to the next %s %s key: %w", s.Algorithm, s.Use, ErrNone)
		}
		if s.Reason == "" {
			if err := r.ready(ctx, tx, next); err != nil {
				return err
			}
		}
		services, err := db.ServiceProviders(ctx, tx)
		if err != nil {
			return err
		}
		if step := switching(next, services); tx.At.Before(step.Due) && s.Reason == "" {
			return &Early{Step: step}
		}
		old, replaced := find(keys, s.Use, s.Algorithm, db.KeyCurrent)
		if replaced {
			if err := r.move(ctx, tx, who, old, afterUse(s.Use), s.Reason); err != nil {
				return err
			}
		}
		if err := r.move(ctx, tx, who, next, db.KeyCurrent, s.Reason); err != nil {
			return err
		}
		if s.Use != db.KeySigning {
			return nil
		}
		if err := db.FreeServicesOf(ctx, tx, next.ID); err != nil { // the ones that went ahead
			return err
		}
		if !replaced {
			// The first elliptic key: who doesn't know it keeps the RSA key.
			if old, ok = find(keys, db.KeySigning, RSA, db.KeyCurrent); !ok {
				return nil
			}
		}
		late = Lagging(next, services)
		return r.keep(ctx, tx, who, late, keys, old, s.KeepUntil)
	})
	return late, err
}

// keep leaves laggards the old key, but for those that keep an older one still.
func (r *Rules) keep(ctx context.Context, tx db.Tx, who string, late []db.ServiceProvider, keys []db.SAMLKey, old db.SAMLKey, until time.Time) error {
	if until.IsZero() {
		until = tx.At.Add(Grace)
	}
	if !until.After(tx.At) {
		return fmt.Errorf("laggards would keep the old key until %s, which has passed", until.Format(time.RFC3339))
	}
	for _, p := range late {
		if p.SigningKey != "" && keeps(p, p.SigningKey, tx.At) && alive(keys, p.SigningKey) {
			continue
		}
		if err := r.give(ctx, tx, who, p.EntityID, old.ID, &until); err != nil {
			return err
		}
	}
	return nil
}

func alive(keys []db.SAMLKey, id string) bool {
	for _, k := range keys {
		if k.ID == id {
			return k.State == db.KeyCurrent || k.State == db.KeyRetiring
		}
	}
	return false
}

// afterUse is the state of a key that was current. Nobody checks our metadata by
// an old key once a new one signs it.
func afterUse(use string) string {
	if use == db.KeyMetadata {
		return db.KeyRetired
	}
	return db.KeyRetiring
}

// Retire takes a key out of everything, or a next one that is not wanted. It
// refuses the current key, and with *Early a key that is still needed, unless a
// reason is given: that is for keys that were stolen.
func (r *Rules) Retire(ctx context.Context, who, id, reason string) error {
	return r.change(ctx, func(ctx context.Context, tx db.Tx, keys []db.SAMLKey) error {
		k, err := byID(keys, id)
		if err != nil {
			return err
		}
		switch k.State {
		case db.KeyCurrent:
			return fmt.Errorf("%s: %w: make a next key and switch to it first", id, ErrInUse)
		case db.KeyRetired:
			return fmt.Errorf("%s: %w", id, ErrRetired)
		case db.KeyRetiring:
			services, err := db.ServiceProviders(ctx, tx)
			if err != nil {
				return err
			}
			if step := retiring(tx.At, k, services); (len(step.Missing) > 0 || tx.At.Before(step.Due)) && reason == "" {
				return &Early{Step: step}
			}
		}
		if err := db.FreeServicesOf(ctx, tx, id); err != nil {
			return err
		}
		return r.move(ctx, tx, who, k, db.KeyRetired, reason)
	})
}
