package signin

import (
	"time"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// ExpiredModel is the screen that asks for a new password before going on.
type ExpiredModel struct {
	Why     string // "old", "temporary" or "known"
	LoginID string // for password managers
	Check   string // where the new one is judged while it is typed
	Status  ui.PasswordStatus
	Journey string
	Errors  *form.Errors
}

// Expired is the screen for somebody whose password has ended.
func Expired(m ExpiredModel) ui.Page {
	title, _ := m.words()
	return ui.Page{Title: title, Body: expired(m), Errors: m.Errors, FormID: expiredID, Scripts: []string{"password"}, NoIndex: true}
}

const expiredID = "new-password"

func (m ExpiredModel) words() (title, body i18n.Msg) {
	switch m.Why {
	case "temporary":
		return i18n.M("signin.expired.temporary_title"), i18n.M("signin.expired.temporary_body")
	case "known":
		return i18n.M("signin.expired.known_title"), i18n.M("signin.expired.known_body")
	}
	return i18n.M("signin.expired.title"), i18n.M("signin.expired.body")
}

// Lapsed is the screen for somebody whose temporary password works no more.
func Lapsed(ended time.Time) ui.Page {
	return ui.Page{Title: i18n.M("signin.expired.lapsed_title"), Body: lapsed(ended), NoIndex: true}
}
