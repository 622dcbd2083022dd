package ui

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"oneid/views/i18n"
)

// Field is one field of a form.
type Field struct {
	Name         string
	ID           string // empty: ID(Name)
	Label        i18n.Msg
	Hint         i18n.Msg
	Value        string
	Error        i18n.Msg
	Type         string // empty: text
	Autocomplete string
	InputMode    string
	Width        Width
	MaxLength    int // zero: no limit
	Optional     bool
	Exact        bool     // a name, code or address: no spelling help, no capitals put in
	ReadOnly     bool     // shown, sent, not to be changed
	DescribedBy  []string // ids of further text that belongs to the field
	Options      []Option // Select, Radios
	Lang         string   // language of the label, where it is not the page's
	Last         bool     // last in a panel: no space below
	Attrs        templ.Attributes
}

// Option is one of the answers that a field offers.
type Option struct {
	Value    string
	Label    i18n.Msg
	Hint     i18n.Msg
	Lang     string // of the label, where it is not the page's
	Disabled bool
	Attrs    templ.Attributes
}

// Width is how wide a field looks: about as many characters as it takes.
type Width string

// The widths; the zero value is the whole column.
const (
	W5   Width = "w-5"
	W10  Width = "w-10"
	W20  Width = "w-20"
	Code Width = "code-input"
)

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return ID(f.Name)
}

func (f Field) refused() bool { return !f.Error.Zero() }

// wrap is the class of the element around a field.
func (f Field) wrap() string {
	class := "field"
	if f.Last {
		class += " flush"
	}
	if f.refused() {
		class += " has-error"
	}
	return class
}

// attrs are the attributes that describe a field: the error is read before the
// hint, for it is what changed.
func (f Field) attrs() templ.Attributes {
	a := templ.Attributes{}
	var described []string
	if f.refused() {
		described = append(described, f.id()+"-e")
		a["aria-invalid"] = "true"
	}
	if !f.Hint.Zero() {
		described = append(described, f.id()+"-h")
	}
	described = append(described, f.DescribedBy...)
	if len(described) > 0 {
		a["aria-describedby"] = strings.Join(described, " ")
	}
	for name, value := range f.Attrs {
		a[name] = value
	}
	return a
}

// control adds what only a typed field has.
func (f Field) control(class string) templ.Attributes {
	a := f.attrs()
	a["class"] = strings.TrimSpace("input " + string(f.Width) + " " + class)
	set := func(name, value string) {
		if value != "" {
			a[name] = value
		}
	}
	set("autocomplete", f.Autocomplete)
	set("inputmode", f.InputMode)
	if f.MaxLength > 0 {
		a["maxlength"] = itoa(f.MaxLength)
	}
	if f.Exact {
		a["autocapitalize"] = "none"
		a["spellcheck"] = "false"
	}
	if f.ReadOnly {
		a["readonly"] = true
	}
	return a
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// optionID is the id of the nth answer. The first has the id of the field, so
// that the summary's link lands on it.
func (f Field) optionID(n int) string {
	if n == 0 {
		return f.id()
	}
	return f.id() + "-" + itoa(n+1)
}

// describing are the attributes of a group of answers.
func (f Field) describing(role string) templ.Attributes {
	a := f.attrs()
	if f.refused() && role != "" {
		a["role"] = role
	} else {
		// aria-invalid has no meaning on a plain fieldset.
		delete(a, "aria-invalid")
	}
	return a
}

// rest is what a screen reader hears after the short text of a button: "Show"
// is drawn, "Show password" is said.
func rest(short, full string) string {
	if strings.HasPrefix(full, short) {
		return full[len(short):]
	}
	return ", " + full
}

// showWords are the texts of a Show button and what is said when it was used.
type showWords struct {
	show, hide, rest, shown, hidden string
}

func passwordWords(ctx context.Context) showWords {
	w := showWords{show: i18n.T(ctx, "ui.field.show"), hide: i18n.T(ctx, "ui.field.hide")}
	w.rest = rest(w.show, i18n.T(ctx, "ui.field.show_password"))
	w.shown = i18n.T(ctx, "ui.field.password_shown")
	w.hidden = i18n.T(ctx, "ui.field.password_hidden")
	return w
}

// answerWords name the field too: a page has several answers.
func answerWords(ctx context.Context, f Field) showWords {
	w := showWords{show: i18n.T(ctx, "ui.field.show"), hide: i18n.T(ctx, "ui.field.hide")}
	w.rest = rest(w.show, i18n.T(ctx, "ui.field.show_answer")) + ", " + f.Label.In(ctx)
	return w
}
