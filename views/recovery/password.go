package recovery

import (
	"time"

	"github.com/a-h/templ"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// Addresses of Forgot Password.
const (
	PasswordPath  = "/recovery/password"
	ProofsPath    = PasswordPath + "/proofs"
	QuestionsPath = PasswordPath + "/questions"
	CodePath      = PasswordPath + "/code"
	CodeStatePath = CodePath + "/state"
	LinkSentPath  = PasswordPath + "/link"
	PasskeyPath   = PasswordPath + "/passkey"
	NewPath       = PasswordPath + "/new"
	DeskPath      = PasswordPath + "/desk"
	DeskStatePath = DeskPath + "/state"
)

// PasswordModel is the form that begins Forgot Password.
type PasswordModel struct {
	LoginID string
	Birth   ui.DateParts
	Errors  *form.Errors
}

// Password asks for the login ID and the date of birth.
func Password(m PasswordModel) ui.Page {
	return ui.Page{
		Title: i18n.M("recovery.password.title"), Body: password(m), Rail: why(), Back: "/signin", Errors: m.Errors, FormID: formID,
	}
}

// Given is a proof that was given.
type Given struct {
	Kind string // "questions", "text", "call", "link"
	At   time.Time
}

func (g Given) name() i18n.Msg {
	switch g.Kind {
	case "questions":
		return i18n.M("recovery.password.given_questions")
	case "text":
		return i18n.M("recovery.password.given_text")
	case "call":
		return i18n.M("recovery.password.given_call")
	}
	return i18n.M("recovery.password.given_link")
}

// ProofsModel is the choice of the next proof.
type ProofsModel struct {
	Recovery string
	Given    []Given
	// QuestionsFrom is when questions can be answered again; zero for now.
	QuestionsFrom time.Time
	Chosen        string
	Errors        *form.Errors
}

// Proofs lets somebody choose how to prove who they are.
func Proofs(m ProofsModel) ui.Page {
	return ui.Page{
		Title: i18n.M("recovery.password.proofs_title"), Body: proofs(m), Rail: why(), Back: PasswordPath,
		Errors: m.Errors, FormID: formID, NoIndex: true,
	}
}

func (m ProofsModel) legend() i18n.Msg {
	if len(m.Given) > 0 {
		return i18n.M("recovery.password.choose_second")
	}
	return i18n.M("recovery.password.choose")
}

func (m ProofsModel) given(kinds ...string) bool {
	for _, g := range m.Given {
		for _, kind := range kinds {
			if g.Kind == kind {
				return true
			}
		}
	}
	return false
}

// options are the kinds that were not given yet.
func (m ProofsModel) options() []ui.Option {
	var all []ui.Option
	if !m.given("text", "call") {
		all = append(all,
			ui.Option{Value: "text", Label: i18n.M("recovery.password.proof_text")},
			ui.Option{Value: "call", Label: i18n.M("recovery.password.proof_call")})
	}
	if !m.given("link") {
		all = append(all, ui.Option{Value: "link", Label: i18n.M("recovery.password.proof_link")})
	}
	if !m.given("questions") {
		o := ui.Option{Value: "questions", Label: i18n.M("recovery.password.proof_questions")}
		if !m.QuestionsFrom.IsZero() {
			o.Hint, o.Disabled = i18n.M("recovery.password.proof_wait", "Time", i18n.AsClock(m.QuestionsFrom)), true
		}
		all = append(all, o)
	}
	return append(all, ui.Option{Value: "passkey", Label: i18n.M("recovery.password.proof_passkey")})
}

// NewModel is the form for the new password.
type NewModel struct {
	Recovery string
	LoginID  string
	Check    string // where it is judged while it is typed
	Status   ui.PasswordStatus
	Errors   *form.Errors
}

// New asks for the new password.
func New(m NewModel) ui.Page {
	return ui.Page{
		Title: i18n.M("recovery.password.new_title"), Body: newPassword(m), Rail: help(), Errors: m.Errors, FormID: formID,
		Scripts: []string{"password"}, NoIndex: true,
	}
}

// DeskSpoken, in the address of the page, says that its person has called.
const DeskSpoken = "spoken"

// DeskModel is a recovery that waits for a call to the Service Desk.
type DeskModel struct {
	Reference string
	Until     time.Time
	// Proofs is how many proofs were given. With none the desk can't complete it.
	Proofs int
	// NotYet: somebody went on before the desk noted their call.
	NotYet bool
}

// Desk says whom to call, and with which number.
func Desk(m DeskModel) ui.Page {
	p := ui.Page{Title: i18n.M("recovery.password.desk_title"), Body: desk(m), NoIndex: true}
	if m.Proofs > 0 {
		p.Scripts = []string{"htmx"}
	}
	return p
}

// poll asks now and then, where there is script: the page goes on by itself, and
// its browser is not forgotten while somebody waits on the phone.
func (m DeskModel) poll() templ.Attributes {
	return templ.Attributes{"data-hx-get": DeskStatePath, "data-hx-trigger": "every 15s", "data-hx-swap": "none"}
}

// Stopped says, to somebody who has proven who they are, that their account is
// not open.
func Stopped(reference string) ui.Page {
	return ui.Page{Title: i18n.M("recovery.password.stopped_title"), Body: stopped(reference), NoIndex: true}
}

// Temporary says that a temporary password has lapsed and who gives a new one.
func Temporary() ui.Page {
	return ui.Page{Title: i18n.M("recovery.password.title"), Body: temporary(), NoIndex: true}
}

// Expired says that a recovery took too long, and where to start again.
func Expired(start string) ui.Page {
	return ui.Page{Title: i18n.M("recovery.password.expired_title"), Body: expired(start), Rail: help(), NoIndex: true}
}
