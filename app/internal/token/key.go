//go:build pkcs11

package token

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/miekg/pkcs11"
)

// key is a private key in the token.
type key struct {
	token  *Token
	id     []byte
	public crypto.PublicKey
}

// Public returns the public key.
func (k *key) Public() crypto.PublicKey { return k.public }

// find looks the key up in a session: its handle is good in that one only.
func (k *key) find(s pkcs11.SessionHandle) (pkcs11.ObjectHandle, error) {
	lib := k.token.lib
	err := lib.FindObjectsInit(s, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY), pkcs11.NewAttribute(pkcs11.CKA_ID, k.id),
	})
	if err != nil {
		return 0, fmt.Errorf("look for key %x: %w", k.id, err)
	}
	found, _, err := lib.FindObjects(s, 2)
	if err := errors.Join(err, lib.FindObjectsFinal(s)); err != nil {
		return 0, fmt.Errorf("look for key %x: %w", k.id, err)
	}
	if len(found) != 1 {
		return 0, fmt.Errorf("the token holds %d keys %x, want one", len(found), k.id)
	}
	return found[0], nil
}

// prefixes are DigestInfo before the digest itself (RFC 8017, 9.2): the token
// pads, it does not know what was hashed.
func prefix(hash crypto.Hash) ([]byte, error) {
	der := map[crypto.Hash][]byte{
		crypto.SHA1:   {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14},
		crypto.SHA256: {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20},
		crypto.SHA384: {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30},
		crypto.SHA512: {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40},
	}[hash]
	if der == nil {
		return nil, fmt.Errorf("sign: hash %v is not for a token", hash)
	}
	return der, nil
}

// Sign signs a digest: PKCS #1 v1.5 with an RSA key, ECDSA in ASN.1 otherwise.
func (k *key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if _, pss := opts.(*rsa.PSSOptions); pss {
		return nil, errors.New("sign: PSS is not offered")
	}
	if len(digest) != opts.HashFunc().Size() {
		return nil, fmt.Errorf("sign: a digest of %d bytes", len(digest))
	}
	switch k.public.(type) {
	case *rsa.PublicKey:
		head, err := prefix(opts.HashFunc())
		if err != nil {
			return nil, err
		}
		return k.do(pkcs11.CKM_RSA_PKCS, append(bytes.Clone(head), digest...))
	case *ecdsa.PublicKey:
		raw, err := k.do(pkcs11.CKM_ECDSA, digest)
		if err != nil {
			return nil, err
		}
		half := len(raw) / 2
		return asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])})
	default:
		return nil, fmt.Errorf("sign: a key of type %T", k.public)
	}
}

func (k *key) do(mechanism uint, data []byte) (signature []byte, err error) {
	err = k.token.with(func(s pkcs11.SessionHandle) error {
		handle, err := k.find(s)
		if err != nil {
			return err
		}
		if err := k.token.lib.SignInit(s, []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanism, nil)}, handle); err != nil {
			return fmt.Errorf("sign: %w", err)
		}
		if signature, err = k.token.lib.Sign(s, data); err != nil {
			return fmt.Errorf("sign: %w", err)
		}
		return nil
	})
	return signature, err
}

// Decrypt opens what was wrapped with OAEP; nothing else is offered, since other
// paddings tell an attacker too much.
func (k *key) Decrypt(_ io.Reader, wrapped []byte, opts crypto.DecrypterOpts) (plain []byte, err error) {
	oaep, ok := opts.(*rsa.OAEPOptions)
	if !ok {
		return nil, errors.New("decrypt: only OAEP is offered")
	}
	mask := oaep.MGFHash
	if mask == 0 {
		mask = oaep.Hash
	}
	mechanisms := map[crypto.Hash][2]uint{
		crypto.SHA1: {pkcs11.CKM_SHA_1, pkcs11.CKG_MGF1_SHA1}, crypto.SHA256: {pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256},
		crypto.SHA384: {pkcs11.CKM_SHA384, pkcs11.CKG_MGF1_SHA384}, crypto.SHA512: {pkcs11.CKM_SHA512, pkcs11.CKG_MGF1_SHA512},
	}
	hash, mgf := mechanisms[oaep.Hash][0], mechanisms[mask][1]
	if mgf == 0 {
		return nil, errors.New("decrypt: unknown hash")
	}
	err = k.token.with(func(s pkcs11.SessionHandle) error {
		handle, err := k.find(s)
		if err != nil {
			return err
		}
		params := pkcs11.NewOAEPParams(hash, mgf, pkcs11.CKZ_DATA_SPECIFIED, oaep.Label)
		if err := k.token.lib.DecryptInit(s, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS_OAEP, params)}, handle); err != nil {
			return fmt.Errorf("decrypt: %w", err)
		}
		if plain, err = k.token.lib.Decrypt(s, wrapped); err != nil {
			return fmt.Errorf("decrypt: %w", err)
		}
		return nil
	})
	return plain, err
}

// try proves that the private key belongs to the public one.
func (k *key) try() error {
	sum := sha256.Sum256([]byte("does the key fit"))
	signature, err := k.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		return err
	}
	switch public := k.public.(type) {
	case *rsa.PublicKey:
		err = rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature)
	case *ecdsa.PublicKey:
		if !ecdsa.VerifyASN1(public, sum[:], signature) {
			err = errors.New("another key")
		}
	}
	if err != nil {
		return fmt.Errorf("key %x is not the certificate's: %w", k.id, err)
	}
	return nil
}
