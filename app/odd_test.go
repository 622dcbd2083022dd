package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"oneid/app/internal/apptest"
	"oneid/saml/samltest"
)

func TestOddBytesAreRefusedAndNotStumbledOver(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	in := w.SignedIn(w.Account(apptest.Holder{}))
	registering := w.Browser()
	registering.HandOver(apptest.Randy())
	for _, odd := range []string{"%00", "%ff%fe", "%0d%0aX:y"} {
		for _, r := range w.Routes() {
			b := in
			if strings.HasPrefix(r.Path, "/register") {
				b = registering
			}
			paths := []string{
				address(r) + "?j=" + odd + "&r=" + odd + "&college=" + odd + "&back=" + odd + "&code=" + odd + "&from=" + odd + "&why=" + odd,
			}
			if strings.Contains(r.Path, ":") {
				paths = append(paths, strings.ReplaceAll(address(r), "/x", "/"+odd))
			}
			for _, path := range paths {
				page := b.Get(path)
				if r.Method == http.MethodPost && !strings.Contains(odd, "X:") {
					page = b.Send(path, url.Values{})
				}
				if page.Status >= 500 || page.Header.Get("X") != "" {
					t.Errorf("%s %s answered %d", r.Method, path, page.Status)
				}
			}
		}
	}
	for _, r := range w.Routes() {
		if r.Method == http.MethodPost && strings.HasPrefix(r.Path, "/register") {
			if page := registering.Send(address(r), url.Values{}); page.Status >= 500 {
				t.Errorf("POST %s answered %d to an empty form", r.Path, page.Status)
			}
			if strings.HasSuffix(r.Path, "/pause") {
				registering.HandOver(apptest.Randy())
			}
		}
	}
	viewer := w.Viewer(apptest.ConnectingOntario)
	for _, relay := range []string{"a\x00b", "\xff\xfe"} {
		for name, page := range map[string]*apptest.Page{
			"by redirect": in.Begin(viewer, samltest.Ask{RelayState: relay}), "by POST": in.BeginPosted(viewer, samltest.Ask{RelayState: relay}),
		} {
			if page.Status != http.StatusBadRequest {
				t.Errorf("relay state %q %s answered %d, want 400", relay, name, page.Status)
			}
		}
	}
}

func TestWhatAStrangerTypesIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	w.Browser().Get("/register?college=Kakapo").WantStatus(403)
	w.Browser().Get("/college/Kakapo/return?r=x").WantStatus(403)
	if n := w.Rows("audit_events", "subject ILIKE '%kakapo%'"); n != 0 {
		t.Errorf("%d events are about what a stranger typed", n)
	}
}
