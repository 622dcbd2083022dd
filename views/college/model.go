package college

import (
	"context"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// Door is a college's portal, where its members begin.
type Door struct {
	College   i18n.College
	PortalURL string
}

// Entrance is the screen for somebody who comes to register from nowhere.
func Entrance(doors []Door) ui.Page {
	return ui.Page{Title: i18n.M("register.begin.title"), Body: entrance(doors)}
}

// Inactive is the screen for a member whose certificate is not active.
func Inactive(status, portalURL string) ui.Page {
	return ui.Page{Title: i18n.M("college.inactive.title"), Body: inactive(statusWords(status), portalURL), NoIndex: true}
}

// RefusedModel is a hand-over that was refused.
type RefusedModel struct {
	Reason    string
	Missing   []string
	PortalURL string
	// Known tells that the college is one we know: the words then name it.
	Known     bool
	Reference string
}

// Refused is the screen of a refused hand-over.
func Refused(m RefusedModel) ui.Page {
	return ui.Page{Title: i18n.M("college.refused.title"), Body: refused(m), NoIndex: true}
}

func statusWords(status string) i18n.Msg {
	switch status {
	case "suspended":
		return i18n.M("college.status.suspended")
	case "expired":
		return i18n.M("college.status.expired")
	case "resigned":
		return i18n.M("college.status.resigned")
	case "revoked":
		return i18n.M("college.status.revoked")
	}
	return i18n.M("college.status.inactive")
}

// happened says what went wrong, and step what the member does next.
func (m RefusedModel) happened(ctx context.Context) i18n.Msg {
	switch m.Reason {
	case "expired":
		return i18n.M("college.refused.expired", "Minutes", 5)
	case "used":
		return i18n.M("college.refused.used")
	case "other_browser":
		return i18n.M("college.refused.other_browser")
	case "incomplete":
		return i18n.M("college.refused.incomplete", "Missing", missingText(ctx, m.Missing))
	case "no_consent":
		return i18n.M("college.refused.no_consent")
	case "stopped":
		return i18n.M("college.refused.stopped")
	case "college_off":
		return i18n.M("college.refused.college_off")
	case "college_unknown":
		return i18n.M("college.refused.college_unknown")
	case "unverified_person":
		return i18n.M("college.refused.unverified_person")
	}
	return i18n.M("college.refused.invalid")
}

func (m RefusedModel) step() i18n.Msg {
	switch m.Reason {
	case "incomplete":
		return i18n.M("college.refused.step_correct")
	case "college_off":
		return i18n.M("college.refused.step_later")
	}
	return i18n.M("college.refused.step_again")
}
