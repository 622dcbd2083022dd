package ui_test

import (
	"strings"
	"testing"

	"oneid/views/i18n"
	"oneid/views/ui"
)

func TestRowsSayWhatCanBeChanged(t *testing.T) {
	t.Parallel()
	doc := draw(english(t), t, ui.Rows(
		ui.Row{Name: i18n.M("register.review.legal"), Value: i18n.Verbatim("Ada Byron"), Source: i18n.Verbatim("CPSO")},
		ui.Row{Name: i18n.M("register.personal.email"), Value: i18n.Verbatim("a@example.ca"), Change: "/register/personal"},
	))
	link := only(t, doc, "a")
	want(t, "said", words(link), "Change: Email")
	want(t, "drawn", link.Contents().First().Text(), "Change")
	want(t, "source", words(only(t, doc, ".source")), "CPSO")
	if doc.Find("dl > div > dt").Length() != 2 {
		t.Error("want a name for each of two values")
	}
}

func TestAnAddressBreaksOnlyBeforeItsSign(t *testing.T) {
	t.Parallel()
	want(t, "login ID", html(english(t), t, ui.LoginID("A.B@ONEID.ON.CA")), `<span class="login-id">A.B<wbr>@ONEID.ON.CA</span>`)
	want(t, "without a sign", html(english(t), t, ui.LoginID("K7M4")), `<span class="login-id">K7M4</span>`)
}

func TestASentenceKeepsItsWordsAroundALink(t *testing.T) {
	t.Parallel()
	ctx := in(t, i18n.FR)
	doc := draw(ctx, t, ui.Calling(i18n.M("layout.help.desk"), "+18662501554"))
	attr(t, only(t, doc, "a"), "href", "tel:+18662501554")
	want(t, "sentence", doc.Find("body").Text(), i18n.T(ctx, "layout.help.desk"))
	doc = draw(ctx, t, ui.Writing(i18n.M("layout.help.email"), "servicedesk@example.ca"))
	attr(t, only(t, doc, "a"), "href", "mailto:servicedesk@example.ca")
	want(t, "sentence", doc.Find("body").Text(), i18n.T(ctx, "layout.help.email"))
}

func TestStatesAreSaidNotOnlyColoured(t *testing.T) {
	t.Parallel()
	for _, kind := range []ui.Kind{ui.Info, ui.OK, ui.Warn, ui.Bad, ui.Bare} {
		doc := draw(english(t), t, ui.Tag(kind, "check", i18n.M("ui.action.done")))
		attr(t, only(t, doc, "svg"), "aria-hidden", "true")
		want(t, "tag", words(doc.Selection), "Done")
	}
}

func TestStepsSayHowFarTheyAre(t *testing.T) {
	t.Parallel()
	doc := draw(english(t), t, ui.Steps(&ui.StepInfo{ListTitle: i18n.M("register.frame.nav_label"), All: []ui.Step{
		{Name: i18n.M("register.steps.policies"), State: ui.StepDone},
		{Name: i18n.M("register.steps.personal"), State: ui.StepCurrent},
		{Name: i18n.M("register.steps.profession")},
	}}))
	lines := doc.Find("li")
	want(t, "done", words(lines.Eq(0)), "Policies, Completed")
	attr(t, only(t, doc, "[aria-current]"), "aria-current", "step")
	want(t, "to do", words(lines.Eq(2)), "3 Professional Designation, Not started")
	if doc.Find("a").Length() > 0 {
		t.Error("steps are not links")
	}
}

func TestTextIsEscaped(t *testing.T) {
	t.Parallel()
	got := html(english(t), t, ui.Rows(ui.Row{Name: i18n.Verbatim("<b>"), Value: i18n.Verbatim(`"><script>`), Change: `/x"y`}))
	if strings.Contains(got, "<script>") || strings.Contains(got, "<b>") {
		t.Errorf("got %s, want markup escaped", got)
	}
}

func TestNumbersStayWholeAndWordsBreakWhereTheyLike(t *testing.T) {
	t.Parallel()
	catalogue, err := i18n.New(i18n.Standing{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := i18n.With(t.Context(), catalogue, i18n.EN) // where a message is missing, its key is shown
	for said, want := range map[string]string{
		"for example 416-555-0123":             `for example <span class="nowrap">416-555-0123</span>`,
		"Appelez le 1\u00a0866\u00a0250-1554.": "Appelez le 1\u00a0<span class=\"nowrap\">866\u00a0250-1554</span>.",
		"like 4F7K2-9QXBD":                     `like <span class="nowrap">4F7K2-9QXBD</span>`,
		"in 1-2 days, K7Q-42M":                 `in <span class="nowrap">1-2</span> days, <span class="nowrap">K7Q-42M</span>`,
		"a 6-digit code, E-MAIL <b>":           `a 6-digit code, E-MAIL &lt;b&gt;`,
	} {
		var b strings.Builder
		if err := ui.Said(i18n.M(said)).Render(ctx, &b); err != nil || b.String() != want {
			t.Errorf("%q: got %s, %v, want %s", said, b.String(), err, want)
		}
	}
}
