package register

import (
	"bytes"
	"context"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

	"oneid/app/internal/audit"
	"oneid/app/internal/draft"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// Policies is the step that shows the Notice of Collection and the Physician
// Agreement and asks for agreement. What is accepted is named by version and
// hash as it was on the screen; when another version has come into force since,
// that one is shown and asked for.
type Policies struct {
	DB    *db.DB
	Audit *audit.Log
}

// Slug is the step's segment of the address.
func (*Policies) Slug() string { return "policies" }

// Name is what the progress list calls it.
func (*Policies) Name() i18n.Msg { return i18n.M("register.steps.policies") }

// Needed is always true.
func (*Policies) Needed(*draft.Draft) bool { return true }

// Done tells whether something was agreed to; whether it is still in force is
// for Lapsed.
func (*Policies) Done(d *draft.Draft) bool { return d.Agreed != nil }

// Forget drops the agreement.
func (*Policies) Forget(d *draft.Draft) { d.Agreed = nil }

// Lapsed tells that another version has come into force.
func (p *Policies) Lapsed(ctx context.Context, d *draft.Draft) (i18n.Msg, error) {
	language := i18n.EN
	if len(d.Agreed.Documents) > 0 {
		language = i18n.Lang(d.Agreed.Documents[0].Language)
	}
	documents, err := p.inForce(ctx, language)
	if err != nil || agreedTo(d.Agreed, documents) {
		return i18n.Msg{}, err
	}
	return i18n.M("register.policies.changed"), nil
}

// agreedTo tells whether exactly these documents were accepted.
func agreedTo(agreed *draft.Agreed, documents []db.Document) bool {
	for _, document := range documents {
		if !slices.ContainsFunc(agreed.Documents, func(a draft.Accepted) bool {
			return a.Name == document.Name && a.Version == document.Version && bytes.Equal(a.SHA256, document.SHA256)
		}) {
			return false
		}
	}
	return true
}

// inForce returns the notice and the agreement, in this order.
func (p *Policies) inForce(ctx context.Context, language i18n.Lang) ([]db.Document, error) {
	return db.DocumentsInForce(ctx, p.DB, string(language), p.DB.Clock.Now(), db.DocumentNotice, db.DocumentAgreement)
}

// Show shows both documents in the language of the page.
func (p *Policies) Show(ctx context.Context, d *draft.Draft, typed url.Values, errs *form.Errors) (ui.Page, error) {
	documents, err := p.inForce(ctx, i18n.LangOf(ctx))
	if err != nil {
		return ui.Page{}, err
	}
	m := view.PoliciesModel{
		Here: here(ctx, p, d, typed), Errors: errs,
		Name: fullName(d.Facts), Last: tail(d.Facts.Number),
		Notice: policy(documents[0]), Agreement: policy(documents[1]),
		Agreed: d.Agreed != nil,
	}
	if typed != nil {
		// A tick belongs to the texts it was put under; the switch of language
		// changes the words, not what they say.
		m.Agreed = typed.Get("agree") != "" && sameVersions(typed[view.FieldShown], documents)
	}
	return view.Policies(m), nil
}

// Judge wants the tick, and the tick under what is in force now.
func (p *Policies) Judge(ctx context.Context, d *draft.Draft, typed url.Values) (Change, *form.Errors, error) {
	errs := new(form.Errors)
	accepted, err := p.accepted(ctx, typed[view.FieldShown])
	switch {
	case err != nil:
		return nil, nil, err
	case accepted == nil:
		errs.Add("agree", i18n.M("register.policies.changed"))
	case typed.Get("agree") == "":
		errs.Add("agree", i18n.M("register.policies.agree_missing"))
	}
	if errs.Any() {
		return nil, errs, nil
	}
	return func(ctx context.Context, tx db.Tx, d *draft.Draft) error {
		d.Agreed = &draft.Agreed{Documents: accepted, At: tx.At}
		details := map[string]string{"language": accepted[0].Language}
		for _, a := range accepted {
			details[a.Name] = a.Version
		}
		return p.Audit.Record(ctx, tx, audit.Event{Kind: audit.RegisterPoliciesAgreed, Subject: string(d.ID), Details: details})
	}, nil, nil
}

// accepted returns what was on the screen, if it is in force in either
// language; else nil.
func (p *Policies) accepted(ctx context.Context, shownNames []string) ([]draft.Accepted, error) {
	for _, language := range i18n.Langs() {
		documents, err := p.inForce(ctx, language)
		if err != nil {
			return nil, err
		}
		var names []string
		var accepted []draft.Accepted
		for _, document := range documents {
			names = append(names, shown(document))
			accepted = append(accepted, draft.Accepted{
				Name: document.Name, Version: document.Version, Language: document.Language, SHA256: document.SHA256,
			})
		}
		if slices.Equal(names, shownNames) {
			return accepted, nil
		}
	}
	return nil, nil
}

// shown names a document exactly: name, version, language, hash.
func shown(d db.Document) string {
	return strings.Join([]string{d.Name, d.Version, d.Language, hex.EncodeToString(d.SHA256)}, "/")
}

// sameVersions tells whether the names are of these versions, in any language.
func sameVersions(names []string, documents []db.Document) bool {
	for i, document := range documents {
		if i >= len(names) || !strings.HasPrefix(names[i], document.Name+"/"+document.Version+"/") {
			return false
		}
	}
	return true
}

func policy(d db.Document) view.Policy {
	return view.Policy{Version: d.Version, InForceAt: d.InForceAt, Body: d.Body, Shown: shown(d)}
}

// fullName is the legal name as the college sent it.
func fullName(f draft.Facts) string {
	name := f.First
	for _, part := range []string{f.Middle, f.Last} {
		if part != "" && name != "" {
			name += " "
		}
		name += part
	}
	return name
}

// tailDigits is how much of a registration number is shown before anything is
// agreed to.
const tailDigits = 2

func tail(number string) string {
	return number[max(0, len(number)-tailDigits):]
}
