package check

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"oneid/views/form"
	"oneid/views/i18n"
)

// Limits of a password, in code points, and of what is hashed, in bytes.
const (
	MinPassword      = 8
	MaxPassword      = 128
	maxPasswordBytes = 512
)

// RuleKind is one of the four rules that are ticked while a person types.
type RuleKind string

// The four rules, in the order in which they are shown.
const (
	RuleLength RuleKind = "length"
	RuleLower  RuleKind = "lower"
	RuleUpper  RuleKind = "upper"
	RuleDigit  RuleKind = "digit"
)

// Rule says whether a password meets one rule.
type Rule struct {
	Kind RuleKind
	Met  bool
}

// Rules judges a password by the four rules alone.
func Rules(password string) []Rule {
	return []Rule{
		{RuleLength, utf8.RuneCountInString(password) >= MinPassword},
		{RuleLower, strings.ContainsFunc(password, unicode.IsLower)},
		{RuleUpper, strings.ContainsFunc(password, unicode.IsUpper)},
		{RuleDigit, strings.ContainsFunc(password, unicode.IsDigit)},
	}
}

// Password notes the first reason why this may not be the person's password.
// The password itself is taken as it is: every byte counts, blanks included.
func Password(errs *form.Errors, field, password string, own Own, common *Common) {
	if m := passwordFault(password, own, common); !m.Zero() {
		errs.Add(field, m)
	}
}

func passwordFault(password string, own Own, common *Common) i18n.Msg {
	if password == "" {
		return i18n.M("check.password.missing")
	}
	if utf8.RuneCountInString(password) > MaxPassword || len(password) > maxPasswordBytes {
		return i18n.M("check.password.long")
	}
	for _, rule := range Rules(password) {
		if !rule.Met {
			return rule.Fault()
		}
	}
	// Own words hide behind accents, signs and digits that stand for letters.
	read := spellings(plainLower(password))
	switch {
	case own.namedIn(read):
		return i18n.M("check.password.name")
	case own.loginIn(read):
		return i18n.M("check.password.login_id")
	case own.contactIn(read):
		return i18n.M("check.password.contact")
	case own.birthIn(read):
		return i18n.M("check.password.birth")
	case own.numberIn(read):
		return i18n.M("check.password.licence")
	case anyContains(read, serviceWords):
		return i18n.M("check.password.service_words")
	case common.Has(password):
		return i18n.M("check.password.common")
	case mostlyPattern(password):
		return i18n.M("check.password.pattern")
	}
	return i18n.Msg{}
}

// Fault is what a password that breaks the rule is told.
func (r Rule) Fault() i18n.Msg {
	switch r.Kind {
	case RuleLower:
		return i18n.M("check.password.lower")
	case RuleUpper:
		return i18n.M("check.password.upper")
	case RuleDigit:
		return i18n.M("check.password.digit")
	}
	return i18n.M("check.password.short")
}

// Confirm notes when the second typing differs from the first.
func Confirm(errs *form.Errors, field, password, again string) {
	switch {
	case again == "":
		errs.Add(field, i18n.M("check.password.confirm_missing"))
	case again != password:
		errs.Add(field, i18n.M("check.password.mismatch"))
	}
}

// serviceWords are what an attacker knows about this product.
var serviceWords = []string{"oneid", "ehealth", "ontario", "cybersante", "cpso"}

// shortestRun is how long a run must be to count as one: "abc" is part of many
// good words, "abcd" is not.
const shortestRun = 4

// keyboard holds the rows that fingers run along, English and French.
var keyboard = []string{"qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "1234567890"}

// mostlyPattern reports whether runs of equal, consecutive or neighbouring keys
// make up more than half of the password, or a short block is repeated.
func mostlyPattern(password string) bool {
	letters := []rune(strings.ToLower(password))
	covered := 0
	for i := 0; i < len(letters); {
		run := runFrom(letters[i:])
		if run >= shortestRun {
			covered += run
			i += run
			continue
		}
		i++
	}
	return covered*2 > len(letters) || repeatsBlock(letters)
}

// runFrom is the length of the longest run at the beginning.
func runFrom(letters []rune) int {
	longest := 0
	for _, follows := range []func(a, b rune) bool{
		func(a, b rune) bool { return a == b },
		func(a, b rune) bool { return b == a+1 },
		func(a, b rune) bool { return b == a-1 },
		func(a, b rune) bool { return neighbours(a, b) },
		func(a, b rune) bool { return neighbours(b, a) },
	} {
		run := 1
		for run < len(letters) && follows(letters[run-1], letters[run]) {
			run++
		}
		longest = max(longest, run)
	}
	return longest
}

func neighbours(a, b rune) bool {
	for _, row := range keyboard {
		if strings.Contains(row, string(a)+string(b)) {
			return true
		}
	}
	return false
}

// repeatsBlock reports whether the whole is one block at least three times.
func repeatsBlock(letters []rune) bool {
	const times = 3
	for size := 1; size*times <= len(letters); size++ {
		if len(letters)%size != 0 {
			continue
		}
		if block := string(letters[:size]); strings.Repeat(block, len(letters)/size) == string(letters) {
			return true
		}
	}
	return false
}
