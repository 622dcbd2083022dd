package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/fault"
	"oneid/views/i18n"
	"oneid/views/layout"
	"oneid/views/ui"
)

// Site is what all handlers of one product share.
type Site struct {
	// Busy tells whether an error means that the product can't serve right
	// now (the database is away, a queue is full), so that 503 is the truth.
	Busy func(error) bool
	// Reference makes a number that a person can read out.
	Reference func() string
	// Now is the time that waits are reckoned from: the clock they were set by.
	Now func() time.Time
	Log *slog.Logger
	// Posted keeps the pages that post to services.
	Posted Stencils
}

// Handler answers a request or says why it can't.
type Handler func(*gin.Context) error

// Handle runs a handler; its error is logged once and answered with the page of
// its kind.
func (s *Site) Handle(h Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			s.Fail(c, err)
		}
	}
}

// statuses are the HTTP answers to each kind of fault.
var statuses = map[fault.Kind]int{
	fault.BadRequest:  http.StatusBadRequest,
	fault.Denied:      http.StatusForbidden,
	fault.CrossSite:   http.StatusForbidden,
	fault.NotFound:    http.StatusNotFound,
	fault.Method:      http.StatusMethodNotAllowed,
	fault.Conflict:    http.StatusConflict,
	fault.Gone:        http.StatusGone,
	fault.TooLarge:    http.StatusRequestEntityTooLarge,
	fault.Wait:        http.StatusTooManyRequests,
	fault.Internal:    http.StatusInternalServerError,
	fault.Unavailable: http.StatusServiceUnavailable,
}

// retryAfter is what a client is told when there is no better estimate.
const retryAfter = 5 * time.Second

// RetryAfter tells a client how long to wait: whole seconds, rounded up, so that
// who comes back then isn't too early.
func RetryAfter(w http.ResponseWriter, wait time.Duration) {
	seconds := int((max(wait, time.Second) + time.Second - 1) / time.Second)
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
}

// Fail answers with the page of err's kind. Nothing of err itself is shown.
func (s *Site) Fail(c *gin.Context, err error) {
	s.fail(c.Writer, c.Request, c.FullPath(), err)
	c.Abort()
}

// Refuse is Fail for a request that never reached a handler; its page speaks
// the language that the browser asks for.
func (s *Site) Refuse(w http.ResponseWriter, r *http.Request, catalogue *i18n.Catalogue, f *fault.Fault) {
	ctx := r.Context()
	if !i18n.Spoken(ctx) {
		ctx = i18n.With(ctx, catalogue, i18n.Negotiate(r.Header.Get("Accept-Language")))
	}
	s.fail(w, r.WithContext(ctx), "", f)
}

func (s *Site) fail(w http.ResponseWriter, r *http.Request, route string, err error) {
	ctx := r.Context()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		// The person left; there is nobody to answer.
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal && s.Busy != nil && s.Busy(err) {
		f = fault.New(fault.Unavailable, err)
	}
	if f.Reference == "" && (f.Kind == fault.Internal || f.Kind == fault.Unavailable) {
		f.Reference = s.Reference()
	}
	status := statuses[f.Kind]
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.Log.LogAttrs(ctx, level, "request refused",
		slog.String("kind", string(f.Kind)), slog.String("route", route),
		slog.String("request_id", RequestID(ctx)), slog.String("reference", f.Reference),
		slog.String("error", f.Error()))
	switch {
	case !f.Until.IsZero() && s.Now != nil:
		RetryAfter(w, f.Until.Sub(s.Now()))
	case f.Kind == fault.Unavailable || f.Kind == fault.Wait:
		RetryAfter(w, retryAfter)
	}
	page := layout.Problem(layout.ProblemModel{
		Kind: string(f.Kind), Title: f.Title, Body: f.Body, Step: f.Step, Next: ui.Action{Label: f.Next, Href: f.NextPath},
		Until: f.Until, Reference: f.Reference,
	})
	if renderErr := render(w, r, status, page); renderErr != nil {
		s.Log.LogAttrs(ctx, slog.LevelError, "error page failed", slog.String("error", renderErr.Error()))
	}
}
