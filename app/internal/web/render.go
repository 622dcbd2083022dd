package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"oneid/views/i18n"
	"oneid/views/layout"
	"oneid/views/ui"
)

// Render answers with a page: the whole document, or its title and body when
// htmx asked for a part. A page is rendered completely before the first byte
// goes out, so a failing one never ends half way.
func Render(c *gin.Context, status int, p ui.Page) error {
	return render(c.Writer, c.Request, status, p)
}

func render(w http.ResponseWriter, r *http.Request, status int, p ui.Page) error {
	if status >= http.StatusBadRequest {
		// A refused form keeps its address out of the history.
		w.Header().Set("HX-Push-Url", "false")
	}
	if !p.Flash.Zero() {
		r = r.WithContext(layout.WithFlash(r.Context(), p.Flash))
	}
	if partial(r) {
		return write(w, r, status, layout.Partial(p))
	}
	return write(w, r, status, layout.Shell(p))
}

// RenderBare answers with a component that is a whole document or a fragment
// by itself: a live result, a status line.
func RenderBare(c *gin.Context, status int, body templ.Component) error {
	return write(c.Writer, c.Request, status, body)
}

// RenderPostBack answers with a page whose form posts to another site. Only
// that site's origin may receive it, and htmx never sees it. Browsers hold a
// form to its policy through redirects: further are the origins that the site
// leads on to.
func RenderPostBack(c *gin.Context, p ui.Page, target string, further ...string) error {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return fmt.Errorf("post to %q: not an absolute address", target)
	}
	c.Header("Content-Security-Policy", policy(append([]string{u.Scheme + "://" + u.Host}, further...)...))
	// A signed message hardly shrinks; squeezing it costs more than it saves.
	c.Header(gzhttp.HeaderNoCompression, "yes")
	return write(c.Writer, c.Request, http.StatusOK, layout.Shell(p))
}

func write(w http.ResponseWriter, r *http.Request, status int, body templ.Component) error {
	ctx := r.Context()
	var page bytes.Buffer
	if err := body.Render(ctx, &page); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	head(ctx, w.Header())
	w.WriteHeader(status)
	_, err := w.Write(page.Bytes())
	return err
}

// head is what is said of every page.
func head(ctx context.Context, h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "HX-Request, HX-Request-Type, Accept-Language, Cookie")
	h.Set("Content-Language", i18n.LangOf(ctx).Tag())
}

// partial tells whether htmx wants only the part it will swap in. Boosted and
// history loads also say HX-Request, so that header alone can't decide.
func partial(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Request-Type") == "partial"
}

// Next goes on to another page of ours after a change: always 303, which htmx
// follows with the same headers.
func Next(c *gin.Context, path string) error {
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusSeeOther, path)
	return nil
}

// Leave goes where the whole document must go: out of a swapped part, to
// another frame, to another site.
func Leave(c *gin.Context, address string) error {
	c.Header("Cache-Control", "no-store")
	if c.GetHeader("HX-Request") == "true" {
		c.Header("HX-Redirect", address)
		c.Status(http.StatusOK)
		c.Writer.WriteHeaderNow()
		return nil
	}
	c.Redirect(http.StatusSeeOther, address)
	return nil
}

// LocalPath returns path if it is an address within this site, else fallback:
// nothing a stranger sends may lead a person elsewhere.
func LocalPath(path, fallback string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" ||
		!strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return fallback
	}
	return path
}
