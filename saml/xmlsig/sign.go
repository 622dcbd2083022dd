package xmlsig

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256" // linked in, so that crypto.SHA256 is available
	_ "crypto/sha512" // linked in, for the stronger methods we verify
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// Sign adds an enveloped RSA-SHA256 signature to an element, directly after
// its Issuer as the SAML schema wants, or first when it has none. The
// element must declare the namespaces it uses and must not change afterwards.
// Keys other than RSA of 2048 bits and more are refused: ECDSA signatures of
// the library below are not understood by others.
func Sign(el *etree.Element, key crypto.Signer, cert *x509.Certificate) error {
	if err := usable(key); err != nil {
		return err
	}
	if el.SelectAttrValue("ID", "") == "" {
		return errors.New("sign: the element has no ID")
	}
	ctx, err := dsig.NewSigningContext(key, [][]byte{cert.Raw})
	if err != nil {
		return fmt.Errorf("sign %s: %w", el.Tag, err)
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := ctx.SetSignatureMethod(dsig.RSASHA256SignatureMethod); err != nil {
		return fmt.Errorf("sign %s: %w", el.Tag, err)
	}
	// Canonicalization rewrites what it is given, so it gets a copy.
	sig, err := ctx.ConstructSignature(el.Copy(), true)
	if err != nil {
		return fmt.Errorf("sign %s: %w", el.Tag, err)
	}
	at := 0
	if children := el.ChildElements(); len(children) > 0 && children[0].Tag == "Issuer" {
		at = children[0].Index() + 1
	}
	el.InsertChildAt(at, sig)
	return nil
}

// SignOctets returns the RSA-SHA256 signature of the bytes, as a redirect's
// query string carries it.
func SignOctets(octets []byte, key crypto.Signer) ([]byte, error) {
	if err := usable(key); err != nil {
		return nil, err
	}
	h := crypto.SHA256.New()
	h.Write(octets)
	return key.Sign(rand.Reader, h.Sum(nil), crypto.SHA256)
}

func usable(key crypto.Signer) error {
	if key == nil {
		return errors.New("sign: no key")
	}
	pub, ok := key.Public().(*rsa.PublicKey)
	if !ok {
		return fmt.Errorf("sign: %T is not an RSA key", key.Public())
	}
	if pub.N.BitLen() < minRSABits {
		return fmt.Errorf("sign: RSA key of %d bits, at least %d", pub.N.BitLen(), minRSABits)
	}
	return nil
}
