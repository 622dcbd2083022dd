package xmlenc

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"slices"
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
	c, err := aes.NewCipher(key)
	clear(key)
	if err != nil {
		return dst, fmt.Errorf("encrypt: %w", err)
	}
	return p.write(dst, wrapped, plain, c)
}

// hiddenSize is the length of what hide makes.
func (p *plan) hiddenSize(plain int) int {
	if p.block.gcm {
		return nonceSize + plain + tagSize
	}
	return aes.BlockSize + plain + padding(plain)
}

const nonceSize, tagSize = 12, 16

// padding is what fills the last block; it is never nothing.
func padding(plain int) int { return aes.BlockSize - plain%aes.BlockSize }

// hide fills out with what CipherValue holds: IV, ciphertext and, with GCM,
// the tag (XML Encryption 1.1, 5.2).
func (p *plan) hide(out, plain []byte, c cipher.Block) error {
	if p.block.gcm {
		gcm, err := cipher.NewGCM(c)
		if err != nil {
			return fmt.Errorf("encrypt: %w", err)
		}
		nonce := out[:nonceSize]
		rand.Read(nonce)
		gcm.Seal(nonce, nonce, plain, nil)
		return nil
	}
	// The padding's last byte counts it, the others are free.
	iv, body := out[:aes.BlockSize], out[aes.BlockSize:]
	rand.Read(iv)
	rand.Read(body[len(plain):])
	copy(body, plain)
	body[len(body)-1] = byte(padding(len(plain)))
	cipher.NewCBCEncrypter(c, iv).CryptBlocks(body, body)
	return nil
}

func (p *plan) write(dst, wrapped, plain []byte, c cipher.Block) ([]byte, error) {
	before := dst
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
	size := p.hiddenSize(len(plain))
	room := base64.StdEncoding.EncodedLen(size)
	from := len(dst)
	dst = slices.Grow(dst, room)[:from+room]
	if err := p.hide(dst[from+room-size:], plain, c); err != nil {
		return before, err
	}
	encodeDown(dst[from:], size)
	return append(dst, `</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>`...), nil
}

// encodeDown fills room with the base64 of its own last size bytes, so that
// the ciphertext needs no buffer of its own. Three bytes become four, so what
// is written never reaches what is still to be read.
func encodeDown(room []byte, size int) {
	var chunk [3 * 256]byte
	for to, from := 0, len(room)-size; from < len(room); {
		n := copy(chunk[:], room[from:])
		base64.StdEncoding.Encode(room[to:], chunk[:n])
		to, from = to+base64.StdEncoding.EncodedLen(n), from+n
	}
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
	const text = 1180
	return text + base64.StdEncoding.EncodedLen(certificate) + base64.StdEncoding.EncodedLen(wrapped) +
		base64.StdEncoding.EncodedLen(plain+2*aes.BlockSize)
}
