package services

import (
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// HistoryModel is what administrators did to a service.
type HistoryModel struct {
	Head   Head
	Events []Event
}

// Event is one thing that was done.
type Event struct {
	Kind string // of the audit trail
	Who  string
	At   time.Time
	// Proposer is who wanted it, where a second person did it.
	Proposer string
	Lines    []EventLine
}

// EventLine is one detail of it.
type EventLine struct {
	Name    string // as the trail has it
	Was, Is string
	Changed bool // from Was to Is; else it is only Is
}

// label is what a detail is called.
func (l EventLine) label() i18n.Msg {
	if l.Changed {
		return setting(l.Name)
	}
	switch l.Name {
	case "entity":
		return i18n.M("services.detail.entity")
	case "version":
		return i18n.M("services.detail.version")
	case "source":
		return i18n.M("services.version.source")
	case "waiting":
		return i18n.M("services.version.waiting")
	case "on":
		return i18n.M("services.state.live")
	case "until":
		return i18n.M("services.detail.until")
	case "key":
		return i18n.M("services.keys.key")
	case "use":
		return i18n.M("services.key.use")
	case "state":
		return i18n.M("services.key.status")
	case "fingerprint":
		return i18n.M("services.key.fingerprint")
	case "algorithm":
		return i18n.M("services.policy.algorithm")
	case "account":
		return i18n.M("services.detail.account")
	case "about":
		return i18n.M("services.detail.about")
	case "reason":
		return i18n.M("services.policy.except_reason")
	}
	return i18n.Verbatim(l.Name)
}

// words is a detail in words; the zero message for what is shown as it is.
func (l EventLine) words() i18n.Msg {
	switch l.Name {
	case "source":
		return Version{Source: l.Is}.source()
	case "use":
		return useTitle(l.Is)
	case "algorithm":
		return algorithm(l.Is)
	case "state":
		_, _, said := OwnKey{State: l.Is}.state()
		return said
	case "until":
		if at, err := time.Parse(time.RFC3339, l.Is); err == nil {
			return i18n.M("services.moment.at", "Date", i18n.AsDate(at), "Time", i18n.AsClock(at))
		}
	}
	return i18n.Msg{}
}

// History is the page.
func History(m HistoryModel) ui.Page { return m.Head.page(ui.Page{Body: history(m)}) }

func (e Event) said() i18n.Msg {
	switch e.Kind {
	case "services.provider.imported":
		return i18n.M("services.event.imported")
	case "services.provider.approved":
		return i18n.M("services.event.approved")
	case "services.provider.withdrawn":
		return i18n.M("services.event.withdrawn")
	case "services.service.switched":
		return i18n.M("services.event.switched")
	case "services.policy.changed":
		return i18n.M("services.event.policy")
	case "services.recording.opened":
		return i18n.M("services.event.recorded")
	case "services.recording.closed":
		return i18n.M("services.event.unwatched")
	case "services.source.ended":
		return i18n.M("services.event.source_ended")
	case "services.warning.sent":
		return i18n.M("services.event.warned")
	case "services.policy.proposed":
		return i18n.M("services.event.policy_proposed")
	case "services.policy.withdrawn":
		return i18n.M("services.event.policy_withdrawn")
	case "keys.key.moved":
		return i18n.M("services.event.key_moved")
	case "keys.key.proposed":
		return i18n.M("services.event.key_proposed")
	case "keys.key.withdrawn":
		return i18n.M("services.event.key_withdrawn")
	case "keys.service.set":
		return i18n.M("services.event.key_service")
	case "keys.service.confirmed":
		return i18n.M("services.event.key_confirmed")
	case "services.release.previewed":
		return i18n.M("services.event.previewed")
	}
	return i18n.Verbatim(e.Kind)
}
