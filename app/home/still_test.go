package home_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"oneid/app/home"
	"oneid/views/layout"
)

func TestTheOfflinePageIsTheSameForEveryoneAndMayBeKept(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.account(t)
	stranger, ada := w.visitor(t, "en"), w.signedIn(t, "en")
	for lang, title := range map[string]string{"en": "You are offline", "fr": "Vous êtes hors ligne"} {
		path := "/offline?lang=" + lang
		res := ada.ask(path)
		if got := stranger.ask(path).body; got != res.body {
			t.Errorf("%s: the page tells who asks", lang)
		}
		if got := res.Header.Get("Cache-Control"); got != "public, max-age=3600" {
			t.Errorf("%s: Cache-Control: got %q", lang, got)
		}
		if got := res.Header.Get("Content-Language"); got != lang+"-CA" {
			t.Errorf("%s: Content-Language: got %q", lang, got)
		}
		if len(res.Header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: sets a cookie", lang)
		}
		doc := ada.page(path)
		if got := said(doc.Find("h1")); got != title {
			t.Errorf("%s: title %q", lang, got)
		}
		if got := doc.Find("html").AttrOr("lang", ""); got != lang+"-CA" {
			t.Errorf("%s: the page says it is in %q", lang, got)
		}
		if doc.Find("a[href='tel:+18662501554']").Length() == 0 {
			t.Errorf("%s: no number to call", lang)
		}
	}
}

func TestAViewerUnderTheRequestDoesNotReachAPageThatIsKept(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	(&home.Still{Catalogue: catalogue(t), Now: time.Now}).Mount(mux)
	r := httptest.NewRequest(http.MethodGet, "/offline?lang=en", nil)
	ctx := layout.WithViewer(r.Context(), layout.Viewer{Name: "Ada Byron", LoginID: "ADA.BYRON", SignedIn: true})
	out := httptest.NewRecorder()
	mux.ServeHTTP(out, r.WithContext(ctx))
	if body := out.Body.String(); out.Code != http.StatusOK || strings.Contains(strings.ToUpper(body), "BYRON") {
		t.Errorf("got %d; the page names the person", out.Code)
	}
}

func TestEachLanguageHasItsManifest(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	for lang, help := range map[string]string{"en": "Help", "fr": "Aide"} {
		res := w.visitor(t, "de").ask("/manifest." + lang + ".webmanifest")
		var m struct {
			Lang      string
			Shortcuts []struct{ Name, URL string }
		}
		if err := json.Unmarshal([]byte(res.body), &m); err != nil {
			t.Fatal(err)
		}
		if m.Lang != lang+"-CA" || res.Header.Get("Content-Type") != "application/manifest+json" {
			t.Errorf("%s: got language %q as %q", lang, m.Lang, res.Header.Get("Content-Type"))
		}
		named := map[string]string{}
		for _, s := range m.Shortcuts {
			named[s.Name] = s.URL
		}
		if named[help] != "/help" {
			t.Errorf("%s: shortcuts %v", lang, named)
		}
	}
}

func TestRobotsAndPasswordManagersFindWhatTheyKnowByHeart(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	v := w.visitor(t, "en")
	if got := v.ask("/robots.txt").body; got != "User-agent: *\nDisallow: /\n" {
		t.Errorf("robots: got %q", got)
	}
	res := v.ask("/.well-known/change-password")
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusFound || got != "/profile/password" {
		t.Errorf("change-password: got %d to %q", res.StatusCode, got)
	}
	if got := v.ask("/.well-known/security.txt").StatusCode; got != http.StatusNotFound {
		t.Errorf("security.txt without a contact: got %d, want 404", got)
	}
	mux := http.NewServeMux()
	(&home.Still{
		Catalogue: catalogue(t), BaseURL: "https://oneid.example", SecurityContact: "desk@example.ca", Now: w.clock.Now,
	}).Mount(mux)
	out := httptest.NewRecorder()
	mux.ServeHTTP(out, httptest.NewRequest(http.MethodGet, "/.well-known/security.txt", nil))
	for _, want := range []string{"Contact: mailto:desk@example.ca\n", "Expires: 2026-12-21T17:00:00Z\n", "Canonical: https://oneid.example/.well-known/security.txt\n"} {
		if !strings.Contains(out.Body.String(), want) {
			t.Errorf("security.txt lacks %q: %s", want, out.Body)
		}
	}
}
