package ui

import (
	"context"

	"github.com/a-h/templ"

	"oneid/views/form"
	"oneid/views/i18n"
)

// Action is a button or a link at the end of a form. With an Href it is a
// link; else it submits the form, saying Name=Value if there is a Name.
type Action struct {
	Label       i18n.Msg
	Href        string
	Name, Value string
	Icon        string
	Novalidate  bool
}

// Zero reports whether there is no such action.
func (a Action) Zero() bool { return a.Label.Zero() }

// ActionRow holds the ways out of a form, in the order that never changes:
// on, later, away.
type ActionRow struct {
	Next   Action // the one primary button; without a label it says "Next"
	Later  Action // such as "Save and finish later"
	Cancel Action // on a line of its own
}

func (r ActionRow) next() Action {
	if r.Next.Label.Zero() {
		r.Next.Label = i18n.M("ui.action.next")
	}
	return r.Next
}

// swap are the attributes that let htmx send a form and put the answer into
// the page. Nothing is inherited in htmx 4, so each form carries them all. The
// target keeps its place and the window goes back to the top.
func swap(action string) templ.Attributes {
	return templ.Attributes{
		"data-hx-post":     action,
		"data-hx-target":   "#main",
		"data-hx-swap":     "innerHTML show:top showTarget:window",
		"data-hx-push-url": "true",
	}
}

func named(a Action) templ.Attributes {
	attrs := templ.Attributes{}
	if a.Name != "" {
		attrs["name"] = a.Name
		attrs["value"] = a.Value
	}
	if a.Novalidate {
		attrs["formnovalidate"] = true
	}
	return attrs
}

// summaryLine is what the summary says about a fault: the words at the field.
func summaryLine(ctx context.Context, item form.Item) string { return item.Msg.In(ctx) }
