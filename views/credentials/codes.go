package credentials

import (
	"strings"
	"time"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// CodesModel is how the recovery codes stand.
type CodesModel struct {
	MadeAt time.Time // zero: there are none
	Used   int
	Again  bool // the person has just proven who they are
	Flash  ui.Flash
}

// Codes is the page of the recovery codes, without the codes.
func Codes(m CodesModel) ui.Page {
	return account(ui.Page{Title: i18n.M("credentials.codes.title"), Body: codes(m), Flash: m.Flash}, SecurityPath)
}

// NewCodesModel are codes just made, which are shown once.
type NewCodesModel struct {
	Codes  []string
	Errors *form.Errors
}

// FieldCodes brings the codes back, so that the page can be drawn again while
// it is open: nothing else knows them.
const FieldCodes = "codes"

// NewCodes is their page.
func NewCodes(m NewCodesModel) ui.Page {
	return account(ui.Page{
		Title: i18n.M("credentials.codes.list_title"), Body: newCodes(m), Errors: m.Errors, FormID: "saved", Scripts: []string{"copy"},
	}, "")
}

func (m NewCodesModel) joined() string { return strings.Join(m.Codes, " ") }

func (m CodesModel) make() i18n.Msg {
	if m.MadeAt.IsZero() {
		return i18n.M("credentials.codes.make_first")
	}
	return i18n.M("credentials.codes.make")
}

// SessionsModel lists the open sessions.
type SessionsModel struct {
	Sessions []SessionLine
	Again    bool
	Flash    ui.Flash
}

// SessionLine is one of them.
type SessionLine struct {
	ID     string
	Name   string // the browser; empty when it is not known
	Begun  time.Time
	SeenAt time.Time
	From   string // the network address
	Here   bool
}

// The names of the buttons of the lists of sessions and devices.
const (
	ButtonEnd    = "end"
	ButtonOthers = "others"
	ButtonForget = "forget"
	ButtonAll    = "all"
	ButtonRename = "rename"
)

// Sessions is their page.
func Sessions(m SessionsModel) ui.Page {
	return account(ui.Page{Title: i18n.M("credentials.sessions.title"), Body: sessions(m), Flash: m.Flash}, SecurityPath)
}

func (m SessionsModel) needs() []ui.Need {
	list := make([]ui.Need, len(m.Sessions))
	for i, s := range m.Sessions {
		list[i] = ui.Need{Icon: icon(s.Name), Body: sessionItem(s)}
	}
	return list
}

func (s SessionLine) since() i18n.Msg {
	return i18n.M("credentials.sessions.since",
		"Date", i18n.AsDate(s.Begun), "Time", i18n.AsClock(s.Begun), "Place", i18n.M("credentials.sessions.network", "Item", s.From))
}

func named(name string) i18n.Msg {
	if name == "" {
		return i18n.M("credentials.devices.unknown")
	}
	return i18n.Verbatim(name)
}

func icon(name string) string {
	for _, small := range []string{"iPhone", "iPad", "Android"} {
		if strings.Contains(name, small) {
			return "mobile"
		}
	}
	return "laptop"
}

// DevicesModel lists the recognised devices.
type DevicesModel struct {
	Devices []DeviceLine
	Again   bool
	Flash   ui.Flash
	// Renaming is the device whose name is in the form, as typed.
	Renaming string
	Typed    string
	Errors   *form.Errors
}

// DeviceLine is one of them.
type DeviceLine struct {
	ID, Name string
	UsedAt   time.Time
	Until    time.Time
	Here     bool
}

// Devices is their page.
func Devices(m DevicesModel) ui.Page {
	return account(ui.Page{Title: i18n.M("credentials.devices.title"), Body: devices(m), Flash: m.Flash, Errors: m.Errors}, SecurityPath)
}

func (m DevicesModel) needs() []ui.Need {
	list := make([]ui.Need, len(m.Devices))
	for i, d := range m.Devices {
		list[i] = ui.Need{Icon: icon(d.Name), Body: deviceItem(d)}
	}
	return list
}

// DeviceModel is a device that gets another name.
type DeviceModel struct {
	ID, Name, Typed string
	Errors          *form.Errors
}

// Device is the page that renames a device.
func Device(m DeviceModel) ui.Page {
	return account(ui.Page{
		Title: i18n.M("credentials.devices.rename_title"), Body: device(m), Errors: m.Errors, FormID: "device",
	}, DevicesPath)
}
