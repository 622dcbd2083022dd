package exchange

import (
	"strings"
	"unicode"

	"oneid/app/internal/policy"
)

// Mask hides a text: the first letter of each word and all punctuation stay.
func Mask(text string) string {
	var b strings.Builder
	inside := false
	for _, r := range text {
		word := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		switch {
		case word && inside:
			b.WriteRune('•')
		default:
			b.WriteRune(r)
		}
		inside = word
	}
	return b.String()
}

// digits hides the digits of a text, so that its form stays to be judged.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '•'
		}
		return r
	}, text)
}

// opaque hides all but the beginning of an identifier.
func opaque(text string) string {
	name, domain, found := strings.Cut(text, "@")
	const shown = 4
	if len(name) > shown {
		name = name[:shown] + strings.Repeat("•", len([]rune(name[shown:])))
	}
	if found {
		return name + "@" + domain
	}
	return name
}

// Value hides a value of a fact as far as it is about a person. What is the same
// for many, such as a level, stays.
func Value(fact policy.Fact, value string) string {
	switch fact.Kind() {
	case policy.KindLevel, policy.KindLanguage:
		return value
	case policy.KindOpaque:
		return opaque(value)
	case policy.KindLicence:
		before, number, found := strings.Cut(value, "|")
		if !found {
			before, number, found = strings.Cut(value, ":")
			if !found {
				return value
			}
			return before + ":" + digits(number)
		}
		return before + "|" + digits(number)
	case policy.KindAuthority, policy.KindEntitlements:
		const shown = 24
		if len(value) > 3*shown {
			return value[:shown] + "… (" + strings.Repeat("•", 3) + ")"
		}
		return digits(value)
	}
	return Mask(value)
}
