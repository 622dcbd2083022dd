package register

import (
	"oneid/views/i18n"
	"oneid/views/ui"
)

// CompleteModel is the end of the wizard.
type CompleteModel struct {
	Name    string
	LoginID string // with its domain
	Email   string
	// Wanted is the Login ID that was shown before and has gone to someone
	// else; empty if it is the same.
	Wanted string
}

// Complete is the screen that shows the Login ID.
func Complete(m CompleteModel) ui.Page {
	return ui.Page{
		Title: i18n.M("register.complete.title"), Body: complete(m), NoIndex: true, Scripts: []string{"copy"},
		Help: "/register/help/complete", Rail: rail("/register/help/complete"),
	}
}
