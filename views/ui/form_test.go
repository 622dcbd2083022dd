package ui_test

import (
	"testing"

	"github.com/PuerkitoBio/goquery"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

type selection = goquery.Selection

func TestAFormWorksWithAndWithoutScript(t *testing.T) {
	t.Parallel()
	f := only(t, draw(english(t), t, ui.Form("/register/personal", "step")), "form")
	for name, wanted := range map[string]string{
		"id": "step", "method": "post", "action": "/register/personal", "novalidate": "",
		"data-hx-post": "/register/personal", "data-hx-target": "#main", "data-hx-push-url": "true",
	} {
		attr(t, f, name, wanted)
	}
	plain := only(t, draw(english(t), t, ui.PlainForm("/signin", "signin")), "form")
	attr(t, plain, "data-hx-post", "(none)")
	attr(t, plain, "action", "/signin")
}

func TestAnAddressThatIsAScriptIsRefused(t *testing.T) {
	t.Parallel()
	f := only(t, draw(english(t), t, ui.PlainForm("javascript:alert(1)", "f")), "form")
	if got := f.AttrOr("action", ""); got == "javascript:alert(1)" {
		t.Errorf("got action %q, want it made harmless", got)
	}
}

func TestTheSummaryLeadsToTheFieldsInOrder(t *testing.T) {
	t.Parallel()
	ctx := english(t)
	var errs form.Errors
	errs.Add("email", i18n.M("check.email.missing"))
	errs.Add("phones[0].number", i18n.M("check.phone.missing"))
	errs.Add("email", i18n.M("check.email.invalid")) // the first fault of a field is the one shown
	errs.Add("", i18n.M("fault.conflict.step"))      // of the whole form: there is nowhere to lead to

	doc := draw(ctx, t, ui.Summary(&errs))

	box := only(t, doc, `[role=alert][tabindex="-1"][autofocus]`)
	attr(t, box, "aria-labelledby", "summary-h")
	links := doc.Find("li a")
	if links.Length() != 2 || doc.Find("li").Length() != 3 {
		t.Fatalf("got %d links in %d lines, want 2 in 3", links.Length(), doc.Find("li").Length())
	}
	attr(t, links.Eq(0), "href", "#email")
	attr(t, links.Eq(1), "href", "#phones-0-number")
	want(t, "worded as at the field", words(links.Eq(0)), i18n.T(ctx, "check.email.missing"))
}

func TestThereIsNoSummaryWithoutFaults(t *testing.T) {
	t.Parallel()
	for _, errs := range []*form.Errors{nil, {}} {
		if got := html(english(t), t, ui.Summary(errs)); got != "" {
			t.Errorf("got %q, want nothing", got)
		}
	}
}

func TestActionsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	doc := draw(english(t), t, ui.Actions(ui.ActionRow{
		Later:  ui.Action{Label: i18n.M("ui.action.save_later"), Name: "then", Value: "later", Novalidate: true},
		Cancel: ui.Action{Label: i18n.M("ui.action.cancel"), Href: "/register/cancel"},
	}))
	row := doc.Find(".actions").Children()
	want(t, "first", words(row.Eq(0)), "Next")
	want(t, "second", words(row.Eq(1)), "Save and finish later")
	want(t, "third", words(row.Eq(2)), "Cancel")
	attr(t, row.Eq(0), "name", "(none)") // Enter presses a button without a name
	attr(t, row.Eq(1), "name", "then")
	attr(t, row.Eq(2), "href", "/register/cancel")
}

func TestTheHeadingTakesTheFocusOnlyAfterASwapWithoutFaults(t *testing.T) {
	t.Parallel()
	ctx := english(t)
	title := i18n.M("register.personal.title")
	attr(t, only(t, draw(ctx, t, ui.H1(title)), "h1"), "autofocus", "(none)")
	attr(t, only(t, draw(ui.Swapped(ctx), t, ui.H1(title)), "h1"), "autofocus", "")
	attr(t, only(t, draw(ui.Refused(ui.Swapped(ctx)), t, ui.H1(title)), "h1"), "autofocus", "(none)")
}
