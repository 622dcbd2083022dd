//go:build !pkcs11

package token

import (
	"crypto"
	"crypto/x509"
	"errors"
)

// Token is no token: this build cannot speak to one.
type Token struct{}

var errNotBuilt = errors.New("this build speaks to no PKCS#11 token: build with the tag pkcs11")

// Open refuses: this build was made without the tag pkcs11.
func Open(string, string, string) (*Token, error) { return nil, errNotBuilt }

// Open refuses, as the package's Open does.
func (*Token) Open(string, *x509.Certificate) (crypto.Signer, error) { return nil, errNotBuilt }

// Make refuses, as the package's Open does.
func (*Token) Make(string, string, bool) (string, crypto.Signer, error) { return "", nil, errNotBuilt }

// Close does nothing.
func (*Token) Close() error { return nil }
