package credentials

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// PhoneLine is a challenge phone; no page shows more of its number.
type PhoneLine struct {
	ID, Last  string
	Call      bool
	Confirmed bool
}

func (p PhoneLine) line() i18n.Msg {
	if p.Call {
		return i18n.M("credentials.phones.line_call", "Last", p.Last)
	}
	return i18n.M("credentials.phones.line_text", "Last", p.Last)
}

// PhonesModel is the list of challenge phones.
type PhonesModel struct {
	Phones []PhoneLine
	CanAdd bool
	Flash  ui.Flash
	// Again says that the person has just proven who they are, and is to
	// choose once more.
	Again  bool
	Errors *form.Errors
}

// The names of the buttons of the list; their value is the phone's id.
const (
	ButtonUp      = "up"
	ButtonDown    = "down"
	ButtonConfirm = "confirm"
)

// Phones is its page.
func Phones(m PhonesModel) ui.Page {
	return account(ui.Page{Title: i18n.M("credentials.phones.title"), Body: phones(m), Flash: m.Flash, Errors: m.Errors}, SecurityPath)
}

func (m PhonesModel) need(i int) ui.Need {
	p := m.Phones[i]
	icon := "message"
	if p.Call {
		icon = "phone"
	}
	return ui.Need{Icon: icon, Body: phoneItem(m, i)}
}

func (m PhonesModel) needs() []ui.Need {
	list := make([]ui.Need, len(m.Phones))
	for i := range m.Phones {
		list[i] = m.need(i)
	}
	return list
}

// PhoneAddModel is the form for a new number.
type PhoneAddModel struct {
	Number, Method string
	Full           bool
	Errors         *form.Errors
}

// PhoneAdd is its page.
func PhoneAdd(m PhoneAddModel) ui.Page {
	return account(ui.Page{Title: i18n.M("credentials.phones.add"), Body: phoneAdd(m), Errors: m.Errors, FormID: "phone"}, PhonesPath)
}

func methods() []ui.Option {
	return []ui.Option{
		{Value: "text", Label: i18n.M("register.phone.text")},
		{Value: "call", Label: i18n.M("register.phone.call")},
	}
}

// PhoneCodeModel is a code or a call on its way to a number.
type PhoneCodeModel struct {
	Code   string // its id
	Number string // E.164
	Last   string
	Call   bool
	Digit  *int
	Until  time.Time
	State  CodeState
	// Pressed: the person says they pressed the digit, and it is not here yet.
	Pressed bool
	Flash   ui.Flash
	Errors  *form.Errors
}

// CodeState says how far a code is.
type CodeState int

// The states of a code.
const (
	CodeSent CodeState = iota
	CodePassed
	CodeFailed
	CodeUndelivered
	CodeExpired
)

// PhoneCode is the page that waits for a code or a key.
func PhoneCode(m PhoneCodeModel) ui.Page {
	p := ui.Page{Title: i18n.M("credentials.phones.confirm_title", "Last", m.Last), Body: phoneCode(m), Errors: m.Errors, Flash: m.Flash}
	if m.Call {
		p.Scripts = []string{"htmx"}
	}
	if m.State == CodeSent {
		p.FormID = "code"
	}
	return account(p, PhonesPath)
}

// PhoneCallEnded takes the place of a call that has come to its end, while the
// rest of the page stays.
func PhoneCallEnded(m PhoneCodeModel) templ.Component { return callEnded(m) }

func (m PhoneCodeModel) trouble() i18n.Msg {
	switch {
	case m.State == CodeFailed && m.Call:
		return i18n.M("challenge.call.wrong_digit")
	case m.State == CodeFailed:
		return i18n.M("challenge.text.used_up")
	case m.State == CodeUndelivered && m.Call:
		return i18n.M("challenge.call.no_answer")
	case m.State == CodeUndelivered:
		return i18n.M("register.phone.test_failed")
	case m.State == CodeExpired && m.Call:
		return i18n.M("challenge.call.expired")
	case m.State == CodeExpired:
		return i18n.M("challenge.text.expired")
	}
	return i18n.Msg{}
}

func (m PhoneCodeModel) waiting() i18n.Msg {
	if m.Pressed {
		return i18n.M("challenge.call.not_yet", "Digit", m.digit())
	}
	return i18n.M("challenge.call.status_calling")
}

func (m PhoneCodeModel) digit() string {
	if m.Digit == nil {
		return ""
	}
	return strconv.Itoa(*m.Digit)
}

func (m PhoneCodeModel) again() ui.Action {
	a := ui.Action{Label: i18n.M("challenge.text.resend"), Name: "again", Value: "1", Icon: "refresh"}
	if m.Call {
		a.Label = i18n.M("challenge.call.again")
	}
	return a
}

// poll asks every few seconds whether the digit was pressed; while it was not,
// the answer is empty and nothing moves.
func (m PhoneCodeModel) poll() templ.Attributes {
	return templ.Attributes{
		"data-hx-get": callPath + m.Code, "data-hx-trigger": "every 2s", "data-hx-swap": "outerHTML",
	}
}

// finish sends the form that notes a pressed digit, by itself.
func (m PhoneCodeModel) finish() templ.Attributes {
	return templ.Attributes{"data-hx-post": confirmPath + m.Code, "data-hx-trigger": "load", "data-hx-target": "#main", "data-hx-push-url": "true"}
}

// PhoneRemoveModel is a phone that is about to be removed.
type PhoneRemoveModel struct {
	Phone PhoneLine
	Only  bool // it is the last one
}

// PhoneRemove asks again before a phone is removed.
func PhoneRemove(m PhoneRemoveModel) ui.Page {
	return account(ui.Page{Title: i18n.M("credentials.phones.remove_title", "Last", m.Phone.Last), Body: phoneRemove(m)}, PhonesPath)
}
