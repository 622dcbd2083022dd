package signin

import (
	"time"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// Model is the sign-in screen.
type Model struct {
	LoginID     string
	LoginDomain string
	// Journey is carried along, so that two tabs end at their own services.
	Journey string
	// Service is who waits for the sign-in; nil when nobody does.
	Service map[i18n.Lang]string
	Errors  *form.Errors
}

// Signin is the screen for login ID and password.
func Signin(m Model) ui.Page {
	title := i18n.M("signin.form.title")
	if m.Service != nil {
		title = i18n.M("signin.form.title_service", "Service", m.Service)
	}
	return ui.Page{Title: title, Body: signin(title, m), Rail: newHere(), Errors: m.Errors, FormID: formID}
}

const formID = "signin"

// Blocked is the standing of an account whose owner has proven themselves.
type Blocked struct {
	Status    string
	Since     time.Time
	Reference string
}

// BlockedPage is the screen for an account that is not open.
func BlockedPage(b Blocked) ui.Page {
	title, body, step := b.words()
	return ui.Page{Title: title, Body: blocked(title, body, step, b), NoIndex: true}
}

func (b Blocked) words() (title, body, step i18n.Msg) {
	switch b.Status {
	case "suspended":
		return i18n.M("signin.blocked.suspended_title"), i18n.M("signin.blocked.suspended_since", "Date", i18n.AsDate(b.Since)), i18n.M("signin.blocked.suspended_call")
	case "frozen":
		return i18n.M("signin.blocked.frozen_title"), i18n.M("signin.blocked.frozen_body"), i18n.M("signin.blocked.frozen_step")
	case "merged":
		return i18n.M("signin.blocked.merged_title"), i18n.M("signin.blocked.merged_body"), i18n.M("signin.blocked.merged_step")
	}
	return i18n.M("signin.blocked.closed_title"), i18n.M("signin.blocked.closed_body", "Date", i18n.AsDate(b.Since)), i18n.M("signin.blocked.closed_step")
}

// SignedOut is the screen after signing out.
func SignedOut() ui.Page {
	return ui.Page{Title: i18n.M("access.signedout.title"), Body: signedOut(), NoIndex: true}
}
