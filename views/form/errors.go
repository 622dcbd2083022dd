package form

import "oneid/views/i18n"

// Errors lists what is wrong with a form, in the order in which it was found,
// which is the order in which the summary shows it. The zero value is ready,
// and reading a nil *Errors finds nothing wrong.
type Errors struct {
	items []Item
}

// Item is one fault: the name of a field and what to say about it.
type Item struct {
	Field string
	Msg   i18n.Msg
}

// Add notes a fault of a field. The first one of a field wins: a person can
// only mend one thing at a time in one place.
func (e *Errors) Add(field string, m i18n.Msg) {
	if m.Zero() || !e.Of(field).Zero() {
		return
	}
	e.items = append(e.items, Item{Field: field, Msg: m})
}

// Of is the fault of a field, the zero Msg if there is none.
func (e *Errors) Of(field string) i18n.Msg {
	if e == nil {
		return i18n.Msg{}
	}
	for _, item := range e.items {
		if item.Field == field {
			return item.Msg
		}
	}
	return i18n.Msg{}
}

// Any reports whether anything is wrong.
func (e *Errors) Any() bool { return e != nil && len(e.items) > 0 }

// All returns the faults in the order in which they were found.
func (e *Errors) All() []Item {
	if e == nil {
		return nil
	}
	return e.items
}
