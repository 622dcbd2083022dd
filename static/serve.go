package static

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// Handler answers /static/…, /sw.js and /favicon.ico. Anything else, and any
// name without the right hash, is not found. With retireWorker, /sw.js is a
// worker that empties its cache and removes itself: the way back if the worker
// ever does harm.
func Handler(retireWorker bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"{file}", func(w http.ResponseWriter, r *http.Request) {
		a := loaded().byHashed[r.PathValue("file")]
		if a == nil || a.isWorker() {
			http.NotFound(w, r)
			return
		}
		lean(w.Header())
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		a.send(w, r, a.plain, a.zipped)
	})
	mux.HandleFunc("GET /sw.js", func(w http.ResponseWriter, r *http.Request) {
		// A browser asks at every visit, so that a new worker, or none, takes
		// over at once.
		w.Header().Set("Cache-Control", "no-cache")
		script := worker()
		if retireWorker {
			script = loaded().byName["retire.js"].plain
		}
		loaded().byName["sw.js"].send(w, r, script, nil)
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=86400")
		a := loaded().byName["favicon.ico"]
		a.send(w, r, a.plain, a.zipped)
	})
	return mux
}

// lean takes away what says nothing about a file that is no document: it was
// more than the smaller files themselves. Opened on its own, an image or a
// script may still do nothing.
func lean(h http.Header) {
	for _, name := range []string{
		"Reporting-Endpoints", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
		"Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy",
	} {
		h.Del(name)
	}
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

// isWorker: a worker has one address, without a hash.
func (a *asset) isWorker() bool { return a.name == "sw.js" || a.name == "retire.js" }

func (a *asset) send(w http.ResponseWriter, r *http.Request, plain, zipped []byte) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if zipped != nil {
		h.Set("Vary", "Accept-Encoding")
	}
	body, etag := plain, a.etag
	if zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		// The same file in two codings is two representations (RFC 9110 8.8.3).
		body, etag = zipped, strings.TrimSuffix(a.etag, `"`)+`-gz"`
	}
	if a.name != "sw.js" {
		h.Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	// The client may have gone; there is nobody left to tell.
	_, _ = w.Write(body)
}

// Offline lists the pages that the worker keeps for when there is no network:
// one per language, the same for everyone.
func Offline() []string { return []string{"/offline?lang=en", "/offline?lang=fr"} }

// worker is js/sw.js with the list of what it may keep. The name of its cache
// is made of that list, so a new release starts a new cache.
func worker() []byte {
	keep := Offline()
	for _, url := range URLs() {
		if !loaded().byHashed[strings.TrimPrefix(url, Prefix)].isWorker() {
			keep = append(keep, url)
		}
	}
	// A slice of strings always becomes JSON.
	list, _ := json.Marshal(keep)
	return []byte(strings.Replace(string(loaded().byName["sw.js"].plain), "self.KEEP", string(list), 1))
}
