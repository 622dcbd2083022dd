package recovery

import (
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// Addresses of Forgot Login ID.
const (
	LoginIDPath          = "/recovery/login-id"
	LoginIDQuestionsPath = LoginIDPath + "/questions"
	LoginIDSentPath      = LoginIDPath + "/sent"
	LoginIDCodePath      = LoginIDPath + "/code"
	LoginIDShownPath     = LoginIDPath + "/shown"
)

// FieldRecovery carries which recovery a form belongs to: the browser may have
// begun another one since.
const FieldRecovery = "recovery"

// FieldDo says which button of a form was pressed; none is the main one.
const FieldDo = "do"

// What the buttons do.
const (
	DoAgain   = "again"   // send it again
	DoOther   = "other"   // to another number
	DoPressed = "pressed" // the digit was pressed
	DoNone    = "none"    // nothing of this can be used
	DoNo      = "no"      // it was not me
	DoText    = "text"
	DoCall    = "call"
)

const formID = "recovery"

// LoginIDModel is the form that asks who somebody is.
type LoginIDModel struct {
	First, Last string
	Birth       ui.DateParts
	Errors      *form.Errors
}

// LoginID asks who somebody is.
func LoginID(m LoginIDModel) ui.Page {
	return ui.Page{
		Title: i18n.M("recovery.loginid.title"), Body: loginID(m), Rail: help(), Back: "/signin", Errors: m.Errors, FormID: formID,
	}
}

// LoginIDSent tells that the login ID is on its way, if it is. recovery is the
// recovery under way.
func LoginIDSent(recovery string, errs *form.Errors) ui.Page {
	return ui.Page{Title: i18n.M("recovery.loginid.sent_title"), Body: loginIDSent(recovery), Rail: help(), Errors: errs, NoIndex: true}
}

// LoginIDShown shows the login ID; empty where somebody has several.
func LoginIDShown(id string) ui.Page {
	return ui.Page{
		Title: i18n.M("recovery.loginid.shown_title"), Body: loginIDShown(id), Rail: help(), NoIndex: true, Scripts: []string{"copy"},
	}
}
