package web_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"oneid/app/internal/fault"
	"oneid/app/internal/web"
)

// stand puts the stack around a handler; refusals say their kind.
func stand(t *testing.T, log *slog.Logger, next http.HandlerFunc) http.Handler {
	t.Helper()
	base, err := url.Parse("https://oneid.example.ca")
	if err != nil {
		t.Fatal(err)
	}
	s := &web.Stack{BaseURL: base, Log: log, Refuse: func(w http.ResponseWriter, _ *http.Request, f *fault.Fault) {
		http.Error(w, string(f.Kind), http.StatusInternalServerError)
	}}
	return s.Wrap(next)
}

func TestAPanicIsAnErrorPageAndItsValueIsNowhere(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := stand(t, slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), func(http.ResponseWriter, *http.Request) {
		panic("Ada's password is Kakapo 1")
	})
	w := get(h, "https://oneid.example.ca/x?y=Kakapo", nil)
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "internal") {
		t.Errorf("answered %d %q", w.Code, w.Body.String())
	}
	if w.Header().Get("Content-Security-Policy") == "" {
		t.Error("the page has no content policy")
	}
	if strings.Contains(w.Body.String()+log.String(), "Kakapo") {
		t.Errorf("the panic's value shows:\n%s\n%s", w.Body, log.String())
	}
	if !strings.Contains(log.String(), "handler panicked") || !strings.Contains(log.String(), "stack_test.go") {
		t.Errorf("the log does not say where:\n%s", log.String())
	}
}

func TestAHandlerMayEndAnAnswerByForce(t *testing.T) {
	t.Parallel()
	h := stand(t, quiet(), func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("recovered %v, want the server to see it", v)
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "https://oneid.example.ca/", nil))
}

func TestRequestIdsAreOfOurOwnMaking(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	h := stand(t, quiet(), func(_ http.ResponseWriter, r *http.Request) { seen[web.RequestID(r.Context())] = true })
	for range 3 {
		w := get(h, "https://oneid.example.ca/", func(r *http.Request) { r.Header.Set("X-Request-Id", "theirs") })
		if w.Header().Get("X-Request-Id") == "theirs" {
			t.Error("a stranger named the request")
		}
	}
	if len(seen) != 3 || seen["theirs"] {
		t.Errorf("ids were %v", seen)
	}
}

func TestALocalPathIsLocal(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/help", "/help?x=y#z", "/a/b"} {
		if got := web.LocalPath(path, "/f"); got != path {
			t.Errorf("LocalPath(%q) = %q", path, got)
		}
	}
	for _, path := range []string{
		"", "help", "//x", "///x", "/\\x", "\\x", "https://x", "http:x", "javascript:x", "/x\r\ny", "/x\ny", "//", "/\t/x", "/\x00", " /x", "?x", "#x", "@x",
	} {
		if got := web.LocalPath(path, "/f"); got != "/f" {
			t.Errorf("LocalPath(%q) = %q, want the fallback", path, got)
		}
	}
}
