package register

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// PersonalModel is the step about the person.
type PersonalModel struct {
	Here  Here
	Legal Legal
	// Values are what the fields show.
	Values PersonalValues
	Titles []ui.Option
	// Move is the middle name that stands at the end of the first name and can
	// be moved to its own field; empty for none.
	Move string
	// OneName says that the college sent only one name.
	OneName bool
	Preview LoginPreview
	Errors  *form.Errors
}

// Legal is what the college stated about the person.
type Legal struct {
	First, Last   string // first and middle names together
	Gender, Birth string
	ReceivedAt    time.Time
}

// PersonalValues are the fields of the form, named as they are sent.
type PersonalValues struct {
	Title, First, Middle, Last        string
	Email, Phone, Extension, Language string
}

// LoginPreview is the Login ID that the names would get.
type LoginPreview struct {
	LoginID string // empty: none yet
	// Fault says why these names get none; zero when they are only missing.
	Fault                 i18n.Msg
	Numbered, Folded, Far bool
}

// PreviewPath is where the names go while they are typed, and nothing else.
const PreviewPath = "/register/personal/login-id"

// Personal is the screen of the step.
func Personal(m PersonalModel) ui.Page {
	return ui.Page{Title: i18n.M("register.personal.title"), Body: personal(m), Errors: m.Errors}
}

// Preview is the part of the screen that shows the Login ID.
func Preview(p LoginPreview) templ.Component { return loginPreview(p) }

func (l Legal) evidence() ui.EvidenceBox {
	return ui.EvidenceBox{
		ID: "evidence-h", Title: i18n.M("register.personal.evidence_title"), Source: provided(l.ReceivedAt),
		Rows: []ui.Row{
			{Name: i18n.M("register.personal.legal_first"), Value: orNone(l.First)},
			{Name: i18n.M("register.personal.legal_last"), Value: orNone(l.Last)},
			{Name: i18n.M("register.personal.gender"), Value: orNone(l.Gender)},
			{Name: i18n.M("register.personal.birth"), Value: orNone(l.Birth)},
		},
		Wrong: i18n.M("register.frame.wrong"), Help: wrongHelp("personal"),
	}
}

func provided(at time.Time) i18n.Msg {
	return i18n.M("register.frame.provided", "Date", i18n.AsDate(at))
}

func orNone(text string) i18n.Msg {
	if text == "" {
		return i18n.M("ui.field.none")
	}
	return i18n.Verbatim(text)
}

func (m PersonalModel) title() ui.Field {
	return ui.Field{
		Name: "title", Label: i18n.M("register.personal.person_title"), Optional: true, Autocomplete: "honorific-prefix",
		Options: m.Titles, Value: m.Values.Title, Error: m.Errors.Of("title"), Width: ui.W10,
	}
}

func (m PersonalModel) first() ui.Field {
	return ui.Field{
		Name: "preferred_first", Label: i18n.M("register.personal.preferred_first"), Hint: i18n.M("register.personal.preferred_first_hint"),
		Value: m.Values.First, Error: m.Errors.Of("preferred_first"), Autocomplete: "given-name", Exact: true,
	}
}

func (m PersonalModel) last() ui.Field {
	return ui.Field{
		Name: "preferred_last", Label: i18n.M("register.personal.preferred_last"), Hint: i18n.M("register.personal.preferred_last_hint"),
		Value: m.Values.Last, Error: m.Errors.Of("preferred_last"), Autocomplete: "family-name", Exact: true,
	}
}

func (m PersonalModel) middle() ui.Field {
	return ui.Field{
		Name: "middle", Label: i18n.M("register.personal.middle"), Optional: true, Value: m.Values.Middle,
		Error: m.Errors.Of("middle"), Autocomplete: "additional-name", Exact: true, Attrs: m.Here.focus("middle"),
	}
}

func (m PersonalModel) email() ui.Field {
	return ui.Field{
		Name: "email", Type: "email", InputMode: "email", Label: i18n.M("register.personal.email"), Hint: i18n.M("register.personal.email_hint"),
		Value: m.Values.Email, Error: m.Errors.Of("email"), Autocomplete: "email", Exact: true,
	}
}

func (m PersonalModel) phone() ui.Field {
	return ui.Field{
		Name: "phone", Type: "tel", InputMode: "tel", Label: i18n.M("register.personal.phone"), Hint: i18n.M("ui.field.phone_hint"),
		Value: m.Values.Phone, Error: m.Errors.Of("phone"), Autocomplete: "tel", Width: ui.W20,
	}
}

func (m PersonalModel) extension() ui.Field {
	return ui.Field{
		Name: "extension", InputMode: "numeric", Label: i18n.M("register.personal.extension"), Optional: true,
		Value: m.Values.Extension, Error: m.Errors.Of("extension"), Autocomplete: "tel-extension", Width: ui.W5,
	}
}

// language names each language in itself, so that it is found by whom it is for.
func (m PersonalModel) language() ui.Field {
	return ui.Field{
		Name: "language", Label: i18n.M("register.personal.language"), Hint: i18n.M("register.personal.language_hint"),
		Value: m.Values.Language, Error: m.Errors.Of("language"),
		Options: []ui.Option{
			{Value: string(i18n.EN), Label: i18n.Verbatim("English"), Lang: "en"},
			{Value: string(i18n.FR), Label: i18n.Verbatim("Français"), Lang: "fr"},
		},
	}
}

// sentence is what stands before the Login ID, which is drawn apart.
func (p LoginPreview) sentence(ctx context.Context) string {
	before, _, _ := strings.Cut(i18n.T(ctx, "register.personal.preview", "LoginID", p.LoginID), p.LoginID)
	return strings.TrimSpace(before)
}

// typing asks for the preview once the names have rested a while. It stands
// outside the form, so that htmx sends the two names and nothing else.
func typing() templ.Attributes {
	return templ.Attributes{
		"data-hx-post":    PreviewPath,
		"data-hx-trigger": "input delay:800ms from:#preferred_first, input delay:800ms from:#preferred_last",
		"data-hx-include": "#preferred_first, #preferred_last",
		"data-hx-target":  "#login-id",
		"data-hx-swap":    "innerHTML",
	}
}
