package register

import (
	"context"
	"net/url"

	"oneid/app/internal/check"
	"oneid/app/internal/draft"
	"oneid/db"
	"oneid/db/reference"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// Review shows everything once more before the password, with a way to change
// what did not come from the college. Answers to questions are not shown.
type Review struct {
	DB        *db.DB
	Names     *check.LoginNames
	Reference *reference.Reference
	// Domain follows the @ of a Login ID.
	Domain string
}

// Slug is the step's segment of the address.
func (*Review) Slug() string { return reviewSlug }

// Name is what the progress list calls it: checking belongs to the last step.
func (*Review) Name() i18n.Msg { return i18n.M("register.steps.password") }

// Needed is always true.
func (*Review) Needed(*draft.Draft) bool { return true }

// Done tells whether the person confirmed what they read, and nothing changed
// since.
func (*Review) Done(d *draft.Draft) bool { return d.Reviewed }

// Forget asks to read it again.
func (*Review) Forget(d *draft.Draft) { d.Reviewed = false }

// Show lists what the draft holds.
func (r *Review) Show(ctx context.Context, d *draft.Draft, typed url.Values, errs *form.Errors) (ui.Page, error) {
	colleges, err := db.Colleges(ctx, r.DB)
	if err != nil {
		return ui.Page{}, err
	}
	loginID, err := nextLoginID(ctx, r.DB, r.Names, d)
	if err != nil {
		return ui.Page{}, err
	}
	m := view.ReviewModel{
		Here: here(ctx, r, d, typed), LoginID: loginID + "@" + r.Domain,
		Legal: view.Legal{
			First: joined(d.Facts.First, d.Facts.Middle), Last: d.Facts.Last,
			Gender: r.Reference.GenderShown(d.Facts.Gender, string(i18n.LangOf(ctx))), Birth: birthDate(ctx, d.Facts.BirthDate),
			ReceivedAt: d.Facts.ReceivedAt,
		},
		Number: d.Facts.Number, College: collegeName(colleges, d.College),
	}
	if p := d.Personal; p != nil {
		title, _ := r.Reference.Title(p.Title)
		m.Preferred = joined(title.In(string(i18n.LangOf(ctx))), p.PreferredFirst, p.PreferredLast)
		m.Middle, m.Email, m.French = p.Middle, p.Email, p.Language == string(i18n.FR)
		m.Phone = withExtension(p)
	}
	if d.Designations != nil {
		for _, stated := range *d.Designations {
			m.Stated = append(m.Stated, view.Licence{College: collegeName(colleges, stated.College), Number: stated.Number})
		}
	}
	if d.Phones != nil {
		for _, phone := range d.Phones.List {
			m.Phones = append(m.Phones, view.Reached{
				Number: phone.Number, Call: phone.Method == db.MethodCall, Confirmed: !phone.ConfirmedAt.IsZero(),
			})
		}
	}
	if d.Agreed != nil {
		m.AgreedAt = d.Agreed.At
		for _, accepted := range d.Agreed.Documents {
			m.Agreed = append(m.Agreed, view.Accepted{Agreement: accepted.Name == db.DocumentAgreement, Version: accepted.Version})
		}
	}
	return view.Review(m), nil
}

// Judge has nothing to check: what is shown was checked where it was typed.
func (*Review) Judge(context.Context, *draft.Draft, url.Values) (Change, *form.Errors, error) {
	return func(_ context.Context, _ db.Tx, d *draft.Draft) error {
		d.Reviewed = true
		return nil
	}, nil, nil
}

// nextLoginID is the Login ID that the draft's person would get now, without
// its domain.
func nextLoginID(ctx context.Context, d *db.DB, names *check.LoginNames, of *draft.Draft) (string, error) {
	base, err := loginBase(names, of)
	if err != nil {
		return "", err
	}
	return db.NextLoginID(ctx, d, base)
}

func collegeName(colleges []db.College, code db.CollegeCode) i18n.Msg {
	for _, c := range colleges {
		if c.Code == code {
			return i18n.Words(map[i18n.Lang]string{i18n.EN: c.NameEn, i18n.FR: c.NameFr})
		}
	}
	return i18n.Verbatim(string(code))
}

// withExtension is the contact phone as accounts keep it.
func withExtension(p *draft.Personal) string {
	if p.Extension == "" {
		return p.Phone
	}
	return p.Phone + ";ext=" + p.Extension
}
