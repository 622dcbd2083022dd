//go:build pkcs11

package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"

	"github.com/miekg/pkcs11"
)

const bits = 3072

// Make makes a key pair in the token, RSA-3072 or P-256 ("ec"), whose private
// part cannot be taken out. One that decrypts can sign too: it certifies itself.
// It returns the place by which Open finds it.
func (t *Token) Make(label, algorithm string, decrypts bool) (string, crypto.Signer, error) {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return "", nil, err
	}
	k := &key{token: t, id: id}
	private := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true),
		pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true), pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false),
		pkcs11.NewAttribute(pkcs11.CKA_SIGN, true), pkcs11.NewAttribute(pkcs11.CKA_DECRYPT, decrypts),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, label), pkcs11.NewAttribute(pkcs11.CKA_ID, id),
	}
	public := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_VERIFY, true),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, label), pkcs11.NewAttribute(pkcs11.CKA_ID, id),
	}
	mechanism := uint(pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN)
	if algorithm == "ec" {
		curve, err := asn1.Marshal(asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7})
		if err != nil {
			return "", nil, err
		}
		mechanism = pkcs11.CKM_EC_KEY_PAIR_GEN
		public = append(public, pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, curve))
	} else {
		public = append(public, pkcs11.NewAttribute(pkcs11.CKA_MODULUS_BITS, bits), pkcs11.NewAttribute(pkcs11.CKA_PUBLIC_EXPONENT, []byte{1, 0, 1}))
	}
	err := t.with(func(s pkcs11.SessionHandle) error {
		handle, _, err := t.lib.GenerateKeyPair(s, []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanism, nil)}, public, private)
		if err != nil {
			return fmt.Errorf("make key pair: %w", err)
		}
		k.public, err = t.read(s, handle, algorithm)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	return place + hex.EncodeToString(id), k, k.try()
}

// read reads a public key out of the token.
func (t *Token) read(s pkcs11.SessionHandle, handle pkcs11.ObjectHandle, algorithm string) (crypto.PublicKey, error) {
	if algorithm != "ec" {
		values, err := t.lib.GetAttributeValue(s, handle, []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_MODULUS, nil), pkcs11.NewAttribute(pkcs11.CKA_PUBLIC_EXPONENT, nil),
		})
		if err != nil || len(values) != 2 {
			return nil, errors.Join(errors.New("read public key"), err)
		}
		return &rsa.PublicKey{N: new(big.Int).SetBytes(values[0].Value), E: int(new(big.Int).SetBytes(values[1].Value).Int64())}, nil
	}
	values, err := t.lib.GetAttributeValue(s, handle, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil)})
	if err != nil || len(values) != 1 {
		return nil, errors.Join(errors.New("read public key"), err)
	}
	var point []byte
	if _, err := asn1.Unmarshal(values[0].Value, &point); err != nil {
		point = values[0].Value // some tokens leave the wrapping out
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil, fmt.Errorf("read public key: %w", err)
	}
	return public, nil
}
