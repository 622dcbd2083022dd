package services

import (
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// ReviewModel is metadata that was brought, explained.
type ReviewModel struct {
	ID       string
	For      string // the service whose metadata is renewed; empty for any
	Source   string
	Address  string
	Entity   string // empty: choose among Listed
	Listed   []ListedLine
	Findings []Finding
	Changes  []Change

	Signed    bool
	Offered   []string
	Signer    string
	Untrusted string // code; empty when nothing is wrong

	// Known is the service that has it; without one, Free are those it can belong
	// to.
	Known          map[i18n.Lang]string
	KnownID        string
	Free           []ui.Option
	Service        string
	NameEN, NameFR string
	Start          string
	Scheduled      bool

	Stops, Grave bool
	Errors       *form.Errors
}

// ListedLine is one of several services of a document.
type ListedLine struct {
	Entity string
	Name   map[i18n.Lang]string
}

// Change is one difference between two versions.
type Change struct {
	What  string
	Was   string
	Is    string
	Grave bool
}

// Review is the page that explains metadata before it is taken.
func Review(m ReviewModel) ui.Page {
	return ui.Page{
		Title: i18n.M("services.review.title"), Body: review(m), Errors: m.Errors, Frame: ui.Full, Back: BringPath(m.For), NoIndex: true,
	}
}

func (m ReviewModel) act() i18n.Msg {
	if m.Grave {
		return i18n.M("services.review.propose")
	}
	return i18n.M("services.review.apply")
}

func (m ReviewModel) entities() []ui.Option {
	list := make([]ui.Option, len(m.Listed))
	for i, l := range m.Listed {
		list[i] = ui.Option{Value: l.Entity, Label: i18n.Words(l.Name), Hint: i18n.Verbatim(l.Entity)}
	}
	return list
}

// ReviewPath is its address, for a service whose metadata is renewed if there is
// one.
func ReviewPath(id, service string) string { return forService(ImportPath+"/"+id, service) }

func (c Change) said() i18n.Msg {
	switch c.What {
	case "origin_added":
		return i18n.M("services.change.origin_added")
	case "origin_removed":
		return i18n.M("services.change.origin_removed")
	case "reply_added":
		return i18n.M("services.change.reply_added")
	case "reply_removed":
		return i18n.M("services.change.reply_removed")
	case "logout_added":
		return i18n.M("services.change.logout_added")
	case "logout_removed":
		return i18n.M("services.change.logout_removed")
	case "signing_key_added":
		return i18n.M("services.change.signing_key_added")
	case "signing_key_removed":
		return i18n.M("services.change.signing_key_removed")
	case "encryption_key_added":
		return i18n.M("services.change.encryption_key_added")
	case "encryption_key_removed":
		return i18n.M("services.change.encryption_key_removed")
	case "signs_changed":
		return i18n.M("services.change.signs")
	case "wants_signed_changed":
		return i18n.M("services.change.wants_signed")
	case "name_formats_changed":
		return i18n.M("services.change.name_formats")
	case "start_changed":
		return i18n.M("services.change.start")
	case "start_origin_changed":
		return i18n.M("services.change.start_origin")
	case "names_changed":
		return i18n.M("services.change.names")
	}
	return i18n.M("services.change.until")
}

func weight(w string) (ui.Kind, string, i18n.Msg) {
	switch w {
	case "refused":
		return ui.Bad, "cross-circle", i18n.M("services.weight.refused")
	case "warning":
		return ui.Warn, "warning", i18n.M("services.weight.warning")
	}
	return ui.Info, "info", i18n.M("services.weight.advice")
}

// weighed are the findings of one weight.
func weighed(list []Finding, w string) []Finding {
	var some []Finding
	for _, f := range list {
		if f.Weight == w {
			some = append(some, f)
		}
	}
	return some
}
