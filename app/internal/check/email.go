package check

import (
	"strings"

	"golang.org/x/net/idna"

	"oneid/views/form"
	"oneid/views/i18n"
)

// Lengths that mail itself allows (RFC 5321).
const (
	maxEmail      = 254
	maxEmailLocal = 64
)

// Email judges an address that we will write to and returns it without blanks
// around it. Whether it exists only a message can tell.
func Email(errs *form.Errors, field, typed string) string {
	address := strings.TrimSpace(typed)
	switch {
	case address == "":
		errs.Add(field, i18n.M("check.email.missing"))
	case len(address) > maxEmail:
		errs.Add(field, i18n.M("check.email.too_long"))
	case !reachable(address):
		errs.Add(field, i18n.M("check.email.invalid"))
	}
	return address
}

// reachable accepts the addresses that people have. Quoted local parts, comments
// and addresses by number are legal in mail and only ever typed to do harm.
func reachable(address string) bool {
	local, domain, found := strings.Cut(address, "@")
	if !found || local == "" || len(local) > maxEmailLocal || !dotAtoms(local) {
		return false
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || len(ascii) > maxEmail {
		return false
	}
	labels := strings.Split(ascii, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(last) >= 2 && strings.Trim(last, "0123456789") != ""
}

// dotAtoms accepts letters, digits and the signs of RFC 5322, with single
// periods between them.
func dotAtoms(local string) bool {
	const signs = "!#$%&'*+-/=?^_`{|}~"
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" {
			return false
		}
		for _, r := range atom {
			letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
			if !letter && !strings.ContainsRune(signs, r) {
				return false
			}
		}
	}
	return true
}
