package saml

import (
	"crypto/x509"
	"encoding/base64"
	"sort"
	"strings"
	"time"

	"github.com/beevik/etree"

	"oneid/saml/strictxml"
	"oneid/saml/xmlsig"
)

// Listed is a service in a document that may describe many.
type Listed struct {
	EntityID string
	Names    map[string]string // by language
}

// ListServices lists the services that a document describes, alone or in groups.
// It refuses with a *Refusal what can't be read at all; whether one of them is
// acceptable is ReadServiceProvider's to say.
func ListServices(doc []byte) ([]Listed, error) {
	root, err := parse(doc, strictxml.Metadata())
	if err != nil {
		return nil, err
	}
	n := nodeOf(root)
	var list []Listed
	for _, e := range findRoles(n, "SPSSODescriptor", time.Time{}) {
		list = append(list, Listed{EntityID: e.entityID, Names: displayNames(e.role)})
	}
	return list, *n.err
}

// ExtractService takes one service out of a group and returns it as a document of
// its own, which says the same: namespaces declared and the end of validity set
// around it come along. A document of that one service comes back as it is.
func ExtractService(doc []byte, entityID string) ([]byte, error) {
	root, err := parse(doc, strictxml.Metadata())
	if err != nil {
		return nil, err
	}
	n := nodeOf(root)
	var found []entity
	for _, e := range findRoles(n, "SPSSODescriptor", time.Time{}) {
		if e.entityID == entityID {
			found = append(found, e)
		}
	}
	if *n.err != nil {
		return nil, *n.err
	}
	if len(found) != 1 {
		return nil, refuse(MetadataRole, "%d services called %.80q", len(found), entityID)
	}
	if found[0].el == root {
		return doc, nil
	}
	return detached(found[0])
}

// detached writes an entity as a document of its own.
func detached(e entity) ([]byte, error) {
	alone := e.el.Copy()
	for outer := e.el.Parent(); outer != nil; outer = outer.Parent() {
		for _, a := range outer.Attr {
			declares := a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns"
			if declares && alone.SelectAttr(a.FullKey()) == nil {
				alone.CreateAttr(a.FullKey(), a.Value)
			}
		}
	}
	if !e.validUntil.IsZero() {
		alone.CreateAttr("validUntil", e.validUntil.UTC().Format(time.RFC3339))
	}
	sort.SliceStable(alone.Attr, func(i, j int) bool { return alone.Attr[i].Space == "xmlns" && alone.Attr[j].Space != "xmlns" })
	written := etree.NewDocument()
	written.SetRoot(alone)
	return written.WriteToBytes()
}

// MetadataSignature says what a document's own signature is worth.
type MetadataSignature struct {
	// Doc is what was signed, without the signature: read metadata from here.
	Doc []byte
	// Fingerprint is of the certificate whose key signed.
	Fingerprint string
}

// MetadataSigned tells whether a metadata document carries a signature, and
// names the certificates that it offers for it, none of them to be trusted.
func MetadataSigned(doc []byte) (signed bool, offered []string) {
	root, err := parse(doc, strictxml.Metadata())
	if err != nil || !xmlsig.IsSigned(root) {
		return false, nil
	}
	for _, cert := range offeredCertificates(root) {
		offered = append(offered, Fingerprint(cert))
	}
	return true, offered
}

// VerifyMetadata verifies the signature over a whole metadata document. The
// signer is known by its certificate's fingerprint (SHA-256, hexadecimal), which
// the operator gave by another way; the certificate itself may come along in the
// document. It refuses with a *Refusal.
func VerifyMetadata(doc []byte, fingerprint string) (*MetadataSignature, error) {
	root, err := parse(doc, strictxml.Metadata())
	if err != nil {
		return nil, err
	}
	if !xmlsig.IsSigned(root) {
		return nil, refuse(NotSigned, "the metadata carries no signature")
	}
	var known []*x509.Certificate
	for _, cert := range offeredCertificates(root) {
		if strings.EqualFold(Fingerprint(cert), fingerprint) {
			known = append(known, cert)
		}
	}
	if len(known) == 0 {
		return nil, refuse(NoKey, "the metadata is signed by another key than the one expected")
	}
	verified, err := xmlsig.VerifyEnveloped(root, known)
	if err != nil {
		return nil, refusalOf(err)
	}
	written := etree.NewDocument()
	written.SetRoot(verified.Element)
	body, err := written.WriteToBytes()
	if err != nil {
		return nil, refuse(Malformed, "the signed metadata can't be written")
	}
	return &MetadataSignature{Doc: body, Fingerprint: verified.KeyFingerprint}, nil
}

// offeredCertificates reads the certificates beside a document's signature.
func offeredCertificates(root *etree.Element) []*x509.Certificate {
	var found []*x509.Certificate
	n := nodeOf(root)
	for _, sig := range n.all(signatureNS, "Signature") {
		for _, info := range sig.all(signatureNS, "KeyInfo") {
			for _, data := range info.all(signatureNS, "X509Data") {
				for _, encoded := range data.all(signatureNS, "X509Certificate") {
					der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded.text()), ""))
					if err != nil {
						continue
					}
					if cert, err := x509.ParseCertificate(der); err == nil {
						found = append(found, cert)
					}
				}
			}
		}
	}
	return found
}
