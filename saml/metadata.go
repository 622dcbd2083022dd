package saml

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
	"time"

	"oneid/saml/strictxml"
)

// entity is one EntityDescriptor with the role we looked for.
type entity struct {
	node
	role       node
	entityID   string
	validUntil time.Time
}

// readEntity finds the only entity with the role and checks what every
// provider's metadata has in common. A document of several entities will do
// when one of them has the role.
func readEntity(doc []byte, role string) (*entity, error) {
	root, err := parse(doc, strictxml.Metadata())
	if err != nil {
		return nil, err
	}
	n := nodeOf(root)
	found := findRoles(n, role, time.Time{})
	if *n.err != nil {
		return nil, *n.err
	}
	if len(found) != 1 {
		return nil, refuse(MetadataRole, "%d entities with a %s, want one", len(found), role)
	}
	e := found[0]
	if e.entityID == "" || len(e.entityID) > maxEntityID || strings.TrimSpace(e.entityID) != e.entityID {
		return nil, refuse(MetadataEntityID, "the entity ID is absent, longer than %d or padded", maxEntityID)
	}
	if !speaksSAML2(e.role) {
		return nil, refuse(MetadataRole, "%s does not speak SAML 2.0", e.entityID)
	}
	return &e, nil
}

// findRoles walks entities and their groups; the earliest validUntil on the
// way down applies.
func findRoles(n node, role string, until time.Time) []entity {
	until = earlier(until, n.time("validUntil"))
	switch {
	case n.is(metadataNS, "EntityDescriptor"):
		descriptor, ok := n.child(metadataNS, role)
		if !ok {
			return nil
		}
		until = earlier(until, descriptor.time("validUntil"))
		return []entity{{node: n, role: descriptor, entityID: n.attr("entityID"), validUntil: until}}
	case n.is(metadataNS, "EntitiesDescriptor"):
		var found []entity
		for _, tag := range []string{"EntityDescriptor", "EntitiesDescriptor"} {
			for _, child := range n.all(metadataNS, tag) {
				found = append(found, findRoles(child, role, until)...)
			}
		}
		return found
	default:
		return nil
	}
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func speaksSAML2(role node) bool {
	for _, p := range strings.Fields(role.attr("protocolSupportEnumeration")) {
		if p == protocolNS {
			return true
		}
	}
	return false
}

// endpoints reads addresses of one kind and refuses the lot when one of them
// is not an address we would send a browser to.
func (e *entity) endpoints(kind string, opts ReadOptions) ([]Endpoint, error) {
	var list []Endpoint
	for _, n := range e.role.all(metadataNS, kind) {
		ep := Endpoint{Binding: n.attr("Binding"), URL: n.attr("Location"), Response: n.attr("ResponseLocation"), Index: -1}
		if err := opts.checkURL(ep.URL); err != nil {
			return nil, err
		}
		if ep.Response != "" {
			if err := opts.checkURL(ep.Response); err != nil {
				return nil, err
			}
		}
		if raw, ok := n.lookup("index"); ok {
			index, err := strconv.ParseUint(raw, 10, 16)
			if err != nil {
				return nil, refuse(Malformed, "index %.20q", raw)
			}
			ep.Index = int(index)
		}
		if _, ok := n.lookup("isDefault"); ok {
			isDefault := n.flag("isDefault")
			ep.Default = &isDefault
		}
		list = append(list, ep)
	}
	return list, *e.err
}

// certificates reads the keys of one use. A key without a use serves both
// (SAML Metadata 2.4.1.1): absence never switches a check off. Keys given
// without a certificate are passed over, a certificate that cannot be read or
// holds a weak key is refused.
func (e *entity) certificates(use string) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for _, descriptor := range e.role.all(metadataNS, "KeyDescriptor") {
		found, err := certificatesOf(descriptor, use)
		if err != nil {
			return nil, err
		}
		certs = append(certs, found...)
	}
	return certs, nil
}

// certificatesOf reads one KeyDescriptor, or passes it over when it is of
// another use.
func certificatesOf(descriptor node, use string) ([]*x509.Certificate, error) {
	switch of := descriptor.attr("use"); of {
	case "", use:
	case "signing", "encryption":
		return nil, nil
	default:
		return nil, refuse(MetadataKey, "a key for %.20q", of)
	}
	var certs []*x509.Certificate
	for _, info := range descriptor.all(signatureNS, "KeyInfo") {
		for _, data := range info.all(signatureNS, "X509Data") {
			for _, encoded := range data.all(signatureNS, "X509Certificate") {
				cert, err := readCertificate(encoded.text())
				if err != nil {
					return nil, err
				}
				certs = append(certs, cert)
			}
		}
	}
	return certs, nil
}

func readCertificate(encoded string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded), ""))
	if err != nil {
		return nil, refuse(MetadataKey, "a certificate is not base64")
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, refuse(MetadataKey, "a certificate cannot be read")
	}
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < 2048 {
			return nil, refuse(MetadataKey, "an RSA key of %d bits", key.N.BitLen())
		}
	case *ecdsa.PublicKey:
		if key.Curve.Params().BitSize < 256 {
			return nil, refuse(MetadataKey, "an elliptic-curve key of %d bits", key.Curve.Params().BitSize)
		}
	default:
		return nil, refuse(MetadataKey, "a key of type %s", cert.PublicKeyAlgorithm)
	}
	return cert, nil
}

// names reads text elements by language, "" where none is given.
func names(n node, space, local string) map[string]string {
	found := map[string]string{}
	for _, el := range n.all(space, local) {
		found[language(el)] = strings.TrimSpace(el.text())
	}
	return found
}

func language(n node) string {
	for _, a := range n.el.Attr {
		if a.Space == "xml" && a.Key == "lang" {
			return a.Value
		}
	}
	return ""
}

// durationShape is xs:duration without fractions but of seconds.
var durationShape = regexp.MustCompile(`^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?$`)

// cacheDuration reads an xs:duration; zero when it is none. Months and years
// count as 30 and 365 days: it only says how soon to look again.
func cacheDuration(value string) time.Duration {
	parts := durationShape.FindStringSubmatch(strings.TrimSpace(value))
	if parts == nil {
		return 0
	}
	const day = 24 * time.Hour
	var total time.Duration
	for i, unit := range []time.Duration{365 * day, 30 * day, day, time.Hour, time.Minute, time.Second} {
		if n, err := strconv.Atoi(parts[i+1]); err == nil {
			total += time.Duration(n) * unit
		}
	}
	return min(total, 10*365*day)
}
