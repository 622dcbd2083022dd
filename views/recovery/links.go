package recovery

import (
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// LinkModel is the page behind a mailed link.
type LinkModel struct {
	Action string
	At     time.Time // when the recovery began
}

// Link asks whether it was the reader who wants a new password.
func Link(m LinkModel) ui.Page {
	return ui.Page{Title: i18n.M("recovery.password.link_title"), Body: link(m), Rail: help(), NoIndex: true}
}

// LinkDone says that the link has done its work.
func LinkDone() ui.Page {
	return ui.Page{Title: i18n.M("recovery.password.link_title"), Body: linkDone(), Rail: help(), NoIndex: true}
}

// LinkExpired says that the link has ended.
func LinkExpired() ui.Page {
	return ui.Page{Title: i18n.M("recovery.password.title"), Body: linkExpired(), Rail: help(), NoIndex: true}
}

// NotMeModel is the page behind "was this not you?".
type NotMeModel struct {
	Action string
	About  string // the kind of notice
	At     time.Time
}

// NotMe asks whether to freeze the account.
func NotMe(m NotMeModel) ui.Page {
	return ui.Page{Title: i18n.M("recovery.notme.title"), Body: notMe(m), Rail: help(), NoIndex: true}
}

// Frozen says that the account is frozen and what to do now.
func Frozen(number string) ui.Page {
	return ui.Page{Title: i18n.M("recovery.notme.frozen_title"), Body: frozen(number), NoIndex: true}
}

// NotMeExpired says that the link has ended.
func NotMeExpired() ui.Page {
	return ui.Page{Title: i18n.M("recovery.notme.title"), Body: notMeExpired(), NoIndex: true}
}

// what names what a notice told, as its mail did.
func (m NotMeModel) what() i18n.Msg {
	switch m.About {
	case "password_changed":
		return i18n.M("mail.password_changed.subject")
	case "recovery_started":
		return i18n.M("mail.recovery_started.subject")
	case "recovery_done":
		return i18n.M("mail.recovery_done.subject")
	case "recovery_desk":
		return i18n.M("mail.recovery_desk.subject")
	case "questions_changed":
		return i18n.M("mail.questions_changed.subject")
	case "phone_added":
		return i18n.M("mail.phone_added.subject")
	case "phone_removed":
		return i18n.M("mail.phone_removed.subject")
	case "passkey_added":
		return i18n.M("mail.passkey_added.subject")
	case "passkey_removed":
		return i18n.M("mail.passkey_removed.subject")
	case "codes_made":
		return i18n.M("mail.codes_made.subject")
	case "code_used":
		return i18n.M("mail.code_used.subject")
	case "new_device":
		return i18n.M("mail.new_device.subject")
	case "questions_used":
		return i18n.M("mail.questions_used.subject")
	}
	return i18n.M("recovery.notme.something")
}
