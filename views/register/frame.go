package register

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// FormID is the id of every step's form: the language switch submits it, so
// that what was typed is kept.
const FormID = "step"

// The names of what every step's form sends beside its own fields.
const (
	// FieldSaved is the mark of what the step had saved when the form was made:
	// another tab may have changed it since.
	FieldSaved = "saved"
	// FieldMark is the form's own mark: a second click on Next sends it again.
	FieldMark = "mark"
	// FieldChange is set when the person came from the check page and goes back
	// to it.
	FieldChange = "change"
	// FieldLater is the button "Save and finish later".
	FieldLater = "later"
)

// Here is where a step's screen stands. Models of steps hold one.
type Here struct {
	Slug        string
	Saved, Mark string
	Change      bool
	// Minutes is how long the page may rest; zero says nothing about it.
	Minutes int
	Notice  i18n.Msg // said under the heading; zero for none
	// Focus is the id of what takes the focus instead of the heading, after a
	// button that stays on the page.
	Focus string
}

// Around is what surrounds a step's screen.
type Around struct {
	Step *ui.StepInfo
	Back string
	Help string
}

// Framed puts the wizard around a step's page.
func Framed(p ui.Page, a Around) ui.Page {
	p.Frame, p.Step, p.Back, p.Help = ui.Wizard, a.Step, a.Back, a.Help
	p.FormID = FormID
	p.Rail = rail(a.Help)
	p.NoIndex = true
	// A page that htmx swaps in brings no modules: the first page of the wizard
	// loads what the later ones need.
	p.Scripts = append([]string{"htmx", "password", "copy"}, p.Scripts...)
	return p
}

func action(h Here) string { return "/register/" + h.Slug }

// heading leaves the focus to another element where there is one.
func (h Here) heading(title i18n.Msg) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if h.Focus != "" {
			ctx = ui.Refused(ctx)
		}
		return ui.H1(title).Render(ctx, w)
	})
}

// focus marks the element that takes the focus.
func (h Here) focus(id string) templ.Attributes {
	if h.Focus != id {
		return nil
	}
	return templ.Attributes{"autofocus": true}
}

// assists are the attributes of a button that stays on the page: htmx puts the
// answer into the page where it is, without going to the top.
func assists(h Here) templ.Attributes {
	return templ.Attributes{"data-hx-post": action(h), "data-hx-target": "#main", "data-hx-swap": "innerHTML"}
}

// rest is what follows a short label where a full one is said.
func rest(label, full string) string {
	if tail, ok := strings.CutPrefix(full, label); ok {
		return tail
	}
	return ", " + full
}

func ways(h Here, next i18n.Msg) ui.ActionRow {
	return ui.ActionRow{
		Next:   ui.Action{Label: next},
		Later:  ui.Action{Label: i18n.M("ui.action.save_later"), Name: FieldLater, Value: "1"},
		Cancel: ui.Action{Label: i18n.M("ui.action.cancel"), Href: "/register/cancel?from=" + h.Slug},
	}
}

func rail(help string) templ.Component { return ui.HelpCard(help, i18n.M("register.help.title")) }
