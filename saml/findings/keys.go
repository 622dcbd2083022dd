package findings

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"
)

// keys judges the keys: what they are for, whether they can be read and how
// long they hold.
func (j *judge) keys(role *element) {
	// A key that is there and can't be used is said so once, where it stands.
	signing, encryption := 0, 0
	for _, k := range role.all(metadataNS, "KeyDescriptor") {
		use, _ := k.attr("use")
		if use != "" && use != "signing" && use != "encryption" {
			j.add(Refused, BadUse, k.line, use)
			continue
		}
		found := j.certificates(k)
		if use != "encryption" {
			signing += found
		}
		if use != "signing" {
			encryption += found
			j.elliptic(k)
			j.algorithms(k)
		}
	}
	signs, _ := role.attr("AuthnRequestsSigned")
	switch {
	case signing == 0 && (signs == "true" || signs == "1"):
		j.add(Refused, SignsNoKey, role.line, "")
	case signing == 0:
		j.add(Advice, NoSigningKey, role.line, "")
	}
	if encryption == 0 {
		j.add(Warning, NoEncryption, role.line, "")
	}
}

// certificates judges those of a key and returns how many there are.
func (j *judge) certificates(k *element) int {
	list := k.below(signatureNS, "X509Certificate")
	if len(list) == 0 {
		j.add(Warning, NoCertificate, k.line, "")
	}
	for _, e := range list {
		j.certificate(e)
	}
	return len(list)
}

func (j *judge) certificate(e *element) {
	raw := strings.Join(strings.Fields(e.text), "")
	der, err := base64.StdEncoding.DecodeString(raw)
	switch {
	case strings.Contains(e.text, "-----BEGIN"):
		j.add(Refused, Armoured, e.line, "")
		return
	case err != nil:
		j.add(Refused, NotBase64, e.line, "")
		return
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		j.add(Refused, BadCertificate, e.line, "")
		return
	}
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < 2048 {
			j.counted(Refused, WeakRSA, e.line, cert.Subject.CommonName, key.N.BitLen())
			return
		}
	case *ecdsa.PublicKey:
		if key.Curve.Params().BitSize < 256 {
			j.counted(Refused, WeakCurve, e.line, cert.Subject.CommonName, key.Curve.Params().BitSize)
			return
		}
	default:
		j.add(Refused, OddKey, e.line, cert.PublicKeyAlgorithm.String())
		return
	}
	switch name := cert.Subject.CommonName; {
	case !j.now.Before(cert.NotAfter):
		j.dated(Warning, CertEnded, e.line, name, cert.NotAfter)
	case cert.NotAfter.Sub(j.now) < soon:
		j.dated(Warning, CertEndsSoon, e.line, name, cert.NotAfter)
	case j.now.Before(cert.NotBefore):
		j.dated(Warning, CertEarly, e.line, name, cert.NotBefore)
	}
}

// algorithms warns of a service that lists ways to encrypt and none of those we
// use.
func (j *judge) algorithms(k *element) {
	list := k.all(metadataNS, "EncryptionMethod")
	block, gcm, old, oaep := 0, 0, 0, 0
	for _, e := range list {
		switch name, _ := e.attr("Algorithm"); {
		case strings.HasSuffix(name, "-gcm"):
			gcm++
		case strings.HasSuffix(name, "-cbc"):
			block++
		case strings.HasSuffix(name, "#rsa-1_5"):
			old++
		case strings.Contains(name, "#rsa-oaep"):
			oaep++
		}
	}
	if old > 0 && oaep == 0 {
		j.add(Warning, OnlyRSA15, list[0].line, "")
	}
	if block > 0 && gcm == 0 {
		j.add(Warning, OnlyCBC, list[0].line, "")
	}
}

// elliptic warns of a key that nobody can encrypt for by the methods that we use.
func (j *judge) elliptic(k *element) {
	for _, e := range k.below(signatureNS, "X509Certificate") {
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(e.text), ""))
		if err != nil {
			continue
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			continue
		}
		if key, ok := cert.PublicKey.(*ecdsa.PublicKey); ok && key.Curve.Params().BitSize >= 256 {
			j.add(Warning, EllipticKey, e.line, cert.Subject.CommonName)
		}
	}
}

// signature warns of a document whose own signature counts for nothing.
func (j *judge) signature(root *element) {
	for _, name := range []string{"SignatureMethod", "DigestMethod"} {
		for _, e := range root.below(signatureNS, name) {
			if algorithm, _ := e.attr("Algorithm"); strings.HasSuffix(algorithm, "sha1") {
				j.add(Warning, SHA1Signature, e.line, algorithm)
				return
			}
		}
	}
}
