package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/web"
	"oneid/views/i18n"
	"oneid/views/layout"
	view "oneid/views/sso"
	"oneid/views/ui"
)

// posted draws the page that posts values, with and without a stencil.
func posted(t *testing.T, s *web.Stencils, lang i18n.Lang, signedIn bool, service string, values ...string) (drawn, filled *httptest.ResponseRecorder) {
	t.Helper()
	words, err := i18n.New(i18n.Standing{Brand: "ONE ID"})
	if err != nil {
		t.Fatal(err)
	}
	const target = "https://viewer.example/acs"
	draw := func(values []string) ui.Page {
		m := view.PostBackModel{Service: map[i18n.Lang]string{i18n.EN: service, i18n.FR: service + " (FR)"}, URL: target, SAMLResponse: values[0]}
		if len(values) > 1 {
			m.RelayState = values[1]
		}
		return view.PostBack(m)
	}
	answer := func(how func(*gin.Context) error) *httptest.ResponseRecorder {
		out := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(out)
		ctx := i18n.With(t.Context(), words, lang)
		ctx = layout.WithViewer(ctx, layout.Viewer{SignedIn: signedIn})
		c.Request = httptest.NewRequestWithContext(ctx, http.MethodGet, "/saml/sso", nil)
		if err := how(c); err != nil {
			t.Fatal(err)
		}
		return out
	}
	drawn = answer(func(c *gin.Context) error {
		return web.RenderPostBack(c, draw(values), target, "https://further.example")
	})
	filled = answer(func(c *gin.Context) error {
		return s.PostBack(c, web.Filled{Key: service, Draw: draw, Values: values, Target: target, Further: []string{"https://further.example"}})
	})
	return drawn, filled
}

func TestAFilledPageIsTheOneThatWouldBeDrawn(t *testing.T) {
	t.Parallel()
	var s web.Stencils
	hostile := `"><script>alert('x')</script>&amp;` + "\u00e9\U0001F600\n\t ]]>"
	for _, lang := range []i18n.Lang{i18n.EN, i18n.FR, i18n.EN} {
		for _, signedIn := range []bool{true, false} {
			for _, values := range [][]string{{"PHNhbWw+"}, {"PHNhbWw+", "back"}, {strings.Repeat("QUJD+/=", 4000), hostile}, {hostile, hostile}, {"other"}} {
				for _, service := range []string{"Viewer", "Another & <one>"} {
					drawn, filled := posted(t, &s, lang, signedIn, service, values...)
					if drawn.Body.String() != filled.Body.String() {
						t.Fatalf("%s %v %.20q: the pages differ:\n%s\n---\n%s", lang, signedIn, values, drawn.Body, filled.Body)
					}
					for _, name := range []string{"Content-Security-Policy", "Content-Language", "Cache-Control", "Vary", "Content-Type", "No-Gzip-Compression"} {
						if got, want := filled.Header().Get(name), drawn.Header().Get(name); got != want {
							t.Errorf("%s: got %q, want %q", name, got, want)
						}
					}
				}
			}
		}
	}
}

func BenchmarkPosted(b *testing.B) {
	var s web.Stencils
	words, err := i18n.New(i18n.Standing{Brand: "ONE ID"})
	if err != nil {
		b.Fatal(err)
	}
	message := strings.Repeat("QUJD+/=", 1700)
	draw := func(values []string) ui.Page {
		return view.PostBack(view.PostBackModel{Service: map[i18n.Lang]string{i18n.EN: "Viewer"}, URL: "https://v.example/acs", SAMLResponse: values[0]})
	}
	ctx := i18n.With(b.Context(), words, i18n.EN)
	b.ReportAllocs()
	for b.Loop() {
		out := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(out)
		c.Request = httptest.NewRequestWithContext(ctx, http.MethodGet, "/saml/sso", nil)
		if err := s.PostBack(c, web.Filled{Key: "viewer", Draw: draw, Values: []string{message}, Target: "https://v.example/acs"}); err != nil {
			b.Fatal(err)
		}
	}
}
