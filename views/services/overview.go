package services

import (
	"context"
	"strconv"
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// OverviewModel is how a service fares.
type OverviewModel struct {
	Head  Head
	State State
	Since time.Time // of the state
	// Watch are what needs attention, the soonest first.
	Watch []Attention
	// Today and Month count sign-ins, those that were refused among them.
	Today, Month Count
	Last         time.Time
	// Offset is how far the service's clock is ahead of ours; Offsets is from how
	// many requests we know, 0 for none.
	Offset  time.Duration
	Offsets int
	Hours   []Hour
	Reasons []Reason
	Keys    []Key
	Now     time.Time
	Checks  []CheckItem
	Contact string
	On      bool // may be opened
}

// Count is sign-ins that succeeded and that did not.
type Count struct{ Good, Failed int }

func (c Count) all() int { return c.Good + c.Failed }

// rate is the share of successes in tenths of a percent.
func (c Count) rate(ctx context.Context) string {
	if c.all() == 0 {
		return "–"
	}
	tenths := (c.Good*1000 + c.all()/2) / c.all()
	text := strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10) + "%"
	if i18n.LangOf(ctx) == i18n.FR {
		text = strconv.Itoa(tenths/10) + "," + strconv.Itoa(tenths%10) + "\u00a0%"
	}
	return text
}

// Hour is one bar of the chart.
type Hour struct {
	At           time.Time
	Good, Failed int
}

// Reason is why sign-ins were refused, and how often.
type Reason struct {
	Code  string
	Count int
}

// Overview is the page.
func Overview(m OverviewModel) ui.Page { return m.Head.page(ui.Page{Body: overview(m)}) }

// offset says how far the service's clock is off.
func (m OverviewModel) offset(ctx context.Context) string {
	if m.Offsets == 0 {
		return "–"
	}
	seconds := int(m.Offset.Round(time.Second) / time.Second)
	sign := ""
	switch {
	case seconds > 0:
		sign = "+"
	case seconds < 0:
		sign, seconds = "−", -seconds
	}
	if seconds < 120 {
		return sign + strconv.Itoa(seconds) + "\u00a0s"
	}
	return sign + strconv.Itoa(seconds/60) + "\u00a0min"
}

// failure says in words why a sign-in was refused; a code that has none is shown
// as it is.
func (r Reason) failure() i18n.Msg {
	if said := Failure(r.Code); !said.Zero() {
		return said
	}
	return i18n.M("services.reason.unnamed", "Item", r.Code)
}

// Failure says in words why a request was refused; the zero message for a code
// that has no words.
func Failure(code string) i18n.Msg {
	switch code {
	case "stale_request", "stale":
		return i18n.M("services.reason.stale")
	case "clock_ahead":
		return i18n.M("services.reason.clock")
	case "not_signed":
		return i18n.M("services.reason.unsigned")
	case "urn:oasis:names:tc:SAML:2.0:status:RequestDenied":
		return i18n.M("services.reason.denied")
	case "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed":
		return i18n.M("services.reason.left")
	case "bad_signature", "unknown_algorithm", "bad_signature_shape", "no_key":
		return i18n.M("services.reason.signature")
	case "packed_post", "plain_redirect":
		return i18n.M("services.reason.packing")
	case "binding_not_supported":
		return i18n.M("services.reason.binding")
	case "relay_too_long":
		return i18n.M("services.reason.relay")
	case "malformed", "bad_id", "bad_version", "version_too_low", "version_too_high":
		return i18n.M("services.reason.form")
	case "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal":
		return i18n.M("services.reason.person")
	case "acs_not_registered":
		return i18n.M("services.reason.reply")
	case "wrong_destination":
		return i18n.M("services.reason.destination")
	case "metadata_expired":
		return i18n.M("services.reason.expired")
	case "used":
		return i18n.M("services.reason.used")
	case "closed":
		return i18n.M("services.reason.closed")
	case "encryption_unavailable":
		return i18n.M("services.reason.encryption")
	case "urn:oasis:names:tc:SAML:2.0:status:NoPassive":
		return i18n.M("services.reason.passive")
	case "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext":
		return i18n.M("services.reason.context")
	case "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy":
		return i18n.M("services.reason.name_id")
	case "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported":
		return i18n.M("services.reason.unsupported")
	case "no_licence", "no_sponsor", "suspended", "ended", "paused", "account", "no_authority":
		return i18n.M("services.reason.access")
	}
	return i18n.Msg{}
}
