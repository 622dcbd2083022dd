package metadatafetch

import "strings"

// Why says why nothing was fetched. The values are stable: they are kept with a
// refresh that did not work.
type Why string

// The reasons.
const (
	BadAddress  Why = "bad_address" // not https, or not an address
	Private     Why = "private"     // leads behind somebody's walls
	Redirected  Why = "redirected"  // too often, or somewhere it may not
	Unreachable Why = "unreachable"
	Untrusted   Why = "untrusted" // its TLS certificate does not hold
	TooSlow     Why = "too_slow"
	TooLarge    Why = "too_large"
	Answered    Why = "answered" // with another status than 200
)

// Reasons lists them all.
func Reasons() []Why {
	return []Why{BadAddress, Private, Redirected, Unreachable, Untrusted, TooSlow, TooLarge, Answered}
}

// Refusal is the error of every fetch that brought nothing.
type Refusal struct {
	Why Why
	// Detail is for operators; it may quote what the other side said.
	Detail string
}

// Error describes the refusal for a log.
func (r *Refusal) Error() string { return "fetch metadata: " + string(r.Why) + ": " + r.Detail }

// clip keeps what the other side says short and printable.
func clip(s string) string {
	const most = 200
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
