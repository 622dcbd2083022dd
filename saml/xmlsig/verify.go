package xmlsig

import (
	"crypto/x509"
	"encoding/base64"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

// Verified is a signed element that proved genuine.
type Verified struct {
	// Element is what was digested, parsed from the digested bytes, without
	// its Signature. Read facts from here only.
	Element *etree.Element

	KeyFingerprint string // of the certificate whose key made the signature
	Algorithm      string // the SignatureMethod
}

// IsSigned reports whether the element carries an enveloped Signature as a
// direct child. It says nothing about its worth.
func IsSigned(el *etree.Element) bool {
	return len(signatures(el)) > 0
}

// VerifyEnveloped verifies the signature an element carries, with one of the
// given certificates' keys. It refuses with a *Fault. The element may stand
// inside a larger document, which is left unchanged.
func VerifyEnveloped(el *etree.Element, certs []*x509.Certificate) (*Verified, error) {
	sig, err := shape(el)
	if err != nil {
		return nil, err
	}
	if len(certs) == 0 {
		return nil, fault(NoKey, "no key is known for the signer")
	}
	// Namespaces in force around the element become its own, as canonicalization
	// in place would have seen them.
	around, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, fault(BadShape, "namespaces around the signed element")
	}
	detached, err := etreeutils.NSDetatch(around, el)
	if err != nil {
		return nil, fault(BadShape, "the signed element is too large")
	}
	for _, cert := range certs {
		value, ok := forKey(cert, sig.algorithm, sig.value)
		if !ok {
			continue
		}
		root, ok := verifyWith(detached, cert, value)
		if !ok {
			continue
		}
		if root.SelectAttrValue("ID", "") != sig.id || root.Tag != el.Tag || root.NamespaceURI() != el.NamespaceURI() {
			return nil, fault(BadSignature, "another element was signed")
		}
		return &Verified{Element: root, KeyFingerprint: Fingerprint(cert), Algorithm: sig.method}, nil
	}
	return nil, fault(BadSignature, "no known key made this signature")
}

// verifyWith tries one key. The certificate is the only one in the store and
// the clock stands inside its dates: goxmldsig looks for a trusted
// certificate, we ask about a key.
func verifyWith(el *etree.Element, cert *x509.Certificate, value []byte) (*etree.Element, bool) {
	copied := el.Copy()
	sig := signatures(copied)[0]
	for _, child := range sig.ChildElements() {
		switch child.Tag {
		case "KeyInfo":
			sig.RemoveChild(child)
		case "SignatureValue":
			child.SetText(base64.StdEncoding.EncodeToString(value))
		}
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
	ctx.Clock = dsig.NewFakeClockAt(cert.NotBefore.Add(time.Second))
	root, err := ctx.Validate(copied)
	return root, err == nil && root != nil
}

// signatures returns the Signature elements directly below an element.
func signatures(el *etree.Element) []*etree.Element {
	return childrenNamed(el, "Signature")
}

func childrenNamed(el *etree.Element, tag string) []*etree.Element {
	var found []*etree.Element
	for _, child := range el.ChildElements() {
		if child.Tag == tag && child.NamespaceURI() == Namespace {
			found = append(found, child)
		}
	}
	return found
}

func text(el *etree.Element) string {
	return strings.Join(strings.Fields(el.Text()), "")
}
