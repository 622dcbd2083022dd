package viewer

import (
	"bytes"
	"compress/flate"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net/url"
	"strings"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

const soapNamespace = "http://schemas.xmlsoap.org/soap/envelope/"

// signedQuery writes a message for the HTTP-Redirect binding. The library
// signs only its AuthnRequests in the query (SAML Bindings 3.4.4.1).
func signedQuery(sp *saml.ServiceProvider, target, kind string, el *etree.Element, relay string) (string, error) {
	doc := etree.NewDocument()
	doc.SetRoot(el)
	message, err := doc.WriteToBytes()
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	deflate, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		return "", err
	}
	if _, err := deflate.Write(message); err != nil {
		return "", err
	}
	if err := deflate.Close(); err != nil {
		return "", err
	}
	query := kind + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes()))
	if relay != "" {
		query += "&RelayState=" + url.QueryEscape(relay)
	}
	query += "&SigAlg=" + url.QueryEscape(sp.SignatureMethod)
	signing, err := saml.GetSigningContext(sp)
	if err != nil {
		return "", err
	}
	signature, err := signing.SignString(query)
	if err != nil {
		return "", err
	}
	join := "?"
	if strings.Contains(target, "?") {
		join = "&"
	}
	return target + join + query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature)), nil
}

// unpack reads the message of a redirect.
func unpack(encoded string) (*etree.Element, error) {
	packed, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, err
	}
	message, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxLogout+1))
	if err != nil {
		return nil, err
	}
	if len(message) > maxLogout {
		return nil, errors.New("too large")
	}
	return root(message)
}

func root(message []byte) (*etree.Element, error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(message); err != nil {
		return nil, err
	}
	if doc.Root() == nil {
		return nil, errors.New("no message")
	}
	return doc.Root(), nil
}

// signedElement reads a posted message and verifies its signature.
func signedElement(entity *saml.EntityDescriptor, encoded string) (*etree.Element, error) {
	message, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, err
	}
	el, err := root(message)
	if err != nil {
		return nil, err
	}
	return verifyElement(entity, el)
}

// verifyElement returns what the product signed of an element.
func verifyElement(entity *saml.EntityDescriptor, el *etree.Element) (*etree.Element, error) {
	around, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, err
	}
	detached, err := etreeutils.NSDetatch(around, el)
	if err != nil {
		return nil, err
	}
	for _, role := range entity.IDPSSODescriptors {
		for _, descriptor := range role.KeyDescriptors {
			for _, data := range descriptor.KeyInfo.X509Data.X509Certificates {
				der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data.Data), ""))
				if err != nil {
					continue
				}
				cert, err := x509.ParseCertificate(der)
				if err != nil || descriptor.Use == "encryption" {
					continue
				}
				trusted := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
				trusted.IdAttribute = "ID"
				if signed, err := trusted.Validate(detached.Copy()); err == nil {
					return signed, nil
				}
			}
		}
	}
	return nil, errors.New("the signature is not by a key of the product")
}
