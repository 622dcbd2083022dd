package i18n

import (
	"sync"

	"golang.org/x/text/language"
)

// Lang is a language of the interface.
type Lang string

// The two languages, equal in everything.
const (
	EN Lang = "en"
	FR Lang = "fr"
)

// Langs lists the languages in the order in which files and manifests are made.
func Langs() []Lang { return []Lang{EN, FR} }

// ParseLang accepts "en" and "fr", and nothing else.
func ParseLang(s string) (Lang, bool) {
	switch Lang(s) {
	case EN, FR:
		return Lang(s), true
	}
	return EN, false
}

// Tag is what belongs in the lang attribute of a page: en-CA or fr-CA.
func (l Lang) Tag() string {
	if l == FR {
		return "fr-CA"
	}
	return "en-CA"
}

// Other is the language that the switch in the header leads to.
func (l Lang) Other() Lang {
	if l == FR {
		return EN
	}
	return FR
}

// Negotiate picks the language for someone who has not chosen one, from the
// Accept-Language header of the request. Without a usable wish it is English.
func Negotiate(acceptLanguage string) Lang {
	// The index decides: the tag that comes back carries region extensions.
	_, i := language.MatchStrings(matcher(), acceptLanguage)
	return Langs()[i]
}

// matcher is made once: it is asked on every request.
var matcher = sync.OnceValue(func() language.Matcher {
	return language.NewMatcher([]language.Tag{language.English, language.French})
})
