package saml

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/beevik/etree"

	"oneid/saml/xmlenc"
	"oneid/saml/xmlsig"
)

// Organization names who runs a provider, by language ("en", "fr").
type Organization struct {
	Names        map[string]string
	DisplayNames map[string]string
	URLs         map[string]string
}

// Contact is a person or desk others may turn to.
type Contact struct {
	Type    string // technical, support, administrative, billing or other
	Name    string
	Company string
	Email   string
	Phone   string
}

// MetadataOptions is what our metadata says beyond addresses and keys.
type MetadataOptions struct {
	ValidUntil time.Time // zero: no end
	// CacheDuration is how long others may keep the document; zero: not said.
	CacheDuration time.Duration

	// SigningCertificates are those of keys that sign, or will, or did until a
	// moment ago; the one in use comes first. None publishes the role's own key.
	SigningCertificates []*x509.Certificate
	// EncryptionCertificates are those of keys that others may write to.
	EncryptionCertificates []*x509.Certificate

	NameIDFormats []string
	// WantRequestsSigned asks services to sign (identity provider only).
	WantRequestsSigned bool
	// ErrorURL is where services send people whom they could not let in, with the
	// placeholders of the REFEDS error handling profile; "" for nowhere.
	ErrorURL string
	UI       UIInfo
	Scopes   []string // the domains in the identifiers we issue
	// EntityAttributes are what we state of ourselves, by name.
	EntityAttributes map[string][]string
	Organization     Organization // left out when it has no names
	Contacts         []Contact

	// SignWith signs the document; nil leaves it unsigned.
	SignWith *SigningKey
}

// readable are the methods that we read when others write to us. Digest and
// mask of OAEP are the writer's choice: each message names them.
func readable() []string {
	return []string{xmlenc.AES128GCM, xmlenc.AES256GCM, xmlenc.RSAOAEP, xmlenc.RSAOAEPMGF1P}
}

// Metadata describes our identity provider for services to import. The same
// input gives the same bytes, when what signs them is an RSA key.
func (p IDP) Metadata(opts MetadataOptions) ([]byte, error) {
	root := entityDescriptor(p.EntityID, opts)
	role := root.CreateElement("md:IDPSSODescriptor")
	role.CreateAttr("WantAuthnRequestsSigned", strconv.FormatBool(opts.WantRequestsSigned))
	role.CreateAttr("protocolSupportEnumeration", protocolNS)
	describeRole(role, p.Key.Certificate, opts)
	if p.SLOURL != "" {
		addEndpoint(role, "SingleLogoutService", BindingRedirect, p.SLOURL)
		addEndpoint(role, "SingleLogoutService", BindingPost, p.SLOURL)
	}
	if p.SOAPURL != "" {
		addEndpoint(role, "SingleLogoutService", BindingSOAP, p.SOAPURL)
	}
	addFormats(role, opts.NameIDFormats)
	// Redirect stands first because most products take the first they can use.
	addEndpoint(role, "SingleSignOnService", BindingRedirect, p.SSOURL)
	addEndpoint(role, "SingleSignOnService", BindingPost, p.SSOURL)
	addPeople(root, opts)
	return document(root, opts.SignWith)
}

// Metadata describes our service provider for a college to import.
func (p SP) Metadata(opts MetadataOptions) ([]byte, error) {
	root := entityDescriptor(p.EntityID, opts)
	role := root.CreateElement("md:SPSSODescriptor")
	role.CreateAttr("AuthnRequestsSigned", "true")
	role.CreateAttr("WantAssertionsSigned", "true")
	role.CreateAttr("protocolSupportEnumeration", protocolNS)
	describeRole(role, p.Key.Certificate, opts)
	addFormats(role, opts.NameIDFormats)
	acs := addEndpoint(role, "AssertionConsumerService", BindingPost, p.ACSURL)
	acs.CreateAttr("index", "0")
	acs.CreateAttr("isDefault", "true")
	addPeople(root, opts)
	return document(root, opts.SignWith)
}

func entityDescriptor(entityID string, opts MetadataOptions) *etree.Element {
	root := etree.NewElement("md:EntityDescriptor")
	root.CreateAttr("xmlns:md", metadataNS)
	root.CreateAttr("xmlns:ds", signatureNS)
	root.CreateAttr("entityID", entityID)
	if !opts.ValidUntil.IsZero() {
		root.CreateAttr("validUntil", instant(opts.ValidUntil).Format(time.RFC3339))
	}
	if opts.CacheDuration > 0 {
		root.CreateAttr("cacheDuration", fmt.Sprintf("PT%dS", int(opts.CacheDuration.Seconds())))
	}
	addEntityExtensions(root, opts)
	return root
}

// describeRole writes what both roles begin with, in the schema's order:
// extensions, then keys.
func describeRole(role *etree.Element, own *x509.Certificate, opts MetadataOptions) {
	if opts.ErrorURL != "" {
		role.CreateAttr("errorURL", opts.ErrorURL)
	}
	addRoleExtensions(role, opts)
	signing := opts.SigningCertificates
	if len(signing) == 0 {
		signing = []*x509.Certificate{own}
	}
	for _, cert := range signing {
		addKey(role, "signing", cert)
	}
	for _, cert := range opts.EncryptionCertificates {
		key := addKey(role, "encryption", cert)
		for _, method := range readable() {
			key.CreateElement("md:EncryptionMethod").CreateAttr("Algorithm", method)
		}
	}
}

func addKey(role *etree.Element, use string, cert *x509.Certificate) *etree.Element {
	key := role.CreateElement("md:KeyDescriptor")
	key.CreateAttr("use", use)
	key.CreateElement("ds:KeyInfo").CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").
		SetText(base64.StdEncoding.EncodeToString(cert.Raw))
	return key
}

func addFormats(role *etree.Element, formats []string) {
	for _, f := range formats {
		role.CreateElement("md:NameIDFormat").SetText(f)
	}
}

func addEndpoint(role *etree.Element, kind, binding, url string) *etree.Element {
	el := role.CreateElement("md:" + kind)
	el.CreateAttr("Binding", binding)
	el.CreateAttr("Location", url)
	return el
}

// document writes metadata for people to read too: indented, with the XML
// declaration. Signed, its ID is made of its content, so that the same content
// gives the same document on every node.
func document(root *etree.Element, key *SigningKey) ([]byte, error) {
	tree := etree.NewDocument()
	tree.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	tree.SetRoot(root)
	tree.Indent(2)
	doc, err := tree.WriteToBytes()
	if err != nil || key == nil {
		return doc, err
	}
	sum := sha256.Sum256(doc)
	root.CreateAttr("ID", "_"+hex.EncodeToString(sum[:16]))
	if err := xmlsig.Sign(root, key.Signer, key.Certificate); err != nil {
		return nil, fmt.Errorf("sign metadata: %w", err)
	}
	tree.WriteSettings = etree.WriteSettings{CanonicalEndTags: true, CanonicalText: true, CanonicalAttrVal: true}
	return tree.WriteToBytes()
}
