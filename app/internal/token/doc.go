// Package token signs and decrypts with private keys that live in a PKCS#11
// token (a hardware security module) and never leave it. To its users they are
// a crypto.Signer and a crypto.Decrypter like any other.
//
// It speaks to the vendor's C library, so it is built only with the tag pkcs11
// and a C compiler (`make build-token`); without the tag, Open says so. The
// product needs no token: keys are files unless one is configured.
package token
