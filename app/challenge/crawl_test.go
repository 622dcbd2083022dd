package challenge_test

import (
	"net/http"
	"strings"
	"testing"

	"oneid/app"
	"oneid/app/internal/apptest"
)

func address(r app.Route) string {
	parts := strings.Split(r.Path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, ":") {
			parts[i] = "x"
		}
	}
	return strings.Join(parts, "/")
}

// TestAHalfWaySessionReachesOnlyTheChallenge asks for every route with a right
// password alone: what is guarded leads to the challenge, and what is open
// answers as it answers a stranger.
func TestAHalfWaySessionReachesOnlyTheChallenge(t *testing.T) {
	t.Parallel()
	w, ada := people(t, all())
	half := w.Browser()
	half.SignIn(ada).WantRedirect("/challenge")
	guarded := 0
	for _, r := range w.Routes() {
		if strings.HasPrefix(r.Path, "/challenge") || r.CrossSite || r.Path == "/signout" {
			continue // signing out may be done at any time
		}
		ask := func(b *apptest.Browser) *apptest.Page {
			if r.Method == http.MethodPost {
				return b.Post(address(r))
			}
			return b.Get(address(r))
		}
		got, stranger := ask(half), ask(w.Browser())
		switch {
		case got.To() == "/challenge":
			guarded++
		case got.Status != stranger.Status || got.To() != stranger.To():
			if r.Path == "/session/extend" {
				continue // the session is there, and may be kept from ending
			}
			t.Errorf("%s %s answers %d to %q, and a stranger %d to %q", r.Method, r.Path, got.Status, got.To(), stranger.Status, stranger.To())
		}
		for _, own := range []string{"Ada Byron", "ADA.BYRON", "ada@example.ca"} {
			if strings.Contains(got.Body, own) {
				t.Errorf("%s %s says %q", r.Method, r.Path, own)
			}
		}
		half.Get("/home").WantRedirect("/challenge")
		if t.Failed() {
			return
		}
	}
	if guarded < 10 {
		t.Errorf("%d routes led to the challenge: the walk saw too little", guarded)
	}
}

// TestTheChallengeIsClosedToStrangers asks for its routes without a session, and
// with one that owes nothing.
func TestTheChallengeIsClosedToStrangers(t *testing.T) {
	t.Parallel()
	w, ada := people(t, all())
	b := w.Browser()
	b.Challenged(ada).ByText(phone).WantRedirect("/home")
	for _, r := range w.Routes() {
		if !strings.HasPrefix(r.Path, "/challenge") || r.Path == "/challenge/frozen" || r.Path == "/challenge/stopped" {
			continue
		}
		ask := func(b *apptest.Browser) *apptest.Page {
			if r.Method == http.MethodPost {
				return b.Post(address(r), "to", "x", "c", "x")
			}
			return b.Get(address(r))
		}
		ask(w.Browser()).WantRedirect("/signin")
		if p := ask(b); p.Status >= http.StatusInternalServerError || strings.Contains(p.Text(), "ending in") {
			t.Errorf("%s %s answers %d:\n%s", r.Method, r.Path, p.Status, p.Text())
		}
	}
}

// TestEveryPageWorksWithoutScript looks for what only a script could do: each
// form has an address and a button.
func TestEveryPageWorksWithoutScript(t *testing.T) {
	t.Parallel()
	w, ada := people(t, all())
	b := w.Browser()
	page := b.Challenged(ada)
	pages := []*apptest.Page{
		page, sent(page, "23", "text"), sent(page, "70", "call"), b.Get("/challenge/questions"), b.Get("/challenge/recovery"),
	}
	for _, p := range pages {
		forms := p.Find("#main form")
		if forms.Length() == 0 {
			t.Errorf("%s has no form", p.Path)
		}
		for _, form := range forms.EachIter() {
			if form.AttrOr("action", "") == "" || form.AttrOr("method", "") != "post" || form.Find("button").Length() == 0 {
				html, _ := form.Html()
				t.Errorf("%s has a form that needs script: %s", p.Path, html)
			}
		}
		if p.Find("#main h1").Length() != 1 {
			t.Errorf("%s has %d headings", p.Path, p.Find("#main h1").Length())
		}
	}
}
