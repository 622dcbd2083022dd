package recovery

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// QuestionsModel asks two questions.
type QuestionsModel struct {
	Recovery string
	Action   string // where the answers go
	Back     string
	Lead     i18n.Msg
	Texts    [2]i18n.Msg
	Errors   *form.Errors
}

// Questions asks two questions.
func Questions(m QuestionsModel) ui.Page {
	return ui.Page{
		Title: i18n.M("recovery.loginid.questions_title"), Body: questions(m), Rail: help(), Back: m.Back,
		Errors: m.Errors, FormID: formID, NoIndex: true,
	}
}

// CodeModel asks for a code that was texted, or to press a digit in a call.
type CodeModel struct {
	Recovery string
	Action   string
	Back     string
	Call     bool
	Digit    int
	Until    time.Time // the code works until then
	// Poll is asked whether the digit was pressed; empty without.
	Poll   string
	Said   ui.Flash // what has just happened
	Errors *form.Errors
}

func (m CodeModel) digit() string { return strconv.Itoa(m.Digit) }

// poll asks now and then, where there is script.
func (m CodeModel) poll() templ.Attributes {
	return templ.Attributes{"data-hx-get": m.Poll, "data-hx-trigger": "every 3s", "data-hx-swap": "none"}
}

// Code asks for a code, or to answer a call. Both say the same whether or not
// there is a phone.
func Code(m CodeModel) ui.Page {
	p := ui.Page{
		Title: i18n.M("recovery.password.code_title"), Body: code(m), Rail: help(), Back: m.Back,
		Errors: m.Errors, FormID: formID, Flash: m.Said, NoIndex: true,
	}
	if m.Call {
		p.Title, p.Body, p.Scripts = i18n.M("challenge.call.title"), call(m), []string{"htmx"}
	}
	return p
}

// LinkSentModel waits for a mailed link to be confirmed.
type LinkSentModel struct {
	Recovery string
	Until    time.Time
	Errors   *form.Errors
}

// LinkSent says that a link is on its way, if it is.
func LinkSent(m LinkSentModel) ui.Page {
	return ui.Page{
		Title: i18n.M("recovery.loginid.sent_title"), Body: linkSent(m), Rail: help(), Back: ProofsPath,
		Errors: m.Errors, NoIndex: true,
	}
}

// PasskeyModel asks for a passkey.
type PasskeyModel struct {
	Recovery string
	Start    string // where the script begins
	Fault    i18n.Msg
}

// Passkey asks for a passkey.
func Passkey(m PasskeyModel) ui.Page {
	errs := new(form.Errors)
	if !m.Fault.Zero() {
		errs.Add("", m.Fault)
	}
	return ui.Page{
		Title: i18n.M("challenge.passkey.title"), Body: passkey(m), Rail: help(), Back: ProofsPath, Errors: errs,
		Scripts: []string{"passkey"}, NoIndex: true,
	}
}
