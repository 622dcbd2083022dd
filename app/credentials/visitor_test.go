package credentials_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"oneid/app/internal/access"
	"oneid/views/ui"
)

// visitor is a browser that keeps its cookies and follows no redirects.
type visitor struct {
	k      *keys
	client *http.Client
	lang   string
}

// ada signs in with the password; nothing held is proven.
func (k *keys) ada() *visitor {
	k.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		k.t.Fatal(err)
	}
	v := &visitor{k: k, lang: "en", client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	v.get("/test/signin")
	v.speak("en")
	return v
}

// speak chooses the language as the switch does.
func (v *visitor) speak(lang string) {
	v.lang = lang
	u, _ := url.Parse(v.k.server.URL)
	v.client.Jar.SetCookies(u, []*http.Cookie{{Name: "lang", Value: lang, Path: "/"}})
}

// freshAda has just proven her phone too.
func (k *keys) freshAda() *visitor {
	k.t.Helper()
	v := k.ada()
	v.prove(access.FactorText)
	return v
}

func (v *visitor) prove(kind string) { v.get("/test/prove/" + kind) }

func (v *visitor) token() string {
	u, _ := url.Parse(v.k.server.URL)
	for _, c := range v.client.Jar.Cookies(u) {
		if c.Name == "sid" {
			return c.Value
		}
	}
	return ""
}

func (v *visitor) get(path string) answer { return v.send(http.MethodGet, path, nil) }

// post sends a form of names and values.
func (v *visitor) post(path string, fields ...string) answer {
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return v.send(http.MethodPost, path, values)
}

func (v *visitor) send(method, path string, values url.Values) answer {
	v.k.t.Helper()
	r, err := http.NewRequestWithContext(v.k.t.Context(), method, v.k.server.URL+path, strings.NewReader(values.Encode()))
	if err != nil {
		v.k.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.client.Do(r)
	if err != nil {
		v.k.t.Fatal(err)
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		v.k.t.Fatal(err)
	}
	main := doc.Find("main")
	if main.Length() == 0 {
		main = doc.Find("body") // a fragment
	}
	return answer{res.StatusCode, res.Header.Get("Location"), main}
}

// follow is a post and the page that it leads to.
func (v *visitor) follow(a answer) answer {
	v.k.t.Helper()
	if a.status != http.StatusSeeOther {
		v.k.t.Fatalf("got %d, want 303: %.300s", a.status, a.said())
	}
	return v.get(a.location)
}

func (a answer) want(t *testing.T, status int, said ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("got %d to %q, want %d: %.400s", a.status, a.location, status, a.said())
	}
	for _, s := range said {
		if !strings.Contains(a.said(), s) {
			t.Errorf("the page lacks %q; it says %q", s, a.said())
		}
	}
}

// wantMood wants the message at the page's top to be drawn and said in a mood.
func (a answer) wantMood(t *testing.T, mood ui.Kind, role string) {
	t.Helper()
	notice := a.main.Find(".notice").First()
	if ok, warn := notice.HasClass("ok"), notice.HasClass("warn"); ok != (mood == ui.OK) || warn != (mood == ui.Warn) {
		t.Errorf("%q is drawn as done: %t, as a warning: %t; want %q", notice.Text(), ok, warn, mood)
	}
	if got := notice.AttrOr("role", ""); got != role {
		t.Errorf("%q is said in the role %q, want %q", notice.Text(), got, role)
	}
}

func (a answer) wantTo(t *testing.T, location string) {
	t.Helper()
	if a.status != http.StatusSeeOther || a.location != location {
		t.Errorf("got %d to %q, want 303 to %q: %.300s", a.status, a.location, location, a.said())
	}
}

func (a answer) value(name string) string {
	return a.main.Find("input[name='"+name+"']").AttrOr("value", "")
}

// jarWith holds one session's token.
func (k *keys) jarWith(token string) http.CookieJar {
	k.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		k.t.Fatal(err)
	}
	u, _ := url.Parse(k.server.URL)
	jar.SetCookies(u, []*http.Cookie{{Name: "sid", Value: token, Path: "/"}})
	return jar
}
