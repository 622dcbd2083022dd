package services

import (
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// AttributesModel is what a service receives, and a preview for one person.
type AttributesModel struct {
	Head     Head
	Released []Released
	Waiting  *PolicyWaiting
	Facts    []string
	// The attribute that is being added.
	Fact, Name, Friendly string
	Errors               *form.Errors
	// Preview is for the person whose login ID was typed; nil for none.
	LoginID string
	Preview *Preview
}

// Released is one fact under one name.
type Released struct{ Fact, Name, Format, Friendly string }

// Preview is what would go out about one person, masked.
type Preview struct {
	Person       string // login ID
	NameIDFormat string
	NameID       string
	Items        []PreviewItem
	// Missing says why the person could not open the service; empty if they could.
	Missing string
	// Checks are the decision's, each with how it came out.
	Checks []Check
}

// PreviewItem is one attribute and what becomes of it.
type PreviewItem struct {
	Name, Fact string
	Values     []string
	Why        string // sent, empty or unknown
}

// Check is one check, ticked or crossed.
type Check struct {
	Passed bool
	Title  i18n.Msg
	Said   i18n.Msg // what it means, or what to do; may be none
	Detail string   // as the protocol's code has it, in English where it is text
	// Skipped: it could not be made because of an earlier one.
	Skipped bool
}

// Attributes is the page.
func Attributes(m AttributesModel) ui.Page {
	return m.Head.page(ui.Page{Body: attributes(m), Errors: m.Errors})
}

func (m AttributesModel) facts() []ui.Option {
	list := make([]ui.Option, len(m.Facts))
	for i, f := range m.Facts {
		list[i] = ui.Option{Value: f, Label: Fact(f)}
	}
	return list
}

// Fact names a fact in words.
func Fact(name string) i18n.Msg {
	switch name {
	case "display_name":
		return i18n.M("services.fact.display_name")
	case "first_name":
		return i18n.M("services.fact.first_name")
	case "last_name":
		return i18n.M("services.fact.last_name")
	case "email":
		return i18n.M("services.fact.email")
	case "phone":
		return i18n.M("services.fact.phone")
	case "language":
		return i18n.M("services.fact.language")
	case "login_id":
		return i18n.M("services.fact.login_id")
	case "rid":
		return i18n.M("services.fact.rid")
	case "licence":
		return i18n.M("services.fact.licence")
	case "key":
		return i18n.M("services.fact.key")
	case "subject_id":
		return i18n.M("services.fact.subject_id")
	case "pairwise_id":
		return i18n.M("services.fact.pairwise_id")
	case "level":
		return i18n.M("services.fact.level")
	case "assurance":
		return i18n.M("services.fact.assurance")
	case "primary_factor":
		return i18n.M("services.fact.primary_factor")
	case "compensating_factors":
		return i18n.M("services.fact.factors")
	case "strong_authentication_request":
		return i18n.M("services.fact.strong")
	case "protected_network":
		return i18n.M("services.fact.network")
	case "asserting_party":
		return i18n.M("services.fact.party")
	case "identity_provider":
		return i18n.M("services.fact.provider")
	case "uao":
		return i18n.M("services.fact.uao")
	case "uao_type":
		return i18n.M("services.fact.uao_type")
	case "uao_name":
		return i18n.M("services.fact.uao_name")
	case "service_entitlements":
		return i18n.M("services.fact.entitlements")
	case "roles":
		return i18n.M("services.fact.roles")
	case "delegate_merit_only":
		return i18n.M("services.fact.delegate")
	}
	return i18n.Verbatim(name)
}

func (i PreviewItem) why() (ui.Kind, string, i18n.Msg) {
	switch i.Why {
	case "sent":
		return ui.OK, "check", i18n.M("services.preview.sent")
	case "empty":
		return ui.Bare, "circle", i18n.M("services.preview.empty")
	}
	return ui.Bad, "cross", i18n.M("services.preview.unknown")
}
