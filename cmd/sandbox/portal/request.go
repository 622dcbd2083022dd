package portal

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/crewjam/saml"
	xrv "github.com/mattermost/xml-roundtrip-validator"
	dsig "github.com/russellhaering/goxmldsig"
)

const (
	maxRequest = 64 << 10
	// requestAge is how old, or how far ahead of our clock, a request may be.
	requestAge = 5 * time.Minute
)

// request is an AuthnRequest that has passed every check.
type request struct {
	ID       string
	ACS      string
	Audience string // entity ID of the asking party
	Relay    string
	Force    bool
	Passive  bool
	Received time.Time
}

// readRequest judges a request that came by the HTTP-Redirect binding.
// rawQuery is the query exactly as received, since the signature covers its
// octets (SAML Bindings 3.4.4.1).
func readRequest(rawQuery, destination string, trust *saml.EntityDescriptor, now time.Time) (request, error) {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return request{}, err
	}
	if err := checkQuerySignature(rawQuery, query, signingCerts(trust)); err != nil {
		return request{}, err
	}
	message, err := inflate(query.Get("SAMLRequest"))
	if err != nil {
		return request{}, err
	}
	var asked saml.AuthnRequest
	if err := xml.Unmarshal(message, &asked); err != nil {
		return request{}, fmt.Errorf("the request cannot be read: %w", err)
	}
	switch {
	case asked.Issuer == nil || asked.Issuer.Value != trust.EntityID:
		return request{}, errors.New("the request was not issued by the party we know")
	case asked.Destination != destination:
		return request{}, fmt.Errorf("the request is meant for %q", asked.Destination)
	case asked.ID == "":
		return request{}, errors.New("the request has no ID")
	case now.Sub(asked.IssueInstant).Abs() > requestAge:
		return request{}, fmt.Errorf("the request is dated %s", asked.IssueInstant.Format(time.RFC3339))
	}
	acs, err := consumer(trust, asked)
	if err != nil {
		return request{}, err
	}
	return request{
		ID: asked.ID, ACS: acs, Audience: trust.EntityID, Relay: query.Get("RelayState"), Received: now,
		Force:   asked.ForceAuthn != nil && *asked.ForceAuthn,
		Passive: asked.IsPassive != nil && *asked.IsPassive,
	}, nil
}

func inflate(encoded string) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("the request is not base64: %w", err)
	}
	message, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxRequest+1))
	if err != nil {
		return nil, fmt.Errorf("the request is not deflated: %w", err)
	}
	if len(message) > maxRequest {
		return nil, errors.New("the request is too large")
	}
	return message, xrv.Validate(bytes.NewReader(message))
}

// checkQuerySignature verifies the signature over the query's own octets.
func checkQuerySignature(rawQuery string, query url.Values, certs []*x509.Certificate) error {
	for _, name := range []string{"SAMLRequest", "RelayState", "SigAlg", "Signature"} {
		if len(query[name]) > 1 {
			return fmt.Errorf("%s is given twice", name)
		}
	}
	if query.Get("SigAlg") != dsig.RSASHA256SignatureMethod {
		return fmt.Errorf("the request must be signed with RSA-SHA256, not %q", query.Get("SigAlg"))
	}
	signature, err := base64.StdEncoding.DecodeString(query.Get("Signature"))
	if err != nil {
		return fmt.Errorf("the signature is not base64: %w", err)
	}
	var signed []string
	for _, name := range []string{"SAMLRequest", "RelayState", "SigAlg"} {
		for part := range strings.SplitSeq(rawQuery, "&") {
			if strings.HasPrefix(part, name+"=") {
				signed = append(signed, part)
			}
		}
	}
	digest := sha256.Sum256([]byte(strings.Join(signed, "&")))
	for _, cert := range certs {
		key, ok := cert.PublicKey.(*rsa.PublicKey)
		if ok && rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil {
			return nil
		}
	}
	return errors.New("the signature of the request is not by a key we know")
}

func signingCerts(entity *saml.EntityDescriptor) []*x509.Certificate {
	var certs []*x509.Certificate
	for _, role := range entity.SPSSODescriptors {
		for _, descriptor := range role.KeyDescriptors {
			if descriptor.Use == "encryption" {
				continue
			}
			for _, data := range descriptor.KeyInfo.X509Data.X509Certificates {
				der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data.Data), ""))
				if err != nil {
					continue
				}
				if cert, err := x509.ParseCertificate(der); err == nil {
					certs = append(certs, cert)
				}
			}
		}
	}
	return certs
}

// consumer picks where the response goes: only ever an address that stands in
// the metadata.
func consumer(entity *saml.EntityDescriptor, asked saml.AuthnRequest) (string, error) {
	var first string
	for _, role := range entity.SPSSODescriptors {
		for _, end := range role.AssertionConsumerServices {
			if end.Binding != saml.HTTPPostBinding {
				continue
			}
			switch {
			case asked.AssertionConsumerServiceURL == end.Location && end.Location != "":
				return end.Location, nil
			case asked.AssertionConsumerServiceURL != "":
			case asked.AssertionConsumerServiceIndex == fmt.Sprint(end.Index):
				return end.Location, nil
			case first == "" || end.IsDefault != nil && *end.IsDefault:
				first = end.Location
			}
		}
	}
	if asked.AssertionConsumerServiceURL != "" || asked.AssertionConsumerServiceIndex != "" || first == "" {
		return "", fmt.Errorf("the address for the answer, %q, is not in the metadata", asked.AssertionConsumerServiceURL)
	}
	return first, nil
}
