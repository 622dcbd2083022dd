package services

import (
	"net/url"
	"strings"

	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/services"
)

// bringForm brings metadata.
type bringForm struct {
	How, Address, Text, Signer string

	document []byte
	tooLarge bool
}

// Check wants what was chosen to be there.
func (f *bringForm) Check(errs *form.Errors) {
	switch f.How {
	case view.HowAddress:
		if f.Address == "" {
			errs.Add("address", i18n.M("services.bring.address_missing"))
		}
	case view.HowUpload:
		switch {
		case f.tooLarge:
			errs.Add("file", i18n.M("services.bring.file_large"))
		case len(f.document) == 0:
			errs.Add("file", i18n.M("services.bring.file_missing"))
		}
	case view.HowPaste:
		if strings.TrimSpace(f.Text) == "" {
			errs.Add("text", i18n.M("services.bring.text_missing"))
		}
	default:
		errs.Add("how", i18n.M("services.bring.how_missing"))
	}
	if signer := Fingerprint(f.Signer); signer != "" && (len(signer) != 64 || strings.Trim(signer, "0123456789abcdef") != "") {
		errs.Add("signer", i18n.M("services.bring.signer_odd"))
	}
}

func (f *bringForm) brought() Brought {
	in := Brought{Signer: f.Signer}
	switch f.How {
	case view.HowAddress:
		in.Source, in.Address = db.FromAddress, f.Address
	case view.HowUpload:
		in.Source, in.Document = db.FromUpload, f.document
	case view.HowPaste:
		// Browsers send a line's end as two characters: lines stay lines.
		in.Source, in.Document = db.FromPaste, []byte(strings.TrimSpace(strings.ReplaceAll(f.Text, "\r\n", "\n")))
	}
	return in
}

// placeForm says where new metadata belongs.
type placeForm struct {
	Entity    string `form:"entity"`
	Service   string `form:"service"`
	NameEN    string `form:"name_en"`
	NameFR    string `form:"name_fr"`
	Start     string `form:"start"`
	Scheduled string `form:"scheduled"`
}

// Check wants an address that a browser can open.
func (f *placeForm) Check(errs *form.Errors) {
	if f.Start == "" {
		return
	}
	u, err := url.Parse(f.Start)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" || len(f.Start) > 2048 {
		errs.Add("start", i18n.M("services.review.start_odd"))
	}
}

func (f *placeForm) place() Place {
	return Place{
		Service: db.ServiceID(f.Service), NameEN: strings.TrimSpace(f.NameEN), NameFR: strings.TrimSpace(f.NameFR), Start: f.Start,
		Scheduled: f.Scheduled != "",
	}
}
