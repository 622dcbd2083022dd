package strictxml

import (
	"bytes"
	"strconv"
)

// lonelySurrogate returns where the document names half a character by number
// (&#xD800;), -1 when it does not. That is no XML, but encoding/xml reads it as
// U+FFFD where others stop: nobody honest writes it, and two readers of one
// document are what the gate is there to prevent.
func lonelySurrogate(doc []byte) int {
	for at := 0; ; {
		next := bytes.Index(doc[at:], []byte("&#"))
		if next < 0 {
			return -1
		}
		at += next + len("&#")
		base := 10
		if at < len(doc) && doc[at] == 'x' {
			base, at = 16, at+1
		}
		from := at
		for at < len(doc) && isDigit(doc[at]) { // each byte is looked at once, whatever follows
			at++
		}
		if n, err := strconv.ParseUint(string(doc[from:at]), base, 64); err == nil && 0xD800 <= n && n <= 0xDFFF {
			return from
		}
	}
}

func isDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
