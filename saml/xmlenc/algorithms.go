package xmlenc

import (
	"crypto"
	_ "crypto/sha1"   // linked in: OAEP's digest in almost every service, where collisions don't matter
	_ "crypto/sha256" // linked in, so that crypto.SHA256 is available
	_ "crypto/sha512" // linked in, for services that list it
)

// Names of algorithms.
const (
	AES128GCM = "http://www.w3.org/2009/xmlenc11#aes128-gcm"
	AES192GCM = "http://www.w3.org/2009/xmlenc11#aes192-gcm"
	AES256GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
	AES128CBC = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
	AES256CBC = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"

	// RSAOAEPMGF1P is RSA-OAEP whose mask always uses SHA-1, whatever the digest.
	RSAOAEPMGF1P = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
	// RSAOAEP is RSA-OAEP that names the mask's hash too.
	RSAOAEP = "http://www.w3.org/2009/xmlenc11#rsa-oaep"

	SHA1   = "http://www.w3.org/2000/09/xmldsig#sha1"
	SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
	SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
	SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"

	MGF1SHA1   = "http://www.w3.org/2009/xmlenc11#mgf1sha1"
	MGF1SHA256 = "http://www.w3.org/2009/xmlenc11#mgf1sha256"
	MGF1SHA384 = "http://www.w3.org/2009/xmlenc11#mgf1sha384"
	MGF1SHA512 = "http://www.w3.org/2009/xmlenc11#mgf1sha512"
)

// Namespaces of what this package reads and writes.
const (
	Namespace   = "http://www.w3.org/2001/04/xmlenc#"
	namespace11 = "http://www.w3.org/2009/xmlenc11#"
	signatureNS = "http://www.w3.org/2000/09/xmldsig#"

	typeElement = Namespace + "Element"
)

// block says what a data algorithm stands for.
type block struct {
	keySize int
	gcm     bool
}

func blockOf(uri string) (block, bool) {
	switch uri {
	case AES128GCM:
		return block{keySize: 16, gcm: true}, true
	case AES192GCM:
		return block{keySize: 24, gcm: true}, true
	case AES256GCM:
		return block{keySize: 32, gcm: true}, true
	case AES128CBC:
		return block{keySize: 16}, true
	case AES256CBC:
		return block{keySize: 32}, true
	default:
		return block{}, false
	}
}

// hashOf returns a digest by name; none named means SHA-1 (XML Encryption 5.5.2).
func hashOf(uri string) (crypto.Hash, bool) {
	switch uri {
	case "", SHA1:
		return crypto.SHA1, true
	case SHA256:
		return crypto.SHA256, true
	case SHA384:
		return crypto.SHA384, true
	case SHA512:
		return crypto.SHA512, true
	default:
		return 0, false
	}
}

// maskOf returns the mask's hash by name; none named means SHA-1.
func maskOf(uri string) (crypto.Hash, bool) {
	switch uri {
	case "", MGF1SHA1:
		return crypto.SHA1, true
	case MGF1SHA256:
		return crypto.SHA256, true
	case MGF1SHA384:
		return crypto.SHA384, true
	case MGF1SHA512:
		return crypto.SHA512, true
	default:
		return 0, false
	}
}

// KnowsData reports whether we can encrypt with this algorithm, and whether it
// protects what it hides from being changed.
func KnowsData(uri string) (known, authenticated bool) {
	b, ok := blockOf(uri)
	return ok, b.gcm
}

// KnowsTransport reports whether we can wrap a key this way, with the digest
// and the mask named; "" leaves one of them open.
func KnowsTransport(uri, digest, mask string) bool {
	_, goodDigest := hashOf(digest)
	_, goodMask := maskOf(mask)
	return goodDigest && goodMask && (uri == RSAOAEP || uri == RSAOAEPMGF1P)
}
