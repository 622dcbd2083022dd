package register

import (
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// PasswordModel is the step that sets the password.
type PasswordModel struct {
	Here    Here
	LoginID string // for password managers
	Check   string // where the password is judged while it is typed
	Status  ui.PasswordStatus
	Errors  *form.Errors
}

// Password is the screen of the step.
func Password(m PasswordModel) ui.Page {
	return ui.Page{Title: i18n.M("register.password.title"), Body: password(m), Errors: m.Errors}
}
