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
	What string // the details, as the trail has them
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
