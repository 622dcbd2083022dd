package services

import (
	"time"

	"oneid/views/i18n"
)

// CheckItem is one thing that is right or not about a service now.
type CheckItem struct {
	What   string
	Passed bool
	On     time.Time
	Name   string
	Count  int
}

// checked puts the checks in words: what passed stands quiet, what did not says
// what to do.
func checked(list []CheckItem) []Check {
	all := make([]Check, len(list))
	for i, c := range list {
		all[i].Passed = c.Passed
		if c.Passed {
			all[i].Title = c.right()
		} else {
			all[i].Title, all[i].Said = c.wrong()
		}
	}
	return all
}

// right says what is as it should be.
func (c CheckItem) right() i18n.Msg {
	on := i18n.AsDate(c.On)
	switch c.What {
	case "metadata":
		if c.On.IsZero() {
			return i18n.M("services.check.metadata")
		}
		return i18n.M("services.check.metadata_until", "Date", on)
	case "fresh":
		if c.On.IsZero() {
			return i18n.M("services.check.fresh_soon")
		}
		return i18n.M("services.check.fresh", "Date", on)
	case "source":
		return i18n.M("services.check.source")
	case "https":
		return i18n.M("services.check.https", "Count", c.Count)
	case "signing":
		return i18n.M("services.check.signing", "Date", on)
	case "encryption":
		return i18n.M("services.check.encryption", "Date", on)
	case "encrypts":
		return i18n.M("services.check.encrypts")
	case "keys":
		return i18n.M("services.check.keys", "Key", c.Name)
	case "requests":
		return i18n.M("services.check.requests")
	case "exception":
		return i18n.M("services.check.exception")
	case "logout":
		return i18n.M("services.check.logout")
	case "answers":
		return i18n.M("services.check.answers")
	case "contact":
		return i18n.M("services.check.contact")
	case "clock":
		return i18n.M("services.check.clock")
	}
	return i18n.M("services.check.success", "Date", on)
}

// wrong says what is not as it should be, and what to do.
func (c CheckItem) wrong() (what, todo i18n.Msg) {
	on := i18n.AsDate(c.On)
	switch c.What {
	case "metadata":
		return i18n.M("services.check.metadata_not"), i18n.M("services.check.metadata_do")
	case "fresh":
		if c.Name == "" {
			return i18n.M("services.check.by_hand"), i18n.M("services.check.by_hand_do")
		}
		return i18n.M("services.check.fresh_not", "Date", on), i18n.M("services.check.fresh_do")
	case "source":
		return i18n.M("services.check.source_not"), i18n.M("services.check.source_do")
	case "https":
		return i18n.M("services.check.https_not", "Item", c.Name), i18n.M("services.check.https_do")
	case "signing":
		return i18n.M("services.check.signing_not", "Date", on), i18n.M("services.check.certificate_do")
	case "encryption":
		return i18n.M("services.check.encryption_not", "Date", on), i18n.M("services.check.certificate_do")
	case "encrypts":
		switch c.Name {
		case "never":
			return i18n.M("services.check.encrypts_never"), i18n.M("services.check.encrypts_never_do")
		case "":
			return i18n.M("services.check.encrypts_none"), i18n.M("services.check.encrypts_none_do")
		}
		return i18n.M("services.check.encrypts_not"), i18n.M("services.check.encrypts_do")
	case "keys":
		return i18n.M("services.check.keys_not", "Key", c.Name), i18n.M("services.check.keys_do")
	case "requests":
		return i18n.M("services.check.requests_not"), i18n.M("services.check.requests_do")
	case "exception":
		return i18n.M("services.watch.exception", "Item", ExceptionForm{What: c.Name}.said(), "Date", on), i18n.M("services.check.exception_do")
	case "logout":
		return i18n.M("services.check.logout_not"), i18n.M("services.check.logout_do")
	case "answers":
		return i18n.M("services.check.answers_not", "Count", c.Count), i18n.M("services.check.answers_do")
	case "contact":
		return i18n.M("services.check.contact_not"), i18n.M("services.check.contact_do")
	case "clock":
		return i18n.M("services.watch.clock", "Number", c.Count), i18n.M("services.check.clock_do")
	}
	return i18n.M("services.check.success_not", "Number", c.Count), i18n.M("services.check.success_do")
}
