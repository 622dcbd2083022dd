package ui_test

import (
	"context"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"oneid/views/i18n"
)

func english(t *testing.T) context.Context { return in(t, i18n.EN) }

func in(t *testing.T, lang i18n.Lang) context.Context {
	t.Helper()
	catalogue, err := i18n.New(i18n.Standing{
		Brand:      "ONE ID",
		Agency:     map[i18n.Lang]string{i18n.EN: "Ontario Health", i18n.FR: "Santé Ontario"},
		DeskPhone:  "+18662501554",
		DeskEmail:  "servicedesk@example.ca",
		AgentEmail: "agents@example.ca",
	})
	if err != nil {
		t.Fatal(err)
	}
	catalogue.Strict = true
	return i18n.With(t.Context(), catalogue, lang)
}

func html(ctx context.Context, t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func draw(ctx context.Context, t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html(ctx, t, c)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// only is the one element that a selector finds.
func only(t *testing.T, doc *goquery.Document, selector string) *goquery.Selection {
	t.Helper()
	found := doc.Find(selector)
	if found.Length() != 1 {
		t.Fatalf("%s: found %d, want 1", selector, found.Length())
	}
	return found
}

func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func attr(t *testing.T, s *goquery.Selection, name, wanted string) {
	t.Helper()
	want(t, name, s.AttrOr(name, "(none)"), wanted)
}
