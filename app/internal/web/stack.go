package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"oneid/app/internal/audit"
	"oneid/app/internal/fault"
	"oneid/views/layout"
)

// Stack is what stands around every handler.
type Stack struct {
	// BaseURL is our only public address; requests for another host are refused.
	BaseURL *url.URL
	// TrustedProxies may say where a request came from.
	TrustedProxies []netip.Prefix
	// Frame is put on every page.
	Frame layout.FrameInfo
	Log   *slog.Logger
	// Refuse answers a request that never reaches a handler with its page.
	Refuse func(http.ResponseWriter, *http.Request, *fault.Fault)
}

// Wrap puts the stack around next.
func (s *Stack) Wrap(next http.Handler) http.Handler {
	h := s.hostOnly(asGet(next))
	h = secureHeaders(s.BaseURL.Scheme == "https", h)
	h = s.lastResort(h)
	return s.identify(h)
}

// asGet answers HEAD as GET: probes and link checkers ask for the head only, and
// the server leaves the body out by itself.
func asGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.Clone(r.Context())
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// pageOf is the page that a request is for, to come back to: with its query, but
// for messages, which must not be brought twice, and for addresses elsewhere, which
// no page repeats.
func pageOf(r *http.Request) string {
	query := r.URL.RawQuery
	if query == "" || r.Method != http.MethodGet || strings.Contains(query, "SAMLRe") {
		return r.URL.Path
	}
	if strings.Contains(query, "then=") && LocalPath(r.URL.Query().Get("then"), "") == "" {
		return r.URL.Path
	}
	return r.URL.Path + "?" + query
}

// identify names the request, notes where it came from and logs its outcome.
func (s *Stack) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		q := request{id: newRequestID(), address: clientAddress(r, s.TrustedProxies), agent: r.UserAgent()}
		if len(q.agent) > maxAgent {
			q.agent = strings.ToValidUTF8(q.agent[:maxAgent], "")
		}
		ctx := context.WithValue(r.Context(), requestKey{}, q)
		ctx = audit.WithOrigin(ctx, audit.Origin{RequestID: q.id, Address: q.address})
		frame := s.Frame
		frame.Path = pageOf(r)
		if chosen, err := r.Cookie(layout.ThemeCookie); err == nil {
			frame.Theme = layout.ThemeOf(chosen.Value)
		}
		ctx = layout.WithFrame(ctx, frame)
		w.Header().Set("X-Request-Id", q.id)
		out := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(out, r.WithContext(ctx))
		s.Log.LogAttrs(ctx, slog.LevelDebug, "request served",
			slog.String("request_id", q.id), slog.String("method", r.Method),
			slog.Int("status", out.status), slog.Duration("took", time.Since(started)))
	})
}

// lastResort turns a panic into the error page. The stack goes to the log, the
// panic's value does not: it may hold what a person typed.
func (s *Stack) lastResort(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			s.Log.LogAttrs(r.Context(), slog.LevelError, "handler panicked",
				slog.String("request_id", RequestID(r.Context())),
				slog.String("type", fmt.Sprintf("%T", v)), slog.String("stack", string(debug.Stack())))
			s.Refuse(w, r, fault.New(fault.Internal, nil))
		}()
		next.ServeHTTP(w, r)
	})
}

// maxURL bounds an address: a SAML request by redirect is the longest we expect
// (SECURITY.md 5.5).
const maxURL = 8 << 10

// hostOnly refuses requests for any host but ours, so that a forged Host never
// reaches a link in a mail, and addresses that are longer than any of ours or
// hold what is not text.
func (s *Stack) hostOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.EqualFold(r.Host, s.BaseURL.Host) {
			http.Error(w, "This host is not served here.", http.StatusMisdirectedRequest)
			return
		}
		if len(r.RequestURI) > maxURL {
			http.Error(w, "This address is too long.", http.StatusRequestURITooLong)
			return
		}
		if !legible(r) {
			s.Refuse(w, r, fault.New(fault.BadRequest, errors.New("address is not text")))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// legible tells whether an address is text throughout: nothing downstream,
// least of all the database, expects anything else.
func legible(r *http.Request) bool {
	query, _ := url.ParseQuery(r.URL.RawQuery) // what can't be read, nobody reads
	for name, values := range query {
		for _, value := range values {
			if !isText(name) || !isText(value) {
				return false
			}
		}
	}
	return isText(r.URL.Path)
}

// isText wants UTF-8 without NUL, which PostgreSQL can't keep.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// SameSite refuses what another site's page sends in a person's name: by the
// browser's own Sec-Fetch-Site or Origin, and by their absence where a browser
// must have sent one.
func (s *Stack) SameSite(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	refuse := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Refuse(w, r, fault.New(fault.CrossSite, nil))
	})
	guard.SetDenyHandler(refuse)
	guarded := guard.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
		browser := strings.HasPrefix(r.UserAgent(), "Mozilla/")
		if !safe && browser && r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" {
			refuse.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	wrote  bool
}

func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.status, r.wrote = status, true
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.wrote = true
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
