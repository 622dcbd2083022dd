package register

import (
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// What the cancel form says.
const (
	ChoiceKeep  = "keep"
	ChoiceErase = "erase"
	// WhyNotMe says that the college confirmed someone else.
	WhyNotMe = "not-me"
)

// Cancel asks whether to cancel, and what to do with the answers. back is the
// address of the step it was asked on.
func Cancel(back string) ui.Page {
	return ui.Page{Title: i18n.M("register.cancel.title"), Body: cancel(back), Back: back, NoIndex: true}
}

// Cancelled is the end after cancelling. A zero time says that the answers are
// erased.
func Cancelled(until time.Time, portal string) ui.Page {
	return ui.Page{Title: i18n.M("register.cancel.done_title"), Body: cancelled(until, portal), NoIndex: true}
}

// Left is what a page says about a registration that waits.
type Left struct {
	Step  int
	Until time.Time
	// Portal is the address to come back through; empty if unknown.
	Portal string
}

// Saved is the end after "Save and finish later".
func Saved(l Left) ui.Page {
	return ui.Page{Title: i18n.M("register.resume.saved_title"), Body: saved(l), NoIndex: true}
}

// Paused says that the session ended for want of activity. A zero time leaves
// out until when the answers are kept.
func Paused(l Left, minutes int) ui.Page {
	return ui.Page{Title: i18n.M("register.timeout.title"), Body: paused(l, minutes), NoIndex: true}
}

// Wrong tells what to do when what the college stated is wrong. back is the
// address of the step that shows it.
func Wrong(back string) ui.Page {
	return ui.Page{Title: i18n.M("register.wrong.title"), Body: wrong(back), Back: back, NoIndex: true}
}

// Finished says that the registration is complete already.
func Finished() ui.Page {
	return ui.Page{Title: i18n.M("register.state.finished_title"), Body: finished(), NoIndex: true}
}

// Expired says that there is no such registration any more.
func Expired(portal string) ui.Page {
	return ui.Page{Title: i18n.M("register.resume.expired_title"), Body: expired(portal), NoIndex: true}
}

// Resume welcomes a person back.
type Resume struct {
	Name  string
	Step  int // where they left off
	Title i18n.Msg
	Until time.Time
	Go    string
	// Updated says that the college sent newer facts.
	Updated bool
}

// Welcome is the screen of a resumed registration.
func Welcome(m Resume) ui.Page {
	return ui.Page{Title: i18n.M("register.resume.title", "Name", m.Name), Body: welcome(m), NoIndex: true}
}
