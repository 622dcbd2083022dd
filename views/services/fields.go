package services

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"oneid/views/i18n"
)

// fault is the class of a field that was refused.
func fault(error i18n.Msg) string {
	if error.Zero() {
		return ""
	}
	return "has-error"
}

// described ties a field to its hint and to what is wrong with it.
func described(error i18n.Msg, id string) templ.Attributes {
	if error.Zero() {
		return templ.Attributes{"aria-describedby": id + "-h"}
	}
	return templ.Attributes{"aria-describedby": id + "-h " + id + "-e", "aria-invalid": "true"}
}

func itoa(n int) string { return strconv.Itoa(n) }

// Grouped writes a fingerprint in pairs, as other products show it; any other
// text stays as it is.
func Grouped(text string) string {
	if len(text) != 64 || strings.Trim(text, "0123456789abcdef") != "" {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i += 2 {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(strings.ToUpper(text[i : i+2]))
	}
	return b.String()
}

// parts are the pieces of an address, a name or a fingerprint between which a
// line may break.
func parts(text string) []string {
	var list []string
	from := 0
	for i, r := range text {
		if strings.ContainsRune(":/,;?&", r) && i+1 < len(text) && text[i+1] != '/' && i-from > 6 {
			list, from = append(list, text[from:i+1]), i+1
		}
	}
	return append(list, text[from:])
}
