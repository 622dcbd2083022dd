package services

import (
	"strings"
	"time"

	"oneid/views/i18n"
)

// listed are the words of a setting that has several values.
func listed(field, text string) []i18n.Msg {
	if field != "name_ids" {
		return nil
	}
	var words []i18n.Msg
	for _, value := range strings.Fields(text) {
		word := i18n.Verbatim(value)
		for _, o := range choices(field) {
			if o.Value == value {
				word = o.Label
			}
		}
		words = append(words, word)
	}
	return words
}

// releasedAs takes apart how a difference writes an attribute: its fact, and the
// name under which the service gets it.
func releasedAs(field, text string) (fact, name string, ok bool) {
	if field != "release" {
		return "", "", false
	}
	return strings.Cut(text, " = ")
}

// excepted puts in words how a difference writes an exception: what, until
// which day, by whom and why. The zero message for anything else.
func excepted(field, text string) i18n.Msg {
	what, rest, _ := strings.Cut(text, " until ")
	until, why, ok := strings.Cut(rest, ", ")
	if field != "exceptions" || !ok {
		return i18n.Msg{}
	}
	end, err := time.Parse(time.RFC3339, until)
	if err != nil {
		return i18n.Msg{}
	}
	return i18n.M("services.policy.except_value", "Item", ExceptionForm{What: what}.said(), "Date", i18n.AsDate(end), "Name", why)
}
