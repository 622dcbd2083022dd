package profile

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// The addresses of the pages.
const (
	Path         = "/profile"
	DocumentPath = "/profile/documents/"

	securityPath = "/profile/security"
)

// Model is what a person sees of themselves.
type Model struct {
	Legal, Gender, Birth string // as shown; empty where nobody said
	LoginID              string
	Preferred, Middle    string
	Email                string
	EmailConfirmed       bool
	Phone                string // E.164, with ;ext=
	French               bool   // the preferred language
	Designations         []Designation
	Agreements           []Agreement
	Checks               Checks
	Flash                ui.Flash
}

// Designation is a licence with a college.
type Designation struct {
	College   i18n.College
	Number    string
	Class     string
	Status    string // as package db names it
	Vouched   bool   // somebody else than the person said so
	CheckedAt time.Time
}

// Agreement is a document that the person agreed to, in one version.
type Agreement struct {
	Name, Version, Title, Language string
	AcceptedAt                     time.Time
}

// Checks say what secures the account.
type Checks struct{ Phone, Questions, Codes, Passkey bool }

// Profile is the page.
func Profile(m Model) ui.Page {
	return ui.Page{
		Title: i18n.M("layout.header.profile"), Body: profile(m), Flash: m.Flash, Frame: ui.Account, NoIndex: true,
	}
}

// DocumentModel is a document as it was agreed to.
type DocumentModel struct {
	Title, Body, Version, Language string
	AcceptedAt                     time.Time
}

// Document is its page, to read and to print.
func Document(m DocumentModel) ui.Page {
	return ui.Page{
		Title: i18n.Verbatim(m.Title), Body: document(m), Back: Path, Scripts: []string{"copy"}, NoIndex: true,
	}
}

func (m Model) evidence() ui.EvidenceBox {
	e := ui.EvidenceBox{
		ID: "evidence-h", Title: i18n.M("profile.home.evidence_title"),
		Rows: []ui.Row{
			{Name: i18n.M("register.review.legal"), Value: orNone(m.Legal)},
			{Name: i18n.M("register.personal.gender"), Value: orNone(m.Gender)},
			{Name: i18n.M("register.personal.birth"), Value: orNone(m.Birth)},
		},
		Wrong: i18n.M("profile.home.wrong"), Help: wrong(m.vouching()),
	}
	for _, d := range m.Designations {
		e.Rows = append(e.Rows, ui.Row{Name: i18n.Words(d.College.Name), Body: licence(d), Source: d.source()})
	}
	return e
}

// vouching is the college to call about what is wrong; nil when none has a
// number to call.
func (m Model) vouching() *i18n.College {
	for i, d := range m.Designations {
		if d.Vouched && d.College.Phone != "" {
			return &m.Designations[i].College
		}
	}
	return nil
}

func (d Designation) source() i18n.Msg {
	if !d.Vouched {
		return i18n.Msg{}
	}
	return i18n.M("profile.home.checked", "College", d.College.Short, "Date", i18n.AsDate(d.CheckedAt))
}

func (d Designation) status() (ui.Kind, string, i18n.Msg) {
	switch d.Status {
	case "active":
		return ui.OK, "check", i18n.M("profile.status.active")
	case "inactive":
		return ui.Warn, "warning", i18n.M("profile.status.inactive")
	case "suspended":
		return ui.Bad, "cross", i18n.M("profile.status.suspended")
	case "expired":
		return ui.Warn, "warning", i18n.M("profile.status.expired")
	case "resigned":
		return ui.Warn, "warning", i18n.M("profile.status.resigned")
	case "revoked":
		return ui.Bad, "cross", i18n.M("profile.status.revoked")
	}
	return ui.Bare, "circle", i18n.M("profile.status.unverified")
}

func (m Model) personal() []ui.Row {
	language := i18n.M("ui.language.english")
	if m.French {
		language = i18n.M("ui.language.french")
	}
	rows := []ui.Row{
		{Name: i18n.M("register.review.login_id"), Body: ui.LoginID(m.LoginID)},
		{Name: i18n.M("register.review.names"), Value: orNone(m.Preferred)},
	}
	if m.Middle != "" {
		rows = append(rows, ui.Row{Name: i18n.M("register.personal.middle"), Value: i18n.Verbatim(m.Middle)})
	}
	email := ui.Row{Name: i18n.M("register.personal.email"), Body: address(m)}
	if !m.EmailConfirmed {
		email.Change, email.Action = "/profile/email/confirm", i18n.M("ui.action.confirm")
	}
	return append(rows, email,
		ui.Row{Name: i18n.M("register.personal.phone"), Body: phone(m.Phone)},
		ui.Row{Name: i18n.M("register.personal.language"), Value: language},
	)
}

func (m Model) agreements() []ui.Row {
	rows := make([]ui.Row, len(m.Agreements))
	for i, a := range m.Agreements {
		rows[i] = ui.Row{
			Name: i18n.Verbatim(a.Title), Change: DocumentPath + a.Name + "/" + a.Version, Action: i18n.M("profile.home.read"),
			Value: i18n.M("register.review.agreement_line",
				"Version", a.Version, "Date", i18n.AsDate(a.AcceptedAt), "Time", i18n.AsClock(a.AcceptedAt)),
		}
	}
	return rows
}

// needs are the checklist: what is there, and where what is missing can be
// added.
func (c Checks) needs() []ui.Need {
	return []ui.Need{
		need(c.Phone, i18n.M("profile.checks.phone"), i18n.M("credentials.phones.add"), "/profile/phones/add"),
		need(c.Questions, i18n.M("profile.checks.questions"), i18n.M("credentials.questions.title"), "/profile/questions"),
		need(c.Codes, i18n.M("profile.checks.codes"), i18n.M("credentials.codes.make_first"), "/profile/codes"),
		need(c.Passkey, i18n.M("profile.checks.passkey"), i18n.M("credentials.passkeys.add"), "/profile/passkeys/add"),
	}
}

func need(done bool, what, add i18n.Msg, href string) ui.Need {
	if done {
		return ui.Need{Kind: ui.OK, Title: what}
	}
	return ui.Need{Kind: ui.Wait, Body: missing(what, add, href)}
}

func (c Checks) done() int {
	n := 0
	for _, done := range []bool{c.Phone, c.Questions, c.Codes, c.Passkey} {
		if done {
			n++
		}
	}
	return n
}

// total is how many checks there are.
const total = 4

func orNone(text string) i18n.Msg {
	if text == "" {
		return i18n.M("ui.field.none")
	}
	return i18n.Verbatim(text)
}

// inLanguage marks text that may not be in the page's language.
func inLanguage(ctx context.Context, language string) templ.Attributes {
	if language == string(i18n.LangOf(ctx)) {
		return nil
	}
	return templ.Attributes{"lang": language}
}

// wrong says whom to call about what is not right.
func wrong(college *i18n.College) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if college == nil {
			return ui.Calling(i18n.M("profile.home.wrong_desk"), i18n.StandingOf(ctx).DeskPhone).Render(ctx, w)
		}
		return ui.Calling(i18n.M("profile.home.wrong_college",
			"College", college.Short, "CollegePhone", i18n.AsPhone(college.Phone)), college.Phone).Render(ctx, w)
	})
}
