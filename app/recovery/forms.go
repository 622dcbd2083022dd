package recovery

import (
	"strings"
	"time"

	"oneid/app/internal/check"
	"oneid/app/internal/passkey"
	"oneid/app/internal/password"
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// maxTyped bounds what is looked at; nothing longer can be right.
const maxTyped = 512

// birthForm is a date of birth in a form.
type birthForm struct {
	Day   string `form:"birth_day"`
	Month string `form:"birth_month"`
	Year  string `form:"birth_year"`

	date time.Time
}

// judge checks the date; tomorrow anywhere is still in the future.
func (f *birthForm) judge(errs *form.Errors, now time.Time) {
	f.date = check.BirthDate(errs, "birth", f.Day, f.Month, f.Year, i18n.Local(now))
}

func (f *birthForm) parts() ui.DateParts {
	return ui.DateParts{Day: f.Day, Month: f.Month, Year: f.Year}
}

// canonical is the date as accounts keep it.
func (f *birthForm) canonical() string { return f.date.Format(time.DateOnly) }

type loginIDForm struct {
	First string `form:"first"`
	Last  string `form:"last"`
	birthForm
}

// Check wants both names.
func (f *loginIDForm) Check(errs *form.Errors) {
	if strings.TrimSpace(f.First) == "" || len(f.First) > maxTyped {
		errs.Add("first", i18n.M("recovery.loginid.first_missing"))
	}
	if strings.TrimSpace(f.Last) == "" || len(f.Last) > maxTyped {
		errs.Add("last", i18n.M("recovery.loginid.last_missing"))
	}
}

type passwordForm struct {
	LoginID string `form:"loginid"`
	birthForm
}

// Check wants a login ID.
func (f *passwordForm) Check(errs *form.Errors) {
	if strings.TrimSpace(f.LoginID) == "" || len(f.LoginID) > maxTyped {
		errs.Add("loginid", i18n.M("signin.error.login_missing"))
	}
}

// proofForm is any form on the way: which recovery it belongs to, and which
// button sent it.
type proofForm struct {
	Recovery string `form:"recovery"`
	Do       string `form:"do"`
	Proof    string `form:"proof"`
	Code     string `form:"code"`
}

// Check finds nothing wrong: what is missing depends on the button.
func (*proofForm) Check(*form.Errors) {}

type answersForm struct {
	Recovery string `form:"recovery"`
	First    string `form:"answer_1"`
	Second   string `form:"answer_2"`
}

// Check wants both answers.
func (f *answersForm) Check(errs *form.Errors) {
	if strings.TrimSpace(f.First) == "" || len(f.First) > maxTyped {
		errs.Add("answer_1", i18n.M("challenge.questions.missing"))
	}
	if strings.TrimSpace(f.Second) == "" || len(f.Second) > maxTyped {
		errs.Add("answer_2", i18n.M("challenge.questions.missing"))
	}
}

type newForm struct {
	Recovery string `form:"recovery"`
	password.Form
}

// Check leaves the password to package password.
func (*newForm) Check(*form.Errors) {}

type passkeyForm struct {
	Recovery string `form:"recovery"`
	passkey.Form
}

// Check leaves the answer to package passkey.
func (*passkeyForm) Check(*form.Errors) {}
