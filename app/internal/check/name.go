package check

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"oneid/views/form"
	"oneid/views/i18n"
)

// Lengths of names in characters. Services downstream cut what is longer.
const (
	MaxFirstName   = 30
	MaxLastName    = 45
	MaxMiddleNames = 60
)

// FirstName judges a preferred first name and returns it tidied.
func FirstName(errs *form.Errors, field, typed string) string {
	return name(errs, field, typed, i18n.M("register.personal.first_missing"), i18n.M("register.personal.first_long", "Max", MaxFirstName), MaxFirstName)
}

// LastName judges a preferred last name and returns it tidied.
func LastName(errs *form.Errors, field, typed string) string {
	return name(errs, field, typed, i18n.M("register.personal.last_missing"), i18n.M("register.personal.last_long", "Max", MaxLastName), MaxLastName)
}

// MiddleNames judges middle names, of which there may be none, and returns them
// tidied.
func MiddleNames(errs *form.Errors, field, typed string) string {
	return name(errs, field, typed, i18n.Msg{}, i18n.M("register.personal.middle_long", "Max", MaxMiddleNames), MaxMiddleNames)
}

func name(errs *form.Errors, field, typed string, missing, long i18n.Msg, limit int) string {
	tidy := TidyName(typed)
	switch {
	case tidy == "":
		errs.Add(field, missing)
	case utf8.RuneCountInString(tidy) > limit:
		errs.Add(field, long)
	default:
		if bad := notInNames(tidy); bad != "" {
			errs.Add(field, i18n.M("register.personal.name_letters", "Characters", bad))
		}
	}
	return tidy
}

// TidyName composes a name's accents, leaves out characters that nobody sees
// and makes every run of blanks one. It changes no letter.
func TidyName(typed string) string {
	seen := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFC.String(typed))
	return strings.Join(strings.Fields(seen), " ")
}

// deepestMarks is how many accents may stand over one letter.
const deepestMarks = 2

// notInNames lists what a name must not have, each once, for the person to
// read. A name without any letter is all wrong.
func notInNames(name string) string {
	var bad []string
	seen := map[rune]bool{}
	marks, letters := 0, 0
	note := func(r rune) {
		if seen[r] {
			return
		}
		seen[r] = true
		if unicode.IsGraphic(r) && !unicode.IsMark(r) {
			bad = append(bad, string(r))
			return
		}
		bad = append(bad, fmt.Sprintf("U+%04X", r))
	}
	for _, r := range name {
		switch {
		case unicode.IsMark(r):
			if marks++; marks > deepestMarks || letters == 0 {
				note(r)
			}
			continue
		case unicode.IsLetter(r):
			letters++
		case !strings.ContainsRune(" -‐‑'’‘ʼ.", r):
			note(r)
		}
		marks = 0
	}
	if letters == 0 && len(bad) == 0 {
		return name
	}
	return strings.Join(bad, " ")
}
