package services

import (
	"time"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// KeyNextModel is the page that proposes a next key.
type KeyNextModel struct {
	// Wish is what is chosen, such as "signing rsa".
	Wish   string
	Errors *form.Errors
}

// KeyNext is the page.
func KeyNext(m KeyNextModel) ui.Page {
	return keyPage(ui.Page{Title: i18n.M("services.keys.next_title"), Body: keyNext(m), Errors: m.Errors})
}

// KeyProposed is the page about a key that waits for a second person.
func KeyProposed(p KeyProposal) ui.Page {
	return keyPage(ui.Page{Title: i18n.M("services.keys.proposed_title"), Body: keyProposed(p)})
}

// KeySwitchModel is the page that has a next key used.
type KeySwitchModel struct {
	Key   OwnKey
	Use   string
	File  string
	Early bool // it may not be done before Due
	Due   time.Time
	// Missing are the services that are not known to have it.
	Missing []map[i18n.Lang]string
	Until   string // how long those keep the old key, a day as browsers write it
	Errors  *form.Errors
}

// KeySwitch is the page.
func KeySwitch(m KeySwitchModel) ui.Page {
	return keyPage(ui.Page{Title: i18n.M("services.keys.switch_title", "Key", m.Key.ID), Body: keySwitch(m), Errors: m.Errors})
}

// KeyRetireModel is the page that takes a key out of everything.
type KeyRetireModel struct {
	Key   OwnKey
	Use   string
	Early bool
	Due   time.Time
	// Missing are the services that it still signs for.
	Missing []map[i18n.Lang]string
}

// KeyRetire is the page.
func KeyRetire(m KeyRetireModel) ui.Page {
	return keyPage(ui.Page{Title: i18n.M("services.keys.retire_title", "Key", m.Key.ID), Body: keyRetire(m)})
}

// KeyServiceModel is the page about the key of one service.
type KeyServiceModel struct {
	Line    KeyServiceLine
	Newest  string
	Entity  string
	Address string // of our metadata, for this service alone
	// Goes is the key that the service would change to; empty for none.
	Goes string
	// Keeps are the keys that it may be left.
	Keeps  []string
	Keep   string
	Until  string
	Errors *form.Errors
	Flash  ui.Flash
}

// KeyOfService is the page.
func KeyOfService(m KeyServiceModel) ui.Page {
	return keyPage(ui.Page{Title: i18n.Words(m.Line.Name), Body: keyOfService(m), Errors: m.Errors, Flash: m.Flash})
}

func keyPage(p ui.Page) ui.Page {
	p.Frame, p.NoIndex, p.Back = ui.Full, true, KeysPath
	return p
}

// wishOptions are all keys that can be wanted.
func wishOptions() []ui.Option {
	return []ui.Option{
		{Value: "signing rsa", Label: i18n.M("services.keys.wish_signing")},
		{Value: "signing ec", Label: i18n.M("services.keys.wish_elliptic")},
		{Value: "encryption rsa", Label: i18n.M("services.keys.wish_encryption")},
		{Value: "metadata rsa", Label: i18n.M("services.keys.wish_metadata")},
	}
}

func (m KeyServiceModel) keepOptions() []ui.Option {
	var list []ui.Option
	for _, id := range m.Keeps {
		list = append(list, ui.Option{Value: id, Label: i18n.Verbatim(id)})
	}
	return list
}

func hasElliptic(u KeyUse) bool {
	for _, k := range u.Alive {
		if k.Algorithm == "ec" {
			return true
		}
	}
	return false
}

// switchWords say what changing to a key does.
func (m KeySwitchModel) words() i18n.Msg {
	switch m.Use {
	case "signing":
		return i18n.M("services.keys.switch_signing_what", "Key", m.Key.ID)
	case "encryption":
		return i18n.M("services.keys.switch_encryption_what", "Key", m.Key.ID)
	}
	return i18n.M("services.keys.switch_metadata_what", "Key", m.Key.ID)
}

func (m KeyRetireModel) words() i18n.Msg {
	switch {
	case m.Key.State == "next":
		return i18n.M("services.keys.retire_next_what", "Key", m.Key.ID)
	case m.Use == "encryption":
		return i18n.M("services.keys.retire_encryption_what", "Key", m.Key.ID)
	}
	return i18n.M("services.keys.retire_what", "Key", m.Key.ID)
}
