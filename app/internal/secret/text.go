package secret

import (
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// Text is a secret or personal text on its way through the program. However it
// is printed, logged or encoded, it shows as [redacted]; Reveal gives the text
// itself. The zero value is the empty text.
type Text struct {
	// A pointer, because printing a struct with reflection does not ask the
	// methods of unexported fields: it would show a string, but not what a
	// pointer points to. For the same reason two Texts can't be compared with ==.
	value *string
}

// NewText wraps a text.
func NewText(s string) Text { return Text{value: &s} }

// Reveal is the text itself. Every call should be worth a second look.
func (t Text) Reveal() string {
	if t.value == nil {
		return ""
	}
	return *t.value
}

// Empty reports whether there is no text.
func (t Text) Empty() bool { return t.Reveal() == "" }

// String is [redacted].
func (t Text) String() string { return redacted }

// Format writes [redacted] for every verb of package fmt.
func (t Text) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(redacted)) }

// MarshalText writes [redacted], and so do JSON and XML.
func (t Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue logs [redacted].
func (t Text) LogValue() slog.Value { return slog.StringValue(redacted) }
