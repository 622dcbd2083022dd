package outbox

import (
	"strings"
	"unicode/utf8"

	"oneid/db"
)

// mask is what may be shown of a recipient: "r•••@example.ca", "•••23".
func mask(channel, to string) string {
	if channel == db.ChannelMail {
		return MaskEmail(to)
	}
	return MaskPhone(to)
}

// MaskEmail keeps the first letter of an address and its domain.
func MaskEmail(email string) string {
	at := strings.LastIndexByte(email, '@')
	if at < 1 {
		return "•••"
	}
	_, first := utf8.DecodeRuneInString(email)
	return email[:first] + "•••" + email[at:]
}

// MaskPhone keeps the last two digits of a number.
func MaskPhone(number string) string { return "•••" + number[max(len(number)-2, 0):] }
