package layout_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"oneid/static"
	"oneid/views/form"
	"oneid/views/gallery"
	"oneid/views/i18n"
	"oneid/views/layout"
	"oneid/views/ui"
)

func in(t *testing.T, lang i18n.Lang, shown gallery.Shown) context.Context {
	t.Helper()
	ctx, err := shown.Context(t.Context(), lang)
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

func draw(ctx context.Context, t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	var b strings.Builder
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func shell(t *testing.T, lang i18n.Lang, name string) *goquery.Document {
	t.Helper()
	shown, ok := gallery.Pages()[name]
	if !ok {
		t.Fatalf("no page %s in the gallery", name)
	}
	return draw(in(t, lang, shown), t, layout.Shell(shown.Page))
}

func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// TestEveryPageIsWhole checks, for every page of the gallery in both languages,
// what holds for every page of the product.
func TestEveryPageIsWhole(t *testing.T) {
	t.Parallel()
	for name, shown := range gallery.Pages() {
		for _, lang := range i18n.Langs() {
			ctx := in(t, lang, shown)
			doc := draw(ctx, t, layout.Shell(shown.Page))
			at := name + " " + string(lang)
			want(t, at+" lang", doc.Find("html").AttrOr("lang", ""), lang.Tag())
			for selector, count := range map[string]int{
				"h1": 1, "title": 1, "main#main": 1, "a.skip[href='#main']": 1, "meta[name=description]": 1, "meta[name=theme-color]": 2,
				"link[rel=manifest]": 1, "link[rel=stylesheet]": 1, "[style]": 0, "script:not([src])": 0, "#status[role=status]": 1, "#alert[role=alert]": 1,
			} {
				if got := doc.Find(selector).Length(); got != count {
					t.Errorf("%s: %d of %s, want %d", at, got, selector, count)
				}
			}
			if text := doc.Find("#status, #alert, #network").Text(); text != "" {
				t.Errorf("%s: a live region starts with %q, want it empty", at, text)
			}
			wholeReferences(t, at, doc)
			oneFocus(t, at, doc, shown.Page.Errors.Any())

			part := draw(ctx, t, layout.Partial(shown.Page))
			want(t, at+" title", part.Find("title").First().Text(), doc.Find("title").First().Text())
			oneFocus(t, at+" partial", part, true)
			if part.Find("header, footer, main").Length() > 0 {
				t.Errorf("%s: a partial must not bring the shell along", at)
			}
		}
	}
}

func oneFocus(t *testing.T, at string, doc *goquery.Document, expected bool) {
	t.Helper()
	n := 0
	if expected {
		n = 1
	}
	if got := doc.Find("[autofocus]").Length(); got != n {
		t.Errorf("%s: %d elements take the focus, want %d", at, got, n)
	}
}

// wholeReferences: ids are unique and everything that points at one finds it.
func wholeReferences(t *testing.T, at string, doc *goquery.Document) {
	t.Helper()
	ids := map[string]int{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) { ids[s.AttrOr("id", "")]++ })
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s: %d elements have the id %s", at, n, id)
		}
	}
	for _, name := range []string{"for", "form", "aria-describedby", "aria-labelledby", "aria-controls"} {
		doc.Find("[" + name + "]").Each(func(_ int, s *goquery.Selection) {
			for _, id := range strings.Fields(s.AttrOr(name, "")) {
				if ids[id] == 0 {
					t.Errorf("%s: %s points at %s, which is not there", at, name, id)
				}
			}
		})
	}
	doc.Find(`.summary a, a[href^="#"]`).Each(func(_ int, s *goquery.Selection) {
		if id := strings.TrimPrefix(s.AttrOr("href", ""), "#"); ids[id] == 0 {
			t.Errorf("%s: a link leads to %s, which is not there", at, id)
		}
	})
}

func TestTheTitleSaysStepAndFault(t *testing.T) {
	t.Parallel()
	want(t, "step", shell(t, i18n.EN, "wizard").Find("title").First().Text(), "Step 2 of 7: Personal Information – Register – ONE ID")
	want(t, "fault", shell(t, i18n.FR, "refused").Find("title").First().Text(), "Erreur\u00a0: Étape\u00a02\u00a0sur 7\u00a0: Renseignements personnels – Inscription – ONE ID")
	want(t, "plain", shell(t, i18n.EN, "signin").Find("title").First().Text(), "Sign in to ONE ID – ONE ID")
}

func TestTheSummaryStandsAboveTheCaption(t *testing.T) {
	t.Parallel()
	doc := shell(t, i18n.EN, "refused")
	order := []string{}
	doc.Find("main .column").Children().Each(func(_ int, s *goquery.Selection) {
		order = append(order, s.AttrOr("class", goquery.NodeName(s)))
	})
	want(t, "order", strings.Join(order[:5], " "), "back summary caption step-bar h1")
}

func TestTheLanguageSwitchKeepsTheAddressOrWhatWasTyped(t *testing.T) {
	t.Parallel()
	link := shell(t, i18n.EN, "signin").Find("#site-links a[hreflang]")
	want(t, "address", link.AttrOr("href", ""), "/language/fr?back=%2Fsignin")
	want(t, "lang", link.AttrOr("lang", ""), "fr")
	want(t, "words", words(link), "FrançaisFR")

	doc := shell(t, i18n.FR, "wizard")
	buttons := doc.Find(`button[form=step]`)
	if buttons.Length() != 2 {
		t.Fatalf("got %d buttons of the form in the header, want 2", buttons.Length())
	}
	if _, named := buttons.Eq(0).Attr("name"); named {
		t.Error("the first button of the form is what Enter presses: it must not change the language")
	}
	want(t, "name", buttons.Eq(1).AttrOr("name", ""), "switch_language")
	want(t, "value", buttons.Eq(1).AttrOr("value", ""), "en")
	if _, ok := buttons.Eq(1).Attr("formnovalidate"); !ok {
		t.Error("a change of language must not be held up by empty fields")
	}
}

func TestTheAccountMenuIsForThoseSignedIn(t *testing.T) {
	t.Parallel()
	if shell(t, i18n.EN, "signin").Find("details.menu").Length() > 0 {
		t.Error("nobody is signed in: want no account menu")
	}
	doc := shell(t, i18n.EN, "account")
	want(t, "who", words(doc.Find(".who")), "Signed in as GENEVIEVE.TREMBLAY")
	want(t, "sign out", doc.Find(".menu form").AttrOr("method", "")+" "+doc.Find(".menu form").AttrOr("action", ""), "post /signout")
	want(t, "here", words(doc.Find(".side-nav [aria-current=page]")), "My services")
	want(t, "page", doc.Find("body").AttrOr("data-signed-in", ""), "true")
}

func TestTheSignInPageCarriesNoHtmx(t *testing.T) {
	t.Parallel()
	doc := shell(t, i18n.EN, "signin")
	if doc.Find(`script[src*="htmx"], [data-hx-post], meta[name=htmx-config]`).Length() > 0 {
		t.Error("want plain forms and no htmx")
	}
	if shell(t, i18n.EN, "wizard").Find(`script[src*="htmx"]`).Length() != 1 {
		t.Error("want htmx where the page asks for it")
	}
}

func TestThePracticeSiteSaysWhatItIs(t *testing.T) {
	t.Parallel()
	if got := words(shell(t, i18n.EN, "wizard").Find(".env").First()); !strings.Contains(got, "Practice site") {
		t.Errorf("got banner %q", got)
	}
	page := gallery.Pages()["signin"]
	page.Frame.Environment = "production"
	footer := words(draw(in(t, i18n.EN, page), t, layout.Shell(page.Page)).Find("footer"))
	if strings.Contains(footer, "Demonstration") || !strings.Contains(footer, "Version 1.0") {
		t.Errorf("got footer %q", footer)
	}
}

func TestAFlashIsShownAndSaid(t *testing.T) {
	t.Parallel()
	page := gallery.Pages()["signin"]
	for _, c := range []struct {
		name           string
		flash          ui.Flash
		looks, said    string
		region, silent string
	}{
		{"done", ui.Done(i18n.M("ui.status.saved")), "main .notice.ok", "status", "#status", "#alert"},
		{"news", ui.Told(i18n.M("ui.status.saved")), "main .notice:not(.ok, .warn, .bad)", "status", "#status", "#alert"},
		{"refused", ui.Caution(i18n.M("ui.status.saved")), "main .notice.warn", "alert", "#alert", "#status"},
	} {
		page.Frame.Flash = c.flash
		ctx := in(t, i18n.EN, page)
		shown := draw(ctx, t, layout.Shell(page.Page)).Find(c.looks)
		want(t, c.name+" shown", words(shown), "Saved.")
		want(t, c.name+" said with the page", shown.AttrOr("role", ""), c.said)
		swapped := draw(ctx, t, layout.Partial(page.Page))
		want(t, c.name+" said with a part", words(swapped.Find(`[data-hx-swap-oob="innerHTML:`+c.region+`"]`)), "Saved.")
		if n := swapped.Find(`.notice[role], [data-hx-swap-oob="innerHTML:` + c.silent + `"]`).Length(); n > 0 {
			t.Errorf("%s: a part says it %d times too often", c.name, n)
		}
	}
}

func TestTheTimeOutIsAnnouncedWithItsTime(t *testing.T) {
	t.Parallel()
	doc := shell(t, i18n.EN, "refused")
	state := doc.Find("#timeout-state")
	want(t, "left", state.AttrOr("data-left", ""), "900")
	want(t, "warning", state.AttrOr("data-warn", ""), "150")
	want(t, "words", words(doc.Find("dialog #timeout-p")), "For your security, we will sign you out at 4:02 p.m.")
	want(t, "extend", state.AttrOr("data-extend", ""), "/session/extend")

	page := gallery.Pages()["refused"]
	page.Frame.Timeout = &layout.Timeout{Left: time.Minute, Capped: true}
	if draw(in(t, i18n.EN, page), t, layout.Shell(page.Page)).Find("#timeout-stay").Length() > 0 {
		t.Error("a session at its longest can't be extended: want no button that says so")
	}
	page.Frame.Timeout = nil
	if draw(in(t, i18n.EN, page), t, layout.Shell(page.Page)).Find("dialog").Length() > 0 {
		t.Error("want no dialog where no session can end")
	}
}

func TestAPageThatLeavesByItselfOffersNothingElse(t *testing.T) {
	t.Parallel()
	page := gallery.Pages()["refused"]
	page.Page = ui.Page{Title: i18n.M("sso.post.title", "Service", "X"), Standalone: true, Body: ui.H1(i18n.M("sso.post.title", "Service", "X")), Scripts: []string{"post"}}
	doc := draw(in(t, i18n.EN, page), t, layout.Shell(page.Page))
	if doc.Find("header nav, dialog, #timeout-state").Length() > 0 {
		t.Error("want no links and no time-out")
	}
	if doc.Find(`script[src="`+static.URL("post.js")+`"]`).Length() != 1 {
		t.Error("want the module that the page asks for")
	}
}

func TestErrorsOfNilAreNone(t *testing.T) {
	t.Parallel()
	page := gallery.Pages()["wizard"]
	page.Page.Errors = new(form.Errors)
	if title := draw(in(t, i18n.EN, page), t, layout.Shell(page.Page)).Find("title").First().Text(); strings.HasPrefix(title, "Error") {
		t.Errorf("got title %q", title)
	}
}

func TestTheManifestNamesNobody(t *testing.T) {
	t.Parallel()
	page := gallery.Pages()["account"]
	data, err := layout.Manifest(in(t, i18n.FR, page))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Name, Lang, Display, ID string
		StartURL                string `json:"start_url"`
		Icons                   []struct{ Src, Sizes, Purpose string }
		Shortcuts               []struct{ Name, URL string }
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	want(t, "lang", m.Lang, "fr-CA")
	want(t, "display", m.Display, "standalone")
	want(t, "icons", m.Icons[2].Purpose+" "+m.Icons[2].Sizes, "maskable 512x512")
	if strings.Contains(string(data), "TREMBLAY") {
		t.Error("the manifest must hold no name")
	}
}
