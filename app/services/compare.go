package services

import (
	"crypto/x509"
	"net/url"
	"slices"
	"strings"
	"time"

	"oneid/saml"
)

// What names a difference between two versions of metadata. The values are
// stored.
type What string

// The differences.
const (
	NewOrigin    What = "origin_added" // answers would go somewhere new
	OldOrigin    What = "origin_removed"
	NewReply     What = "reply_added"
	OldReply     What = "reply_removed"
	NewLogout    What = "logout_added"
	OldLogout    What = "logout_removed"
	NewSigning   What = "signing_key_added"
	OldSigning   What = "signing_key_removed"
	NewEncrypt   What = "encryption_key_added"
	OldEncrypt   What = "encryption_key_removed"
	SignsChanged What = "signs_changed"
	WantsChanged What = "wants_signed_changed"
	FormsChanged What = "name_formats_changed"
	NamesChanged What = "names_changed"
	UntilChanged What = "until_changed"
	NewStart     What = "start_changed"        // people open the service elsewhere
	StrangeStart What = "start_origin_changed" // on a server that the service was not on
)

// Change is one difference. Was and Is quote the metadata.
type Change struct {
	What What   `json:"what"`
	Was  string `json:"was,omitempty"`
	Is   string `json:"is,omitempty"`
}

// Grave tells whether a difference opens a new way out for personal data, or lets
// somebody new speak for the service.
func (c Change) Grave() bool {
	return slices.Contains([]What{NewOrigin, NewSigning, NewEncrypt, StrangeStart}, c.What)
}

func grave(list []Change) bool { return slices.ContainsFunc(list, Change.Grave) }

// compare lists what metadata would change. For a new service all is new.
func compare(current *Service, next *saml.ServiceProvider) []Change {
	before := new(saml.ServiceProvider)
	if current != nil && current.Provider != nil {
		before = current.Provider
	}
	var all []Change
	sets := func(added, removed What, was, is []string) {
		for _, v := range is {
			if !slices.Contains(was, v) {
				all = append(all, Change{What: added, Is: v})
			}
		}
		for _, v := range was {
			if !slices.Contains(is, v) {
				all = append(all, Change{What: removed, Was: v})
			}
		}
	}
	values := func(what What, was, is string) {
		if was != is {
			all = append(all, Change{What: what, Was: was, Is: is})
		}
	}
	sets(NewOrigin, OldOrigin, origins(before), origins(next))
	sets(NewSigning, OldSigning, fingerprints(before.SigningCertificates), fingerprints(next.SigningCertificates))
	sets(NewEncrypt, OldEncrypt, encryption(before), encryption(next))
	sets(NewReply, OldReply, addresses(before.ACS), addresses(next.ACS))
	sets(NewLogout, OldLogout, addresses(before.Logout), addresses(next.Logout))
	values(SignsChanged, yes(before.AuthnRequestsSigned), yes(next.AuthnRequestsSigned))
	values(WantsChanged, yes(before.WantAssertionsSigned), yes(next.WantAssertionsSigned))
	values(FormsChanged, strings.Join(before.NameIDFormats, " "), strings.Join(next.NameIDFormats, " "))
	values(NamesChanged, named(before), named(next))
	values(UntilChanged, day(before.ValidUntil), day(next.ValidUntil))
	return all
}

// started is what a new address to open the service at changes: people trust the
// place that we lead them to.
func started(reading Reading, start string) []Change {
	was, known := "", origins(reading.Provider)
	if c := reading.Current; c != nil {
		was = c.StartURL
		known = nil
		if c.Provider != nil {
			known = origins(c.Provider)
		}
		known = append(known, originOf(was))
	}
	switch {
	case start == "" || start == was:
		return nil
	case slices.Contains(known, originOf(start)):
		return []Change{{What: NewStart, Was: was, Is: start}}
	}
	return []Change{{What: StrangeStart, Was: was, Is: start}}
}

func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}

// origins are all that a browser is sent to with something about a person.
func origins(p *saml.ServiceProvider) []string {
	var list []string
	for _, e := range slices.Concat(p.ACS, p.Logout) {
		for _, address := range []string{e.URL, e.Response} {
			if o := originOf(address); o != "" && !slices.Contains(list, o) {
				list = append(list, o)
			}
		}
	}
	return list
}

func addresses(list []saml.Endpoint) []string {
	var all []string
	for _, e := range list {
		line := shortBinding(e.Binding) + " " + e.URL
		if e.Response != "" {
			line += " → " + e.Response
		}
		all = append(all, line)
	}
	return all
}

// shortBinding is the last word of a binding's name.
func shortBinding(binding string) string {
	return binding[strings.LastIndexByte(binding, ':')+1:]
}

func fingerprints(certs []*x509.Certificate) []string {
	var all []string
	for _, c := range certs {
		if f := saml.Fingerprint(c); !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	return all
}

func encryption(p *saml.ServiceProvider) []string {
	var certs []*x509.Certificate
	for _, k := range p.EncryptionKeys {
		certs = append(certs, k.Certificate)
	}
	return fingerprints(certs)
}

func named(p *saml.ServiceProvider) string {
	var parts []string
	for _, lang := range []string{"en", "fr", ""} {
		if n := p.Names[lang]; n != "" {
			parts = append(parts, n)
		}
	}
	return strings.Join(parts, " / ")
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}
