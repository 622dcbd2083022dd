package services

import (
	"net/url"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// BringModel is the form that brings metadata.
type BringModel struct {
	// For is the service whose metadata is renewed; empty for any.
	For    string
	Name   map[i18n.Lang]string
	How    string // address, upload or paste
	From   string // the address
	Text   string
	Signer string
	Errors *form.Errors
}

// Bring is its page.
func Bring(m BringModel) ui.Page {
	return ui.Page{
		Title: m.title(), Body: bring(m), Errors: m.Errors, Frame: ui.Plain, Back: m.back(), NoIndex: true, FormID: "bring",
	}
}

// BringPath is its address, for a service whose metadata is renewed if there is
// one.
func BringPath(id string) string { return forService(ImportPath, id) }

func forService(path, id string) string {
	if id == "" {
		return path
	}
	return path + "?" + url.Values{"for": {id}}.Encode()
}

func (m BringModel) title() i18n.Msg {
	if m.For != "" {
		return i18n.M("services.metadata.renew")
	}
	return i18n.M("services.bring.title")
}

func (m BringModel) back() string {
	if m.For != "" {
		return Path(m.For, TabMetadata)
	}
	return ListPath
}

// Sources of metadata, as the form names them.
const (
	HowAddress = "address"
	HowUpload  = "upload"
	HowPaste   = "paste"
)

func (m BringModel) how() string {
	if m.How == "" {
		return HowAddress
	}
	return m.How
}

// FetchTrouble says why an address brought nothing.
func FetchTrouble(why string) i18n.Msg {
	switch why {
	case "bad_address":
		return i18n.M("services.trouble.bad_address")
	case "private":
		return i18n.M("services.trouble.private")
	case "redirected":
		return i18n.M("services.trouble.redirected")
	case "untrusted":
		return i18n.M("services.trouble.untrusted")
	case "too_slow":
		return i18n.M("services.trouble.too_slow")
	case "too_large":
		return i18n.M("services.trouble.too_large")
	case "answered":
		return i18n.M("services.trouble.answered")
	case "refused":
		return i18n.M("services.trouble.refused")
	case "signature":
		return i18n.M("services.trouble.signature")
	case "not_in_it":
		return i18n.M("services.trouble.not_in_it")
	}
	return i18n.M("services.trouble.unreachable")
}

// SignatureTrouble says why a signature that was asked for does not hold.
func SignatureTrouble(code string) i18n.Msg {
	switch code {
	case "not_signed":
		return i18n.M("services.review.unsigned")
	case "no_key":
		return i18n.M("services.review.other_signer")
	}
	return i18n.M("services.review.bad_signature")
}
