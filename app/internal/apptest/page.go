package apptest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"oneid/views/ui"
)

// Page is an answer. Its Want methods fail the test and go on, so that one run
// shows all that is wrong.
type Page struct {
	*Browser
	Method, Path string
	Status       int
	Header       http.Header
	Body         string

	parsed *goquery.Document
}

// To is where the page leads: a redirect, or what htmx is told.
func (p *Page) To() string {
	if to := p.Header.Get("HX-Redirect"); to != "" {
		return to
	}
	return p.Header.Get("Location")
}

// Follow goes where the page leads, once.
func (p *Page) Follow() *Page {
	p.Helper()
	if p.To() == "" {
		p.Fatalf("%s %s leads nowhere (%d):\n%s", p.Method, p.Path, p.Status, p.Text())
	}
	return p.Get(p.To())
}

// mostHops is more than any road of ours has.
const mostHops = 6

// Rest follows every redirect within the product, up to a page to read or a
// way out.
func (p *Page) Rest() *Page {
	p.Helper()
	for range mostHops {
		if to := p.To(); to == "" || strings.Contains(to, "://") {
			return p
		}
		p = p.Follow()
	}
	p.Fatalf("still being led on after %d pages, to %s", mostHops, p.To())
	return nil
}

// Find selects elements of the page.
func (p *Page) Find(selector string) *goquery.Selection {
	p.Helper()
	if p.parsed == nil {
		parsed, err := goquery.NewDocumentFromReader(strings.NewReader(p.Body))
		if err != nil {
			p.Fatalf("read the page: %v", err)
		}
		p.parsed = parsed
	}
	return p.parsed.Find(selector)
}

// Text is what a person reads on the page.
func (p *Page) Text() string {
	p.Helper()
	var said strings.Builder
	for _, n := range p.Find("body").Nodes {
		say(&said, n)
	}
	return strings.Join(strings.Fields(said.String()), " ")
}

// say writes a node's text, with space where elements stand apart on screen.
func say(to *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		to.WriteString(n.Data)
		return
	}
	apart := true
	switch n.Data {
	case "a", "abbr", "b", "bdi", "code", "em", "i", "span", "strong", "time", "wbr":
		apart = false
	case "script", "style", "template":
		return
	}
	if apart {
		to.WriteByte(' ')
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		say(to, child)
	}
	if apart {
		to.WriteByte(' ')
	}
}

// Title is the page's first heading.
func (p *Page) Title() string {
	p.Helper()
	return strings.Join(strings.Fields(p.Find("h1").First().Text()), " ")
}

// Value is what a field holds, and whether there is such a field.
func (p *Page) Value(name string) (string, bool) {
	p.Helper()
	field := p.Find(`[name="` + name + `"]`).First()
	if field.Length() == 0 {
		return "", false
	}
	return field.AttrOr("value", ""), true
}

// Form reads what a form would send if nothing were typed.
func (p *Page) Form(selector string) url.Values {
	p.Helper()
	form := url.Values{}
	p.Find(selector + ` input[type="hidden"]`).Each(func(_ int, field *goquery.Selection) {
		form.Add(field.AttrOr("name", ""), field.AttrOr("value", ""))
	})
	return form
}

// WantStatus wants a status.
func (p *Page) WantStatus(want int) *Page {
	p.Helper()
	if p.Status != want {
		p.Errorf("%s %s answered %d (to %q), want %d:\n%s", p.Method, p.Path, p.Status, p.To(), want, p.Text())
	}
	return p
}

// WantRedirect wants to be led on to an address.
func (p *Page) WantRedirect(want string) *Page {
	p.Helper()
	if p.Status != http.StatusSeeOther || p.To() != want {
		p.Errorf("%s %s answered %d to %q, want %d to %q:\n%s", p.Method, p.Path, p.Status, p.To(), http.StatusSeeOther, want, p.Text())
	}
	return p
}

// WantText wants the page to say all of it.
func (p *Page) WantText(texts ...string) *Page {
	p.Helper()
	for _, text := range texts {
		if !strings.Contains(p.Text(), text) {
			p.Errorf("%s %s (%d) does not say %q:\n%s", p.Method, p.Path, p.Status, text, p.Text())
		}
	}
	return p
}

// WantSaid wants the page to say at its top, in this mood, what has become of a form.
func (p *Page) WantSaid(mood ui.Kind, text string) *Page {
	p.Helper()
	notice, role := p.Find("main .notice").First(), "status"
	if mood == ui.Warn {
		role = "alert"
	}
	if said := strings.Join(strings.Fields(notice.Text()), " "); !strings.Contains(said, text) {
		p.Errorf("%s %s (%d) says %q at its top, want %q", p.Method, p.Path, p.Status, said, text)
	}
	if got := notice.AttrOr("role", ""); got != role {
		p.Errorf("%s %s says %q in the role %q, want %q", p.Method, p.Path, text, got, role)
	}
	for _, kind := range []ui.Kind{ui.OK, ui.Warn, ui.Bad} {
		if got, want := notice.HasClass(string(kind)), kind == mood; got != want {
			p.Errorf("%s %s says %q as %q: %t, want %t", p.Method, p.Path, text, kind, got, want)
		}
	}
	return p
}

// WantNever wants none of it anywhere in the answer, seen or unseen.
func (p *Page) WantNever(texts ...string) *Page {
	p.Helper()
	for _, text := range texts {
		if strings.Contains(p.Body, text) || strings.Contains(strings.Join(p.Header.Values("Location"), " "), text) {
			p.Errorf("%s %s (%d) holds %q", p.Method, p.Path, p.Status, text)
		}
	}
	return p
}

// WantField wants a field that holds a value.
func (p *Page) WantField(name, want string) *Page {
	p.Helper()
	got, there := p.Value(name)
	if !there || got != want {
		p.Errorf("%s %s: field %s holds %q (there: %t), want %q", p.Method, p.Path, name, got, there, want)
	}
	return p
}

// WantError wants a field to be refused, with its words tied to it.
func (p *Page) WantError(name, text string) *Page {
	p.Helper()
	field := p.Find(`[name="` + name + `"]`).First()
	if field.AttrOr("aria-invalid", "") != "true" {
		p.Errorf("%s %s: field %s is not marked as refused", p.Method, p.Path, name)
	}
	var words []string
	for _, id := range strings.Fields(field.AttrOr("aria-describedby", "")) {
		words = append(words, p.Find("#"+id).Text())
	}
	if said := strings.Join(strings.Fields(strings.Join(words, " ")), " "); !strings.Contains(said, text) {
		p.Errorf("%s %s: field %s says %q, want %q", p.Method, p.Path, name, said, text)
	}
	return p
}

// WantHeader wants a header to hold a text.
func (p *Page) WantHeader(name, want string) *Page {
	p.Helper()
	if got := strings.Join(p.Header.Values(name), ", "); !strings.Contains(got, want) {
		p.Errorf("%s %s (%d): %s is %q, want %q in it", p.Method, p.Path, p.Status, name, got, want)
	}
	return p
}

// Reference is the number that the page shows a person to read out.
func (p *Page) Reference() string {
	p.Helper()
	for _, word := range strings.Fields(p.Text()) {
		word = strings.Trim(word, ".,:;")
		if len(word) == 7 && word[3] == '-' && strings.ToUpper(word) == word {
			return word
		}
	}
	p.Errorf("%s %s (%d) shows no reference number:\n%s", p.Method, p.Path, p.Status, p.Text())
	return ""
}
