package site

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

const keyBits = 2048

// Identity is a site's signing key and the certificate that carries it.
type Identity struct {
	Key  *rsa.PrivateKey
	Cert *x509.Certificate
}

// LoadIdentity reads the identity called name from dir, or makes one and
// keeps it there, so that metadata stays the same over restarts.
func LoadIdentity(dir, name string) (Identity, error) {
	path := filepath.Join(dir, name+".pem")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeIdentity(path, name)
	}
	if err != nil {
		return Identity{}, err
	}
	id, err := parseIdentity(data)
	if err != nil {
		return Identity{}, fmt.Errorf("read %s (delete it to have it made again): %w", path, err)
	}
	return id, nil
}

func parseIdentity(data []byte) (Identity, error) {
	keyBlock, rest := pem.Decode(data)
	if keyBlock == nil {
		return Identity{}, errors.New("no key in it")
	}
	certBlock, _ := pem.Decode(rest)
	if certBlock == nil {
		return Identity{}, errors.New("no certificate in it")
	}
	key, err := x509.ParsePKCS1PrivateKey(keyBlock.Bytes)
	if err != nil {
		return Identity{}, err
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	return Identity{Key: key, Cert: cert}, err
}

func makeIdentity(path, name string) (Identity, error) {
	id, err := NewIdentity(name)
	if err != nil {
		return Identity{}, err
	}
	data := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(id.Key)})
	data = append(data, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: id.Cert.Raw})...)
	return id, WriteFile(path, data)
}

// NewIdentity makes a key and a certificate signed with it, good for ten years.
func NewIdentity(name string) (Identity, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return Identity{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return Identity{}, err
	}
	template := x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(10, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return Identity{}, err
	}
	cert, err := x509.ParseCertificate(der)
	return Identity{Key: key, Cert: cert}, err
}

// WriteFile writes a private file so that a crash leaves either the old or
// the new content, never half of it.
func WriteFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Token is a random name of 128 bits, for sessions and message ids.
func Token() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
