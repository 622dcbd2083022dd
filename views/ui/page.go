package ui

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"oneid/views/form"
	"oneid/views/i18n"
)

// Frame says what surrounds a body.
type Frame int

const (
	// Plain is one column and, if there is one, a rail. Sign-in, recovery,
	// errors, help.
	Plain Frame = iota
	// Wizard is Plain with the steps of a journey.
	Wizard
	// Account has the sections of a signed-in person's account at the left.
	Account
	// Desk is a wide column and a rail, for consoles.
	Desk
	// Full is one column over the whole width.
	Full
)

// Page is a screen: what it says and what it asks of the frame.
type Page struct {
	Title       i18n.Msg        // <title> is "{Title} – {Brand}"; the H1 is the body's own
	Body        templ.Component // begins with H1
	Errors      *form.Errors    // if there are any: summary on top, "Error:" before the title
	Frame       Frame
	Rail        templ.Component // beside the body, from 73em; nothing in it may be needed to go on
	Step        *StepInfo       // Wizard only
	Back        string          // address behind Back; empty for none
	Help        string          // address behind Help; empty for /help
	FormID      string          // the language switch submits this form, so that typed values survive it
	Flash       Flash           // drawn above the step caption: what has just happened
	Scripts     []string        // modules of static/ that the page needs, such as "htmx" or "copy"
	Description i18n.Msg        // for search engines; empty for what the product is
	NoIndex     bool            // keep out of search engines
	Standalone  bool            // no header links, menu or time-out: a page that leaves by itself
}

// StepInfo places a page in a wizard.
type StepInfo struct {
	Number, Total int
	Name          i18n.Msg
	Caption       i18n.Msg // instead of "Step n of m", for a page between steps
	All           []Step   // the list in the rail; empty for none
	ListTitle     i18n.Msg // its heading
}

// Step is one line of a wizard's list.
type Step struct {
	Name  i18n.Msg
	State StepState
}

// StepState says how far a step is.
type StepState int

// The states of a step.
const (
	StepTodo StepState = iota
	StepDone
	StepCurrent
)

// Has reports whether the page asked for a module.
func (p Page) Has(script string) bool {
	for _, s := range p.Scripts {
		if s == script {
			return true
		}
	}
	return false
}

// ID is the id of the field of this name: what a summary links to.
func ID(name string) string {
	return strings.Trim(idLetters.Replace(name), "-")
}

var idLetters = strings.NewReplacer(".", "-", "[", "-", "]", "")

type swappedKey struct{}

// Swapped marks the context of a body that is put into a page already shown.
// Only then does its H1 take focus. Called by views/layout.
func Swapped(ctx context.Context) context.Context {
	return context.WithValue(ctx, swappedKey{}, true)
}

type refusedKey struct{}

// Refused marks the context of a body whose form has errors: the summary takes
// the focus, so the H1 must not. Called by views/layout.
func Refused(ctx context.Context) context.Context {
	return context.WithValue(ctx, refusedKey{}, true)
}

func headingTakesFocus(ctx context.Context) bool {
	return ctx.Value(swappedKey{}) != nil && ctx.Value(refusedKey{}) == nil
}
