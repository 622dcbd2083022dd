package site_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"oneid/cmd/sandbox/site"
)

func TestASiteAnswersOnlyForItsOwnName(t *testing.T) {
	t.Parallel()
	place := site.Place{Name: "x", Host: "x.localhost", Port: freePort(t)}
	server, err := site.Serve(place, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close(t.Context())
	client := site.Client(5 * time.Second)
	for address, want := range map[string]int{place.Base() + "/": http.StatusOK, "http://" + place.Listen() + "/": http.StatusMisdirectedRequest} {
		res, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d, want %d", address, res.StatusCode, want)
		}
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestChoosingALanguageStaysOnThisSite(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"/oneid?p=1&lang=fr": "/oneid?p=1", "//evil.example/?lang=fr": "/evil.example/"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path, r.URL.RawQuery = cut(path)
		site.ChooseLanguage(http.NotFoundHandler()).ServeHTTP(w, r)
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("%s leads to %q, want %q", path, got, want)
		}
	}
}

func cut(address string) (path, query string) {
	for i, c := range address {
		if c == '?' {
			return address[:i], address[i+1:]
		}
	}
	return address, ""
}

func TestWordsAreRefusedWhenALanguageLacksOne(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"words/en.toml": {Data: []byte(`"a.b" = "x"`)}, "words/fr.toml": {Data: []byte("")}}
	if _, err := site.ReadWords(files, "words"); err == nil {
		t.Error("a missing French text was accepted")
	}
}

func TestTheBrowsersLanguageIsTheFallback(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{"fr-CA,en;q=0.5": "fr", "de, en": "en", "": "en", "FR": "fr"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", header)
		if got := site.Lang(r, ""); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestAnIdentityIsTheSameAfterARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := site.LoadIdentity(dir, "x")
	if err != nil {
		t.Fatal(err)
	}
	second, err := site.LoadIdentity(dir, "x")
	if err != nil || !first.Cert.Equal(second.Cert) || !first.Key.Equal(second.Key) {
		t.Errorf("changed, %v", err)
	}
}
