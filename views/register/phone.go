package register

import (
	"time"

	"github.com/a-h/templ"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// CallPath tells how a test call stands.
const CallPath = "/register/phone/call"

// FieldPhones says how many numbers the form has.
const FieldPhones = "phones"

// PhoneModel is the step that adds challenge phones.
type PhoneModel struct {
	Here     Here
	Rows     []PhoneRow
	NoDirect bool
	CanAdd   bool
	Removed  bool // a number was just taken away
	Errors   *form.Errors
}

// PhoneRow is one number.
type PhoneRow struct {
	Number                   int
	Use, Field, Method, Code string // names of the fields
	Contact                  string // the contact number that may be used; E.164, empty for none
	UseContact               bool
	Typed                    string
	By                       string // "text" or "call"
	Removable                bool
	To                       string // the number as it is understood; E.164
	Confirmed                bool
	Test                     *PhoneTest
}

// PhoneTest is a test code or call on its way.
type PhoneTest struct {
	ID      string
	Call    bool
	Digit   *int
	Until   time.Time
	State   TestState
	Pressed bool // the person says they pressed the digit
}

// TestState says how far a test is.
type TestState int

// The states of a test.
const (
	TestSent TestState = iota
	TestPassed
	TestFailed
	TestUndelivered
	TestExpired
)

// Phone is the screen of the step.
func Phone(m PhoneModel) ui.Page {
	return ui.Page{Title: i18n.M("register.phone.title"), Body: phone(m), Errors: m.Errors}
}

func (r PhoneRow) legend() i18n.Msg { return i18n.M("register.phone.group", "Number", r.Number) }

func (r PhoneRow) uses() []ui.Option {
	return []ui.Option{
		{Value: "contact", Label: i18n.M("register.phone.use_contact", "Phone", i18n.AsPhone(r.Contact))},
		{Value: "other", Label: i18n.M("register.phone.use_other")},
	}
}

func (r PhoneRow) used() string {
	if r.UseContact {
		return "contact"
	}
	return "other"
}

func (r PhoneRow) methods() []ui.Option {
	return []ui.Option{
		{Value: "text", Label: i18n.M("register.phone.text")},
		{Value: "call", Label: i18n.M("register.phone.call")},
	}
}

func (r PhoneRow) test() ui.Action {
	a := ui.Action{Label: i18n.M("register.phone.test"), Name: "test", Value: number(r.Number), Icon: "message"}
	if r.By == "call" {
		a.Label, a.Icon = i18n.M("register.phone.test_call"), "phone"
	}
	return a
}

func (r PhoneRow) remove() ui.Action {
	return ui.Action{Label: i18n.M("ui.action.remove_item", "Item", r.legend()), Name: "remove", Value: number(r.Number), Icon: "cross"}
}

// id names the place where the test of a number stands.
func (r PhoneRow) id() string { return "phone_" + number(r.Number) + "_test" }

// sent tells whether a text is waited for.
func (r PhoneRow) sent() bool { return r.Test != nil && !r.Test.Call && r.Test.State == TestSent }

// calling tells whether a call is on its way.
func (r PhoneRow) calling() bool { return r.Test != nil && r.Test.Call && r.Test.State == TestSent }

// trouble is what to say about a test that came to nothing.
func (t *PhoneTest) trouble() i18n.Msg {
	switch {
	case t == nil:
	case t.State == TestFailed && t.Call:
		return i18n.M("challenge.call.wrong_digit")
	case t.State == TestFailed:
		return i18n.M("challenge.text.used_up")
	case t.State == TestUndelivered && t.Call:
		return i18n.M("challenge.call.no_answer")
	case t.State == TestUndelivered:
		return i18n.M("register.phone.test_failed")
	case t.State == TestExpired && t.Call:
		return i18n.M("challenge.call.expired")
	}
	return i18n.Msg{}
}

// waiting is what to say while a call is on its way.
func (t *PhoneTest) waiting() i18n.Msg {
	if t.Pressed {
		return i18n.M("challenge.call.not_yet", "Digit", t.digit())
	}
	return i18n.M("challenge.call.status_calling")
}

func (t *PhoneTest) digit() string {
	if t.Digit == nil {
		return ""
	}
	return number(*t.Digit)
}

// poll asks every few seconds whether the digit was pressed. While it was not,
// the answer is empty and nothing moves.
func (r PhoneRow) poll() templ.Attributes {
	return templ.Attributes{
		"data-hx-get":     CallPath + "?row=" + number(r.Number) + "&code=" + r.Test.ID,
		"data-hx-trigger": "every 2s",
		"data-hx-swap":    "outerHTML",
	}
}
