package ui

import (
	"strconv"

	"github.com/a-h/templ"

	"oneid/views/i18n"
)

func itoa(n int) string { return strconv.Itoa(n) }

// langOf marks text in another language than the page's.
func langOf(lang string) templ.Attributes {
	if lang == "" {
		return nil
	}
	return templ.Attributes{"lang": lang}
}

func exact(f Field) Field {
	f.Exact = true
	return f
}

func codeField(f Field) Field {
	if f.Autocomplete == "" {
		f.Autocomplete = "one-time-code"
	}
	if f.InputMode == "" {
		f.InputMode = "numeric"
	}
	f.Width = Code
	return exact(f)
}

func answer(f Field) Field {
	if f.Autocomplete == "" {
		f.Autocomplete = "off"
	}
	return exact(f)
}

// narrowed leaves the width of a list to the element around it, which also
// holds the arrow.
func narrowed(f Field) Field {
	f.Width = ""
	return f
}

// datePart gives each part of a birth date its own autofill and, in a refused
// date, the mark of the fault.
func datePart(f Field, part string) templ.Attributes {
	a := templ.Attributes{}
	if f.Autocomplete != "" {
		a["autocomplete"] = f.Autocomplete + "-" + part
	}
	if f.refused() {
		a["aria-invalid"] = "true"
	}
	return a
}

func months() []i18n.Msg {
	return []i18n.Msg{
		i18n.M("ui.month.january"), i18n.M("ui.month.february"), i18n.M("ui.month.march"),
		i18n.M("ui.month.april"), i18n.M("ui.month.may"), i18n.M("ui.month.june"),
		i18n.M("ui.month.july"), i18n.M("ui.month.august"), i18n.M("ui.month.september"),
		i18n.M("ui.month.october"), i18n.M("ui.month.november"), i18n.M("ui.month.december"),
	}
}

func ticked(f Field) string {
	if f.Value == "" {
		return "yes"
	}
	return f.Value
}

func tickWrap(f Field) string {
	if f.refused() {
		return "has-error"
	}
	return ""
}
