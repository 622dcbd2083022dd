package saml

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"oneid/saml/xmlsig"
)

const (
	keyBits = 3072
	keyLife = 2 * 365 * 24 * time.Hour
)

// SigningKey is a private key, wherever it is kept, with the certificate by
// which others know it.
type SigningKey struct {
	Signer      crypto.Signer
	Certificate *x509.Certificate
}

// NewSigningKey makes an RSA-3072 key with a self-signed certificate of two
// years from now. The name only helps people to tell certificates apart.
func NewSigningKey(name string, now time.Time) (SigningKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return SigningKey{}, fmt.Errorf("make signing key: %w", err)
	}
	return Certify(key, name, now, x509.KeyUsageDigitalSignature)
}

// NewShortKey is NewSigningKey with 2048 bits, for services that cannot verify
// longer keys and for comparisons of speed.
func NewShortKey(name string, now time.Time) (SigningKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return SigningKey{}, fmt.Errorf("make signing key: %w", err)
	}
	return Certify(key, name, now, x509.KeyUsageDigitalSignature)
}

// NewEllipticKey is NewSigningKey for a P-256 key.
func NewEllipticKey(name string, now time.Time) (SigningKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return SigningKey{}, fmt.Errorf("make signing key: %w", err)
	}
	return Certify(key, name, now, x509.KeyUsageDigitalSignature)
}

// NewEncryptionKey is NewSigningKey for a key that others write to.
func NewEncryptionKey(name string, now time.Time) (SigningKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return SigningKey{}, fmt.Errorf("make encryption key: %w", err)
	}
	return Certify(key, name, now, x509.KeyUsageKeyEncipherment)
}

// Certify gives a key, wherever it is kept, a self-signed certificate of two
// years from now.
func Certify(key crypto.Signer, name string, now time.Time, usage x509.KeyUsage) (SigningKey, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return SigningKey{}, fmt.Errorf("certify key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour).UTC(),
		NotAfter:     now.Add(keyLife).UTC(),
		KeyUsage:     usage,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return SigningKey{}, fmt.Errorf("certify key: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return SigningKey{}, fmt.Errorf("certify key: %w", err)
	}
	return SigningKey{Signer: key, Certificate: cert}, nil
}

// IsElliptic reports whether a certificate is of an elliptic key.
func IsElliptic(cert *x509.Certificate) bool {
	_, ok := cert.PublicKey.(*ecdsa.PublicKey)
	return ok
}

// EncodePEM returns the key (PKCS #8) followed by its certificate. It refuses
// a key that cannot leave where it is kept.
func (k SigningKey) EncodePEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.Signer)
	if err != nil {
		return nil, fmt.Errorf("encode signing key: %w", err)
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return append(key, EncodeCertificate(k.Certificate)...), nil
}

// EncodeCertificate returns a certificate in PEM form.
func EncodeCertificate(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}

// ReadSigningKey reads what EncodePEM wrote: one key, RSA or P-256, and one
// certificate, in any order. It refuses a certificate that belongs to another
// key.
func ReadSigningKey(data []byte) (SigningKey, error) {
	var k SigningKey
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		switch block.Type {
		case "PRIVATE KEY":
			parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return SigningKey{}, errors.New("read signing key: not PKCS #8")
			}
			if k.Signer = strong(parsed); k.Signer == nil {
				return SigningKey{}, errors.New("read signing key: neither RSA of at least 2048 bits nor P-256")
			}
		case "CERTIFICATE":
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return SigningKey{}, fmt.Errorf("read signing certificate: %w", err)
			}
			k.Certificate = cert
		}
	}
	if k.Signer == nil || k.Certificate == nil {
		return SigningKey{}, errors.New("read signing key: a key and a certificate are needed")
	}
	ours, err := x509.MarshalPKIXPublicKey(k.Signer.Public())
	if err != nil || !bytes.Equal(ours, k.Certificate.RawSubjectPublicKeyInfo) {
		return SigningKey{}, errors.New("read signing key: the certificate is of another key")
	}
	return k, nil
}

// strong returns a key that we sign with, or nil.
func strong(key any) crypto.Signer {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() >= 2048 {
			return k
		}
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P256() {
			return k
		}
	}
	return nil
}

// ReadCertificates reads every certificate of a PEM file.
func ReadCertificates(data []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return certs, nil
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read certificate: %w", err)
		}
		certs = append(certs, cert)
	}
}

// Fingerprint names a certificate in audits: SHA-256, lower-case hexadecimal.
func Fingerprint(cert *x509.Certificate) string { return xmlsig.Fingerprint(cert) }
