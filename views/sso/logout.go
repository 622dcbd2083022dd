package sso

import (
	"strconv"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// LogoutStep is one service that the browser is taken to on the way out, or the
// way back to the service that asked.
type LogoutStep struct {
	Service map[i18n.Lang]string
	// Address is where it goes; by POST with Field and Message.
	Address, Field, Message, RelayState string
	// Skip goes on without an answer; empty on the way back.
	Skip        string
	Done, Total int
}

// Leaving is the screen that is seen while a service does not answer. It goes by
// itself; without a script, and by POST, the person presses its button.
func Leaving(m LogoutStep) ui.Page {
	return ui.Page{Title: i18n.M("sso.logout.title"), Body: leaving(m), Scripts: []string{"logout"}, Standalone: true, NoIndex: true}
}

func (m LogoutStep) now() i18n.Msg {
	if m.Skip == "" {
		return i18n.M("sso.logout.returning", "Service", m.Service)
	}
	return i18n.M("sso.logout.progress", "Service", m.Service)
}

func (m LogoutStep) button() i18n.Msg {
	if m.Skip == "" {
		return i18n.M("sso.logout.return", "Service", m.Service)
	}
	return i18n.M("sso.logout.leave", "Service", m.Service)
}

// LoggedOut is how a logout ended.
type LoggedOut struct {
	Outcomes []LogoutOutcome
	// Logout names it, for asking again.
	Logout string
	// Asker waits to be told, at Return; empty when nobody does.
	Asker  map[i18n.Lang]string
	Return string
	// Onward is where the person was going; empty for nowhere.
	Onward string
}

// LogoutOutcome is what one service answered.
type LogoutOutcome struct {
	Service  map[i18n.Lang]string
	State    string // confirmed, refused, no_answer, cannot
	StartURL string
	Position int
	Again    bool
}

func (o LogoutOutcome) position() string { return strconv.Itoa(o.Position) }

// LogoutResult is the screen that says what each service answered, and what is
// left to do.
func LogoutResult(m LoggedOut) ui.Page {
	return ui.Page{Title: m.title(), Body: loggedOut(m), NoIndex: true}
}

func (m LoggedOut) open() int {
	n := 0
	for _, o := range m.Outcomes {
		if o.State != "confirmed" {
			n++
		}
	}
	return n
}

func (m LoggedOut) title() i18n.Msg {
	if m.open() == 0 {
		return i18n.M("sso.logout.done_title")
	}
	if m.Onward != "" {
		return i18n.M("sso.logout.before_title")
	}
	return i18n.M("sso.logout.partial_title")
}

// body speaks to whoever is there: when the round leads on, that is somebody else
// than the one who was signed out.
func (m LoggedOut) body() i18n.Msg {
	if m.Onward != "" {
		return i18n.M("sso.logout.before_body")
	}
	return i18n.M("sso.logout.open_body")
}
