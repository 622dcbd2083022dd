package samltest

import (
	"crypto/ecdsa"
	"crypto/x509"
	"embed"
	"encoding/pem"

	"oneid/saml"
)

//go:embed keys/*.pem
var keyFiles embed.FS

// CollegeKey is what a College signs with.
func CollegeKey() saml.SigningKey { return key("college") }

// ViewerKey is what a Viewer signs with.
func ViewerKey() saml.SigningKey { return key("viewer") }

// ProductKey is for the product under test.
func ProductKey() saml.SigningKey { return key("product") }

// MetadataKey signs the metadata of the product under test.
func MetadataKey() saml.SigningKey { return key("metadata") }

// EncryptionKey is what others write to the product under test with.
func EncryptionKey() saml.SigningKey { return key("encryption") }

// StrangerKey belongs to nobody: whatever it signs must be refused.
func StrangerKey() saml.SigningKey { return key("stranger") }

// EllipticKey is a P-256 key, for signatures some services make.
func EllipticKey() saml.SigningKey {
	data := file("elliptic")
	block, rest := pem.Decode(data)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	must(err)
	certs, err := saml.ReadCertificates(rest)
	must(err)
	return saml.SigningKey{Signer: parsed.(*ecdsa.PrivateKey), Certificate: certs[0]}
}

func key(name string) saml.SigningKey {
	k, err := saml.ReadSigningKey(file(name))
	must(err)
	return k
}

func file(name string) []byte {
	data, err := keyFiles.ReadFile("keys/" + name + ".pem")
	must(err)
	return data
}

// must stops a test whose own props are broken.
func must(err error) {
	if err != nil {
		panic("samltest: " + err.Error())
	}
}

// CollegeKeyCertificates is the list of keys of a party that only uses
// CollegeKey.
func CollegeKeyCertificates() []*x509.Certificate {
	return []*x509.Certificate{CollegeKey().Certificate}
}
