package saml

import (
	"strconv"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// Profile is what a provider's metadata says about itself beyond addresses and
// keys. Nothing in it opens or closes a door by itself; whoever uses a value
// decides whether to believe it.
type Profile struct {
	UI           UIInfo
	Organization Organization
	Contacts     []Contact // all of them, in their order
	ErrorURL     string    // where a person can be sent when its service fails; "" unless https
	// StartURLs are where its own sign-in begins (RequestInitiator), https only.
	StartURLs []string

	Scopes []Scope
	// EntityAttributes are the values of each attribute the entity states of
	// itself, or its federation of it, by name.
	EntityAttributes map[string][]string
	RequestedSets    []RequestedSet

	// SigningMethods and DigestMethods are the algorithms it can verify
	// (alg:SigningMethod); none leaves the choice to us.
	SigningMethods []string
	DigestMethods  []string

	CacheDuration time.Duration // zero: not said
	Registrar     string        // the authority that registered it (mdrpi); ""
	// Extensions is the entity's and the role's Extensions as they stood, for
	// whoever knows more of them than this package.
	Extensions [][]byte
}

// UIInfo is how a provider wants to be shown to people, by language.
type UIInfo struct {
	DisplayNames    map[string]string
	Descriptions    map[string]string
	Keywords        map[string]string
	InformationURLs map[string]string
	PrivacyURLs     map[string]string
	Logos           []Logo
}

// Logo is a picture's address with its size in pixels.
type Logo struct {
	URL           string
	Width, Height int
	Lang          string
}

// Scope is a domain that a provider speaks for.
type Scope struct {
	Value  string
	Regexp bool
}

// RequestedSet is one list of attributes that a service would like.
type RequestedSet struct {
	Index        int // -1 when none is given
	Default      *bool
	Names        map[string]string
	Descriptions map[string]string
	Attributes   []RequestedAttribute
}

// RequestedAttribute is one attribute a service would like.
type RequestedAttribute struct {
	Name, NameFormat, FriendlyName string
	Required                       bool
	Values                         []string // only these are of use to it; none: any
}

// Values of SubjectIDRequirement.
const (
	SubjectIDPairwise = "pairwise-id"
	SubjectIDGeneral  = "subject-id"
	SubjectIDNone     = "none"
	SubjectIDAny      = "any"
)

// SubjectIDRequirement returns which subject identifier the service says it
// needs (SAML Subject Identifier Attributes 5): one of the constants, or ""
// when it says nothing or contradicts itself.
func (p Profile) SubjectIDRequirement() string {
	values := p.EntityAttributes[subjectIDReq]
	if len(values) != 1 {
		return ""
	}
	switch values[0] {
	case SubjectIDPairwise, SubjectIDGeneral, SubjectIDNone, SubjectIDAny:
		return values[0]
	default:
		return ""
	}
}

// RequestedSet returns the list a request means by an index, or the default
// one for "" (SAML Metadata 2.4.4.1).
func (p Profile) RequestedSet(index string) (RequestedSet, bool) {
	if index != "" {
		n, err := strconv.Atoi(index)
		for _, s := range p.RequestedSets {
			if err == nil && s.Index == n {
				return s, true
			}
		}
		return RequestedSet{}, false
	}
	var chosen *RequestedSet
	for i := range p.RequestedSets {
		s := &p.RequestedSets[i]
		if s.Default != nil && *s.Default {
			return *s, true
		}
		if chosen == nil || chosen.Default != nil && s.Default == nil {
			chosen = s
		}
	}
	if chosen == nil {
		return RequestedSet{}, false
	}
	return *chosen, true
}

// ContactOf returns the first contact of a type that can be written to.
func (p Profile) ContactOf(kind string) (Contact, bool) {
	for _, c := range p.Contacts {
		if c.Type == kind && c.Email != "" {
			return c, true
		}
	}
	return Contact{}, false
}

// profile reads what the entity and the role say about themselves. What is
// odd in it is left out, not refused: no door depends on it.
func (e *entity) profile(opts ReadOptions) Profile {
	p := Profile{EntityAttributes: map[string][]string{}, CacheDuration: cacheDuration(e.attr("cacheDuration"))}
	p.ErrorURL = opts.page(e.role.attr("errorURL"))
	entity, role := node{el: e.el, err: new(error)}, node{el: e.role.el, err: new(error)}
	for _, holder := range []node{entity, role} {
		for _, n := range holder.all(metadataNS, "ContactPerson") {
			p.Contacts = append(p.Contacts, contactOf(n))
		}
		for _, ext := range holder.all(metadataNS, "Extensions") {
			p.Extensions = append(p.Extensions, bytesOf(ext.el))
			p.extensions(ext, opts)
		}
	}
	for _, org := range entity.all(metadataNS, "Organization") {
		p.Organization = organizationOf(org)
	}
	for _, n := range role.all(metadataNS, "AttributeConsumingService") {
		p.RequestedSets = append(p.RequestedSets, requestedSet(n))
	}
	return p
}

func (p *Profile) extensions(ext node, opts ReadOptions) {
	for _, ui := range ext.all(uiNS, "UIInfo") {
		p.UI = uiOf(ui, opts)
	}
	for _, n := range ext.all(shibbolethNS, "Scope") {
		p.Scopes = append(p.Scopes, Scope{Value: n.uri(), Regexp: n.flag("regexp")})
	}
	for _, group := range ext.all(entityAttrNS, "EntityAttributes") {
		for _, a := range group.all(assertionNS, "Attribute") {
			for _, v := range a.all(assertionNS, "AttributeValue") {
				p.EntityAttributes[a.attr("Name")] = append(p.EntityAttributes[a.attr("Name")], v.uri())
			}
		}
	}
	for _, n := range ext.all(algorithmNS, "SigningMethod") {
		p.SigningMethods = append(p.SigningMethods, n.attr("Algorithm"))
	}
	for _, n := range ext.all(algorithmNS, "DigestMethod") {
		p.DigestMethods = append(p.DigestMethods, n.attr("Algorithm"))
	}
	for _, n := range ext.all(registrationNS, "RegistrationInfo") {
		p.Registrar = n.attr("registrationAuthority")
	}
	for _, n := range ext.all(initiatorNS, "RequestInitiator") {
		if address := opts.page(n.attr("Location")); address != "" {
			p.StartURLs = append(p.StartURLs, address)
		}
	}
}

func uiOf(n node, opts ReadOptions) UIInfo {
	pages := func(local string) map[string]string {
		found := names(n, uiNS, local)
		for lang, address := range found {
			if found[lang] = opts.page(address); found[lang] == "" {
				delete(found, lang)
			}
		}
		return found
	}
	ui := UIInfo{
		DisplayNames: names(n, uiNS, "DisplayName"), Descriptions: names(n, uiNS, "Description"),
		Keywords: names(n, uiNS, "Keywords"), InformationURLs: pages("InformationURL"), PrivacyURLs: pages("PrivacyStatementURL"),
	}
	for _, l := range n.all(uiNS, "Logo") {
		logo := Logo{URL: opts.page(l.uri()), Lang: language(l)}
		logo.Width, _ = strconv.Atoi(l.attr("width"))
		logo.Height, _ = strconv.Atoi(l.attr("height"))
		if logo.URL != "" {
			ui.Logos = append(ui.Logos, logo)
		}
	}
	return ui
}

func organizationOf(n node) Organization {
	return Organization{
		Names: names(n, metadataNS, "OrganizationName"), DisplayNames: names(n, metadataNS, "OrganizationDisplayName"),
		URLs: names(n, metadataNS, "OrganizationURL"),
	}
}

func contactOf(n node) Contact {
	c := Contact{Type: n.attr("contactType")}
	var parts []string
	for _, local := range []string{"GivenName", "SurName"} {
		for _, part := range n.all(metadataNS, local) {
			parts = append(parts, part.uri())
		}
	}
	c.Name = strings.TrimSpace(strings.Join(parts, " "))
	for _, v := range n.all(metadataNS, "Company") {
		c.Company = v.uri()
	}
	for _, v := range n.all(metadataNS, "EmailAddress") {
		if c.Email == "" {
			c.Email = strings.TrimPrefix(v.uri(), "mailto:")
		}
	}
	for _, v := range n.all(metadataNS, "TelephoneNumber") {
		if c.Phone == "" {
			c.Phone = v.uri()
		}
	}
	return c
}

func requestedSet(n node) RequestedSet {
	s := RequestedSet{
		Index: -1, Names: names(n, metadataNS, "ServiceName"), Descriptions: names(n, metadataNS, "ServiceDescription"),
	}
	if index, err := strconv.ParseUint(n.attr("index"), 10, 16); err == nil {
		s.Index = int(index)
	}
	if _, ok := n.lookup("isDefault"); ok {
		isDefault := n.flag("isDefault")
		s.Default = &isDefault
	}
	for _, a := range n.all(metadataNS, "RequestedAttribute") {
		wanted := RequestedAttribute{
			Name: a.attr("Name"), NameFormat: a.attr("NameFormat"), FriendlyName: a.attr("FriendlyName"), Required: a.flag("isRequired"),
		}
		for _, v := range a.all(assertionNS, "AttributeValue") {
			wanted.Values = append(wanted.Values, v.uri())
		}
		s.Attributes = append(s.Attributes, wanted)
	}
	return s
}

// page returns an address that a person may be sent to, or "".
func (o ReadOptions) page(raw string) string {
	raw = strings.TrimSpace(raw)
	if raw == "" || o.checkURL(raw) != nil {
		return ""
	}
	return raw
}

func bytesOf(el *etree.Element) []byte {
	tree := etree.NewDocument()
	tree.SetRoot(el.Copy())
	text, err := tree.WriteToBytes()
	if err != nil {
		return nil // etree fails only where its writer does, and memory doesn't
	}
	return text
}
