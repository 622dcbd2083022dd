package mail

import (
	"context"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"oneid/views/i18n"
)

// gsm are the letters of the alphabet that text messages are sent in. One letter
// outside it would cut the room of a message to less than half.
const gsm = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà"

// Text writes a text message in the language of the context, in letters that
// every phone and carrier passes on.
func Text(ctx context.Context, m i18n.Msg) string {
	var b strings.Builder
	for _, r := range m.In(ctx) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune(gsm, r):
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r == '’':
			b.WriteByte('\'')
		default:
			// "û" of "août" is sent as "u".
			if plain := []rune(norm.NFD.String(string(r))); plain[0] < unicode.MaxASCII {
				b.WriteRune(plain[0])
			} else {
				b.WriteByte('?')
			}
		}
	}
	return b.String()
}
