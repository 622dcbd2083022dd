package register

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"oneid/app/internal/draft"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// maxNumber is how long a registration number may be that a person types.
const maxNumber = 20

// Profession is the step about licences: the one that the college stated is
// locked; others are added as the person states them, are verified by nobody
// and keep nobody from registering.
type Profession struct {
	DB *db.DB
}

// Slug is the step's segment of the address.
func (*Profession) Slug() string { return "profession" }

// Name is what the progress list calls it.
func (*Profession) Name() i18n.Msg { return i18n.M("register.steps.profession") }

// Needed is always true.
func (*Profession) Needed(*draft.Draft) bool { return true }

// Done tells whether the step was saved, even without another licence.
func (*Profession) Done(d *draft.Draft) bool { return d.Designations != nil }

// Forget drops the licences that were added.
func (*Profession) Forget(d *draft.Draft) { d.Designations = nil }

// Show lists the locked licence and those that were added.
func (p *Profession) Show(ctx context.Context, d *draft.Draft, typed url.Values, errs *form.Errors) (ui.Page, error) {
	colleges, err := db.Colleges(ctx, p.DB)
	if err != nil {
		return ui.Page{}, err
	}
	return p.page(ctx, here(ctx, p, d, typed), d, colleges, rowsOf(d, typed, len(colleges)-1), errs), nil
}

func (p *Profession) page(ctx context.Context, h view.Here, d *draft.Draft, colleges []db.College, rows []view.StatedRow, errs *form.Errors) ui.Page {
	m := view.ProfessionModel{Here: h, Rows: rows, Colleges: others(ctx, colleges, d.College), Max: len(colleges) - 1, Errors: errs}
	m.Locked = view.LockedLicence{
		Number: d.Facts.Number, Class: d.Facts.Class, Status: d.Facts.Status,
		Active: d.Facts.Status == db.LicenceActive, ReceivedAt: d.Facts.ReceivedAt,
	}
	if c := collegeOf(colleges, string(d.College)); c != nil {
		m.Locked.College = calledCollege(*c)
	}
	return view.Profession(m)
}

// Assist adds a row, or clears one.
func (p *Profession) Assist(ctx context.Context, d *draft.Draft, typed url.Values) (ui.Page, bool, error) {
	if !typed.Has(view.FieldAdd) && !typed.Has(view.FieldReset) {
		return ui.Page{}, false, nil
	}
	colleges, err := db.Colleges(ctx, p.DB)
	if err != nil {
		return ui.Page{}, true, err
	}
	limit := len(colleges) - 1
	rows, h, errs := rowsOf(d, typed, limit), here(ctx, p, d, typed), new(form.Errors)
	flash := ui.Flash{}
	switch row, _ := strconv.Atoi(typed.Get(view.FieldReset)); {
	case row >= 1 && row <= len(rows):
		rows[row-1] = view.StatedRow{}
		h.Focus, flash = view.RowID(row), ui.Done(i18n.M("register.profession.row_removed"))
	case typed.Has(view.FieldAdd) && len(rows) >= limit:
		errs.Add("", i18n.M("register.profession.too_many", "Max", limit))
	case typed.Has(view.FieldAdd):
		rows = append(rows, view.StatedRow{})
		h.Focus = view.RowID(len(rows))
	}
	page := p.page(ctx, h, d, colleges, rows, errs)
	page.Flash = flash
	return page, true, nil
}

// Judge checks each row that has anything in it.
func (p *Profession) Judge(ctx context.Context, d *draft.Draft, typed url.Values) (Change, *form.Errors, error) {
	colleges, err := db.Colleges(ctx, p.DB)
	if err != nil {
		return nil, nil, err
	}
	errs := new(form.Errors)
	stated := []draft.Stated{}
	for i, row := range rowsOf(d, typed, len(colleges)-1) {
		n := i + 1
		number := tidyNumber(row.Number)
		if row.College == "" && number == "" {
			continue
		}
		college := collegeOf(colleges, row.College)
		if err := judgeRow(errs, n, row, number, college, d.College, stated); err != nil {
			return nil, nil, err
		}
		if college != nil {
			stated = append(stated, draft.Stated{College: college.Code, Number: number})
		}
	}
	if errs.Any() {
		return nil, errs, nil
	}
	return func(_ context.Context, _ db.Tx, d *draft.Draft) error {
		d.Designations = &stated
		return nil
	}, nil, nil
}

// judgeRow notes what is wrong with the nth row. An error means that the
// college's own pattern can't be used.
func judgeRow(errs *form.Errors, n int, row view.StatedRow, number string, college *db.College, locked db.CollegeCode, before []draft.Stated) error {
	at := view.CollegeField(n)
	switch {
	case row.College == "":
		errs.Add(at, i18n.M("register.profession.college_missing", "Number", n))
		return nil
	case college == nil:
		errs.Add(at, i18n.M("check.text.choice"))
		return nil
	case college.Code == locked:
		errs.Add(at, i18n.M("register.profession.locked_college"))
	case slices.ContainsFunc(before, func(s draft.Stated) bool { return s.College == college.Code }):
		errs.Add(at, i18n.M("register.profession.duplicate", "CollegeName", calledCollege(*college)))
	}
	pattern, err := regexp.Compile(college.NumberPattern)
	if err != nil {
		return fmt.Errorf("number pattern of %s: %w", college.Code, err)
	}
	at = view.NumberField(n)
	switch {
	case number == "":
		errs.Add(at, i18n.M("register.profession.number_missing", "CollegeName", calledCollege(*college)))
	case utf8.RuneCountInString(number) > maxNumber:
		errs.Add(at, i18n.M("register.profession.number_long", "Max", maxNumber))
	case strings.ContainsFunc(number, notInNumbers):
		errs.Add(at, i18n.M("register.profession.number_characters"))
	case !pattern.MatchString(number):
		errs.Add(at, i18n.M("register.profession.number_invalid", "CollegeName", calledCollege(*college), "Example", college.NumberExample))
	}
	return nil
}

// rowsOf are the rows as typed, else as saved; never more than fit.
func rowsOf(d *draft.Draft, typed url.Values, limit int) []view.StatedRow {
	var rows []view.StatedRow
	if typed == nil {
		if d.Designations != nil {
			for _, s := range *d.Designations {
				rows = append(rows, view.StatedRow{College: string(s.College), Number: s.Number})
			}
		}
		return rows
	}
	count, _ := strconv.Atoi(typed.Get(view.FieldRows))
	for n := 1; n <= min(count, limit); n++ {
		rows = append(rows, view.StatedRow{College: typed.Get(view.CollegeField(n)), Number: typed.Get(view.NumberField(n))})
	}
	return rows
}

// others are the colleges that can be added, by name in the language of the
// page.
func others(ctx context.Context, colleges []db.College, locked db.CollegeCode) []ui.Option {
	lang := i18n.LangOf(ctx)
	listed := slices.DeleteFunc(slices.Clone(colleges), func(c db.College) bool { return c.Code == locked })
	order := collate.New(language.Make(lang.Tag()))
	slices.SortFunc(listed, func(a, b db.College) int {
		if lang == i18n.FR {
			return order.CompareString(a.NameFr, b.NameFr)
		}
		return order.CompareString(a.NameEn, b.NameEn)
	})
	options := []ui.Option{{Label: i18n.M("ui.field.choose")}}
	for _, c := range listed {
		options = append(options, ui.Option{Value: string(c.Code), Label: calledCollege(c)})
	}
	return options
}

func collegeOf(colleges []db.College, code string) *db.College {
	for i := range colleges {
		if string(colleges[i].Code) == code {
			return &colleges[i]
		}
	}
	return nil
}

func calledCollege(c db.College) i18n.Msg {
	return i18n.Words(map[i18n.Lang]string{i18n.EN: c.NameEn, i18n.FR: c.NameFr})
}

// tidyNumber writes a number as colleges do: capitals, one blank at most.
func tidyNumber(typed string) string {
	return strings.ToUpper(strings.Join(strings.Fields(norm.NFKC.String(typed)), " "))
}

func notInNumbers(r rune) bool {
	return !(r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(" -.", r))
}
