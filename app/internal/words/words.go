package words

import (
	"strings"

	"oneid/db"
	"oneid/views/i18n"
)

// College is what pages say of a college.
func College(c *db.College) i18n.College {
	w := i18n.College{Short: Both(c.ShortEn, c.ShortFr), Name: Both(c.NameEn, c.NameFr)}
	if c.Contact == nil {
		return w
	}
	w.Desk, w.Hours = texts(c.Contact.Desk), texts(c.Contact.Hours)
	w.Phone, w.TollFree = dialled(c.Contact.Phone["en"]), dialled(c.Contact.TollFree["en"])
	w.Email = c.Contact.Email
	return w
}

// Both is a text in both languages.
func Both(en, fr string) map[i18n.Lang]string {
	return map[i18n.Lang]string{i18n.EN: en, i18n.FR: fr}
}

func texts(by map[string]string) map[i18n.Lang]string {
	return Both(by["en"], by["fr"])
}

// dialled reads a number as it is printed, "1-800-268-7096 ext. 606", into the
// form that is shown in either language and can be dialled.
func dialled(printed string) string {
	number, extension, _ := strings.Cut(printed, "ext.")
	digits := strings.TrimPrefix(digitsOf(number), "1")
	if len(digits) != 10 {
		return printed
	}
	if extension = digitsOf(extension); extension != "" {
		return "+1" + digits + ";ext=" + extension
	}
	return "+1" + digits
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
