package xmlenc

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/beevik/etree"
)

// ErrUndecryptable is the error of everything Decrypt does not return. It is
// one and the same, so that nobody learns how far a guess went.
var ErrUndecryptable = errors.New("xmlenc: cannot be decrypted")

// Most wrapped keys we try in one element: each costs an RSA operation per key
// of ours.
const maxWrapped = 4

// Decrypt returns the octets hidden in an element that holds one
// EncryptedData: an EncryptedAssertion or EncryptedID. The wrapped key may
// stand inside it or beside it. Every key is tried, so that an old one can be
// kept for a while; keys that are not RSA are skipped. The document must have
// passed the gate, and the octets must pass it again.
func Decrypt(el *etree.Element, keys []crypto.Decrypter) ([]byte, error) {
	data, ok := only(el, Namespace, "EncryptedData")
	if !ok {
		return nil, ErrUndecryptable
	}
	b, ok := blockOf(method(data))
	if !ok || !b.gcm {
		return nil, ErrUndecryptable
	}
	hidden, ok := cipherValue(data)
	if !ok {
		return nil, ErrUndecryptable
	}
	wrapped, ok := wrappedKeys(el, data)
	if !ok {
		return nil, ErrUndecryptable
	}
	for _, w := range wrapped {
		for _, key := range keys {
			if plain, ok := open(hidden, w.unwrap(key, b.keySize)); ok {
				return plain, nil
			}
		}
	}
	return nil, ErrUndecryptable
}

// wrapped is one EncryptedKey.
type wrapped struct {
	options rsa.OAEPOptions
	value   []byte
}

// wrappedKeys reads the keys inside the EncryptedData's KeyInfo, or those
// beside it. One in a form we do not know makes the whole unreadable: nobody
// honest offers the same content by a weak road as well.
func wrappedKeys(el, data *etree.Element) ([]wrapped, bool) {
	var found []*etree.Element
	if info, ok := only(data, signatureNS, "KeyInfo"); ok {
		found = named(info, Namespace, "EncryptedKey")
	}
	found = append(found, named(el, Namespace, "EncryptedKey")...)
	if len(found) == 0 || len(found) > maxWrapped {
		return nil, false
	}
	all := make([]wrapped, len(found))
	for i, key := range found {
		w, ok := readWrapped(key)
		if !ok {
			return nil, false
		}
		all[i] = w
	}
	return all, true
}

func readWrapped(key *etree.Element) (w wrapped, ok bool) {
	m, ok := only(key, Namespace, "EncryptionMethod")
	if !ok {
		return w, false
	}
	var digest, mask string
	if el, ok := only(m, signatureNS, "DigestMethod"); ok {
		digest = el.SelectAttrValue("Algorithm", "")
	}
	if el, ok := only(m, namespace11, "MGF"); ok {
		mask = el.SelectAttrValue("Algorithm", "")
	}
	switch m.SelectAttrValue("Algorithm", "") {
	case RSAOAEP:
	case RSAOAEPMGF1P:
		mask = MGF1SHA1
	default:
		return w, false
	}
	if len(named(m, Namespace, "OAEPparams")) > 0 {
		return w, false // a label is never used in SAML
	}
	if w.options.Hash, ok = hashOf(digest); !ok {
		return w, false
	}
	if w.options.MGFHash, ok = maskOf(mask); !ok {
		return w, false
	}
	w.value, ok = cipherValue(key)
	return w, ok
}

// unwrap returns the content's key. When that fails it returns a random one,
// so that what follows takes the same time and fails in the same way.
func (w wrapped) unwrap(key crypto.Decrypter, size int) []byte {
	content := make([]byte, size)
	rand.Read(content)
	if key == nil {
		return content
	}
	if _, ok := key.Public().(*rsa.PublicKey); !ok {
		return content
	}
	if plain, err := key.Decrypt(rand.Reader, w.value, &w.options); err == nil && len(plain) == size {
		return plain
	}
	return content
}

func open(hidden, key []byte) ([]byte, bool) {
	c, err := aes.NewCipher(key)
	if err != nil {
		return nil, false
	}
	gcm, err := cipher.NewGCM(c)
	if err != nil || len(hidden) < gcm.NonceSize()+gcm.Overhead() {
		return nil, false
	}
	plain, err := gcm.Open(nil, hidden[:gcm.NonceSize()], hidden[gcm.NonceSize():], nil)
	return plain, err == nil
}

func method(el *etree.Element) string {
	if m, ok := only(el, Namespace, "EncryptionMethod"); ok {
		return m.SelectAttrValue("Algorithm", "")
	}
	return ""
}

func cipherValue(el *etree.Element) ([]byte, bool) {
	data, ok := only(el, Namespace, "CipherData")
	if !ok {
		return nil, false
	}
	value, ok := only(data, Namespace, "CipherValue")
	if !ok || len(value.ChildElements()) > 0 {
		return nil, false
	}
	octets, err := base64.StdEncoding.Strict().DecodeString(strings.Join(strings.Fields(value.Text()), ""))
	return octets, err == nil && len(octets) > 0
}

func named(el *etree.Element, space, tag string) []*etree.Element {
	var found []*etree.Element
	for _, child := range el.ChildElements() {
		if child.Tag == tag && child.NamespaceURI() == space {
			found = append(found, child)
		}
	}
	return found
}

func only(el *etree.Element, space, tag string) (*etree.Element, bool) {
	found := named(el, space, tag)
	if len(found) != 1 {
		return nil, false
	}
	return found[0], true
}
