package services

import (
	"regexp"
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

// released is how a difference writes an attribute: its fact, and the name under
// which the service gets it.
type released struct{ fact, name string }

// releasedAs takes apart attributes, several in a change; none for anything else.
func releasedAs(field, text string) []released {
	if field != "release" {
		return nil
	}
	var all []released
	for _, part := range pieces(text, attributeBegins) {
		fact, name, ok := strings.Cut(part, " = ")
		if !ok {
			return nil
		}
		all = append(all, released{fact, name})
	}
	return all
}

// excepted puts in words how a difference writes exceptions: what, until which
// day, by whom and why. None for anything else, and for what can't be read.
func excepted(field, text string) []i18n.Msg {
	if field != "exceptions" {
		return nil
	}
	var words []i18n.Msg
	for _, part := range pieces(text, exceptionBegins) {
		what, rest, _ := strings.Cut(part, " until ")
		until, why, ok := strings.Cut(rest, ", ")
		end, read := ending(until)
		if !ok || !read {
			return nil
		}
		words = append(words, i18n.M("services.policy.except_value", "Item", ExceptionForm{What: what}.said(), "Date", i18n.AsDate(end), "Name", why))
	}
	return words
}

// ending is when an exception ended. The trail used to have only the day of that
// moment, and by Universal Time: the last second of a day in Ontario is on the
// next one there.
func ending(text string) (time.Time, bool) {
	if end, err := time.Parse(time.RFC3339, text); err == nil {
		return end, true
	}
	day, err := time.Parse(time.DateOnly, text)
	return day, err == nil // midnight there is the evening before in Ontario
}

// What begins an attribute, or an exception, within a text that has several.
var (
	attributeBegins = regexp.MustCompile(`(?:^|; )[a-z_]+ = `)
	exceptionBegins = regexp.MustCompile(`(?:^|; )(?:sha1|cbc|clear|email) until \d{4}-\d{2}-\d{2}`)
)

// pieces cuts a text where something begins; a semicolon within one is no end.
func pieces(text string, begins *regexp.Regexp) []string {
	var all []string
	from := 0
	for _, at := range begins.FindAllStringIndex(text, -1) {
		if at[0] > 0 {
			all = append(all, text[from:at[0]])
			from = at[0] + len("; ")
		}
	}
	return append(all, text[from:])
}
