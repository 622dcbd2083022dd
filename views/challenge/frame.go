package challenge

import (
	"time"

	"github.com/a-h/templ"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// The addresses of these screens.
const (
	Path          = "/challenge"
	TextPath      = "/challenge/text"
	CallPath      = "/challenge/call"
	AgainPath     = "/challenge/again"
	StatePath     = "/challenge/state"
	QuestionsPath = "/challenge/questions"
	RecoveryPath  = "/challenge/recovery"
	PasskeyPath   = "/challenge/passkey"
	StopPath      = "/challenge/stop"
)

// formID is the id of the form on each screen.
const formID = "challenge"

// Way is one of the ways to give a proof.
type Way string

// The ways.
const (
	ByText      Way = "text"
	ByCall      Way = "call"
	ByQuestions Way = "questions"
	ByRecovery  Way = "recovery"
	ByPasskey   Way = "passkey"
)

// Frame is what every screen says around its own form.
type Frame struct {
	// Why is the reason: new_browser, new_network, expired_device, theft,
	// recovered, service, sensitive.
	Why     string
	Service map[i18n.Lang]string // who asks, when Why is service
	// The ways that are open.
	Phones                       []Phone
	Passkey, Recovery, Questions bool
	// TooWeak: there are questions, and they are not enough.
	TooWeak bool
	// Offer to remember the browser; Full: it can't be, there are ten.
	Offer, Full bool
	// Shared: it is not, at a shared workstation.
	Shared   bool
	Remember Remember
	Flash    ui.Flash
}

// Phone is a challenge phone: no more of its number than two digits.
type Phone struct {
	Last string
	// Text and Call are the choices it offers, as the form posts them; Text is
	// empty for a number that gets no texts.
	Text, Call string
}

// Remember is the tick that has the browser remembered.
type Remember struct {
	Ticked bool
	Name   string
}

func (f Frame) why() i18n.Msg {
	switch f.Why {
	case "new_network":
		return i18n.M("challenge.why.new_network")
	case "expired_device":
		return i18n.M("challenge.why.expired_device")
	case "theft":
		return i18n.M("challenge.why.theft")
	case "recovered":
		return i18n.M("challenge.why.recovered")
	case "service":
		return i18n.M("challenge.why.service", "Service", f.Service)
	case "console":
		return i18n.M("challenge.why.console")
	case "sensitive":
		return i18n.M("challenge.why.sensitive")
	}
	return i18n.M("challenge.why.new_browser")
}

func (f Frame) none() bool { return len(f.Phones) == 0 && !f.Passkey && !f.Recovery && !f.Questions }

// others are the other ways that are links. here is the way of the screen.
func (f Frame) others(here Way) []ui.LinkItem {
	var links []ui.LinkItem
	switch {
	case here == "" || len(f.Phones) == 0:
	case here != ByText && here != ByCall:
		links = append(links, ui.LinkItem{Label: i18n.M("challenge.choose.phone_option"), Href: Path, Icon: "phone"})
	case len(f.Phones) > 1:
		links = append(links, ui.LinkItem{Label: i18n.M("challenge.text.other_number"), Href: Path, Icon: "phone"})
	}
	if f.Passkey && here != ByPasskey {
		links = append(links, ui.LinkItem{Label: i18n.M("challenge.choose.passkey_option"), Href: PasskeyPath, Icon: "key"})
	}
	if f.Recovery && here != ByRecovery {
		links = append(links, ui.LinkItem{Label: i18n.M("challenge.choose.recovery_option"), Href: RecoveryPath, Icon: "file"})
	}
	if f.Questions && here != ByQuestions {
		label := i18n.M("challenge.choose.questions_option")
		if here == "" && len(f.Phones) > 0 {
			label = i18n.M("challenge.choose.no_phone")
		}
		links = append(links, ui.LinkItem{Label: label, Href: QuestionsPath, Icon: "help"})
	}
	return links
}

func (f Frame) options() []ui.Option {
	var list []ui.Option
	for _, p := range f.Phones {
		if p.Text != "" {
			list = append(list, ui.Option{Value: p.Text, Label: i18n.M("challenge.choose.text_option", "Last", p.Last)})
		}
		list = append(list, ui.Option{Value: p.Call, Label: i18n.M("challenge.choose.call_option", "Last", p.Last)})
	}
	return list
}

// page puts a screen's own part into the frame.
func (f Frame) page(title i18n.Msg, here Way, own templ.Component, errs *form.Errors) ui.Page {
	p := ui.Page{
		Title: title, Body: framed(f, here, title, own), Rail: rail(), Errors: errs, FormID: formID, Flash: f.Flash, NoIndex: true,
	}
	if here != "" && !f.onlyQuestions() {
		p.Back = Path
	}
	return p
}

func (f Frame) onlyQuestions() bool {
	return f.Questions && len(f.Phones) == 0 && !f.Passkey && !f.Recovery
}

// Page puts a way's own part, its form with the id that FormID names, into the
// frame that all ways share.
func Page(f Frame, title i18n.Msg, here Way, own templ.Component, errs *form.Errors) ui.Page {
	return f.page(title, here, own, errs)
}

// Choose is the screen that lists the ways.
type Choose struct {
	Frame  Frame
	Chosen string
	Errors *form.Errors
}

// ChoosePage is the screen that asks which way.
func ChoosePage(m Choose) ui.Page {
	if _, found := m.only(); found && m.Errors.Any() {
		// There is no field whose fault it could be.
		fault := m.Errors.All()[0].Msg
		m.Errors = new(form.Errors)
		m.Errors.Add("", fault)
	}
	p := m.Frame.page(i18n.M("challenge.choose.title"), "", choose(m), m.Errors)
	if len(m.Frame.Phones) == 0 {
		p.FormID = ""
	}
	return p
}

// only is the one option, where there is nothing to choose: it is a button, and
// nothing is sent before it is pressed.
func (m Choose) only() (ui.Option, bool) {
	options := m.Frame.options()
	if len(options) != 1 {
		return ui.Option{}, false
	}
	return options[0], true
}

func (m Choose) chosen() string {
	if options := m.Frame.options(); m.Chosen == "" && len(options) > 0 {
		return options[0].Value
	}
	return m.Chosen
}

// Text is the screen for a code by text.
type Text struct {
	Frame   Frame
	ID      string // of the code
	Last    string // digits of the number; empty when it is gone
	Until   time.Time
	Trouble Trouble
	Errors  *form.Errors
}

// Trouble is what keeps a code from passing, or may.
type Trouble string

// The troubles.
const (
	Smooth      Trouble = ""
	Slow        Trouble = "slow"
	Undelivered Trouble = "undelivered"
	Busy        Trouble = "busy"
	NoAnswer    Trouble = "no_answer"
	NotMade     Trouble = "not_made" // the call
	WrongDigit  Trouble = "wrong_digit"
	Over        Trouble = "over" // expired or used up
)

// TextPage is the screen that asks for the code.
func TextPage(m Text) ui.Page {
	p := m.Frame.page(i18n.M("challenge.text.title"), ByText, text(m), m.Errors)
	p.Scripts = []string{"htmx"}
	return p
}

func (m Text) trouble() i18n.Msg {
	switch m.Trouble {
	case Slow:
		return i18n.M("challenge.text.slow")
	case Undelivered:
		return i18n.M("challenge.text.undelivered")
	}
	return i18n.Msg{}
}

// ask asks once, when the text ought to be there, how it stands.
func (m Text) ask() templ.Attributes {
	return templ.Attributes{
		"data-hx-get": StatePath + "?c=" + m.ID, "data-hx-trigger": "load delay:16s", "data-hx-swap": "innerHTML",
	}
}

// Call is the screen for a call.
type Call struct {
	Frame   Frame
	ID      string
	Last    string
	Digit   *int // nil for none
	Trouble Trouble
	NotYet  bool // the button was pressed before the key was
	Errors  *form.Errors
}

// CallPage is the screen that shows the digit to press.
func CallPage(m Call) ui.Page {
	p := m.Frame.page(i18n.M("challenge.call.title"), ByCall, callOwn(m), m.Errors)
	p.Scripts = []string{"htmx"}
	return p
}

func (m Call) digit() string {
	if m.Digit == nil {
		return ""
	}
	return string(rune('0' + *m.Digit))
}

func (m Call) waiting() bool { return m.Trouble == Smooth || m.Trouble == Slow }

func (m Call) trouble() i18n.Msg {
	switch m.Trouble {
	case WrongDigit:
		return i18n.M("challenge.call.wrong_digit")
	case Busy:
		return i18n.M("challenge.call.busy")
	case NoAnswer:
		return i18n.M("challenge.call.no_answer")
	case NotMade, Undelivered:
		return i18n.M("challenge.call.failed")
	case Over:
		return i18n.M("challenge.call.expired")
	}
	return i18n.Msg{}
}

// poll asks every few seconds whether the key was pressed. While it was not, the
// answer is empty and nothing moves.
func (m Call) poll() templ.Attributes {
	return templ.Attributes{"data-hx-get": StatePath + "?c=" + m.ID, "data-hx-trigger": "every 2s", "data-hx-swap": "outerHTML"}
}

// carryOn sends the form as the button would.
func carryOn() templ.Attributes {
	return templ.Attributes{"data-hx-post": CallPath, "data-hx-include": "#" + formID, "data-hx-trigger": "load", "data-hx-swap": "none"}
}

// CallEnded takes the place of the waiting line when a call has come to its end.
func CallEnded(m Call) templ.Component { return callEnded(m) }

// CallPassed takes its place when the right key was pressed, and goes on.
func CallPassed() templ.Component { return callPassed() }

// TextTrouble is said where a text ought to have arrived.
func TextTrouble(m Text) templ.Component { return textTrouble(m) }

// Questions is the screen for two challenge questions.
type Questions struct {
	Frame Frame
	Asked [2]i18n.Msg
	// Pair names the two, so that answers are never judged against others.
	Pair   string
	Left   int       // tries
	Until  time.Time // no answers are taken before; zero: now
	Off    bool
	Errors *form.Errors
}

// QuestionsPage is the screen that asks two questions.
func QuestionsPage(m Questions) ui.Page {
	p := m.Frame.page(i18n.M("challenge.questions.title"), ByQuestions, questions(m), m.Errors)
	if !m.open() {
		p.FormID = ""
	}
	return p
}

func (m Questions) open() bool { return !m.Off && m.Until.IsZero() }

// Recovery is the screen for a recovery code.
type Recovery struct {
	Frame  Frame
	Errors *form.Errors
}

// RecoveryPage is the screen that asks for a recovery code.
func RecoveryPage(m Recovery) ui.Page {
	return m.Frame.page(i18n.M("challenge.recovery.title"), ByRecovery, recovery(m), m.Errors)
}

// ExpiredPage is the screen of a check that was left for too long.
func ExpiredPage() ui.Page {
	return ui.Page{Title: i18n.M("challenge.state.expired_title"), Body: expired(), NoIndex: true}
}

// DonePage is the screen of a check that another tab has finished. onward is
// where the person was going.
func DonePage(onward string) ui.Page {
	return ui.Page{Title: i18n.M("challenge.choose.title"), Body: done(onward), NoIndex: true}
}

// StoppedPage is the screen after the person gave up.
func StoppedPage() ui.Page {
	return ui.Page{Title: i18n.M("challenge.choose.title"), Body: stopped(), NoIndex: true}
}

// FrozenPage is the screen after the fraud key was pressed in a call.
func FrozenPage() ui.Page {
	return ui.Page{Title: i18n.M("signin.blocked.frozen_title"), Body: frozen(), NoIndex: true}
}
