package register

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// ProfessionModel is the step about licences.
type ProfessionModel struct {
	Here   Here
	Locked LockedLicence
	Rows   []StatedRow
	// Colleges are those that can be added.
	Colleges []ui.Option
	// Max is how many rows there may be.
	Max    int
	Errors *form.Errors
}

// LockedLicence is the licence that the college stated.
type LockedLicence struct {
	College       i18n.Msg
	Number        string
	Class, Status string // as the college sends them
	Active        bool
	ReceivedAt    time.Time
}

// StatedRow is a licence that the person adds.
type StatedRow struct{ College, Number string }

// Names of the form's fields and buttons. Rows count from 1.
const (
	FieldRows  = "rows"
	FieldAdd   = "add"
	FieldReset = "reset"
)

// CollegeField is the name of a row's college.
func CollegeField(row int) string { return "college_" + strconv.Itoa(row) }

// NumberField is the name of a row's number.
func NumberField(row int) string { return "number_" + strconv.Itoa(row) }

// RowID is the id of a row's legend, for the focus.
func RowID(row int) string { return "other-" + strconv.Itoa(row) }

// Profession is the screen of the step.
func Profession(m ProfessionModel) ui.Page {
	return ui.Page{Title: i18n.M("register.profession.title"), Body: profession(m), Errors: m.Errors}
}

func (l LockedLicence) evidence() ui.EvidenceBox {
	return ui.EvidenceBox{
		ID: "evidence-h", Title: i18n.M("register.personal.evidence_title"), Source: provided(l.ReceivedAt),
		Rows: []ui.Row{
			{Name: i18n.M("register.profession.college"), Value: l.College},
			{Name: i18n.M("register.profession.number"), Value: i18n.Verbatim(l.Number), Source: i18n.M("register.profession.verified")},
			{Name: i18n.M("register.profession.class"), Body: standing(l)},
		},
		Wrong: i18n.M("register.frame.wrong"), Help: wrongHelp("profession"),
	}
}

// class puts a class of registration into words; one that nobody has seen
// before is shown as it came.
func (l LockedLicence) class() i18n.Msg {
	switch l.Class {
	case "independent_practice":
		return i18n.M("college.class.independent_practice")
	case "postgraduate_education":
		return i18n.M("college.class.postgraduate_education")
	case "restricted":
		return i18n.M("college.class.restricted")
	case "academic_practice":
		return i18n.M("college.class.academic_practice")
	case "short_duration":
		return i18n.M("college.class.short_duration")
	}
	return orNone(l.Class)
}

func (l LockedLicence) status() (ui.Kind, string, i18n.Msg) {
	if l.Active {
		return ui.OK, "check-circle", i18n.M("college.status.active")
	}
	return ui.Bare, "info", orNone(l.Status)
}

func (m ProfessionModel) college(row int, r StatedRow) ui.Field {
	return ui.Field{
		Name: CollegeField(row), Label: i18n.M("register.profession.college"), Options: m.Colleges,
		Value: r.College, Error: m.Errors.Of(CollegeField(row)),
	}
}

func (m ProfessionModel) number(row int, r StatedRow) ui.Field {
	return ui.Field{
		Name: NumberField(row), Label: i18n.M("register.profession.number"), Autocomplete: "off", Exact: true, Width: ui.W20,
		Value: r.Number, Error: m.Errors.Of(NumberField(row)),
	}
}

func (m ProfessionModel) reset(row int) ui.Action {
	return ui.Action{Label: i18n.M("register.profession.reset"), Name: FieldReset, Value: strconv.Itoa(row)}
}

func (m ProfessionModel) focusOnRow(row int) templ.Attributes { return m.Here.focus(RowID(row)) }
