package credentials

import (
	"time"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// PasskeysModel is the screen with a person's passkeys.
type PasskeysModel struct {
	Passkeys []Passkey
	// Full: no more can be added.
	Full bool
	// Since and Until are the reset that changes wait for; zero for none.
	Since, Until time.Time
}

// Passkey is one of them.
type Passkey struct {
	ID, Name string
	Synced   bool
	Provider string // empty when it doesn't say
	AddedAt  time.Time
	UsedAt   time.Time // zero: never
}

// Passkeys is the screen with a person's passkeys.
func Passkeys(m PasskeysModel) ui.Page {
	return ui.Page{
		Title: i18n.M("credentials.passkeys.title"), Body: passkeys(m), Frame: ui.Account, Back: SecurityPath, NoIndex: true,
	}
}

// AddPasskeyModel is the screen that adds a passkey.
type AddPasskeyModel struct {
	Name    string
	MaxName int
	// Then is where the person goes afterwards; empty for the list.
	Then          string
	Start, Action string
	Errors        *form.Errors
}

// AddPasskey is the screen that adds a passkey.
func AddPasskey(m AddPasskeyModel) ui.Page {
	return ui.Page{
		Title: i18n.M("credentials.passkeys.add"), Body: addPasskey(m), Errors: m.Errors, Frame: ui.Account, Back: passkeysPath,
		Scripts: []string{"passkey"}, NoIndex: true,
	}
}

func (m AddPasskeyModel) form() ui.PasskeyForm {
	return ui.PasskeyForm{
		Action: m.Action, Start: m.Start, Label: i18n.M("credentials.passkeys.add"), Creates: true,
		Failed: i18n.M("credentials.passkeys.failed"),
		Known:  i18n.M("credentials.passkeys.known"),
	}
}

// RenamePasskeyModel is the form for a passkey's name.
type RenamePasskeyModel struct {
	Name, Typed, Action string
	MaxName             int
	Errors              *form.Errors
}

// RenamePasskey is the screen that gives a passkey another name.
func RenamePasskey(m RenamePasskeyModel) ui.Page {
	return ui.Page{
		Title: i18n.M("credentials.passkeys.rename_title", "Item", m.Name), Body: renamePasskey(m), Errors: m.Errors, Frame: ui.Account,
		Back: passkeysPath, FormID: "rename", NoIndex: true,
	}
}

// RemovePasskeyModel is the screen that asks before a passkey is removed.
type RemovePasskeyModel struct{ Name, Action string }

// RemovePasskey is the screen that asks before a passkey is removed.
func RemovePasskey(m RemovePasskeyModel) ui.Page {
	return ui.Page{
		Title: i18n.M("credentials.passkeys.remove_title", "Item", m.Name), Body: removePasskey(m), Frame: ui.Account,
		Back: passkeysPath, NoIndex: true,
	}
}

func (p Passkey) kept() i18n.Msg {
	switch {
	case p.Synced && p.Provider != "":
		return i18n.M("credentials.passkeys.synced", "Provider", p.Provider)
	case p.Synced:
		return i18n.M("credentials.passkeys.synced_plain")
	}
	return i18n.M("credentials.passkeys.one_device")
}

func (p Passkey) used() i18n.Msg {
	if p.UsedAt.IsZero() {
		return i18n.M("credentials.passkeys.never_used")
	}
	return i18n.M("credentials.passkeys.last_used", "Date", i18n.AsDate(p.UsedAt))
}
