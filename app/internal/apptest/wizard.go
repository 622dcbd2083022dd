package apptest

import (
	"net/http"
	"net/url"
	"strings"
)

// steps are the wizard's, with what the guide's person types in each.
func steps() [][]string {
	return [][]string{
		{"policies", "agree", "yes"},
		{
			"personal", "title", "dr", "preferred_first", "Randy", "middle", "James", "preferred_last", "Burt",
			"email", "randy@example.ca", "phone", "416-555-0100", "extension", "12", "language", "en",
		},
		{"profession"},
		{
			"questions", "question_1", "first-car", "answer_1", "Honda Accord",
			"question_2", "first-childhood-friend", "answer_2", "John", "question_3", "first-award", "answer_3", "Math",
			"question_4", "sibling-middle-name", "answer_4", "Bob", "question_5", "father-middle-name", "answer_5", "Joe",
		},
		{"phone", "phone_1_number", "416-555-0123", "phone_1_method", "text"},
		{"mail"},
		{"review"},
		{"password", "password", Password, "confirm", Password},
	}
}

// Fill opens a step of the wizard and sends its form: what the form holds, what
// the guide's person types, and what differs from that.
func (b *Browser) Fill(slug string, differing ...string) *Page {
	b.Helper()
	return b.Send("/register/"+slug, b.Filled(slug, differing...))
}

// Filled is the form that Fill sends.
func (b *Browser) Filled(slug string, differing ...string) url.Values {
	b.Helper()
	shown := b.Get("/register/" + slug)
	if shown.Status != http.StatusOK {
		b.Fatalf("/register/%s answered %d to %q:\n%s", slug, shown.Status, shown.To(), shown.Text())
	}
	form := shown.Form("form#step")
	for _, step := range steps() {
		if step[0] == slug {
			for name, values := range Fields(step[1:]...) {
				form[name] = values
			}
		}
	}
	for name, values := range Fields(differing...) {
		form[name] = values
	}
	return form
}

// Through does the wizard's steps from where the browser is up to and with one;
// "password" makes the account.
func (b *Browser) Through(slug string) *Page {
	b.Helper()
	var page *Page
	at := ""
	for _, step := range steps() {
		if at != "" && at != step[0] {
			continue // not asked of this person
		}
		page = b.Fill(step[0])
		if page.Status != http.StatusSeeOther {
			b.Fatalf("/register/%s answered %d:\n%s", step[0], page.Status, page.Text())
		}
		at = strings.TrimPrefix(page.To(), "/register/")
		if step[0] == slug {
			return page
		}
	}
	b.Fatalf("there is no step %s", slug)
	return nil
}
