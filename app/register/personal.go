package register

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"oneid/app/internal/check"
	"oneid/app/internal/draft"
	"oneid/db"
	"oneid/db/reference"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// Personal is the step about the person: what the college stated, to read; how
// they like to be called and how to reach them, to fill in.
type Personal struct {
	DB        *db.DB
	Names     *check.LoginNames
	Phones    check.Phones
	Reference *reference.Reference
	// Domain follows the @ of a Login ID.
	Domain string
}

// Slug is the step's segment of the address.
func (*Personal) Slug() string { return "personal" }

// Name is what the progress list calls it.
func (*Personal) Name() i18n.Msg { return i18n.M("register.steps.personal") }

// Needed is always true.
func (*Personal) Needed(*draft.Draft) bool { return true }

// Done tells whether the step was saved.
func (*Personal) Done(d *draft.Draft) bool { return d.Personal != nil }

// Forget drops what the person said; what the college said stays.
func (*Personal) Forget(d *draft.Draft) { d.Personal = nil }

// Upsets: answers are checked against names and contacts, and only their hashes
// are kept, so they can't be checked against new ones.
func (*Personal) Upsets(before, after *draft.Draft) []string {
	if before.Personal == nil || after.Personal == nil {
		return nil
	}
	b, a := *before.Personal, *after.Personal
	b.Title, b.Language, b.Extension = a.Title, a.Language, a.Extension
	if b == a {
		return nil
	}
	return []string{questionsSlug}
}

// Show fills the fields with what was typed, else what was saved, else what the
// college's facts suggest.
func (p *Personal) Show(ctx context.Context, d *draft.Draft, typed url.Values, errs *form.Errors) (ui.Page, error) {
	return p.show(ctx, here(ctx, p, d, typed), d, p.values(ctx, d, typed), errs)
}

func (p *Personal) show(ctx context.Context, h view.Here, d *draft.Draft, v view.PersonalValues, errs *form.Errors) (ui.Page, error) {
	preview, err := p.Preview(ctx, d.Facts, v.First, v.Last)
	if err != nil {
		return ui.Page{}, err
	}
	m := view.PersonalModel{
		Here: h, Values: v, Titles: p.titles(ctx, v.Title), Preview: preview, Errors: errs,
		Legal: view.Legal{
			First: joined(d.Facts.First, d.Facts.Middle), Last: d.Facts.Last,
			Gender: p.Reference.GenderShown(d.Facts.Gender, string(i18n.LangOf(ctx))), Birth: birthDate(ctx, d.Facts.BirthDate),
			ReceivedAt: d.Facts.ReceivedAt,
		},
		OneName: d.Facts.First == "" || d.Facts.Last == "",
	}
	if _, moved := withoutMiddle(v.First, d.Facts.Middle); moved {
		m.Move = d.Facts.Middle
	}
	return view.Personal(m), nil
}

func (p *Personal) values(ctx context.Context, d *draft.Draft, typed url.Values) view.PersonalValues {
	switch {
	case typed != nil:
		return view.PersonalValues{
			Title: typed.Get("title"), First: typed.Get("preferred_first"), Middle: typed.Get("middle"), Last: typed.Get("preferred_last"),
			Email: typed.Get("email"), Phone: typed.Get("phone"), Extension: typed.Get("extension"), Language: typed.Get("language"),
		}
	case d.Personal != nil:
		return view.PersonalValues{
			Title: d.Personal.Title, First: d.Personal.PreferredFirst, Middle: d.Personal.Middle, Last: d.Personal.PreferredLast,
			Email: d.Personal.Email, Phone: i18n.Phone(ctx, d.Personal.Phone), Extension: d.Personal.Extension, Language: d.Personal.Language,
		}
	}
	v := view.PersonalValues{First: joined(d.Facts.First, d.Facts.Middle), Last: d.Facts.Last, Language: d.Facts.Language}
	if utf8.RuneCountInString(v.First) > check.MaxFirstName || d.Facts.First == "" {
		// Together they are longer than a first name may be.
		v.First, v.Middle = d.Facts.First, d.Facts.Middle
	}
	if v.Language == "" {
		v.Language = string(i18n.LangOf(ctx))
	}
	return v
}

// Assist moves the middle name to its own field, or shows the Login ID again
// where there is no script.
func (p *Personal) Assist(ctx context.Context, d *draft.Draft, typed url.Values) (ui.Page, bool, error) {
	if !typed.Has("move") && !typed.Has("preview") {
		return ui.Page{}, false, nil
	}
	v, h := p.values(ctx, d, typed), here(ctx, p, d, typed)
	if typed.Has("move") {
		if first, moved := withoutMiddle(v.First, d.Facts.Middle); moved {
			v.First, v.Middle = first, joined(d.Facts.Middle, v.Middle)
			h.Focus = "middle"
		}
	}
	page, err := p.show(ctx, h, d, v, nil)
	return page, true, err
}

// Judge reads the fields of the person; nothing the college stated is among
// them.
func (p *Personal) Judge(_ context.Context, _ *draft.Draft, typed url.Values) (Change, *form.Errors, error) {
	errs := new(form.Errors)
	said := draft.Personal{Title: typed.Get("title"), Language: typed.Get("language")}
	if _, known := p.Reference.Title(said.Title); !known && said.Title != "" {
		errs.Add("title", i18n.M("register.personal.title_unknown"))
	}
	said.PreferredFirst = check.FirstName(errs, "preferred_first", typed.Get("preferred_first"))
	said.Middle = check.MiddleNames(errs, "middle", typed.Get("middle"))
	said.PreferredLast = check.LastName(errs, "preferred_last", typed.Get("preferred_last"))
	if errs.Of("preferred_first").Zero() && errs.Of("preferred_last").Zero() {
		p.Names.Check(errs, "preferred_first", "preferred_last", said.PreferredFirst, said.PreferredLast)
	}
	said.Email = check.Email(errs, "email", typed.Get("email"))
	phone := p.Phones.Contact(errs, "phone", "extension", typed.Get("phone"), typed.Get("extension"))
	said.Phone, said.Extension, _ = strings.Cut(phone, ";ext=")
	if _, known := i18n.ParseLang(said.Language); !known {
		errs.Add("language", i18n.M("register.personal.language_missing"))
	}
	if errs.Any() {
		return nil, errs, nil
	}
	return func(_ context.Context, _ db.Tx, d *draft.Draft) error {
		d.Personal = &said
		return nil
	}, nil, nil
}

// Preview tells which Login ID these preferred names would get now. It reserves
// nothing.
func (p *Personal) Preview(ctx context.Context, legal draft.Facts, first, last string) (view.LoginPreview, error) {
	first, last = check.TidyName(first), check.TidyName(last)
	if first == "" || last == "" {
		return view.LoginPreview{}, nil
	}
	errs := new(form.Errors)
	check.FirstName(errs, "first", first)
	check.LastName(errs, "last", last)
	if errs.Any() {
		return view.LoginPreview{Fault: errs.All()[0].Msg}, nil
	}
	base, fault := p.Names.Base(first, last)
	if !fault.Zero() {
		return view.LoginPreview{Fault: fault}, nil
	}
	free, err := db.NextLoginID(ctx, p.DB, base)
	if err != nil {
		return view.LoginPreview{}, err
	}
	return view.LoginPreview{
		LoginID: free + "@" + p.Domain, Numbered: free != base,
		Folded: base != strings.ToUpper(first+"."+last),
		Far:    check.Far(legal.First, legal.Middle, legal.Last, first, last),
	}, nil
}

// titles are those of the page's language, and the one that is chosen.
func (p *Personal) titles(ctx context.Context, chosen string) []ui.Option {
	options := []ui.Option{{Label: i18n.M("ui.field.none")}}
	offered := p.Reference.TitlesIn(string(i18n.LangOf(ctx)))
	found := false
	for _, t := range offered {
		options = append(options, titleOption(t))
		found = found || t.ID == chosen
	}
	if t, known := p.Reference.Title(chosen); known && !found {
		options = append(options, titleOption(t))
	}
	return options
}

func titleOption(t reference.Title) ui.Option {
	return ui.Option{Value: t.ID, Label: i18n.Words(map[i18n.Lang]string{i18n.EN: t.EN, i18n.FR: t.FR})}
}

// joined puts names side by side; an empty one leaves no blank.
func joined(names ...string) string {
	return strings.Join(strings.Fields(strings.Join(names, " ")), " ")
}

// withoutMiddle takes the middle name off the end of a first name.
func withoutMiddle(first, middle string) (string, bool) {
	if middle == "" {
		return first, false
	}
	rest, found := strings.CutSuffix(check.TidyName(first), " "+middle)
	return rest, found && rest != ""
}

// birthDate is a date without a time of day, in words; what can't be read is
// shown as it came.
func birthDate(ctx context.Context, date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return i18n.CalendarDate(ctx, t.Year(), t.Month(), t.Day())
}
