package people

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// LoginID brings what a person typed to the form login IDs are kept in: upper
// case, without the domain, spaces or accents of the keyboard's form.
func LoginID(typed, domain string) string {
	id := strings.ToUpper(cases.Fold().String(norm.NFKC.String(typed)))
	id = strings.Join(strings.Fields(id), "")
	return strings.TrimSuffix(id, "@"+strings.ToUpper(domain))
}
