package saml

import (
	"crypto/x509"
	"slices"
	"strconv"
	"strings"
	"time"
)

// EncryptionKey is a key that a provider wants to be written to, with the
// methods it says it can read.
type EncryptionKey struct {
	Certificate *x509.Certificate
	// Methods are in the provider's order of preference; none leaves the choice
	// to us (SAML Metadata 2.4.1.1).
	Methods []EncryptionMethod
}

// EncryptionMethod is a cipher for content or for the content's key.
type EncryptionMethod struct {
	Algorithm string // as a URI
	KeySize   int    // in bits; 0 when not said
	Digest    string // of OAEP; "" when not said
	MGF       string // of OAEP; "" when not said
}

// Lists reports whether the provider names this algorithm among its methods.
func (k EncryptionKey) Lists(algorithm string) bool {
	return slices.ContainsFunc(k.Methods, func(m EncryptionMethod) bool { return m.Algorithm == algorithm })
}

// Allows reports whether the algorithm may be used with the key: it is listed,
// or none of its kind is. A provider that lists only ciphers for content has
// said nothing against any cipher for keys, and the other way round.
func (k EncryptionKey) Allows(algorithm string) bool {
	if k.Lists(algorithm) {
		return true
	}
	wraps := wrapsKeys(algorithm)
	return !slices.ContainsFunc(k.Methods, func(m EncryptionMethod) bool { return wrapsKeys(m.Algorithm) == wraps })
}

// Method returns what the provider says of an algorithm it lists.
func (k EncryptionKey) Method(algorithm string) (m EncryptionMethod, ok bool) {
	for _, m := range k.Methods {
		if m.Algorithm == algorithm {
			return m, true
		}
	}
	return EncryptionMethod{}, false
}

// wrapsKeys tells ciphers for keys (RSA, key wrap, agreement) from those for
// content.
func wrapsKeys(algorithm string) bool {
	return strings.Contains(algorithm, "#rsa-") || strings.Contains(algorithm, "#kw-") || strings.Contains(algorithm, "#dh") ||
		strings.Contains(algorithm, "#ECDH")
}

// ExpiresBefore reports whether the key's certificate has ended by then. What
// follows from that is policy: SAML2int takes certificates as mere wrapping of
// keys, CATS 3 refuses one that has ended.
func (k EncryptionKey) ExpiresBefore(at time.Time) bool { return !at.Before(k.Certificate.NotAfter) }

// encryptionKeys reads the keys of a role that may encrypt.
func (e *entity) encryptionKeys() ([]EncryptionKey, error) {
	var keys []EncryptionKey
	for _, descriptor := range e.role.all(metadataNS, "KeyDescriptor") {
		certs, err := certificatesOf(descriptor, "encryption")
		if err != nil {
			return nil, err
		}
		methods := methodsOf(descriptor)
		for _, cert := range certs {
			keys = append(keys, EncryptionKey{Certificate: cert, Methods: methods})
		}
	}
	return keys, *e.err
}

func methodsOf(descriptor node) []EncryptionMethod {
	var methods []EncryptionMethod
	for _, n := range descriptor.all(metadataNS, "EncryptionMethod") {
		m := EncryptionMethod{Algorithm: strings.TrimSpace(n.attr("Algorithm"))}
		for _, size := range n.all(encryptionNS, "KeySize") {
			m.KeySize, _ = strconv.Atoi(size.uri()) // a size that is no number says nothing
		}
		for _, d := range n.all(signatureNS, "DigestMethod") {
			m.Digest = strings.TrimSpace(d.attr("Algorithm"))
		}
		for _, g := range n.all(encryption11NS, "MGF") {
			m.MGF = strings.TrimSpace(g.attr("Algorithm"))
		}
		if m.Algorithm != "" {
			methods = append(methods, m)
		}
	}
	return methods
}
