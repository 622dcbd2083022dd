package sso

import (
	"oneid/views/i18n"
	"oneid/views/ui"
)

// PostBackModel is an answer on its way to a service.
type PostBackModel struct {
	Service                       map[i18n.Lang]string
	URL, SAMLResponse, RelayState string
	Refused                       bool // it says that nobody is signed in there
}

func (m PostBackModel) body() i18n.Msg {
	if m.Refused {
		return i18n.M("sso.post.back")
	}
	return i18n.M("sso.post.body")
}

// PostBack is the page that posts the answer. A script presses the button; without
// one the person does.
func PostBack(m PostBackModel) ui.Page {
	return ui.Page{
		Title: i18n.M("sso.post.title", "Service", m.Service), Body: postBack(m),
		Scripts: []string{"post"}, Standalone: true, NoIndex: true,
	}
}

// Missing is a service that stays closed to a person.
type Missing struct {
	Service, Who map[i18n.Lang]string
	What         string // what is missing, as journey.Missing names it
	College      *i18n.College
	StartURL     string
	Contact      string
	Reference    string
	// Journey takes the refusal back to the service; empty where nobody waits.
	Journey string
}

// MissingPage is the screen that says what is missing and who mends it.
func MissingPage(m Missing) ui.Page {
	return ui.Page{Title: i18n.M("enrolment.missing.title", "Service", m.Service), Body: missing(m), NoIndex: true}
}

func (m Missing) why() i18n.Msg {
	switch m.What {
	case "no_licence":
		return i18n.M("enrolment.missing.no_licence", "Service", m.Service)
	case "suspended":
		return i18n.M("enrolment.missing.suspended_now", "Service", m.Service)
	case "ended":
		return i18n.M("enrolment.missing.ended_now", "Service", m.Service)
	case "paused":
		return i18n.M("enrolment.missing.paused", "Service", m.Service)
	case "account":
		return i18n.M("enrolment.missing.account_closed")
	case "no_authority":
		return i18n.M("sso.authority.none", "Service", m.Service)
	}
	return i18n.M("enrolment.missing.no_sponsor", "Service", m.Service)
}

// RefusedModel is a request that could not be taken.
type RefusedModel struct {
	Reason    string
	Service   map[i18n.Lang]string // nil when unknown
	StartURL  string
	Contact   string
	Reference string
}

// Refused is the screen of a request that could not be taken.
func Refused(m RefusedModel) ui.Page {
	return ui.Page{Title: m.title(), Body: refused(m), NoIndex: true}
}

func (m RefusedModel) title() i18n.Msg {
	switch {
	case m.Service == nil && (m.Reason == "stale" || m.Reason == "used"):
		return i18n.M("sso.error.title_stale")
	case m.Service == nil && m.Reason == "unreadable":
		return i18n.M("sso.error.title_unreadable")
	case m.Service == nil:
		return i18n.M("sso.error.title_unknown")
	}
	return i18n.M("sso.error.title", "Service", m.Service)
}

func (m RefusedModel) happened() i18n.Msg {
	switch {
	case m.Reason == "stale":
		return i18n.M("sso.error.stale")
	case m.Reason == "used":
		return i18n.M("sso.error.used")
	case m.Service == nil && m.Reason == "unreadable":
		return i18n.M("sso.error.unreadable")
	case m.Service == nil:
		return i18n.M("sso.error.unknown")
	case m.Reason == "closed":
		return i18n.M("sso.error.closed", "Service", m.Service)
	case m.Reason == "clock":
		return i18n.M("sso.error.clock", "Service", m.Service)
	case m.Reason == "unasked":
		return i18n.M("sso.error.unasked", "Service", m.Service)
	case m.Reason == "astray":
		return i18n.M("sso.error.astray", "Service", m.Service)
	case m.Reason == "context_out_of_reach":
		return i18n.M("sso.error.stronger", "Service", m.Service)
	}
	return i18n.M("sso.error.invalid", "Service", m.Service)
}

// restarts tells whether beginning again at the service may help.
func (m RefusedModel) restarts() bool { return m.Reason != "context_out_of_reach" }
