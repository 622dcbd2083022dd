package access

import "net/http"

// answer is where a request's answer goes. The session is written just before
// the first byte; when that fails, the page that says so is the whole answer,
// and what the handler meant to say instead is dropped.
type answer struct {
	http.ResponseWriter
	failed bool
}

// fail takes back what a handler has promised, and lets page say what happened.
func (a *answer) fail(page func(http.ResponseWriter)) {
	for _, name := range []string{"Location", "HX-Redirect", "Clear-Site-Data", "Content-Type", "Content-Length"} {
		a.Header().Del(name)
	}
	page(a.ResponseWriter)
	a.failed = true
}

// WriteHeader passes a status on, unless the answer is complete.
func (a *answer) WriteHeader(status int) {
	if !a.failed {
		a.ResponseWriter.WriteHeader(status)
	}
}

// Write passes bytes on, unless the answer is complete.
func (a *answer) Write(b []byte) (int, error) {
	if a.failed {
		return len(b), nil
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
