package main

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlenc"
	"oneid/saml/xmlsig"
)

var certificate = regexp.MustCompile(`<(?:\w+:)?X509Certificate>([^<]+)</`)

// certificates are those of the product's metadata.
func (p *site) certificates() ([]*x509.Certificate, error) {
	_, _, document, err := p.browser.get("/saml/metadata", "")
	if err != nil {
		return nil, err
	}
	var all []*x509.Certificate
	for _, found := range certificate.FindAllStringSubmatch(document, -1) {
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(found[1]), ""))
		if err != nil {
			return nil, err
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		all = append(all, cert)
	}
	return all, nil
}

// check reads an answer as the service would: its signature, its status, and
// that somebody is named in it.
func (p *site) check(s *service, a answer) error {
	if p.trusted == nil {
		var err error
		if p.trusted, err = p.certificates(); err != nil {
			return err
		}
	}
	came := samltest.Tree(samltest.Decode(a.message())).Root()
	verified, err := xmlsig.VerifyEnveloped(came, p.trusted)
	if err != nil {
		return err
	}
	if method := came.FindElement("./Signature/SignedInfo/SignatureMethod"); method == nil || method.SelectAttrValue("Algorithm", "") != s.signed() {
		return fmt.Errorf("not signed by %s", s.signed())
	}
	root := verified.Element
	if status := root.FindElement("./Status/StatusCode"); status == nil || status.SelectAttrValue("Value", "") != saml.StatusSuccess {
		return errors.New("no success")
	}
	assertion := root.SelectElement("Assertion")
	if hidden := root.SelectElement("EncryptedAssertion"); hidden != nil && s.encrypts {
		plain, err := xmlenc.Decrypt(hidden, []crypto.Decrypter{s.viewer.Key.Signer.(crypto.Decrypter)})
		if err != nil {
			return err
		}
		assertion = samltest.Tree(plain).Root()
	}
	if assertion == nil || s.encrypts != (root.SelectElement("EncryptedAssertion") != nil) {
		return fmt.Errorf("encrypted or not, not as wanted: %s", names(root))
	}
	if name := assertion.FindElement("./Subject/NameID"); name == nil || name.Text() == "" {
		return errors.New("nobody is named")
	}
	return nil
}

func names(el *etree.Element) string {
	var all []string
	for _, child := range el.ChildElements() {
		all = append(all, child.Tag)
	}
	return strings.Join(all, " ")
}
