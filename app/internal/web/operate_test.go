package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/web"
)

func networks(t *testing.T, list ...string) []netip.Prefix {
	t.Helper()
	var all []netip.Prefix
	for _, text := range list {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func get(h http.Handler, path string, set func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.RemoteAddr = "127.0.0.1:40000"
	if set != nil {
		set(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

type fewConns struct{}

func (fewConns) AcquiredConns() int32           { return 3 }
func (fewConns) IdleConns() int32               { return 4 }
func (fewConns) TotalConns() int32              { return 7 }
func (fewConns) MaxConns() int32                { return 20 }
func (fewConns) AcquireCount() int64            { return 11 }
func (fewConns) EmptyAcquireCount() int64       { return 2 }
func (fewConns) CanceledAcquireCount() int64    { return 1 }
func (fewConns) AcquireDuration() time.Duration { return 1500 * time.Millisecond }

func TestMetricsNameRoutesAndNeverAddresses(t *testing.T) {
	t.Parallel()
	m := web.NewMetrics("1.2.3", func() web.PoolStat { return fewConns{} })
	engine := gin.New()
	engine.Use(m.Route())
	engine.GET("/profile/email/confirm/:token", func(c *gin.Context) { c.String(http.StatusTeapot, "ok") })
	mux := http.NewServeMux()
	mux.Handle("/", engine)
	mux.Handle("GET /robots.txt", http.NotFoundHandler())
	site := m.Wrap(mux)

	get(site, "/profile/email/confirm/s3cret-token", nil)
	get(site, "/wp-login.php", nil)
	get(site, "/robots.txt", nil)
	get(site, "/", func(r *http.Request) { r.Method = "BREW" })
	m.SignIn(web.SignInFailed)

	got := get(m.Handler(networks(t, "127.0.0.0/8"), nil), "/metrics", nil).Body.String()
	for _, want := range []string{
		`oneid_http_requests_total{method="GET",route="/profile/email/confirm/:token",status="418"} 1`,
		`oneid_http_requests_total{method="GET",route="none",status="404"} 1`,
		`oneid_http_requests_total{method="GET",route="GET /robots.txt",status="404"} 1`,
		`oneid_http_requests_total{method="other",route="none",status="404"} 1`,
		`oneid_http_request_seconds_count{method="GET",route="/profile/email/confirm/:token"} 1`,
		`oneid_http_in_flight 0`,
		`oneid_signins_total{outcome="failed"} 1`,
		`oneid_signins_total{outcome="passed"} 0`,
		`oneid_db_connections{state="in_use"} 3`,
		`oneid_db_connections_max 20`,
		`oneid_db_acquire_seconds_total 1.5`,
		`version="1.2.3"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	for _, never := range []string{"s3cret", "wp-login", "BREW"} {
		if strings.Contains(got, never) {
			t.Errorf("metrics show %q", never)
		}
	}
}

func TestMetricsAreShownToConfiguredNetworksOnly(t *testing.T) {
	t.Parallel()
	m := web.NewMetrics("1", nil)
	allow, trusted := networks(t, "127.0.0.0/8", "10.9.0.0/16"), networks(t, "10.1.0.0/16")
	cases := []struct {
		name, peer, header, value string
		want                      int
	}{
		{"from this machine", "127.0.0.1:5000", "", "", http.StatusOK},
		{"from this machine over IPv6's form", "[::ffff:127.0.0.1]:5000", "", "", http.StatusOK},
		{"from the scraper's network", "10.9.3.4:5000", "", "", http.StatusOK},
		{"from elsewhere", "203.0.113.9:5000", "", "", http.StatusForbidden},
		{"for the scraper through a trusted proxy", "10.1.0.1:5000", "X-Forwarded-For", "10.9.3.4", http.StatusOK},
		{"for a stranger through a trusted proxy", "10.1.0.1:5000", "X-Forwarded-For", "203.0.113.9", http.StatusForbidden},
		{"for a stranger who claims to be here, through a trusted proxy", "10.1.0.1:5000", "X-Forwarded-For", "127.0.0.1, 203.0.113.9", http.StatusForbidden},
		{"through a proxy on this machine that nobody named", "127.0.0.1:5000", "X-Forwarded-For", "203.0.113.9", http.StatusForbidden},
		{"through such a proxy with the other header", "127.0.0.1:5000", "Forwarded", "for=203.0.113.9", http.StatusForbidden},
	}
	for _, c := range cases {
		got := get(m.Handler(allow, trusted), "/metrics", func(r *http.Request) {
			r.RemoteAddr = c.peer
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
		}).Code
		if got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestReadinessSaysWhatFailedAndNotWhy(t *testing.T) {
	t.Parallel()
	var serving atomic.Bool
	var asked atomic.Int32
	var broken atomic.Pointer[error]
	ready := func() *web.Readiness {
		return &web.Readiness{Serving: &serving, Log: quiet(), Checks: []web.Check{
			{Name: "database", Run: func(context.Context) error {
				asked.Add(1)
				if e := broken.Load(); e != nil {
					return *e
				}
				return nil
			}},
			{Name: "schema", Run: func(context.Context) error { return nil }},
		}}
	}
	state := func(h http.Handler) (int, string, map[string]string) {
		w := get(h, "/readyz", nil)
		var body struct {
			Status string
			Checks map[string]string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatalf("answer %q: %v", w.Body, err)
		}
		if strings.Contains(w.Body.String(), "db7.internal") {
			t.Errorf("the answer names a host: %s", w.Body)
		}
		return w.Code, body.Status, body.Checks
	}

	if code, status, _ := state(ready()); code != http.StatusServiceUnavailable || status != "draining" {
		t.Errorf("not serving: got %d %s", code, status)
	}
	serving.Store(true)
	h := ready()
	if code, status, checks := state(h); code != http.StatusOK || status != "ok" || checks["schema"] != "ok" {
		t.Errorf("all well: got %d %s %v", code, status, checks)
	}
	before := asked.Load()
	for range 20 {
		state(h)
	}
	if asked.Load() != before {
		t.Errorf("asked the database %d more times within a second, want 0", asked.Load()-before)
	}
	away := errors.New("dial db7.internal: refused")
	broken.Store(&away)
	if code, status, checks := state(ready()); code != http.StatusServiceUnavailable || status != "not ready" || checks["database"] != "failed" || checks["schema"] != "ok" {
		t.Errorf("database away: got %d %s %v", code, status, checks)
	}
	if w := get(web.Live(), "/healthz", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"ok"`) {
		t.Errorf("live: got %d %s", w.Code, w.Body)
	}
}

func page(n int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, strings.Repeat("<p>same</p>", n))
	})
}

func compressed(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	h, err := web.Compressed(next)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func takesGzip(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip, zstd, br") }

func TestPagesAreCompressedForBrowsersThatTakeIt(t *testing.T) {
	t.Parallel()
	w := get(compressed(t, page(500)), "/", takesGzip)
	if got := w.Header().Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("content encoding: got %q, want gzip", got)
	}
	if got := w.Header().Get("Vary"); got != "Accept-Encoding" {
		t.Errorf("vary: got %q", got)
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || string(text) != strings.Repeat("<p>same</p>", 500) {
		t.Errorf("the page came out changed: %d bytes, %v", len(text), err)
	}
	if got := get(compressed(t, page(500)), "/", nil).Header().Get("Content-Encoding"); got != "" {
		t.Errorf("asked for none: got %q", got)
	}
	if got := get(compressed(t, page(1)), "/", takesGzip).Header().Get("Content-Encoding"); got != "" {
		t.Errorf("short page: got %q", got)
	}
}

func TestACompressedLengthIsPaddedByTheWholePage(t *testing.T) {
	t.Parallel()
	lengths := map[int]bool{}
	for i := range 40 {
		h := compressed(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, strings.Repeat("<p>same</p>", 500)+fmt.Sprintf("%04d", i))
		}))
		first, again := get(h, "/", takesGzip).Body.Len(), get(h, "/", takesGzip).Body.Len()
		if first != again {
			t.Fatalf("asking again averages the padding out: %d and %d bytes", first, again)
		}
		lengths[first] = true
	}
	if len(lengths) < 15 {
		t.Errorf("40 pages of one length came in %d lengths, want many", len(lengths))
	}
}

func TestAPanicBehindCompressionStillGetsItsPage(t *testing.T) {
	t.Parallel()
	h := compressed(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("lost") }))
	outer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				http.Error(w, "our fault", http.StatusInternalServerError)
			}
		}()
		h.ServeHTTP(w, r)
	})
	if w := get(outer, "/", takesGzip); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "our fault") {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
}

func TestPolicyReportsAreLoggedWithoutWhatTheyMayHold(t *testing.T) {
	t.Parallel()
	routes := []string{"/", "/signin", "/profile/email/confirm", "/profile/email/confirm/:token", "/static/*file"}
	cases := []struct{ name, body, directive, blocked, page string }{
		{"old form", `{"csp-report":{"document-uri":"https://x.ca/profile/email/confirm/s3cret?q=s3cret","effective-directive":"script-src-elem","blocked-uri":"https://evil.example/a.js?s3cret"}}`,
			"script-src-elem", "https://evil.example", "/profile/email/confirm/:token"},
		{"older form", `{"csp-report":{"document-uri":"https://x.ca/signin","violated-directive":"style-src 'self' s3cret","blocked-uri":"inline"}}`, "style-src", "inline", "/signin"},
		{"new form", `[{"type":"csp-violation","body":{"documentURL":"https://x.ca/static/a/b","effectiveDirective":"img-src","blockedURL":"chrome-extension://s3cret/x.png"}}]`,
			"img-src", "chrome-extension:", "/static/*file"},
		{"nonsense", `{"csp-report":{"document-uri":"s3cret\nlevel=ERROR","effective-directive":"s3cret!","blocked-uri":"https://us3r:s3cret\u0000@h/"}}`, "other", "other", "other"},
		{"unknown page", `{"csp-report":{"document-uri":"https://x.ca/s3cret/s3cret","effective-directive":"img-src","blocked-uri":"data"}}`, "img-src", "data", "other"},
	}
	for _, c := range cases {
		var log bytes.Buffer
		h := &web.PolicyReports{Log: slog.New(slog.NewJSONHandler(&log, nil)), Routes: routes}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/csp-report", strings.NewReader(c.body)))
		var line struct{ Directive, Blocked, Page string }
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Errorf("%s: log %q: %v", c.name, log.String(), err)
		}
		if line.Directive != c.directive || line.Blocked != c.blocked || line.Page != c.page {
			t.Errorf("%s: got %+v, want %s %s %s", c.name, line, c.directive, c.blocked, c.page)
		}
		if w.Code != http.StatusNoContent || strings.Contains(log.String(), "s3cret") {
			t.Errorf("%s: answered %d, logged %s", c.name, w.Code, log.String())
		}
	}
}

func TestPolicyReportsCannotFillTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := &web.PolicyReports{Log: slog.New(slog.NewJSONHandler(&log, nil)), Metrics: web.NewMetrics("1", nil)}
	send := func(body string) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/csp-report", strings.NewReader(body)))
		return w.Code
	}
	one := `{"type":"csp-violation","body":{"effectiveDirective":"img-src"}}`
	batch := "[" + strings.TrimSuffix(strings.Repeat(one+",", 50), ",") + "]"
	for range 100 {
		send(batch)
	}
	if got := strings.Count(log.String(), "\n"); got != 60 {
		t.Errorf("logged %d lines in a minute, want 60", got)
	}
	log.Reset()
	for _, body := range []string{"", "not json", `{"csp-report":"x"}`, "[" + strings.Repeat(" ", 64<<10) + one + "]"} {
		if got := send(body); got != http.StatusNoContent {
			t.Errorf("%.20q: got %d, want 204", body, got)
		}
	}
	if log.Len() > 0 {
		t.Errorf("logged %s", log.String())
	}
	if w := get(h, "/csp-report", nil); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: got %d, want 405", w.Code)
	}
}
