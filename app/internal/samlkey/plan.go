package samlkey

import (
	"crypto/x509"
	"slices"
	"time"

	"oneid/db"
)

// How long a key waits in its states.
const (
	// Wait is how long a signing or metadata key is known to others before it
	// signs, unless every service is known to have it (SECURITY.md 5.4).
	Wait = 30 * 24 * time.Hour
	// Grace is how long laggards keep the old key, unless said otherwise.
	Grace = 30 * 24 * time.Hour
	// Linger is how long an encryption key reads after it was published last:
	// as long as others may rely on metadata of ours that they hold.
	Linger = 14 * 24 * time.Hour
	// ahead is how long before the end of a certificate its next key is due.
	ahead = 90 * 24 * time.Hour
)

// What can be done with a key.
const (
	DoNext   = "next"
	DoSwitch = "switch"
	DoRetire = "retire"
)

// Step is what comes next for a key.
type Step struct {
	Do  string // DoNext, DoSwitch or DoRetire
	Key db.SAMLKey
	// Due is from when on it can be done; the past for what can be done now.
	Due time.Time
	// Missing are the services that it waits for, or that hold it back.
	Missing []db.ServiceProvider
}

// Plan tells what comes next for each key that is alive, and when. Services are
// those whose sign-ins must not fail.
func Plan(now time.Time, keys []db.SAMLKey, services []db.ServiceProvider) []Step {
	var steps []Step
	for _, k := range keys {
		switch k.State {
		case db.KeyCurrent:
			if _, coming := find(keys, k.Use, k.Algorithm, db.KeyNext); !coming {
				steps = append(steps, Step{Do: DoNext, Key: k, Due: endOf(k).Add(-ahead)})
			}
		case db.KeyNext:
			steps = append(steps, switching(k, services))
		case db.KeyRetiring:
			steps = append(steps, retiring(now, k, services))
		}
	}
	return steps
}

func switching(k db.SAMLKey, services []db.ServiceProvider) Step {
	step := Step{Do: DoSwitch, Key: k, Due: k.CreatedAt.Add(Wait)}
	switch k.Use {
	case db.KeyEncryption: // nobody outside knows of it before
		step.Due = k.CreatedAt
	case db.KeySigning:
		if step.Missing = Lagging(k, services); len(step.Missing) == 0 {
			step.Due = k.CreatedAt
		}
	}
	return step
}

func retiring(now time.Time, k db.SAMLKey, services []db.ServiceProvider) Step {
	step := Step{Do: DoRetire, Key: k, Due: *k.RetiringAt}
	if k.Use == db.KeyEncryption {
		step.Due = k.RetiringAt.Add(Linger)
		return step
	}
	for _, p := range services {
		if !keeps(p, k.ID, now) {
			continue
		}
		step.Missing = append(step.Missing, p)
		if p.KeepOldUntil != nil && p.KeepOldUntil.After(step.Due) {
			step.Due = *p.KeepOldUntil
		}
	}
	return step
}

// Lagging returns the services that are not known to have a key: they have
// neither fetched our metadata since it was published nor said that they have.
func Lagging(k db.SAMLKey, services []db.ServiceProvider) []db.ServiceProvider {
	var late []db.ServiceProvider
	for _, p := range services {
		if p.Enabled && !since(p.MetadataFetchedAt, k.CreatedAt) && !since(p.KeysConfirmedAt, k.CreatedAt) {
			late = append(late, p)
		}
	}
	return late
}

func since(at *time.Time, published time.Time) bool { return at != nil && !at.Before(published) }

// keeps tells whether a service's answers are signed by this key because it was
// given it.
func keeps(p db.ServiceProvider, key string, now time.Time) bool {
	return p.SigningKey == key && (p.KeepOldUntil == nil || now.Before(*p.KeepOldUntil))
}

// endOf is when a key's certificate ends; the key's making where it can't be read.
func endOf(k db.SAMLKey) time.Time {
	cert, err := x509.ParseCertificate(k.Certificate)
	if err != nil {
		return k.CreatedAt
	}
	return cert.NotAfter
}

func find(keys []db.SAMLKey, use, algorithm, state string) (db.SAMLKey, bool) {
	i := slices.IndexFunc(keys, func(k db.SAMLKey) bool {
		return k.Use == use && k.Algorithm == algorithm && k.State == state
	})
	if i < 0 {
		return db.SAMLKey{}, false
	}
	return keys[i], true
}

// Newest returns the signing key that services should have: the next one, or the
// current one where none is coming.
func Newest(keys []db.SAMLKey) (db.SAMLKey, bool) {
	for _, state := range []string{db.KeyNext, db.KeyCurrent} {
		if k, ok := find(keys, db.KeySigning, RSA, state); ok {
			return k, true
		}
	}
	return db.SAMLKey{}, false
}

// UsedBy tells which key signs for a service now, by what is written down; a node
// that lacks it goes on with the one before. Empty: none does.
func UsedBy(now time.Time, keys []db.SAMLKey, p db.ServiceProvider, elliptic bool) string {
	if p.SigningKey != "" && keeps(p, p.SigningKey, now) {
		if i := slices.IndexFunc(keys, func(k db.SAMLKey) bool { return k.ID == p.SigningKey && k.State != db.KeyRetired }); i >= 0 {
			return p.SigningKey
		}
	}
	if elliptic {
		if k, ok := find(keys, db.KeySigning, Elliptic, db.KeyCurrent); ok {
			return k.ID
		}
	}
	k, _ := find(keys, db.KeySigning, RSA, db.KeyCurrent)
	return k.ID
}

// Has tells since when a service is known to have a key; false when it is not.
func Has(k db.SAMLKey, p db.ServiceProvider) (time.Time, bool) {
	var first time.Time
	for _, at := range []*time.Time{p.MetadataFetchedAt, p.KeysConfirmedAt} {
		if since(at, k.CreatedAt) && (first.IsZero() || at.Before(first)) {
			first = *at
		}
	}
	return first, !first.IsZero()
}
