package ui

import (
	"github.com/a-h/templ"

	"oneid/views/form"
	"oneid/views/i18n"
)

// NewPassword is the pair of fields for a new password, with the rules and how
// far they are met. The page names "password" among its Scripts, and its handler
// answers FieldCheck, the button of browsers without script.
type NewPassword struct {
	LoginID string // for password managers
	// Label and Confirm are the words of the two fields.
	Label, Confirm i18n.Msg
	// Check is where what is typed is judged: PasswordCheckPath and a place.
	Check  string
	Status PasswordStatus
	Errors *form.Errors
}

// PasswordCheckPath is where a password goes while it is typed, and nothing
// else. What follows says who is choosing one.
const PasswordCheckPath = "/password/check/"

// FieldCheck asks for the page again, with the rules judged.
const FieldCheck = "check"

// PasswordStatus is how a password stands, rule by rule. The zero status is that
// of an empty field.
type PasswordStatus struct {
	Rules []PasswordRule
	Said  i18n.Msg // the whole in a sentence; zero while nothing is typed
	// Checked says that this is about what was typed before the page was made
	// anew, and Matched whether both were the same.
	Checked, Matched bool
}

// PasswordRule is one of the four rules: "length", "lower", "upper", "digit".
type PasswordRule struct {
	Kind string
	Met  bool
}

// PasswordRules is the part of the screen that follows what is typed.
func PasswordRules(s PasswordStatus) templ.Component { return passwordRules(s) }

func (s PasswordStatus) rules() []PasswordRule {
	if len(s.Rules) == 0 {
		return []PasswordRule{{Kind: "length"}, {Kind: "lower"}, {Kind: "upper"}, {Kind: "digit"}}
	}
	return s.Rules
}

func (r PasswordRule) words() i18n.Msg {
	switch r.Kind {
	case "lower":
		return i18n.M("register.password.rule_lower")
	case "upper":
		return i18n.M("register.password.rule_upper")
	case "digit":
		return i18n.M("register.password.rule_digit")
	}
	return i18n.M("register.password.rule_length")
}
