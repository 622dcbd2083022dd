package register

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"oneid/app/internal/check"
	"oneid/app/internal/code"
	"oneid/app/internal/draft"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// Phone is the step that adds challenge phones, up to three, and lets people
// try them. A number that was confirmed stays confirmed, wherever in the form
// it is typed.
type Phone struct {
	DB    *db.DB
	Codes *code.Rules
	Check check.Phones
}

// Visit is who asks for a test code: the session it belongs to and the address
// it is counted against.
type Visit struct {
	Session string
	From    netip.Addr
}

type visitKey struct{}

// WithVisit says who is asking.
func WithVisit(ctx context.Context, v Visit) context.Context {
	return context.WithValue(ctx, visitKey{}, v)
}

func visitOf(ctx context.Context) Visit {
	v, _ := ctx.Value(visitKey{}).(Visit)
	return v
}

// Slug is the step's segment of the address.
func (*Phone) Slug() string { return "phone" }

// Name is what the progress list calls it.
func (*Phone) Name() i18n.Msg { return i18n.M("register.steps.phone") }

// Needed is always true: without a phone the person says so.
func (*Phone) Needed(*draft.Draft) bool { return true }

// Done tells whether there is a phone, or the word that there is none.
func (*Phone) Done(d *draft.Draft) bool {
	return d.Phones != nil && (d.Phones.NoDirect || len(d.Phones.List) > 0)
}

// Forget drops the phones.
func (*Phone) Forget(d *draft.Draft) { d.Phones = nil }

// Show asks for the numbers, as typed or as saved.
func (p *Phone) Show(ctx context.Context, d *draft.Draft, typed url.Values, errs *form.Errors) (ui.Page, error) {
	return p.page(ctx, d, typed, readPhones(ctx, d, typed), errs)
}

// Judge checks the numbers together.
func (p *Phone) Judge(ctx context.Context, d *draft.Draft, typed url.Values) (Change, *form.Errors, error) {
	errs := new(form.Errors)
	f := readPhones(ctx, d, typed)
	list := p.judge(errs, d, f)
	if errs.Any() {
		return nil, errs, nil
	}
	tests, err := p.tests(ctx, d)
	if err != nil {
		return nil, nil, err
	}
	return func(_ context.Context, tx db.Tx, d *draft.Draft) error {
		for i := range list {
			known, at := confirmedIn(d, list[i].Number)
			switch {
			case known:
				list[i].ConfirmedAt = at
			case tests.passed(list[i].Number):
				list[i].ConfirmedAt = tx.At
			}
		}
		d.Phones = &draft.Phones{NoDirect: f.noDirect, List: list}
		return nil
	}, nil, nil
}

// judge returns the numbers in E.164 in the order of the form.
func (p *Phone) judge(errs *form.Errors, d *draft.Draft, f phoneForm) []draft.Phone {
	if f.noDirect && f.onlyOffered() {
		// The contact number was selected by us, not by them.
		return nil
	}
	var list []draft.Phone
	for _, row := range f.rows {
		if row.empty() {
			continue
		}
		number := p.number(errs, d, row)
		if number == "" {
			continue
		}
		if slices.ContainsFunc(list, func(other draft.Phone) bool { return other.Number == number }) {
			errs.Add(row.field(), i18n.M("register.phone.twice"))
		}
		if row.method != db.MethodText && row.method != db.MethodCall {
			errs.Add(row.name("method"), i18n.M("register.phone.method_missing", "Number", row.n))
		}
		list = append(list, draft.Phone{Number: number, Method: row.method})
	}
	switch {
	case f.noDirect && f.filled():
		errs.Add("no_direct", i18n.M("register.phone.both"))
	case !f.noDirect && !f.filled():
		errs.Add(f.rows[0].field(), i18n.M("register.phone.missing"))
	}
	return list
}

// number judges one row's number and returns it in E.164.
func (p *Phone) number(errs *form.Errors, d *draft.Draft, row phoneRow) string {
	before := len(errs.All())
	number := p.Check.Challenge(errs, row.field(), row.wanted(d), row.n)
	if row.contact() && row.typed != "" && len(errs.All()) == before {
		other := new(form.Errors)
		if p.Check.Challenge(other, row.field(), row.typed, row.n) != number {
			errs.Add(row.field(), i18n.M("register.phone.use_which"))
		}
	}
	if len(errs.All()) > before {
		return ""
	}
	return number
}

// Assist answers the buttons beside Next.
func (p *Phone) Assist(ctx context.Context, d *draft.Draft, typed url.Values) (ui.Page, bool, error) {
	f := readPhones(ctx, d, typed)
	errs := new(form.Errors)
	var err error
	switch {
	case typed.Get("add") != "":
		if len(f.rows) < maxPhones {
			f.rows = append(f.rows, phoneRow{n: len(f.rows) + 1, method: db.MethodText})
			f.focus = f.rows[len(f.rows)-1].name("number")
		} else {
			errs.Add(f.rows[len(f.rows)-1].field(), i18n.M("register.phone.too_many"))
		}
	case typed.Get("remove") != "":
		f.remove(typed.Get("remove"))
	case typed.Get("test") != "":
		f.settle(typed.Get("test"))
		err = p.test(ctx, errs, d, f.row(typed.Get("test")))
	case typed.Get("confirm") != "":
		f.settle(typed.Get("confirm"))
		err = p.confirm(ctx, errs, d, f.row(typed.Get("confirm")))
	case typed.Get("pressed") != "":
		f.pressed = typed.Get("pressed")
		f.settle(f.pressed)
	default:
		return ui.Page{}, false, nil
	}
	if err != nil {
		return ui.Page{}, true, err
	}
	page, err := p.page(ctx, d, typed, f, errs)
	return page, true, err
}

// test sends a code to the row's number, or calls it.
func (p *Phone) test(ctx context.Context, errs *form.Errors, d *draft.Draft, row *phoneRow) error {
	if row == nil {
		return nil
	}
	number := p.number(errs, d, *row)
	if row.method != db.MethodText && row.method != db.MethodCall {
		errs.Add(row.name("method"), i18n.M("register.phone.method_missing", "Number", row.n))
	}
	if errs.Any() {
		return nil
	}
	visit := visitOf(ctx)
	sent, err := p.Codes.Start(ctx, code.Ask{
		Purpose: code.Test, Holder: holder(ctx, d), Number: number, Method: row.method,
		Language: languageOf(ctx, d), From: visit.From,
	})
	switch {
	case err != nil:
		return err
	case sent.Unreachable:
		errs.Add(row.field(), i18n.M("check.phone.premium"))
	case sent.Limited != nil:
		errs.Add(row.field(), i18n.M("register.phone.test_limit", "Time", onTheMinute(sent.Limited.RetryAt)))
	}
	return nil
}

// confirm judges the code typed into a row.
func (p *Phone) confirm(ctx context.Context, errs *form.Errors, d *draft.Draft, row *phoneRow) error {
	if row == nil {
		return nil
	}
	number := p.number(errs, d, *row)
	if errs.Any() {
		return nil
	}
	field := row.name("code")
	if row.code == "" {
		errs.Add(field, i18n.M("challenge.text.missing"))
		return nil
	}
	tests, err := p.tests(ctx, d)
	if err != nil || tests.passed(number) {
		return err
	}
	c := tests.newest(number, db.MethodText)
	if c == nil {
		errs.Add(field, i18n.M("register.phone.test_expired"))
		return nil
	}
	result, err := p.Codes.Check(ctx, c.ID, holder(ctx, d), row.code, nil)
	if err != nil {
		return err
	}
	switch result.Outcome {
	case code.Wrong:
		errs.Add(field, i18n.M("register.phone.test_wrong"))
	case code.Expired:
		errs.Add(field, i18n.M("register.phone.test_expired"))
	case code.Locked:
		errs.Add(field, i18n.M("register.phone.test_locked", "Time", onTheMinute(result.RetryAt)))
	}
	return nil
}

// Called tells how the test call of a row stands: still waiting, or ended and
// how. A call of someone else's has expired.
func (p *Phone) Called(ctx context.Context, id db.DraftID, call db.CodeID, row int) (ended view.PhoneRow, waiting bool, err error) {
	r := phoneRow{n: row}
	ended = view.PhoneRow{Number: row, Field: r.name("number"), Test: &view.PhoneTest{Call: true, State: view.TestExpired}}
	if uuid.Validate(string(call)) != nil {
		return ended, false, nil
	}
	state, err := p.Codes.State(ctx, call, code.Holder{Draft: id, Session: visitOf(ctx).Session})
	if errors.Is(err, db.ErrNotFound) {
		return ended, false, nil
	}
	if err != nil {
		return ended, false, err
	}
	ended.Test = shownTest(&db.Code{ID: call, Method: state.Method, State: state.State, Digit: state.Digit, ExpiresAt: state.ExpiresAt}, p.DB.Clock.Now())
	ended.Confirmed = ended.Test.State == view.TestPassed
	return ended, ended.Test.State == view.TestSent, nil
}

func holder(ctx context.Context, d *draft.Draft) code.Holder {
	return code.Holder{Draft: d.ID, Session: visitOf(ctx).Session}
}

// languageOf is the language the person wants to be called in.
func languageOf(ctx context.Context, d *draft.Draft) i18n.Lang {
	if d.Personal != nil {
		if lang, ok := i18n.ParseLang(d.Personal.Language); ok {
			return lang
		}
	}
	return i18n.LangOf(ctx)
}

// onTheMinute is a time as clocks show it, and not before it has come.
func onTheMinute(t time.Time) i18n.AsClock {
	return i18n.AsClock(t.Add(time.Minute - 1).Truncate(time.Minute))
}

// phoneTests are the codes sent in this registration, newest first.
type phoneTests struct {
	codes   []db.Code
	session []byte
	index   func(number string) db.Index
}

func (p *Phone) tests(ctx context.Context, d *draft.Draft) (phoneTests, error) {
	codes, err := db.CodesOfDraft(ctx, p.DB, d.ID, string(code.Test))
	return phoneTests{
		codes: codes, session: []byte(visitOf(ctx).Session),
		index: func(number string) db.Index { return code.NumberIndex(p.Codes.Ring, number) },
	}, err
}

// passed tells whether a code to the number was right, in any session of the
// registration.
func (t phoneTests) passed(number string) bool {
	index := t.index(number)
	return slices.ContainsFunc(t.codes, func(c db.Code) bool {
		return c.State == db.CodePassed && bytes.Equal(c.NumberIndex, index)
	})
}

// newest is the last code that this session had sent to a number; nil if there
// is none.
func (t phoneTests) newest(number, method string) *db.Code {
	index := t.index(number)
	for i, c := range t.codes {
		if c.Method == method && bytes.Equal(c.NumberIndex, index) && bytes.Equal(c.Session, t.session) {
			return &t.codes[i]
		}
	}
	return nil
}

func (p *Phone) page(ctx context.Context, d *draft.Draft, typed url.Values, f phoneForm, errs *form.Errors) (ui.Page, error) {
	tests, err := p.tests(ctx, d)
	if err != nil {
		return ui.Page{}, err
	}
	m := view.PhoneModel{
		Here: here(ctx, p, d, typed), NoDirect: f.noDirect, CanAdd: len(f.rows) < maxPhones,
		Removed: f.removed, Errors: errs,
	}
	m.Here.Focus = f.focus
	for _, row := range f.rows {
		r := view.PhoneRow{
			Number: row.n, Use: row.name("use"), Field: row.name("number"), Method: row.name("method"), Code: row.name("code"),
			Contact: row.offered, UseContact: row.contact(), Typed: row.typed, By: row.method, Removable: len(f.rows) > 1,
		}
		if number := p.Check.Challenge(new(form.Errors), "", row.wanted(d), row.n); number != "" {
			r.To = number
			if known, _ := confirmedIn(d, number); known || tests.passed(number) {
				r.Confirmed = true
			} else if c := tests.newest(number, row.method); c != nil {
				r.Test = shownTest(c, p.DB.Clock.Now())
				r.Test.Pressed = f.pressed != "" && f.row(f.pressed) != nil && f.row(f.pressed).n == row.n
			}
		}
		m.Rows = append(m.Rows, r)
	}
	return view.Phone(m), nil
}
