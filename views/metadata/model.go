package metadata

import (
	"context"
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// ErrorModel is a failure that a service reports of itself.
type ErrorModel struct {
	Code     string               // as the REFEDS error handling profile names it
	Service  map[i18n.Lang]string // nil when unknown
	StartURL string
	Contact  string
	Number   string // the service's own; "" when it gave none
	At       time.Time
}

// Error is the page of a person whom a service could not let in.
func Error(m ErrorModel) ui.Page {
	return ui.Page{Title: m.title(), Body: failure(m), NoIndex: true}
}

func (m ErrorModel) title() i18n.Msg {
	if m.Service == nil {
		return i18n.M("metadata.error.title_unknown")
	}
	return i18n.M("metadata.error.title", "Service", m.Service)
}

// service is its name, or what it is called where we don't know it.
func (m ErrorModel) service() any {
	if m.Service == nil {
		return i18n.M("metadata.error.unnamed")
	}
	return m.Service
}

func (m ErrorModel) happened() i18n.Msg {
	switch m.Code {
	case "IDENTIFICATION_FAILURE":
		return i18n.M("metadata.error.identification", "Service", m.service())
	case "AUTHENTICATION_FAILURE":
		return i18n.M("metadata.error.authentication", "Service", m.service())
	case "AUTHORIZATION_FAILURE":
		return i18n.M("metadata.error.authorization", "Service", m.service())
	}
	return i18n.M("metadata.error.other_text", "Service", m.service())
}

// remedy is the first thing to do.
func (m ErrorModel) remedy() i18n.Msg {
	switch {
	case m.Code == "AUTHENTICATION_FAILURE":
		return i18n.M("metadata.error.do_stronger")
	case m.Code == "AUTHORIZATION_FAILURE" && m.Contact != "":
		return i18n.M("metadata.error.do_ask", "Contact", m.Contact)
	case m.Code == "AUTHORIZATION_FAILURE":
		return i18n.M("metadata.error.do_ask_owner")
	case m.Service == nil:
		return i18n.M("metadata.error.do_again_unknown")
	}
	return i18n.M("metadata.error.do_again", "Service", m.Service)
}

// rows are what a caller reads out.
func (m ErrorModel) rows(ctx context.Context) []ui.Row {
	rows := []ui.Row{{Name: i18n.M("metadata.error.time"), Value: i18n.Verbatim(i18n.Date(ctx, m.At) + ", " + i18n.Clock(ctx, m.At))}}
	if m.Number != "" {
		rows = append([]ui.Row{{Name: i18n.M("metadata.error.number"), Value: i18n.Verbatim(m.Number)}}, rows...)
	}
	desk := i18n.StandingOf(ctx).DeskPhone
	return append(rows, ui.Row{Name: i18n.M("metadata.error.desk"), Body: ui.Calling(i18n.Verbatim(i18n.Phone(ctx, desk)), desk)})
}
