package layout

import (
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// ProblemModel is a refusal that has a page of its own.
type ProblemModel struct {
	// Kind is the fault's kind, such as "notfound".
	Kind string
	// Title, Body and Step replace the kind's own words when set.
	Title, Body, Step i18n.Msg
	// Next leads to where the step is taken; its zero value leads home.
	Next ui.Action
	// Until is when trying again makes sense; zero if nobody knows.
	Until time.Time
	// Reference is the number to give the Service Desk; empty for none.
	Reference string
}

// kindWords are what each kind of fault says.
var kindWords = map[string][3]i18n.Msg{
	"badrequest":  {i18n.M("fault.badrequest.title"), i18n.M("fault.badrequest.body"), i18n.M("fault.badrequest.step")},
	"denied":      {i18n.M("fault.denied.title"), i18n.M("fault.denied.body"), i18n.M("fault.denied.step")},
	"crosssite":   {i18n.M("fault.denied.crosssite_title"), i18n.M("fault.denied.crosssite_body"), i18n.M("fault.denied.crosssite_step")},
	"notfound":    {i18n.M("fault.notfound.title"), i18n.M("fault.notfound.body"), i18n.M("fault.notfound.step")},
	"method":      {i18n.M("fault.method.title"), i18n.M("fault.method.body"), i18n.M("fault.method.step")},
	"conflict":    {i18n.M("fault.conflict.title"), i18n.M("fault.conflict.body"), i18n.M("fault.conflict.step")},
	"gone":        {i18n.M("fault.gone.title"), i18n.M("fault.gone.body"), i18n.M("fault.gone.step")},
	"toolarge":    {i18n.M("fault.toolarge.title"), i18n.M("fault.toolarge.body"), i18n.M("fault.toolarge.step")},
	"wait":        {i18n.M("fault.wait.title"), i18n.M("fault.wait.body"), i18n.M("fault.wait.step_soon")},
	"internal":    {i18n.M("fault.internal.title"), i18n.M("fault.internal.body"), i18n.M("fault.internal.step")},
	"unavailable": {i18n.M("fault.unavailable.title"), i18n.M("fault.unavailable.body"), i18n.M("fault.unavailable.step")},
}

// Problem is the page of a refusal: what happened, what to do, whom to call.
func Problem(m ProblemModel) ui.Page {
	said, ok := kindWords[m.Kind]
	if !ok {
		said = kindWords["internal"]
	}
	for i, own := range []i18n.Msg{m.Title, m.Body, m.Step} {
		if !own.Zero() {
			said[i] = own
		}
	}
	if m.Kind == "wait" && !m.Until.IsZero() && m.Step.Zero() {
		said[2] = i18n.M("fault.wait.step", "Time", i18n.AsClock(m.Until))
	}
	return ui.Page{Title: said[0], Body: problem(said[0], said[1], said[2], m), NoIndex: true}
}
