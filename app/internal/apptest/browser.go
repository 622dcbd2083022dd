package apptest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
)

// Agent is how a Browser describes itself.
const Agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// Browser is a person's browser, without script. It follows no redirect by
// itself: Page.Follow does.
type Browser struct {
	*App
	Jar      *cookiejar.Jar
	Address  string // where its requests come from
	Language string // what it asks for
}

// Browser opens a fresh browser.
func (a *App) Browser() *Browser {
	a.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		a.Fatal(err)
	}
	return &Browser{App: a, Jar: jar, Address: "192.0.2.7", Language: "en-CA"}
}

// On is the same browser, cookies and all, whose requests another process of
// the product answers.
func (b *Browser) On(other *App) *Browser {
	moved := *b
	moved.App = other
	return &moved
}

// Ask changes a request before it is sent.
type Ask func(*http.Request)

// With sets a header; an empty value removes it.
func With(name, value string) Ask {
	return func(r *http.Request) {
		if value == "" {
			r.Header.Del(name)
			return
		}
		r.Header.Set(name, value)
	}
}

// Swapped asks as htmx does for a part of the page.
func Swapped() Ask {
	return func(r *http.Request) {
		r.Header.Set("HX-Request", "true")
		r.Header.Set("HX-Request-Type", "partial")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
}

// Get opens an address of the product, as typed.
func (b *Browser) Get(path string, asks ...Ask) *Page {
	b.Helper()
	return b.Do(b.Request(http.MethodGet, path, nil), asks...)
}

// Post sends a form from one of the product's own pages: names and values in
// turn.
func (b *Browser) Post(path string, fields ...string) *Page {
	b.Helper()
	return b.Send(path, Fields(fields...))
}

// Send posts a form from one of the product's own pages.
func (b *Browser) Send(path string, form url.Values, asks ...Ask) *Page {
	b.Helper()
	return b.Do(b.Request(http.MethodPost, path, form), asks...)
}

// SendAcross posts a form from another site's page: the session's cookie stays
// at home, as SameSite wants it.
func (b *Browser) SendAcross(path string, form url.Values) *Page {
	b.Helper()
	r := b.Request(http.MethodPost, path, form)
	r.Header.Set("Origin", "https://elsewhere.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	return b.do(r, false)
}

// Fields makes a form of names and values in turn.
func Fields(fields ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return form
}

// Request is a request as this browser would send it; a form makes it a posted
// one.
func (b *Browser) Request(method, path string, form url.Values) *http.Request {
	b.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	if !strings.Contains(path, "://") {
		path = b.Base + path
	}
	r := httptest.NewRequestWithContext(b.Context(), method, path, body)
	r.RemoteAddr = b.Address + ":50000"
	r.URL.Scheme, r.URL.Host, r.TLS = "", "", nil
	r.Header.Set("User-Agent", Agent)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	r.Header.Set("Accept-Language", b.Language)
	r.Header.Set("Sec-Fetch-Site", "none")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if method != http.MethodGet && method != http.MethodHead {
		r.Header.Set("Origin", b.Base)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

// Do sends a request with this browser's cookies.
func (b *Browser) Do(r *http.Request, asks ...Ask) *Page {
	b.Helper()
	for _, ask := range asks {
		ask(r)
	}
	return b.do(r, true)
}

func (b *Browser) do(r *http.Request, cookies bool) *Page {
	b.Helper()
	if cookies {
		for _, c := range b.Jar.Cookies(b.home()) {
			r.AddCookie(c)
		}
	}
	w := httptest.NewRecorder()
	b.Serve(w, r)
	res := w.Result()
	b.Jar.SetCookies(b.home(), res.Cookies())
	return &Page{Browser: b, Method: r.Method, Path: r.URL.Path, Status: res.StatusCode, Header: res.Header, Body: w.Body.String()}
}

func (b *Browser) home() *url.URL {
	u, err := url.Parse(b.Base)
	if err != nil {
		b.Fatal(err)
	}
	return u
}

// Session is the token that the browser holds; empty for none.
func (b *Browser) Session() string {
	for _, c := range b.Jar.Cookies(b.home()) {
		if c.Name == "__Host-sid" || c.Name == "sid" {
			return c.Value
		}
	}
	return ""
}

// Steal makes a second browser that holds the same cookies.
func (b *Browser) Steal() *Browser {
	b.Helper()
	thief := b.Browser()
	thief.Jar.SetCookies(b.home(), b.Jar.Cookies(b.home()))
	return thief
}
