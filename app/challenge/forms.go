package challenge

import (
	"strings"
	"unicode"

	"oneid/views/form"
	"oneid/views/i18n"
)

// chooseForm chooses a phone and a method.
type chooseForm struct {
	To string `form:"to"`
}

func (f *chooseForm) Check(errs *form.Errors) {
	if f.To == "" {
		errs.Add("to", i18n.M("challenge.choose.missing"))
	}
}

// rememberForm is the part of each form that has the browser remembered.
type rememberForm struct {
	Remember string `form:"remember"`
	Device   string `form:"device"`
}

func (f *rememberForm) remember() (bool, string) { return f.Remember != "", f.Device }

// textForm takes the digits of a text.
type textForm struct {
	rememberForm
	ID   string `form:"c"`
	Code string `form:"code"`
}

const codeDigits = 6

func (f *textForm) Check(errs *form.Errors) {
	typed := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return r
	}, f.Code)
	switch {
	case typed == "":
		errs.Add("code", i18n.M("challenge.text.missing"))
	case len(typed) != codeDigits || strings.Trim(typed, "0123456789") != "":
		errs.Add("code", i18n.M("challenge.text.format"))
	}
	f.Code = typed
}

// callForm says that the key was pressed.
type callForm struct {
	rememberForm
	ID string `form:"c"`
}

func (*callForm) Check(*form.Errors) {}

// answersForm answers two questions.
type answersForm struct {
	Pair   string `form:"pair"`
	First  string `form:"answer_1"`
	Second string `form:"answer_2"`
}

// maxAnswer bounds what is hashed; nothing longer can be right.
const maxAnswer = 400

func (f *answersForm) Check(errs *form.Errors) {
	missing := func(field, answer string) {
		if strings.TrimSpace(answer) == "" {
			errs.Add(field, i18n.M("challenge.questions.missing"))
		}
	}
	missing("answer_1", f.First)
	missing("answer_2", f.Second)
	if len(f.First) > maxAnswer || len(f.Second) > maxAnswer {
		errs.Add("answer_1", i18n.M("challenge.questions.wrong"))
	}
}

// recoveryForm takes a recovery code.
type recoveryForm struct {
	rememberForm
	Code string `form:"code"`
}

func (f *recoveryForm) Check(errs *form.Errors) {
	if strings.TrimSpace(f.Code) == "" {
		errs.Add("code", i18n.M("challenge.recovery.missing"))
	}
}
