package credentials

import (
	"time"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// The addresses of the pages.
const (
	SecurityPath  = "/profile/security"
	PasswordPath  = "/profile/password"
	QuestionsPath = "/profile/questions"
	PhonesPath    = "/profile/phones"
	CodesPath     = "/profile/codes"
	DevicesPath   = "/profile/devices"
	SessionsPath  = "/profile/sessions"

	passkeysPath = "/profile/passkeys"

	addPath     = PhonesPath + "/add"
	confirmPath = PhonesPath + "/confirm/"
	removePath  = PhonesPath + "/remove/"
	callPath    = PhonesPath + "/call/"
	savedPath   = CodesPath + "/saved"
)

// CoolingModel is the time after a reset by recovery in which changes wait;
// zero when they don't.
type CoolingModel struct{ Since, Until time.Time }

func (c CoolingModel) on() bool { return !c.Until.IsZero() }

func (c CoolingModel) said() i18n.Msg {
	return i18n.M("credentials.home.cooling", "Date", i18n.AsDate(c.Since), "Time", i18n.AsClock(c.Until))
}

// SecurityModel is how an account's keys stand. Zero times are for "never".
type SecurityModel struct {
	PasswordAt, PasswordUntil time.Time
	QuestionsAt               time.Time
	Phones                    []PhoneLine
	Passkeys                  int
	CodesLeft                 int
	CodesAt                   time.Time
	Devices, Sessions         int
	Cooling                   CoolingModel
	Flash                     ui.Flash
}

// Security is the page of all keys.
func Security(m SecurityModel) ui.Page {
	return account(ui.Page{Title: i18n.M("credentials.home.title"), Body: security(m), Flash: m.Flash}, "")
}

// Cooling says that a change has to wait after a reset by recovery.
func Cooling(c CoolingModel) ui.Page {
	return account(ui.Page{Title: i18n.M("credentials.home.cooling_title"), Body: coolingPage(c)}, SecurityPath)
}

// account puts the sections of the account around a page.
func account(p ui.Page, back string) ui.Page {
	p.Frame, p.Back, p.NoIndex = ui.Account, back, true
	return p
}

func (m SecurityModel) rows() []ui.Row {
	return []ui.Row{
		{Name: i18n.M("credentials.home.password"), Value: m.password(), Change: PasswordPath},
		{Name: i18n.M("credentials.home.passkeys"), Value: counted(m.Passkeys, i18n.M("credentials.home.passkey_count", "Count", m.Passkeys)), Change: passkeysPath},
		{Name: i18n.M("credentials.home.phones"), Body: phoneLines(m.Phones), Change: PhonesPath},
		{Name: i18n.M("credentials.home.codes"), Value: m.codes(), Change: CodesPath},
		{Name: i18n.M("credentials.home.questions"), Value: m.questions(), Change: QuestionsPath},
		{Name: i18n.M("credentials.home.devices"), Value: counted(m.Devices, i18n.M("credentials.home.device_count", "Count", m.Devices)), Change: DevicesPath},
		{Name: i18n.M("credentials.home.sessions"), Value: i18n.M("credentials.home.session_count", "Count", m.Sessions), Change: SessionsPath},
	}
}

func (m SecurityModel) password() i18n.Msg {
	switch {
	case m.PasswordAt.IsZero():
		return i18n.M("credentials.home.nothing")
	case m.PasswordUntil.IsZero():
		return i18n.M("credentials.home.password_no_end", "Date", i18n.AsDate(m.PasswordAt))
	}
	return i18n.M("credentials.home.password_age", "Date", i18n.AsDate(m.PasswordAt), "Until", i18n.AsDate(m.PasswordUntil))
}

func (m SecurityModel) codes() i18n.Msg {
	if m.CodesAt.IsZero() {
		return i18n.M("credentials.home.nothing")
	}
	return i18n.M("challenge.recovery.left", "Count", m.CodesLeft)
}

func (m SecurityModel) questions() i18n.Msg {
	if m.QuestionsAt.IsZero() {
		return i18n.M("credentials.home.nothing")
	}
	return i18n.M("credentials.home.questions_set", "Date", i18n.AsDate(m.QuestionsAt))
}

func counted(n int, some i18n.Msg) i18n.Msg {
	if n == 0 {
		return i18n.M("credentials.home.nothing")
	}
	return some
}

// PasswordModel is the form that changes the password.
type PasswordModel struct {
	LoginID string // for password managers
	Check   string // where the new one is judged while it is typed
	Status  ui.PasswordStatus
	Errors  *form.Errors
}

// Password is its page.
func Password(m PasswordModel) ui.Page {
	return account(ui.Page{
		Title: i18n.M("credentials.password.title"), Body: password(m), Errors: m.Errors, FormID: "password-form", Scripts: []string{"password"},
	}, SecurityPath)
}

// QuestionsModel is the form that changes the challenge questions.
type QuestionsModel struct {
	Fields []QuestionField
	Kept   string // sealed, of answers that need not be typed again
	Errors *form.Errors
}

// QuestionField is one question with its answer.
type QuestionField struct {
	Number           int // among its kind
	Desk             bool
	Question, Answer string // names of the fields
	Options          []ui.Option
	Chosen           string
	Kept             bool // answered: the field may stay empty
}

// Questions is its page.
func Questions(m QuestionsModel) ui.Page {
	return account(ui.Page{
		Title: i18n.M("credentials.questions.title"), Body: questions(m), Errors: m.Errors, FormID: "questions",
	}, SecurityPath)
}

func (m QuestionsModel) of(desk bool) []QuestionField {
	var list []QuestionField
	for _, f := range m.Fields {
		if f.Desk == desk {
			list = append(list, f)
		}
	}
	return list
}

func (f QuestionField) questionLabel() i18n.Msg {
	if f.Desk {
		return i18n.M("register.questions.desk_question", "Number", f.Number)
	}
	return i18n.M("register.questions.question", "Number", f.Number)
}

func (f QuestionField) answerLabel() i18n.Msg {
	if f.Desk {
		return i18n.M("register.questions.desk_answer_to", "Number", f.Number)
	}
	return i18n.M("register.questions.answer_to", "Number", f.Number)
}

func (f QuestionField) answerHint() i18n.Msg {
	if f.Kept {
		return i18n.M("register.questions.answered")
	}
	return i18n.Msg{}
}
