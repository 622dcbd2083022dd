package register

import (
	"time"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// PoliciesModel is the step that asks for agreement.
type PoliciesModel struct {
	Here Here
	// Name and Last say whom the college confirmed: the name, and the end of
	// the registration number.
	Name, Last string
	Notice     Policy
	Agreement  Policy
	Agreed     bool
	Errors     *form.Errors
}

// Policy is one document as it is shown.
type Policy struct {
	Version   string
	InForceAt time.Time
	Body      string
	// Shown names exactly what is on the screen; the form sends it back.
	Shown string
}

// FieldShown carries the names of the documents that were on the screen.
const FieldShown = "shown"

// Policies is the screen of the step.
func Policies(m PoliciesModel) ui.Page {
	return ui.Page{Title: i18n.M("register.policies.title"), Body: policies(m), Errors: m.Errors}
}

// Printable is one policy on a page of its own, to print.
func Printable(title i18n.Msg, p Policy) ui.Page {
	return ui.Page{Title: title, Body: printable(title, p), Scripts: []string{"copy"}, NoIndex: true}
}

func (p Policy) version() i18n.Msg {
	return i18n.M("register.policies.version", "Version", p.Version, "Date", i18n.AsDate(p.InForceAt))
}

func agreeField(errs *form.Errors) ui.Field {
	return ui.Field{
		Name: "agree", Label: i18n.M("register.policies.agree"), Error: errs.Of("agree"),
	}
}

func policyLinks() []ui.LinkItem {
	return []ui.LinkItem{
		{Label: i18n.M("register.policies.jump"), Href: "#agree", Icon: "chevron-down"},
		{Label: i18n.M("register.policies.print_notice"), Href: "/register/notice", Icon: "print"},
		{Label: i18n.M("register.policies.print_agreement"), Href: "/register/agreement", Icon: "print"},
	}
}
