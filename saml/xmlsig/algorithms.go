package xmlsig

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
)

// Algorithm and namespace names this package accepts.
const (
	Namespace = "http://www.w3.org/2000/09/xmldsig#"

	RSASHA256   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	RSASHA384   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
	RSASHA512   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
	ECDSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
	ECDSASHA384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
	ECDSASHA512 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"

	SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
	SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
	SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"

	enveloped    = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	exclusiveC14 = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

// minRSABits is the smallest RSA key we believe, whoever pinned it.
const minRSABits = 2048

// signatureMethod returns what a SignatureMethod stands for. Everything else,
// SHA-1, MD5 and HMAC among it, is unknown to us.
func signatureMethod(uri string) (x509.SignatureAlgorithm, bool) {
	switch uri {
	case RSASHA256:
		return x509.SHA256WithRSA, true
	case RSASHA384:
		return x509.SHA384WithRSA, true
	case RSASHA512:
		return x509.SHA512WithRSA, true
	case ECDSASHA256:
		return x509.ECDSAWithSHA256, true
	case ECDSASHA384:
		return x509.ECDSAWithSHA384, true
	case ECDSASHA512:
		return x509.ECDSAWithSHA512, true
	default:
		return 0, false
	}
}

func digestMethod(uri string) bool {
	return uri == SHA256 || uri == SHA384 || uri == SHA512
}

// forKey returns the signature bytes in the form Go verifies, and whether this
// key could have made them. XML signatures write an ECDSA signature as r
// followed by s, each as long as the curve (XML Signature 6.4.3); Go and
// goxmldsig want them in ASN.1.
func forKey(cert *x509.Certificate, alg x509.SignatureAlgorithm, signature []byte) ([]byte, bool) {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		isRSA := alg == x509.SHA256WithRSA || alg == x509.SHA384WithRSA || alg == x509.SHA512WithRSA
		return signature, isRSA && key.N.BitLen() >= minRSABits
	case *ecdsa.PublicKey:
		size := (key.Curve.Params().BitSize + 7) / 8
		if alg == x509.SHA256WithRSA || alg == x509.SHA384WithRSA || alg == x509.SHA512WithRSA ||
			size < 32 || len(signature) != 2*size {
			return nil, false
		}
		der, err := asn1.Marshal(struct{ R, S *big.Int }{
			new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:]),
		})
		return der, err == nil
	default:
		return nil, false
	}
}

// Fingerprint names a certificate in audits and evidence: SHA-256 of its DER
// form, in lower-case hexadecimal.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return hex.EncodeToString(sum[:])
}
