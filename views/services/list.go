package services

import (
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// ListModel is all services.
type ListModel struct {
	Services []Line
	Waiting  []WaitingLine
	Flash    ui.Flash
}

// Line is one service of the list.
type Line struct {
	ID     string
	Name   map[i18n.Lang]string
	Entity string
	State  State
	Last   time.Time // of the newest sign-in
	Today  int       // sign-ins in 24 hours
	Failed int
	// Next is the soonest thing to attend to.
	Next Attention
}

// State is how a service stands.
type State string

// The states.
const (
	StateLive    State = "live"
	StateOff     State = "off"
	StateBare    State = "bare"    // nobody has registered its metadata
	StateBroken  State = "broken"  // its metadata can't be read any more
	StateWaiting State = "waiting" // it is new and waits for a second person
)

func (s State) tag() (ui.Kind, string, i18n.Msg) {
	switch s {
	case StateLive:
		return ui.OK, "check", i18n.M("services.state.live")
	case StateOff:
		return ui.Bare, "cross", i18n.M("services.state.off")
	case StateBroken:
		return ui.Bad, "alert", i18n.M("services.state.broken")
	case StateWaiting:
		return ui.Info, "clock", i18n.M("services.state.waiting")
	}
	return ui.Bare, "circle", i18n.M("services.state.bare")
}

// Attention is something that will break by itself on a day.
type Attention struct {
	What string // a kind of Watch
	On   time.Time
	Days int
	Name string
}

// WaitingLine is what waits for a second person: metadata, or a policy.
type WaitingLine struct {
	Policy  bool
	Service string
	Name    map[i18n.Lang]string
	By      string // as the console shows people
	Mine    bool   // proposed by whoever looks
	At      time.Time
}

// about is what waits, and tab where it is decided about.
func (w WaitingLine) about() (what i18n.Msg, tab string) {
	if w.Policy {
		return i18n.M("services.tab.policy"), TabPolicy
	}
	return i18n.M("services.tab.metadata"), TabMetadata
}

// List is the page of all services.
func List(m ListModel) ui.Page {
	return ui.Page{
		Title: i18n.M("services.list.title"), Body: list(m), Frame: ui.Full, NoIndex: true, Flash: m.Flash, Back: "/home",
	}
}
