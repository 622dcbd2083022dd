// Command serve shows the gallery on http://127.0.0.1:8099/<page>?lang=fr.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"oneid/static"
	"oneid/views/gallery"
	"oneid/views/i18n"
	"oneid/views/layout"
)

func main() {
	address := flag.String("addr", "127.0.0.1:8099", "where to listen; port 0 takes any")
	flag.Parse()
	mux := http.NewServeMux()
	files := static.Handler(false)
	mux.Handle("GET /static/", files)
	mux.Handle("GET /sw.js", files)
	mux.Handle("GET /favicon.ico", files)
	mux.HandleFunc("/{page}", show)
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	log.Fatal(server.Serve(listener))
}

func show(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("page")
	shown, ok := gallery.Pages()[name]
	lang, _ := i18n.ParseLang(r.FormValue("lang"))
	switch {
	case strings.HasPrefix(name, "manifest."):
		lang, _ = i18n.ParseLang(strings.Split(name, ".")[1])
	case !ok:
		http.NotFound(w, r)
		return
	}
	if chosen, err := r.Cookie(layout.ThemeCookie); err == nil {
		shown.Frame.Theme = layout.ThemeOf(chosen.Value)
	}
	ctx, err := shown.Context(r.Context(), lang)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if !ok {
		manifest, err := layout.Manifest(ctx)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/manifest+json")
		_, _ = w.Write(manifest)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	body := layout.Shell(shown.Page)
	if r.Header.Get("HX-Request-Type") == "partial" {
		body = layout.Partial(shown.Page)
	}
	if err := body.Render(ctx, w); err != nil {
		log.Print(err)
	}
}
