package credentials

import (
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// ConfirmModel is a link that works.
type ConfirmModel struct {
	Email  string
	Action string // where the button posts to
}

// Confirm is the page behind the link: one button, for programs that check mail
// follow links but press nothing.
func Confirm(m ConfirmModel) ui.Page {
	return ui.Page{Title: i18n.M("credentials.email.title"), Body: confirm(m), NoIndex: true}
}

// DoneModel is an address that is confirmed.
type DoneModel struct {
	Email    string
	SignedIn bool
}

// Done says that the address is confirmed.
func Done(m DoneModel) ui.Page {
	return ui.Page{Title: i18n.M("credentials.email.done_title"), Body: done(m), NoIndex: true}
}

// Expired says that a link no longer works. again is where a new one can be
// asked for.
func Expired(again string) ui.Page {
	return ui.Page{Title: i18n.M("fault.gone.title"), Body: expired(again), NoIndex: true}
}

// EmailModel is an address that has not answered yet, as its owner sees it.
type EmailModel struct {
	Email     string
	Action    string
	WaitUntil time.Time // set when no further message is sent for now
}

// Email is the page that offers to send the message again.
func Email(m EmailModel) ui.Page {
	return ui.Page{Title: i18n.M("credentials.email.title"), Body: email(m), Frame: ui.Account, Back: "/home", NoIndex: true}
}

// Sent says that another message is on its way.
func Sent(address string) ui.Page {
	return ui.Page{Title: i18n.M("credentials.email.title"), Body: sent(address), Frame: ui.Account, Back: "/home", NoIndex: true}
}
