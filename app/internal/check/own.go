package check

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"oneid/app/internal/secret"
)

// Own is what is known about a person and must not be found in their password
// or answers. Empty fields are not looked for.
type Own struct {
	Names   []string // legal and preferred, first, middle and last
	LoginID string
	Email   string
	Phones  []string // any form
	Numbers []string // registration numbers
	Birth   time.Time
}

// Shorter words are part of too many others to be looked for inside a text;
// they count where they stand alone.
const (
	shortestPart  = 4
	shortestAlone = 2
	phoneTail     = 7 // the number without its area code
)

// bare leaves the small letters and digits of a text.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, plainLower(s))
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// words splits a text into its runs of letters.
func words(s string) []string { return strings.FieldsFunc(plainLower(s), notLetter) }

// anyContains reports whether a part is found inside one of the texts, whatever
// stands between its letters.
func anyContains(texts, parts []string) bool {
	for _, text := range texts {
		text = bare(text)
		for _, part := range parts {
			if part != "" && strings.Contains(text, part) {
				return true
			}
		}
	}
	return false
}

// nameParts are the words of all names, and each name as one word.
func (o Own) nameParts() []string {
	var parts []string
	for _, name := range o.Names {
		parts = append(parts, strings.ToLower(secret.FoldName(name)))
		for _, word := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) }) {
			parts = append(parts, strings.ToLower(secret.FoldName(word)))
		}
	}
	return parts
}

// namedIn reports whether a name of the person is in one of the readings of a
// text.
func (o Own) namedIn(readings []string) bool {
	for _, part := range o.nameParts() {
		length := utf8.RuneCountInString(part)
		if length >= shortestPart && anyContains(readings, []string{part}) {
			return true
		}
		if length < shortestAlone {
			continue
		}
		for _, reading := range readings {
			for _, word := range words(reading) {
				if word == part {
					return true
				}
			}
		}
	}
	return false
}

func (o Own) loginIn(readings []string) bool {
	local, _, _ := strings.Cut(o.LoginID, "@")
	return anyContains(readings, longEnough(bare(local)))
}

func (o Own) contactIn(readings []string) bool {
	local, _, _ := strings.Cut(o.Email, "@")
	parts := longEnough(bare(local))
	for _, phone := range o.Phones {
		if number := digits(secret.CanonicalPhone(phone)); len(number) >= phoneTail {
			parts = append(parts, number[len(number)-phoneTail:])
		}
	}
	return anyContains(readings, parts)
}

func (o Own) numberIn(readings []string) bool {
	var parts []string
	for _, number := range o.Numbers {
		parts = append(parts, longEnough(bare(number))...)
	}
	return anyContains(readings, parts)
}

func longEnough(part string) []string {
	if utf8.RuneCountInString(part) < shortestPart {
		return nil
	}
	return []string{part}
}

// birthIn reports whether the birth date is in one of the readings, in the ways
// people write dates.
func (o Own) birthIn(readings []string) bool {
	if o.Birth.IsZero() {
		return false
	}
	return anyContains(readings, birthForms(o.Birth))
}

var months = [12][2]string{
	{"january", "janvier"}, {"february", "fevrier"}, {"march", "mars"}, {"april", "avril"}, {"may", "mai"}, {"june", "juin"},
	{"july", "juillet"}, {"august", "aout"}, {"september", "septembre"}, {"october", "octobre"}, {"november", "novembre"}, {"december", "decembre"},
}

func birthForms(birth time.Time) []string {
	var forms []string
	for _, layout := range []string{
		"20060102", "02012006", "01022006", // with the century
		"060102", "020106", "010206", // without it
		"2006102", "2006012", "200612", "212006", "122006", // without zeros
	} {
		if form := birth.Format(layout); len(form) >= len("060102") {
			forms = append(forms, form)
		}
	}
	day := strconv.Itoa(birth.Day())
	for _, month := range months[birth.Month()-1] {
		forms = append(forms, month+day, day+month, month+birth.Format("02"))
	}
	return forms
}
