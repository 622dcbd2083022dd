package services

import (
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// MetadataModel is what we hold of a service's metadata, and held before.
type MetadataModel struct {
	Head     Head
	Replies  []Endpoint
	Logouts  []Endpoint
	Keys     []Key
	Until    time.Time
	Findings []Finding
	Waiting  *Version
	Changes  []Change // that the waiting one brings
	// Fetched is where it is fetched from; zero when it is not.
	Fetched  Source
	Versions []Version
}

// Endpoint is an address of the service.
type Endpoint struct {
	Binding, URL string
	Index        int
	Default      bool
}

// Key is one of the service's keys.
type Key struct {
	Use         string // signing or encryption
	Name        string
	Fingerprint string
	From, Until time.Time
	// Days are left; negative when it has ended.
	Days int
}

// Source is where metadata is fetched from.
type Source struct {
	Address, Signer string
	CheckedAt       time.Time
	DueAt           time.Time
	Trouble         string
	Since           time.Time
}

// Version is one metadata among those the service has had.
type Version struct {
	Entity    string
	Number    int
	State     string
	Source    string
	Signer    string
	By        string // as the console shows people
	Mine      bool
	At        time.Time
	Decider   string
	DecidedAt time.Time
}

// Metadata is the page.
func Metadata(m MetadataModel) ui.Page { return m.Head.page(ui.Page{Body: metadata(m)}) }

func (v Version) state() (ui.Kind, string, i18n.Msg) {
	switch v.State {
	case "current":
		return ui.OK, "check", i18n.M("services.version.current")
	case "waiting":
		return ui.Info, "clock", i18n.M("services.version.waiting")
	case "withdrawn":
		return ui.Bare, "cross", i18n.M("services.version.withdrawn")
	}
	return ui.Bare, "circle", i18n.M("services.version.past")
}

func (v Version) source() i18n.Msg {
	switch v.Source {
	case "upload":
		return i18n.M("services.version.from_upload")
	case "paste":
		return i18n.M("services.version.from_paste")
	case "address":
		return i18n.M("services.version.from_address")
	case "schedule":
		return i18n.M("services.version.from_schedule")
	case "before":
		return i18n.M("services.version.from_before")
	}
	return i18n.M("services.version.from_shell")
}

func (k Key) use() i18n.Msg {
	if k.Use == "signing" {
		return i18n.M("services.key.signing")
	}
	return i18n.M("services.key.encryption")
}

// soonDays is from when a certificate's end is worth a warning.
const soonDays = 30

func (k Key) state() (ui.Kind, string, i18n.Msg) {
	switch {
	case k.Days < 0:
		return ui.Bad, "alert", i18n.M("services.key.ended")
	case k.Days < soonDays:
		return ui.Warn, "warning", i18n.M("services.key.ends", "Count", k.Days)
	}
	return ui.OK, "check", i18n.M("services.key.fine")
}

// short is the beginning and the end of a fingerprint.
func (k Key) short() string {
	whole := Grouped(k.Fingerprint)
	if len(whole) < 20 {
		return whole
	}
	return whole[:8] + " … " + whole[len(whole)-5:]
}
