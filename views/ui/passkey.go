package ui

import (
	"context"

	"github.com/a-h/templ"

	"oneid/views/i18n"
)

// PasskeyForm is a form that a passkey fills in.
type PasskeyForm struct {
	ID     string // of the form; empty: "passkey-form"
	Action string // takes the answer
	Start  string // begins the exchange: takes the form's fields, answers JSON
	Label  i18n.Msg
	// Creates makes a new passkey instead of using one.
	Creates bool
	// Autofill also offers passkeys in the page's field for the Login ID.
	Autofill bool
	// Offers is the id of a form that is told, in a field "passkeys", that this
	// device could have a passkey.
	Offers string
	// Removed is the id of a passkey that this site does not know any more, so
	// that the device may forget it.
	Removed string
	// Failed and Known are what the page says when something went wrong (empty:
	// that there are other ways) and when the device has a passkey already.
	Failed, Known i18n.Msg
	// Second draws the button as one of the lesser ways.
	Second bool
}

func (p PasskeyForm) id() string {
	if p.ID == "" {
		return "passkey-form"
	}
	return p.ID
}

// button is the id of the button; errors about "passkey" lead to it.
func (p PasskeyForm) button() string { return "passkey" }

func (p PasskeyForm) look() string {
	if p.Second {
		return "btn btn-2 block"
	}
	return "btn"
}

// told is what the script is told.
func (p PasskeyForm) told(ctx context.Context) templ.Attributes {
	deed := "get"
	if p.Creates {
		deed = "create"
	}
	attrs := templ.Attributes{
		"data-passkey": deed, "data-start": p.Start,
		"data-waiting":   i18n.T(ctx, "challenge.passkey.waiting"),
		"data-cancelled": i18n.T(ctx, "signin.error.passkey_cancelled"),
		"data-failed":    i18n.T(ctx, "challenge.passkey.failed"),
	}
	for name, text := range map[string]i18n.Msg{"data-failed": p.Failed, "data-known": p.Known} {
		if !text.Zero() {
			attrs[name] = text.In(ctx)
		}
	}
	for name, value := range map[string]string{"data-offers": p.Offers, "data-removed": p.Removed} {
		if value != "" {
			attrs[name] = value
		}
	}
	if p.Autofill {
		attrs["data-autofill"] = true
	}
	return attrs
}
