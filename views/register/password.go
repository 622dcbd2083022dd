package register

import (
	"github.com/a-h/templ"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// PasswordModel is the step that sets the password.
type PasswordModel struct {
	Here    Here
	LoginID string // for password managers
	Status  PasswordStatus
	// Checked says that Status is about what was typed before the page was
	// made anew, and whether both were the same.
	Checked, Matched bool
	Errors           *form.Errors
}

// PasswordStatus is how a password stands, rule by rule.
type PasswordStatus struct {
	Rules []PasswordRule
	Said  i18n.Msg // the whole in a sentence; zero while nothing is typed
	Good  bool
}

// PasswordRule is one of the four rules: "length", "lower", "upper", "digit".
type PasswordRule struct {
	Kind string
	Met  bool
}

// PasswordPath is where the password goes while it is typed, and nothing else.
const PasswordPath = "/register/password/check"

// Password is the screen of the step.
func Password(m PasswordModel) ui.Page {
	return ui.Page{Title: i18n.M("register.password.title"), Body: password(m), Errors: m.Errors}
}

// PasswordLive is the part of the screen that follows what is typed, and says
// the same to those who hear it.
func PasswordLive(s PasswordStatus) templ.Component { return passwordLive(s) }

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

// typingPassword judges once the typing has rested. It stands outside the form, so
// that htmx sends the one field and nothing else.
func typingPassword() templ.Attributes {
	return templ.Attributes{
		"data-hx-post":    PasswordPath,
		"data-hx-trigger": "input changed delay:700ms from:#password",
		"data-hx-include": "#password",
		"data-hx-target":  "#password-rules",
		"data-hx-swap":    "innerHTML",
	}
}
