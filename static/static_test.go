package static_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"oneid/static"
)

func get(t *testing.T, h http.Handler, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFilesAreKeptForAYearUnderTheNameOfTheirContent(t *testing.T) {
	t.Parallel()
	url := static.URL("app.css")
	if !regexp.MustCompile(`^/static/app\.[0-9a-f]{8}\.css$`).MatchString(url) {
		t.Fatalf("got %s, want a hash in the name", url)
	}
	h := static.Handler(false)
	plain := get(t, h, url)
	for name, want := range map[string]string{
		"Cache-Control": "public, max-age=31536000, immutable", "Content-Type": "text/css; charset=utf-8",
		"Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := plain.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	zipped := get(t, h, url, "Accept-Encoding", "br, gzip")
	if zipped.Header.Get("Content-Encoding") != "gzip" || zipped.Header.Get("ETag") == plain.Header.Get("ETag") {
		t.Error("want the compressed file, under a tag of its own")
	}
	r, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if string(unzipped) != body(t, plain) {
		t.Error("the compressed file is another one")
	}
	if got := get(t, h, url, "If-None-Match", plain.Header.Get("ETag")).StatusCode; got != http.StatusNotModified {
		t.Errorf("got %d for a file that the browser has, want 304", got)
	}
}

func TestEveryFileIsServedWithItsType(t *testing.T) {
	t.Parallel()
	h := static.Handler(false)
	for _, url := range static.URLs() {
		if strings.HasPrefix(url, "/static/sw.") || strings.HasPrefix(url, "/static/retire.") {
			continue // workers have one address each
		}
		res := get(t, h, url)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") == "" || res.Header.Get("Content-Length") == "" {
			t.Errorf("%s: got %d, %q, %q bytes", url, res.StatusCode, res.Header.Get("Content-Type"), res.Header.Get("Content-Length"))
		}
	}
}

func TestAnythingElseIsNotFound(t *testing.T) {
	t.Parallel()
	h := static.Handler(false)
	for _, path := range []string{"/static/app.css", "/static/app.00000000.css", "/static/", "/static/../embed.go", "/static/sw.js", "/embed.go", "/"} {
		if got := get(t, h, path).StatusCode; got == http.StatusOK {
			t.Errorf("%s: got %d, want it refused", path, got)
		}
	}
}

func TestStylesNameTheFontsByTheirHashes(t *testing.T) {
	t.Parallel()
	css := body(t, get(t, static.Handler(false), static.URL("app.css")))
	for _, font := range []string{"open-sans-400.woff2", "open-sans-700.woff2"} {
		if !strings.Contains(css, static.URL(font)) {
			t.Errorf("styles do not use %s", static.URL(font))
		}
	}
	if m := regexp.MustCompile(`url\("?(?:[^/"]|//)[^)]*\)|@import`).FindString(css); m != "" {
		t.Errorf("styles load %s", m)
	}
}

func TestTheWorkerKeepsFilesAndOfflinePagesOnly(t *testing.T) {
	t.Parallel()
	res := get(t, static.Handler(false), "/sw.js")
	if got := res.Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("got %q: a worker that is kept can't be called back", got)
	}
	script := body(t, res)
	if strings.Contains(script, "self.KEEP;") {
		t.Fatal("the list was not filled in")
	}
	list := regexp.MustCompile(`const KEEP = \[(.*?)\]`).FindStringSubmatch(script)
	if list == nil {
		t.Fatal("no list of what may be kept")
	}
	for _, item := range strings.Split(list[1], ",") {
		url := strings.Trim(item, `"`)
		if !strings.HasPrefix(url, "/static/") && url != "/offline?lang=en" && url != "/offline?lang=fr" {
			t.Errorf("the worker would keep %s", url)
		}
	}
	for _, url := range []string{static.URL("app.css"), static.URL("app.js"), "/offline?lang=fr"} {
		if !strings.Contains(list[1], url) {
			t.Errorf("the worker does not keep %s", url)
		}
	}
}

func TestTheWorkerCanBeCalledBack(t *testing.T) {
	t.Parallel()
	script := body(t, get(t, static.Handler(true), "/sw.js"))
	if !strings.Contains(script, "unregister") || strings.Contains(script, "fetch") {
		t.Error("want a worker that only removes itself")
	}
}

func TestVendoredFilesAreThoseThatWerePublished(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"vendor/htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130", // htmx.org 4.0.1, dist/htmx.min.js
	} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	for _, licence := range []string{"vendor/htmx-LICENSE.txt", "fonts/OFL.txt"} {
		if _, err := os.Stat(licence); err != nil {
			t.Errorf("a licence must stand beside what it covers: %v", err)
		}
	}
}

// TestTheFirstPageIsLight holds the budget of the sign-in page: styles, scripts
// and fonts; its HTML has 5 KB more.
func TestTheFirstPageIsLight(t *testing.T) {
	t.Parallel()
	h := static.Handler(false)
	limits := map[string]int{"app.css": 8 << 10, "app.js": 3 << 10, "passkey.js": 2304, "open-sans-400.woff2": 17 << 10, "open-sans-700.woff2": 17 << 10}
	total := 0
	for name, limit := range limits {
		n := len(body(t, get(t, h, static.URL(name), "Accept-Encoding", "gzip")))
		total += n
		if n > limit {
			t.Errorf("%s: %d bytes, want at most %d", name, n, limit)
		}
	}
	if total > 45<<10 {
		t.Errorf("got %d bytes in all, want at most 45 KB", total)
	}
}

func TestScriptsEvaluateNothingAndStoreOnlyTheTheme(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("js/*.js")
	if err != nil || len(names) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	refused := regexp.MustCompile(`\beval\b|new Function|innerHTML|insertAdjacentHTML|document\.write|indexedDB|localStorage|sessionStorage|\.style\b|https?://`)
	cookie := regexp.MustCompile(`document\.cookie = .(\w+)=`)
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if m := refused.Find(data); m != nil {
			t.Errorf("%s: %q", name, m)
		}
		for _, m := range cookie.FindAllStringSubmatch(string(data), -1) {
			if m[1] != "theme" {
				t.Errorf("%s: sets the cookie %s", name, m[1])
			}
		}
	}
}

func TestIconsHaveTheSizesTheyClaim(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"icon-192.png": 192, "icon-512.png": 512, "icon-maskable-512.png": 512} {
		img, err := png.Decode(bytes.NewReader([]byte(body(t, get(t, static.Handler(false), static.URL(name))))))
		if err != nil {
			t.Fatal(err)
		}
		if got := img.Bounds().Dx(); got != size {
			t.Errorf("%s: got %d pixels, want %d", name, got, size)
		}
		if _, _, _, alpha := img.At(0, 0).RGBA(); strings.Contains(name, "maskable") != (alpha == 0xffff) {
			t.Errorf("%s: only a maskable icon fills its corners", name)
		}
	}
}

// A file's answer carries what a file needs and nothing that only documents
// have use for: it would be more than the smaller files themselves.
func TestAFileCarriesFewHeaders(t *testing.T) {
	t.Parallel()
	h := static.Handler(false)
	full := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Permissions-Policy", "camera=()")
		w.Header().Set("Content-Security-Policy", "script-src 'self'")
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		h.ServeHTTP(w, r)
	})
	file, worker := get(t, full, static.URL("app.js")).Header, get(t, full, "/sw.js").Header
	for name, want := range map[string]string{
		"Permissions-Policy": "", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		"Strict-Transport-Security": "max-age=31536000", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := file.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := worker.Get("Content-Security-Policy"); got != "script-src 'self'" {
		t.Errorf("the worker fetches under its own policy, got %q", got)
	}
}
