package saml

import (
	"crypto/rsa"
	"time"

	"oneid/saml/xmlenc"
)

// EncryptionMode says whether a service's assertions are encrypted.
type EncryptionMode string

// The modes. The zero value is EncryptWhenPossible.
const (
	EncryptRequired     EncryptionMode = "required"
	EncryptWhenPossible EncryptionMode = "when_possible" // whenever the service publishes a key
	EncryptNever        EncryptionMode = "never"         // an exception somebody answers for
)

// EncryptionWish is what the policy for a service says about encryption.
type EncryptionWish struct {
	Mode EncryptionMode
	// AllowCBC lets a service that lists no other cipher have CBC, as an
	// exception somebody answers for.
	AllowCBC bool
	// AllowExpired takes certificates as mere wrapping of keys (SAML2int). False
	// refuses one past its dates (CATS 3).
	AllowExpired bool
	Now          time.Time
}

// ChooseRecipient returns whom to encrypt a service's assertions for, and how:
// the first of its keys that can be used, with the first of the methods it
// lists that is good enough. It returns nil when the assertion goes in clear:
// by mode, or when the mode does not insist and the service publishes no key.
// A service that publishes only keys we may not use is refused in every mode
// but never, with EncryptionUnavailable: a key that ran out must not be what
// makes us send in clear.
func ChooseRecipient(service ServiceProvider, wish EncryptionWish) (*xmlenc.Recipient, error) {
	switch wish.Mode {
	case EncryptNever:
		return nil, nil
	case EncryptRequired, EncryptWhenPossible, "":
	default:
		return nil, refuse(EncryptionUnavailable, "encryption mode %q", wish.Mode)
	}
	if len(service.EncryptionKeys) == 0 {
		if wish.Mode == EncryptRequired {
			return nil, refuse(EncryptionUnavailable, "%q publishes no key to encrypt for", service.EntityID)
		}
		return nil, nil
	}
	why := "no RSA key"
	for _, key := range service.EncryptionKeys {
		if key.Certificate == nil {
			continue
		}
		if _, ok := key.Certificate.PublicKey.(*rsa.PublicKey); !ok {
			continue
		}
		if !wish.AllowExpired && key.ExpiresBefore(wish.Now) {
			why = "only keys past their dates"
			continue
		}
		r := &xmlenc.Recipient{Certificate: key.Certificate}
		if !chooseData(r, key, wish.AllowCBC) || !chooseTransport(r, key) {
			why = "only methods that are too weak or unknown"
			continue
		}
		if err := r.Check(); err != nil {
			why = "only keys that are too weak"
			continue
		}
		return r, nil
	}
	return nil, refuse(EncryptionUnavailable, "%q publishes %s to encrypt for", service.EntityID, why)
}

// chooseData takes the first authenticated cipher the service lists, else one
// in CBC when that may be; a service that lists none can have any.
func chooseData(r *xmlenc.Recipient, key EncryptionKey, allowCBC bool) bool {
	listed := false
	for _, m := range key.Methods {
		if wrapsKeys(m.Algorithm) {
			continue
		}
		listed = true
		if known, authenticated := xmlenc.KnowsData(m.Algorithm); known && authenticated {
			r.Data = m.Algorithm
			return true
		} else if known && allowCBC && r.Data == "" {
			r.Data = m.Algorithm
		}
	}
	return r.Data != "" || !listed
}

// chooseTransport takes the first form of OAEP the service lists.
func chooseTransport(r *xmlenc.Recipient, key EncryptionKey) bool {
	listed := false
	for _, m := range key.Methods {
		if !wrapsKeys(m.Algorithm) {
			continue
		}
		listed = true
		if xmlenc.KnowsTransport(m.Algorithm, m.Digest, m.MGF) {
			r.Transport, r.Digest = m.Algorithm, m.Digest
			if m.Algorithm == xmlenc.RSAOAEP {
				r.Mask = m.MGF
			}
			return true
		}
	}
	return !listed
}
