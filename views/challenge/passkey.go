package challenge

import (
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// PasskeyStartPath begins the exchange with a passkey.
const PasskeyStartPath = PasskeyPath + "/start"

// Passkey is the screen for a passkey.
type Passkey struct {
	Frame Frame
	// Removed is the id of a passkey that was tried and doesn't work any more.
	Removed string
	Errors  *form.Errors
}

// PasskeyPage is the screen that asks for a passkey.
func PasskeyPage(m Passkey) ui.Page {
	p := m.Frame.page(i18n.M("challenge.passkey.title"), ByPasskey, passkey(m), m.Errors)
	p.Scripts = []string{"passkey"}
	p.FormID = "" // its form is only there with script, which sends it
	return p
}

func (m Passkey) form() ui.PasskeyForm {
	return ui.PasskeyForm{
		Action: PasskeyPath, Start: PasskeyStartPath, Label: i18n.M("challenge.passkey.start"), Removed: m.Removed,
	}
}
