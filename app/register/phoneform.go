package register

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"oneid/app/internal/draft"
	"oneid/db"
	"oneid/views/i18n"
	view "oneid/views/register"
)

// maxPhones is how many challenge phones one person may have.
const maxPhones = 3

// phoneForm is the step's form as it stands.
type phoneForm struct {
	rows     []phoneRow
	noDirect bool
	removed  bool   // a row was just taken away
	focus    string // what takes the focus, if not the heading
	pressed  string // the row whose digit the person says they pressed
}

// phoneRow is one number of the form.
type phoneRow struct {
	n       int
	offered string // the contact number that may be used instead of typing; E.164
	use     string // useContact or useOther, where there is the choice
	typed   string
	method  string
	code    string
}

const (
	useContact = "contact"
	useOther   = "other"
)

func (r phoneRow) name(part string) string { return "phone_" + strconv.Itoa(r.n) + "_" + part }

// field is where a fault of the number is shown.
func (r phoneRow) field() string {
	if r.contact() {
		return r.name("use")
	}
	return r.name("number")
}

func (r phoneRow) contact() bool { return r.offered != "" && r.use == useContact }
func (r phoneRow) empty() bool   { return !r.contact() && strings.TrimSpace(r.typed) == "" }

// wanted is the number that the row stands for, as typed.
func (r phoneRow) wanted(d *draft.Draft) string {
	if r.contact() {
		return d.Personal.Phone
	}
	return r.typed
}

func (f phoneForm) filled() bool {
	for _, r := range f.rows {
		if !r.empty() {
			return true
		}
	}
	return false
}

// onlyOffered tells whether no number is there but the contact number that the
// page offers by itself.
func (f phoneForm) onlyOffered() bool {
	for _, r := range f.rows {
		if !r.empty() && (!r.contact() || strings.TrimSpace(r.typed) != "") {
			return false
		}
	}
	return true
}

// row finds a row by its number; nil if there is none.
func (f phoneForm) row(n string) *phoneRow {
	for i := range f.rows {
		if strconv.Itoa(f.rows[i].n) == n {
			return &f.rows[i]
		}
	}
	return nil
}

// settle has the test of a row take the focus.
func (f *phoneForm) settle(n string) {
	if row := f.row(n); row != nil {
		f.focus = row.name("test")
	}
}

// remove takes a row away; the others close up.
func (f *phoneForm) remove(n string) {
	gone := f.row(n)
	if gone == nil || len(f.rows) == 1 {
		return
	}
	var rest []phoneRow
	for _, r := range f.rows {
		if r.n == gone.n {
			continue
		}
		r.code = ""
		rest = append(rest, r)
	}
	offered := f.rows[0].offered
	for i := range rest {
		rest[i].n = i + 1
		rest[i].offered = ""
	}
	rest[0].offered = offered
	if offered != "" && rest[0].use == "" {
		rest[0].use = useOther
	}
	f.rows, f.removed = rest, true
}

// readPhones is the form as it was sent, else as the draft has it, else as it
// is first offered.
func readPhones(ctx context.Context, d *draft.Draft, typed url.Values) phoneForm {
	offered := ""
	if d.Personal != nil && d.Personal.Extension == "" {
		offered = d.Personal.Phone
	}
	if typed.Has(view.FieldPhones) {
		return sentPhones(typed, offered)
	}
	first := phoneRow{n: 1, offered: offered, method: db.MethodText}
	switch {
	case d.Phones != nil && d.Phones.NoDirect:
		first.use = useOther
		return phoneForm{rows: []phoneRow{first}, noDirect: true}
	case d.Phones == nil || len(d.Phones.List) == 0:
		first.use = useContact
		return phoneForm{rows: []phoneRow{first}}
	}
	var f phoneForm
	for i, saved := range d.Phones.List {
		row := phoneRow{n: i + 1, method: saved.Method, typed: i18n.Phone(ctx, saved.Number)}
		if i == 0 && offered != "" {
			row.offered, row.use = offered, useOther
			if saved.Number == offered {
				row.use, row.typed = useContact, ""
			}
		}
		f.rows = append(f.rows, row)
	}
	return f
}

func sentPhones(typed url.Values, offered string) phoneForm {
	f := phoneForm{noDirect: typed.Get("no_direct") != ""}
	count, err := strconv.Atoi(typed.Get(view.FieldPhones))
	if err != nil || count < 1 || count > maxPhones {
		count = 1
	}
	for n := 1; n <= count; n++ {
		row := phoneRow{n: n}
		row.use, row.typed = typed.Get(row.name("use")), typed.Get(row.name("number"))
		row.method, row.code = typed.Get(row.name("method")), strings.TrimSpace(typed.Get(row.name("code")))
		if n == 1 {
			row.offered = offered
		}
		f.rows = append(f.rows, row)
	}
	return f
}

// confirmedIn tells whether, and since when, the draft knows a number as
// confirmed.
func confirmedIn(d *draft.Draft, number string) (bool, time.Time) {
	if d.Phones != nil {
		for _, phone := range d.Phones.List {
			if phone.Number == number && !phone.ConfirmedAt.IsZero() {
				return true, phone.ConfirmedAt
			}
		}
	}
	return false, time.Time{}
}

// shownTest is what the page shows of a test on its way.
func shownTest(c *db.Code, now time.Time) *view.PhoneTest {
	t := &view.PhoneTest{ID: string(c.ID), Call: c.Method == db.MethodCall, Digit: c.Digit, Until: c.ExpiresAt}
	switch {
	case c.State == db.CodePassed:
		t.State = view.TestPassed
	case c.State == db.CodeFailed:
		t.State = view.TestFailed
	case c.State == db.CodeUndelivered:
		t.State = view.TestUndelivered
	case !c.ExpiresAt.After(now):
		t.State = view.TestExpired
	default:
		t.State = view.TestSent
	}
	return t
}
