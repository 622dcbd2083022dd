package saml

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"sort"
	"strconv"
	"time"

	"github.com/beevik/etree"
)

// Organization names who runs us, by language ("en", "fr").
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

// MetadataOptions is what the metadata says beyond addresses and keys.
type MetadataOptions struct {
	ValidUntil time.Time // zero: no end
	// CacheDuration is how long others may keep the document; zero: not said.
	CacheDuration time.Duration
	// NextCertificates are published before their keys are used.
	NextCertificates []*x509.Certificate
	NameIDFormats    []string
	// WantRequestsSigned asks services to sign (identity provider only).
	WantRequestsSigned bool
	Organization       Organization // left out when it has no names
	Contacts           []Contact
}

// Metadata describes our identity provider for services to import. The same
// input gives the same bytes.
func (p IDP) Metadata(opts MetadataOptions) ([]byte, error) {
	root := entityDescriptor(p.EntityID, opts)
	role := root.CreateElement("md:IDPSSODescriptor")
	role.CreateAttr("WantAuthnRequestsSigned", strconv.FormatBool(opts.WantRequestsSigned))
	role.CreateAttr("protocolSupportEnumeration", protocolNS)
	addKeys(role, p.Key.Certificate, opts.NextCertificates)
	if p.SLOURL != "" {
		addEndpoint(role, "SingleLogoutService", BindingRedirect, p.SLOURL)
		addEndpoint(role, "SingleLogoutService", BindingPost, p.SLOURL)
	}
	addFormats(role, opts.NameIDFormats)
	// Redirect stands first because most products take the first they can use.
	addEndpoint(role, "SingleSignOnService", BindingRedirect, p.SSOURL)
	addEndpoint(role, "SingleSignOnService", BindingPost, p.SSOURL)
	addPeople(root, opts)
	return document(root)
}

// Metadata describes our service provider for a college to import.
func (p SP) Metadata(opts MetadataOptions) ([]byte, error) {
	root := entityDescriptor(p.EntityID, opts)
	role := root.CreateElement("md:SPSSODescriptor")
	role.CreateAttr("AuthnRequestsSigned", "true")
	role.CreateAttr("WantAssertionsSigned", "true")
	role.CreateAttr("protocolSupportEnumeration", protocolNS)
	addKeys(role, p.Key.Certificate, opts.NextCertificates)
	addFormats(role, opts.NameIDFormats)
	acs := addEndpoint(role, "AssertionConsumerService", BindingPost, p.ACSURL)
	acs.CreateAttr("index", "0")
	acs.CreateAttr("isDefault", "true")
	addPeople(root, opts)
	return document(root)
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
	return root
}

// addKeys publishes signing keys only: we do not decrypt yet, and what we
// publish is a promise.
func addKeys(role *etree.Element, current *x509.Certificate, next []*x509.Certificate) {
	for _, cert := range append([]*x509.Certificate{current}, next...) {
		key := role.CreateElement("md:KeyDescriptor")
		key.CreateAttr("use", "signing")
		key.CreateElement("ds:KeyInfo").CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").
			SetText(base64.StdEncoding.EncodeToString(cert.Raw))
	}
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

func addPeople(root *etree.Element, opts MetadataOptions) {
	if len(opts.Organization.Names) > 0 {
		org := root.CreateElement("md:Organization")
		addByLanguage(org, "md:OrganizationName", opts.Organization.Names)
		addByLanguage(org, "md:OrganizationDisplayName", opts.Organization.DisplayNames)
		addByLanguage(org, "md:OrganizationURL", opts.Organization.URLs)
	}
	for _, c := range opts.Contacts {
		el := root.CreateElement("md:ContactPerson")
		el.CreateAttr("contactType", c.Type)
		if c.Name != "" {
			el.CreateElement("md:GivenName").SetText(c.Name)
		}
		if c.Email != "" {
			el.CreateElement("md:EmailAddress").SetText("mailto:" + c.Email)
		}
		if c.Phone != "" {
			el.CreateElement("md:TelephoneNumber").SetText(c.Phone)
		}
	}
}

func addByLanguage(parent *etree.Element, tag string, texts map[string]string) {
	languages := make([]string, 0, len(texts))
	for l := range texts {
		languages = append(languages, l)
	}
	sort.Strings(languages)
	for _, l := range languages {
		el := parent.CreateElement(tag)
		el.CreateAttr("xml:lang", l)
		el.SetText(texts[l])
	}
}

// document writes metadata for people to read too: indented, with the XML
// declaration.
func document(root *etree.Element) ([]byte, error) {
	tree := etree.NewDocument()
	tree.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	tree.SetRoot(root)
	tree.Indent(2)
	return tree.WriteToBytes()
}
