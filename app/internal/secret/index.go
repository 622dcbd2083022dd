package secret

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Index is the blind index of a canonical text: equal texts of one scope have
// equal indexes, and without the key nobody learns more. The scope says what is
// indexed ("email", "number/cpso"), so that indexes of different columns can't
// be compared.
func (r *KeyRing) Index(scope, canonical string) []byte {
	return r.currentMAC(KeyIndex, []byte(scope), []byte(canonical))
}

// CanonicalNumber is a registration number without what people put between its
// letters and digits, in capitals.
func CanonicalNumber(number string) string {
	return strings.Map(func(r rune) rune {
		if wordLetter(r) {
			return r
		}
		return -1
	}, strings.ToUpper(norm.NFKC.String(number)))
}

// CanonicalEmail is an address in lower case, without blanks around it.
func CanonicalEmail(email string) string {
	return norm.NFC.String(cases.Fold().String(strings.TrimSpace(email)))
}

// CanonicalPhone is the digits of a number that has been read before, in E.164.
// An extension is not part of it.
func CanonicalPhone(e164 string) string {
	number, _, _ := strings.Cut(e164, ";")
	return "+" + strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, number)
}

// CanonicalPerson is what two records of one person share: folded legal names
// and the birth date as YYYY-MM-DD.
func CanonicalPerson(first, last, birth string) string {
	return FoldName(first) + "\x00" + FoldName(last) + "\x00" + birth
}
