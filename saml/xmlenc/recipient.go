package xmlenc

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
)

// minRSABits is the smallest RSA key we encrypt to.
const minRSABits = 2048

// Recipient is whom something is encrypted for, and how. Only Certificate is
// needed; empty names mean AES128GCM and RSAOAEPMGF1P with SHA1, which every
// product that knows GCM can read.
type Recipient struct {
	Certificate *x509.Certificate

	Data      string // the algorithm for the content
	Transport string // RSAOAEPMGF1P or RSAOAEP
	Digest    string // of the transport
	Mask      string // of RSAOAEP: its mask generation function
}

// Authenticated reports whether the content will be protected from changes. It
// is false for CBC only.
func (r Recipient) Authenticated() bool {
	_, authenticated := KnowsData(r.Algorithm())
	return authenticated
}

// Algorithm is the name of the algorithm for the content.
func (r Recipient) Algorithm() string {
	if r.Data == "" {
		return AES128GCM
	}
	return r.Data
}

// Check refuses a recipient to whom Encrypt would refuse to write.
func (r Recipient) Check() error {
	_, err := r.plan()
	return err
}

// plan is a recipient with every choice made.
type plan struct {
	Recipient
	block  block
	key    *rsa.PublicKey
	digest crypto.Hash
	mask   crypto.Hash
}

func (r Recipient) plan() (*plan, error) {
	p := &plan{Recipient: r}
	p.Data = r.Algorithm()
	if p.Transport == "" {
		p.Transport = RSAOAEPMGF1P
	}
	if p.Digest == "" {
		p.Digest = SHA1
		if p.Transport == RSAOAEP {
			p.Digest = SHA256
		}
	}
	if p.Mask == "" && p.Transport == RSAOAEP {
		p.Mask = MGF1SHA256
	}
	if r.Certificate == nil {
		return nil, errors.New("encrypt: no certificate")
	}
	var ok bool
	if p.key, ok = r.Certificate.PublicKey.(*rsa.PublicKey); !ok || p.key.N.BitLen() < minRSABits {
		return nil, fmt.Errorf("encrypt: %T is not an RSA key of at least %d bits", r.Certificate.PublicKey, minRSABits)
	}
	if p.block, ok = blockOf(p.Data); !ok {
		return nil, fmt.Errorf("encrypt: algorithm %q is unknown", p.Data)
	}
	if p.Transport != RSAOAEP && p.Transport != RSAOAEPMGF1P {
		return nil, fmt.Errorf("encrypt: key transport %q is unknown", p.Transport)
	}
	if p.Transport == RSAOAEPMGF1P && p.Mask != "" && p.Mask != MGF1SHA1 {
		return nil, fmt.Errorf("encrypt: %s has no mask of its own", p.Transport)
	}
	if p.digest, ok = hashOf(p.Digest); !ok {
		return nil, fmt.Errorf("encrypt: digest %q is unknown", p.Digest)
	}
	if p.mask, ok = maskOf(p.Mask); !ok {
		return nil, fmt.Errorf("encrypt: mask %q is unknown", p.Mask)
	}
	return p, nil
}
