package xmlenc

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
)

// Encrypt appends an EncryptedData element to dst: the plain octets, one whole
// element, readable by the recipient only. The appended text is canonical and
// declares its own namespaces. It errs when the recipient does not hold up to
// Check or the key cannot be wrapped; dst is then returned as it was.
func Encrypt(dst, plain []byte, r Recipient) ([]byte, error) {
	p, err := r.plan()
	if err != nil {
		return dst, err
	}
	var secret [32]byte
	key := secret[:p.block.keySize]
	rand.Read(key) // never fails: crypto/rand ends the program instead
	wrapped, err := rsa.EncryptOAEPWithOptions(rand.Reader, p.key, key, &rsa.OAEPOptions{Hash: p.digest, MGFHash: p.mask})
	if err != nil {
		return dst, fmt.Errorf("encrypt: wrap key: %w", err)
	}
	hidden, err := p.hide(plain, key)
	clear(key)
	if err != nil {
		return dst, fmt.Errorf("encrypt: %w", err)
	}
	return p.write(dst, wrapped, hidden), nil
}

// hide returns what CipherValue holds: IV, ciphertext and, with GCM, the tag
// (XML Encryption 1.1, 5.2).
func (p *plan) hide(plain, key []byte) ([]byte, error) {
	c, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if p.block.gcm {
		gcm, err := cipher.NewGCM(c)
		if err != nil {
			return nil, err
		}
		out := make([]byte, gcm.NonceSize(), gcm.NonceSize()+len(plain)+gcm.Overhead())
		rand.Read(out)
		return gcm.Seal(out, out, plain, nil), nil
	}
	// The padding's last byte counts it, the others are free.
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	out := make([]byte, aes.BlockSize+len(plain)+padding)
	iv, body := out[:aes.BlockSize], out[aes.BlockSize:]
	rand.Read(iv)
	rand.Read(body[len(plain):])
	copy(body, plain)
	body[len(body)-1] = byte(padding)
	cipher.NewCBCEncrypter(c, iv).CryptBlocks(body, body)
	return out, nil
}

func (p *plan) write(dst, wrapped, hidden []byte) []byte {
	dst = append(dst, `<xenc:EncryptedData xmlns:xenc="`+Namespace+`" Type="`+typeElement+`"><xenc:EncryptionMethod Algorithm="`...)
	dst = append(dst, p.Data...)
	dst = append(dst, `"></xenc:EncryptionMethod><ds:KeyInfo xmlns:ds="`+signatureNS+`"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="`...)
	dst = append(dst, p.Transport...)
	dst = append(dst, `"><ds:DigestMethod Algorithm="`...)
	dst = append(dst, p.Digest...)
	dst = append(dst, `"></ds:DigestMethod>`...)
	if p.Transport == RSAOAEP {
		dst = append(dst, `<xenc11:MGF xmlns:xenc11="`+namespace11+`" Algorithm="`...)
		dst = append(dst, p.Mask...)
		dst = append(dst, `"></xenc11:MGF>`...)
	}
	// The certificate tells a recipient with several keys which one to use.
	dst = append(dst, `</xenc:EncryptionMethod><ds:KeyInfo><ds:X509Data><ds:X509Certificate>`...)
	dst = base64.StdEncoding.AppendEncode(dst, p.Certificate.Raw)
	dst = append(dst, `</ds:X509Certificate></ds:X509Data></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>`...)
	dst = base64.StdEncoding.AppendEncode(dst, wrapped)
	dst = append(dst, `</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>`...)
	dst = base64.StdEncoding.AppendEncode(dst, hidden)
	return append(dst, `</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>`...)
}

// Size is about how many bytes Encrypt appends for plain octets of that
// length; never less.
func Size(plain int, r Recipient) int {
	certificate, wrapped := 0, 0
	if r.Certificate != nil {
		certificate = len(r.Certificate.Raw)
		if key, ok := r.Certificate.PublicKey.(*rsa.PublicKey); ok {
			wrapped = key.Size()
		}
	}
	const text = 1400
	return text + base64.StdEncoding.EncodedLen(certificate) + base64.StdEncoding.EncodedLen(wrapped) +
		base64.StdEncoding.EncodedLen(plain+2*aes.BlockSize)
}
