package web

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// PolicyReports takes browsers' reports of what the content policy refused. A
// report is a stranger's word and may hold anything: only a few fields are
// logged, each brought to a form that can hold no personal data, and only so
// many a minute. It stands outside the guard against cross-site requests:
// browsers send reports without an Origin.
type PolicyReports struct {
	Log *slog.Logger
	// Routes are the patterns of our pages: a reported address is logged as
	// the pattern that it fits, for it may hold a token.
	Routes []string
	// Metrics counts the reports; nil counts none.
	Metrics *Metrics

	mu     sync.Mutex // guards what follows
	minute time.Time
	logged int
}

const (
	maxReportBytes  = 16 << 10
	maxReportsALine = 20 // looked at in one delivery
	reportsAMinute  = 60 // logged by one process
)

// violation is the part of a report that is read, from either of the two forms
// that browsers send.
type violation struct {
	document, directive, blocked string
}

// ServeHTTP answers 204 whatever is sent: a report has no reader to please.
func (p *PolicyReports) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "Only reports are taken here.", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxReportBytes))
	if err == nil {
		for _, v := range violations(body) {
			p.note(r, v)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func violations(body []byte) []violation {
	var old struct {
		Report *struct {
			Document  string `json:"document-uri"`
			Directive string `json:"effective-directive"`
			Violated  string `json:"violated-directive"`
			Blocked   string `json:"blocked-uri"`
		} `json:"csp-report"`
	}
	if json.Unmarshal(body, &old) == nil && old.Report != nil {
		directive := old.Report.Directive
		if directive == "" {
			directive = old.Report.Violated
		}
		return []violation{{old.Report.Document, directive, old.Report.Blocked}}
	}
	var batch []struct {
		Type string `json:"type"`
		Body struct {
			Document  string `json:"documentURL"`
			Directive string `json:"effectiveDirective"`
			Blocked   string `json:"blockedURL"`
		} `json:"body"`
	}
	if json.Unmarshal(body, &batch) != nil {
		return nil
	}
	var found []violation
	for _, b := range batch[:min(len(batch), maxReportsALine)] {
		if b.Type == "csp-violation" {
			found = append(found, violation{b.Body.Document, b.Body.Directive, b.Body.Blocked})
		}
	}
	return found
}

func (p *PolicyReports) note(r *http.Request, v violation) {
	if p.Metrics != nil {
		p.Metrics.reports.Inc()
	}
	if !p.mayLog() {
		return
	}
	p.Log.LogAttrs(r.Context(), slog.LevelWarn, "content policy violated",
		slog.String("request_id", RequestID(r.Context())), slog.String("directive", directiveOf(v.directive)),
		slog.String("blocked", originOf(v.blocked)), slog.String("page", p.pageOf(v.document)))
}

func (p *PolicyReports) mayLog() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.minute) >= time.Minute {
		p.minute, p.logged = now, 0
	}
	p.logged++
	return p.logged <= reportsAMinute
}

const unnamed = "other"

var directiveName = regexp.MustCompile(`^[a-z]+(-[a-z]+){0,3}$`)

// directiveOf is the directive's name; older browsers send its sources too.
func directiveOf(s string) string {
	name, _, _ := strings.Cut(s, " ")
	if len(name) > 32 || !directiveName.MatchString(name) {
		return unnamed
	}
	return name
}

// originOf is where something refused came from, without its path, or one of
// the words that browsers use instead of an address.
func originOf(s string) string {
	switch s {
	case "inline", "eval", "wasm-eval", "self", "data", "blob", "filesystem", "trusted-types-policy", "trusted-types-sink":
		return s
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return unnamed
	case (u.Scheme == "https" || u.Scheme == "http") && len(u.Host) <= 253 && hostLetters.MatchString(u.Host):
		return u.Scheme + "://" + u.Host
	case u.Scheme != "" && extension.MatchString(u.Scheme):
		return u.Scheme + ":"
	}
	return unnamed
}

var (
	hostLetters = regexp.MustCompile(`^[A-Za-z0-9.\-]+(:\d{1,5})?$`)
	extension   = regexp.MustCompile(`^[a-z][a-z\-]{1,30}$`)
)

// pageOf is the pattern of the page that a report is about.
func (p *PolicyReports) pageOf(document string) string {
	u, err := url.Parse(document)
	if err != nil {
		return unnamed
	}
	best, held := unnamed, -1
	for _, pattern := range p.Routes {
		if exact, fits := fits(pattern, u.Path); fits && exact > held {
			best, held = pattern, exact
		}
	}
	return best
}

// fits tells whether a path fits a route's pattern, and in how many whole
// segments: a pattern that names more of a path is the one that answers it.
func fits(pattern, path string) (exact int, ok bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, segment := range want {
		switch {
		case strings.HasPrefix(segment, "*"):
			return exact, true
		case i >= len(got):
			return 0, false
		case strings.HasPrefix(segment, ":"):
		case segment != got[i]:
			return 0, false
		default:
			exact++
		}
	}
	return exact, len(want) == len(got)
}
