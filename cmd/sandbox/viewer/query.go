package viewer

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"
)

// verifyQuery checks the signature over a query's own octets against the keys
// of the product's metadata. The library offers this for no logout message.
func verifyQuery(entity *saml.EntityDescriptor, rawQuery string) error {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return err
	}
	if query.Get("SigAlg") != dsig.RSASHA256SignatureMethod {
		return errors.New("the message is not signed with RSA-SHA256")
	}
	signature, err := base64.StdEncoding.DecodeString(query.Get("Signature"))
	if err != nil {
		return errors.New("the signature is not base64")
	}
	var signed []string
	for _, name := range []string{"SAMLRequest", "SAMLResponse", "RelayState", "SigAlg"} {
		if len(query[name]) > 1 {
			return errors.New(name + " is given twice")
		}
		for part := range strings.SplitSeq(rawQuery, "&") {
			if strings.HasPrefix(part, name+"=") {
				signed = append(signed, part)
			}
		}
	}
	digest := sha256.Sum256([]byte(strings.Join(signed, "&")))
	for _, role := range entity.IDPSSODescriptors {
		for _, descriptor := range role.KeyDescriptors {
			if descriptor.Use == "encryption" {
				continue
			}
			for _, data := range descriptor.KeyInfo.X509Data.X509Certificates {
				if signedBy(data.Data, digest[:], signature) {
					return nil
				}
			}
		}
	}
	return errors.New("the signature is not by a key of the product")
}

func signedBy(data string, digest, signature []byte) bool {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data), ""))
	if err != nil {
		return false
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return false
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	return ok && rsa.VerifyPKCS1v15(key, crypto.SHA256, digest, signature) == nil
}
