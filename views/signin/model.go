package signin

import (
	"net/url"
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
	// RemovedPasskey is the id of a passkey that was tried and isn't known.
	RemovedPasskey string
	Errors         *form.Errors
}

// Signin is the screen for login ID and password.
func Signin(m Model) ui.Page {
	title := i18n.M("signin.form.title")
	if m.Service != nil {
		title = i18n.M("signin.form.title_service", "Service", m.Service)
	}
	return ui.Page{Title: title, Body: signin(title, m), Rail: newHere(), Errors: m.Errors, FormID: formID, Scripts: []string{"passkey"}}
}

const formID = "signin"

// Offer is the screen that offers a passkey to somebody who signed in without
// one; then is where they were going.
func Offer(then string) ui.Page {
	return ui.Page{Title: i18n.M("signin.offer.title"), Body: offer(then), NoIndex: true}
}

// passkeyForm is the other way to sign in.
func passkeyForm(m Model) ui.PasskeyForm {
	return ui.PasskeyForm{
		Action: "/signin/passkey", Start: "/signin/passkey/start", Label: i18n.M("signin.form.passkey"), Second: true,
		Autofill: true, Offers: formID, Removed: m.RemovedPasskey,
		Failed: i18n.M("signin.error.passkey_failed"),
	}
}

// addPasskey is the page that adds a passkey and then goes on.
func addPasskey(then string) string { return "/profile/passkeys/add?then=" + url.QueryEscape(then) }

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
