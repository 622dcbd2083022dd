package xmlsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"   // linked in, for the one method that is an exception
	_ "crypto/sha256" // linked in, so that crypto.SHA256 is available
	_ "crypto/sha512" // linked in, for the stronger methods
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// LegacyRSASHA1 is a method we never believe and make only for a service that
// cannot do better, as an exception somebody answers for.
const LegacyRSASHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"

const legacySHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"

// Signer is a key that makes signatures, bound to one method.
type Signer struct {
	key    crypto.Signer
	method string
	digest string
	hash   crypto.Hash
	size   int // of the signature, in bytes
	field  int // of an elliptic curve: bytes of r, and of s; 0 with RSA
}

// NewSigner binds a key to a method. An empty method is chosen by the key:
// RSA-SHA256, or ECDSA with the hash as long as the curve. It refuses weak keys,
// and methods that are not for the key.
func NewSigner(key crypto.Signer, method string) (Signer, error) {
	if key == nil {
		return Signer{}, errors.New("sign: no key")
	}
	switch pub := key.Public().(type) {
	case *rsa.PublicKey:
		return rsaSigner(key, pub, method)
	case *ecdsa.PublicKey:
		return ecdsaSigner(key, pub, method)
	default:
		return Signer{}, fmt.Errorf("sign: %T is neither an RSA nor an elliptic key", pub)
	}
}

func rsaSigner(key crypto.Signer, pub *rsa.PublicKey, method string) (Signer, error) {
	if pub.N.BitLen() < minRSABits {
		return Signer{}, fmt.Errorf("sign: RSA key of %d bits, at least %d", pub.N.BitLen(), minRSABits)
	}
	s := Signer{key: key, method: method, size: pub.Size()}
	switch method {
	case "", RSASHA256:
		s.method, s.digest, s.hash = RSASHA256, SHA256, crypto.SHA256
	case RSASHA384:
		s.digest, s.hash = SHA384, crypto.SHA384
	case RSASHA512:
		s.digest, s.hash = SHA512, crypto.SHA512
	case LegacyRSASHA1:
		s.digest, s.hash = legacySHA1, crypto.SHA1
	default:
		return Signer{}, fmt.Errorf("sign: %q is not for an RSA key", method)
	}
	return s, nil
}

func ecdsaSigner(key crypto.Signer, pub *ecdsa.PublicKey, method string) (Signer, error) {
	bits := pub.Curve.Params().BitSize
	if bits < 256 {
		return Signer{}, fmt.Errorf("sign: elliptic key of %d bits, at least 256", bits)
	}
	if method == "" {
		switch {
		case bits <= 256:
			method = ECDSASHA256
		case bits <= 384:
			method = ECDSASHA384
		default:
			method = ECDSASHA512
		}
	}
	s := Signer{key: key, method: method, field: (bits + 7) / 8}
	s.size = 2 * s.field
	switch method {
	case ECDSASHA256:
		s.digest, s.hash = SHA256, crypto.SHA256
	case ECDSASHA384:
		s.digest, s.hash = SHA384, crypto.SHA384
	case ECDSASHA512:
		s.digest, s.hash = SHA512, crypto.SHA512
	default:
		return Signer{}, fmt.Errorf("sign: %q is not for an elliptic key", method)
	}
	return s, nil
}

// Method is the SignatureMethod of what this signer makes.
func (s Signer) Method() string { return s.method }

// sign signs a digest, in the form XML signatures carry: an elliptic one as r
// followed by s, where crypto.Signer gives ASN.1.
func (s Signer) sign(digest []byte) ([]byte, error) {
	signature, err := s.key.Sign(rand.Reader, digest, s.hash)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if s.field > 0 {
		var pair struct{ R, S *big.Int }
		rest, err := asn1.Unmarshal(signature, &pair)
		if err != nil || len(rest) > 0 || !fits(pair.R, s.field) || !fits(pair.S, s.field) {
			return nil, errors.New("sign: the key made something else than a signature")
		}
		signature = make([]byte, s.size)
		pair.R.FillBytes(signature[:s.field])
		pair.S.FillBytes(signature[s.field:])
	}
	if len(signature) != s.size {
		return nil, fmt.Errorf("sign: a signature of %d bytes, want %d", len(signature), s.size)
	}
	return signature, nil
}

func fits(n *big.Int, size int) bool {
	return n != nil && n.Sign() > 0 && n.BitLen() <= 8*size
}

// Octets returns the signature of the bytes, as a redirect's query string
// carries it.
func (s Signer) Octets(octets []byte) ([]byte, error) {
	h := s.hash.New()
	h.Write(octets)
	return s.sign(h.Sum(nil))
}

// SignOctets returns the key's signature of the bytes by its own method.
func SignOctets(octets []byte, key crypto.Signer) ([]byte, error) {
	s, err := NewSigner(key, "")
	if err != nil {
		return nil, err
	}
	return s.Octets(octets)
}

// Sign adds an enveloped signature by the key's own method to an element,
// directly after its Issuer as the SAML schema wants, or first when it has
// none. The element must declare the namespaces it uses and must not change
// afterwards.
func Sign(el *etree.Element, key crypto.Signer, cert *x509.Certificate) error {
	s, err := NewSigner(key, "")
	if err != nil {
		return err
	}
	return s.Element(el, cert)
}

// Element is Sign with the signer's method.
func (s Signer) Element(el *etree.Element, cert *x509.Certificate) error {
	// Canonicalization rewrites what it is given, so it gets a copy.
	octets, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(el.Copy())
	if err != nil {
		return fmt.Errorf("sign %s: %w", el.Tag, err)
	}
	text, place, err := s.Reserve(nil, el.SelectAttrValue("ID", ""), cert)
	if err != nil {
		return fmt.Errorf("sign %s: %w", el.Tag, err)
	}
	h := s.hash.New()
	h.Write(octets)
	if err := place.fill(text, h.Sum(nil)); err != nil {
		return fmt.Errorf("sign %s: %w", el.Tag, err)
	}
	tree := etree.NewDocument()
	if err := tree.ReadFromBytes(text); err != nil {
		return fmt.Errorf("sign %s: %w", el.Tag, err)
	}
	at := 0
	if children := el.ChildElements(); len(children) > 0 && children[0].Tag == "Issuer" {
		at = children[0].Index() + 1
	}
	el.InsertChildAt(at, tree.Root())
	return nil
}
