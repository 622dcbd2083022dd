package saml

import (
	"time"
	"unicode/utf8"
)

// What is written here is canonical by Exclusive XML Canonicalization from the
// start, so that it can be digested as it stands: attributes in order, no
// empty-element tags, each namespace declared where it is first used, and the
// two escapings below (Canonical XML 1.0, 2.3).

// appendText appends the text of an element. Characters that XML cannot hold
// become U+FFFD; where that could change who is meant, expressible is asked
// first.
func appendText(dst []byte, s string) []byte { return escape(dst, s, false) }

// appendAttr appends a space, an attribute's name and its value.
func appendAttr(dst []byte, name, value string) []byte {
	dst = append(dst, ' ')
	dst = append(dst, name...)
	dst = append(dst, '=', '"')
	dst = escape(dst, value, true)
	return append(dst, '"')
}

// appendOptional is appendAttr for attributes that are left out when empty.
func appendOptional(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return appendAttr(dst, name, value)
}

// appendTime is appendAttr for a time.
func appendTime(dst []byte, name string, t time.Time) []byte {
	dst = append(dst, ' ')
	dst = append(dst, name...)
	dst = append(dst, '=', '"')
	dst = instant(t).AppendFormat(dst, time.RFC3339)
	return append(dst, '"')
}

func escape(dst []byte, s string, attribute bool) []byte {
	clean := 0 // s[clean:i] needs nothing done
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '&' && c != '<' && c != '>' && c != '"' && c < utf8.RuneSelf {
			i++ // almost all of them, so they are not asked about one by one
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 || !character(r) {
				dst = append(dst, s[clean:i]...)
				dst = append(dst, "\uFFFD"...)
				clean = i + size
			}
			i += size
			continue
		}
		if by := escaped(c, attribute); by != "" {
			dst = append(dst, s[clean:i]...)
			dst = append(dst, by...)
			clean = i + 1
		}
		i++
	}
	return append(dst, s[clean:]...)
}

// escaped returns what stands for an ASCII character, "" when it stands for
// itself.
func escaped(c byte, attribute bool) string {
	switch c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		if !attribute {
			return "&gt;"
		}
	case '"':
		if attribute {
			return "&quot;"
		}
	case '\r':
		return "&#xD;"
	case '\t':
		if attribute {
			return "&#x9;"
		}
	case '\n':
		if attribute {
			return "&#xA;"
		}
	default:
		if c < ' ' {
			return "\uFFFD"
		}
	}
	return ""
}

// character reports whether XML 1.0 can hold it.
func character(r rune) bool {
	return r >= ' ' && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r'
}

// expressible reports whether a string can be written without any change.
func expressible(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !character(r) {
			return false
		}
	}
	return true
}
