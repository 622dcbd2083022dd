package ui

import "oneid/views/i18n"

// Flash is said once, at the top of the page that follows a form: what has
// become of it. It is made by Done, Told or Caution; the zero Flash says nothing.
type Flash struct {
	Kind Kind
	Text i18n.Msg
}

// Done says that what was asked for is done.
func Done(text i18n.Msg) Flash { return Flash{Kind: OK, Text: text} }

// Told says how things stand where nothing is done yet, or nothing was to do.
func Told(text i18n.Msg) Flash { return Flash{Kind: Info, Text: text} }

// Caution says that it was refused, or that the person has to see to something.
func Caution(text i18n.Msg) Flash { return Flash{Kind: Warn, Text: text} }

// Zero reports whether there is nothing to say.
func (f Flash) Zero() bool { return f.Text.Zero() }

// Urgent reports whether it is to be heard at once, before whatever else is
// being read out.
func (f Flash) Urgent() bool { return f.Kind == Warn || f.Kind == Bad }

func (f Flash) role() string {
	if f.Urgent() {
		return "alert"
	}
	return "status"
}
