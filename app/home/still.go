package home

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"oneid/views/i18n"
	"oneid/views/layout"
)

// Still answers with what is the same for everyone. It stands outside the
// sessions: its answers may be kept, and must never hold a trace of a person.
type Still struct {
	Catalogue *i18n.Catalogue
	BaseURL   string
	// SecurityContact is the address for reports of weaknesses; empty when
	// there is nobody to promise, and then nothing is promised.
	SecurityContact string
	Now             func() time.Time
}

// How long browsers may keep what does not change within a release.
const stillFor = "public, max-age=3600"

// securityHolds is how long a security.txt holds; each answer begins it anew,
// as the configuration is true at that moment (RFC 9116, 2.5.5).
const securityHolds = 30 * 24 * time.Hour

// Mount adds the addresses.
func (s *Still) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /offline", s.offline)
	mux.HandleFunc("GET /manifest.en.webmanifest", s.manifest(i18n.EN))
	mux.HandleFunc("GET /manifest.fr.webmanifest", s.manifest(i18n.FR))
	mux.HandleFunc("GET /robots.txt", s.robots)
	mux.HandleFunc("GET /.well-known/change-password", s.changePassword)
	if s.SecurityContact != "" {
		mux.HandleFunc("GET /.well-known/security.txt", s.security)
	}
}

// offline is the page that the service worker keeps.
func (s *Still) offline(w http.ResponseWriter, r *http.Request) {
	lang, ok := i18n.ParseLang(r.FormValue("lang"))
	if !ok {
		w.Header().Add("Vary", "Accept-Language")
		lang = i18n.Negotiate(r.Header.Get("Accept-Language"))
	}
	ctx := i18n.With(r.Context(), s.Catalogue, lang)
	// Wherever this is mounted: who asks must not stand on a page that is kept.
	ctx = layout.WithTimeout(layout.WithViewer(ctx, layout.Viewer{}), nil)
	var page bytes.Buffer
	if err := layout.Shell(layout.Offline()).Render(ctx, &page); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Language", lang.Tag())
	send(w, "text/html; charset=utf-8", page.Bytes())
}

func (s *Still) manifest(lang i18n.Lang) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := layout.Manifest(i18n.With(r.Context(), s.Catalogue, lang))
		if err != nil {
			http.Error(w, "The manifest could not be made.", http.StatusInternalServerError)
			return
		}
		send(w, "application/manifest+json", body)
	}
}

// robots keeps everything out of search engines: nothing here is of use to
// somebody who doesn't come on purpose.
func (s *Still) robots(w http.ResponseWriter, _ *http.Request) {
	send(w, "text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /\n"))
}

// changePasswordPath is where a password is changed. Whoever is not signed in is
// asked to, and brought back there.
const changePasswordPath = "/profile/password"

// changePassword is where password managers ask.
func (s *Still) changePassword(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, changePasswordPath, http.StatusFound)
}

func (s *Still) security(w http.ResponseWriter, _ *http.Request) {
	text := fmt.Sprintf("Contact: mailto:%s\nExpires: %s\nPreferred-Languages: en, fr\nCanonical: %s/.well-known/security.txt\n",
		s.SecurityContact, s.Now().UTC().Add(securityHolds).Format(time.RFC3339), s.BaseURL)
	send(w, "text/plain; charset=utf-8", []byte(text))
}

func send(w http.ResponseWriter, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", stillFor)
	// The client may have gone; there is nobody left to tell.
	_, _ = w.Write(body)
}
