package app_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"oneid/app"
	"oneid/app/internal/apptest"
)

// open are the pages that answer everybody. A page that is not listed must lead
// a stranger away or refuse: whoever adds one decides here.
func open() []string {
	return []string{
		"/", "/help", "/help/guide", "/help/accessibility", "/help/privacy", "/help/terms",
		"/signin", "/signedout", "/session/ended", "/challenge/stopped", "/recovery/login-id", "/recovery/password",
		"/register", "/register/notice", "/register/agreement", "/register/paused",
		"/saml/metadata", "/college/metadata", "/saml/error", "/workstation",
	}
}

// begun are the posts that answer everybody: they begin an exchange with a
// passkey, the same for all.
func begun() []string { return []string{"/signin/passkey/start"} }

// address is a route's address with something in place of its parameters.
func address(r app.Route) string {
	parts := strings.Split(r.Path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = "x"
		}
	}
	return strings.Join(parts, "/")
}

func TestAStrangerGetsOnlyWhatIsListedAsOpen(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	var answered []string
	for _, r := range w.Routes() {
		b := w.Browser()
		page := b.Get(address(r))
		if r.Method == http.MethodPost {
			page = b.Post(address(r))
		}
		switch {
		case page.Status == http.StatusOK && r.Method == http.MethodGet:
			answered = append(answered, r.Path)
		case page.Status == http.StatusOK && slices.Contains(begun(), r.Path):
		case page.Status == http.StatusOK || page.Status >= 500:
			t.Errorf("%s %s answers a stranger with %d", r.Method, r.Path, page.Status)
		}
	}
	for _, path := range answered {
		if !slices.Contains(open(), path) {
			t.Errorf("%s answers strangers and is not listed as open", path)
		}
	}
	for _, path := range open() {
		if !slices.Contains(answered, path) {
			t.Errorf("%s is listed as open and does not answer", path)
		}
	}
}

func TestWhatAnotherSiteSendsIsRefused(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	senders := map[string][]apptest.Ask{
		"another site":              {apptest.With("Origin", "https://evil.example"), apptest.With("Sec-Fetch-Site", "cross-site")},
		"another site, old browser": {apptest.With("Origin", "https://evil.example"), apptest.With("Sec-Fetch-Site", "")},
		"a sibling":                 {apptest.With("Origin", "https://www.example.ca"), apptest.With("Sec-Fetch-Site", "same-site")},
		"a null origin":             {apptest.With("Origin", "null"), apptest.With("Sec-Fetch-Site", "")},
		"nobody":                    {apptest.With("Origin", ""), apptest.With("Sec-Fetch-Site", "")},
		"the same name, plain":      {apptest.With("Origin", "http://oneid.example.ca"), apptest.With("Sec-Fetch-Site", "cross-site")},
	}
	b := w.SignedIn(w.Account(apptest.Holder{}))
	walked := 0
	for _, r := range w.Routes() {
		if r.CrossSite || r.Method == http.MethodGet {
			continue
		}
		walked++
		for name, asks := range senders {
			page := b.Do(b.Request(r.Method, address(r), url.Values{"x": {"y"}}), asks...)
			if page.Status != http.StatusForbidden || !strings.Contains(page.Text(), "We stopped this request") {
				t.Errorf("%s %s from %s answered %d", r.Method, r.Path, name, page.Status)
			}
		}
	}
	if walked < 10 {
		t.Errorf("walked %d routes: looked in the wrong place", walked)
	}
	b.Get("/home").WantStatus(http.StatusOK)
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	b := w.Browser()
	pages := []*apptest.Page{
		b.Get("/nothing/here"), b.Get("//double"), b.Get("/a//b"), b.Get("/a/../b"), b.Post("/help"), b.Get("/static/nothing"), b.Get("/favicon.ico"),
		b.Get("/sw.js"), b.Get("/robots.txt"), b.Get("/offline"), b.Get("/manifest.fr.webmanifest"), b.Get("/csp-report"),
		b.Get("/.well-known/change-password"), b.Get("/.well-known/security.txt"),
		b.Get("/?" + strings.Repeat("x", 9<<10)),
		b.Do(b.Request(http.MethodGet, "/", nil), func(r *http.Request) { r.Host = "evil.example" }),
		b.Do(b.Request(http.MethodPost, "/signin", url.Values{}), apptest.With("Origin", "https://evil.example"), apptest.With("Sec-Fetch-Site", "cross-site")),
	}
	for _, r := range w.Routes() {
		if r.Method == http.MethodGet {
			pages = append(pages, b.Get(address(r)))
			continue
		}
		pages = append(pages, b.Post(address(r)))
	}
	for _, p := range pages {
		for name, want := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'; script-src 'self'; style-src 'self'",
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Permissions-Policy":           "camera=()",
			"Strict-Transport-Security":    "max-age=31536000; includeSubDomains",
			"X-Request-Id":                 "",
			"Cache-Control":                "",
		} {
			if got, there := p.Header[http.CanonicalHeaderKey(name)]; !there || !strings.Contains(got[0], want) {
				t.Errorf("%s %s (%d): %s is %q, want %q", p.Method, p.Path, p.Status, name, got, want)
			}
		}
		html := strings.HasPrefix(p.Header.Get("Content-Type"), "text/html")
		if html && p.Path != "/offline" && !strings.Contains(p.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s %s (%d) may be kept: %s", p.Method, p.Path, p.Status, p.Header.Get("Cache-Control"))
		}
		if strings.Contains(p.Header.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s %s: %s", p.Method, p.Path, p.Header.Get("Content-Security-Policy"))
		}
	}
	plain := apptest.New(t, apptest.Setting("BASE_URL", "http://oneid.localhost:8080"))
	if got := plain.Browser().Get("/").Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("over plain http HSTS says %q", got)
	}
}

func TestAnotherHostIsNotServed(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	b := w.Browser()
	for _, host := range []string{"evil.example", "oneid.example.ca.evil.example", "oneid.example.ca:8443", "", "evil.oneid.example.ca"} {
		for _, path := range []string{"/", "/signin", "/saml/metadata", "/static/app.css", "//x"} {
			page := b.Do(b.Request(http.MethodGet, path, nil), func(r *http.Request) { r.Host = host })
			if page.Status != http.StatusMisdirectedRequest || strings.Contains(page.Body, "evil") {
				t.Errorf("%s for host %q answered %d", path, host, page.Status)
			}
		}
	}
	b.Do(b.Request(http.MethodGet, "/", nil), func(r *http.Request) { r.Host = "ONEID.example.ca" }).WantStatus(http.StatusOK)
	b.Get("/", apptest.With("X-Forwarded-Host", "evil.example"), apptest.With("Forwarded", "host=evil.example")).WantStatus(http.StatusOK).WantNever("evil")
}

func TestFormsHaveLimits(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	b := w.Browser()
	many := url.Values{}
	for range 101 {
		many.Add("x", "y")
	}
	for name, test := range map[string]struct {
		form url.Values
		want int
	}{
		"a body over 64 KiB":     {url.Values{"a": {strings.Repeat("x", 33<<10)}, "b": {strings.Repeat("x", 33<<10)}}, 413},
		"a field over 4 KiB":     {url.Values{"loginid": {strings.Repeat("x", 4<<10+1)}}, 413},
		"101 fields":             {many, 413},
		"bytes that are no text": {url.Values{"loginid": {"\xff\xfe"}}, 400},
		"a NUL":                  {url.Values{"loginid": {"a\x00b"}}, 400},
	} {
		page := b.Send("/signin", test.form)
		if page.Status != test.want {
			t.Errorf("%s: answered %d, want %d", name, page.Status, test.want)
		}
	}
	for _, kind := range []string{"application/json", "multipart/form-data; boundary=x", "text/plain"} {
		if page := b.Send("/signin", url.Values{"loginid": {"a"}}, apptest.With("Content-Type", kind)); page.Status != 400 {
			t.Errorf("%s: answered %d, want 400", kind, page.Status)
		}
	}
	b.Get("/signin?x=" + strings.Repeat("x", 9<<10)).WantStatus(http.StatusRequestURITooLong)
	b.Get("/signin?x=" + strings.Repeat("x", 7<<10)).WantStatus(http.StatusOK)
}

func TestHtmxGetsAPartAndTheRestTheWhole(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	b := w.Browser()
	whole := b.Get("/help").WantStatus(200)
	part := b.Get("/help", apptest.Swapped()).WantStatus(200)
	boosted := b.Get("/help", apptest.With("HX-Request", "true"), apptest.With("HX-Request-Type", "full")).WantStatus(200)
	for name, p := range map[string]*apptest.Page{"typed": whole, "boosted": boosted} {
		if !strings.Contains(p.Body, "<html") {
			t.Errorf("%s: no whole page", name)
		}
	}
	if strings.Contains(part.Body, "<html") || !strings.Contains(part.Body, "<title>") || !strings.Contains(part.Body, "<h1") {
		t.Errorf("the part is\n%s", part.Body)
	}
	whole.WantHeader("Vary", "HX-Request")
	b.Get("/nothing", apptest.Swapped()).WantStatus(404).WantHeader("HX-Push-Url", "false").WantNever("<html")

	t.Run("a lost session leads the whole page away", func(t *testing.T) {
		for path, to := range map[string]string{"/register/personal": "/register", "/home": "/signin"} {
			page := b.Get(path, apptest.Swapped()).WantStatus(http.StatusUnauthorized).WantHeader("HX-Redirect", to)
			if page.Body != "" {
				t.Errorf("%s holds %q", path, page.Body)
			}
		}
		b.Send("/register/personal", url.Values{}, apptest.Swapped()).WantStatus(http.StatusUnauthorized).WantHeader("HX-Redirect", "/register")
	})
}

func TestOneNetworkAsksOnlyForSoMuch(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, apptest.Setting("FLOOD_LIMIT", "20"), apptest.Setting("FLOOD_NETWORKS", "203.0.113.0/24"), apptest.Setting("FLOOD_NETWORK_LIMIT", "25"))
	b := w.Browser()
	for range 20 {
		b.Get("/help").WantStatus(200)
	}
	page := b.Get("/help").WantStatus(http.StatusTooManyRequests).WantText("Wait a moment", "12:05 p.m.").WantHeader("Retry-After", "300")
	page.WantHeader("Content-Security-Policy", "default-src 'none'")
	b.Get("/favicon.ico").WantStatus(200) // files cost nothing
	for i := range 3 {
		forwarded := apptest.With("X-Forwarded-For", "198.51.100."+string(rune('1'+i)))
		b.Get("/help", forwarded).WantStatus(http.StatusTooManyRequests)
	}
	other := w.Browser()
	other.Address = "192.0.2.8"
	other.Get("/help").WantStatus(200)

	t.Run("a hospital's network has a limit of its own", func(t *testing.T) {
		hospital := w.Browser()
		hospital.Address = "203.0.113.9"
		for range 25 {
			hospital.Get("/help").WantStatus(200)
		}
		hospital.Get("/help").WantStatus(http.StatusTooManyRequests)
	})
}

func TestATrustedProxySaysWhoAsks(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, apptest.Setting("FLOOD_LIMIT", "20"), apptest.Setting("TRUSTED_PROXIES", "192.0.2.0/24"))
	b := w.Browser()
	for range 20 {
		b.Get("/help", apptest.With("X-Forwarded-For", "198.51.100.1")).WantStatus(200)
	}
	b.Get("/help", apptest.With("X-Forwarded-For", "198.51.100.1")).WantStatus(429)
	b.Get("/help", apptest.With("X-Forwarded-For", "198.51.100.2")).WantStatus(200)
	// What the client wrote stands left of what the proxy saw.
	b.Get("/help", apptest.With("X-Forwarded-For", "203.0.113.77, 198.51.100.1")).WantStatus(429)
}

func TestTheLanguageSwitchComesBackToTheSamePage(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	for path, want := range map[string]string{
		"/saml/error?code=AUTHENTICATION_FAILURE&ctx=a%26b": "/saml/error?code=AUTHENTICATION_FAILURE&ctx=a%26b",
		"/help":                         "/help",
		"/help?then=/home":              "/help?then=/home",
		"/help?then=%2F%2Fevil.example": "/help",
		"/saml/sso?SAMLRequest=broken&RelayState=x": "/saml/sso", // a message is brought once
	} {
		b := w.Browser()
		to, _ := b.Get(path).Find(`.site-links a[hreflang="fr"]`).Attr("href")
		if back := b.Get(to).WantStatus(303).To(); back != want {
			t.Errorf("%s: the other language is at %q", path, back)
		}
	}
}

func TestTheLanguageSwitchLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	b := w.Browser()
	b.Get("/language/fr?back=/help").WantRedirect("/help").Follow().WantText("Aide")
	for _, back := range []string{
		"https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil.example", "/%0d%0aSet-Cookie:x",
		"///evil.example", "/\t/evil.example", "http:evil.example", "", "?x", "#x",
	} {
		page := b.Get("/language/en?back=" + url.QueryEscape(back))
		if to := page.To(); to != "/" && to != back || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
			t.Errorf("back to %q led to %q", back, to)
		}
	}
	b.Get("/language/de").WantStatus(404)
}

func TestProbesComeByAddress(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	b := w.Browser()
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503, "/metrics": 403} {
		page := b.Do(b.Request(http.MethodGet, path, nil), func(r *http.Request) { r.Host = "10.0.0.7:8080" })
		page.WantStatus(want).WantHeader("Cache-Control", "no-store").WantHeader("X-Content-Type-Options", "nosniff")
		b.Do(b.Request(http.MethodPost, path, url.Values{}), func(r *http.Request) { r.Host = "10.0.0.7:8080" }).WantStatus(http.StatusMisdirectedRequest)
	}
}
