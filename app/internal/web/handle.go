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
	"oneid/views/layout"
)

// Site is what all handlers of one product share.
type Site struct {
	// Busy tells whether an error means that the product can't serve right
	// now (the database is away, a queue is full), so that 503 is the truth.
	Busy func(error) bool
	// Reference makes a number that a person can read out.
	Reference func() string
	Log       *slog.Logger
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

// Fail answers with the page of err's kind. Nothing of err itself is shown.
func (s *Site) Fail(c *gin.Context, err error) {
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		// The person left; there is nobody to answer.
		c.AbortWithStatus(http.StatusServiceUnavailable)
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
	ctx := c.Request.Context()
	s.Log.LogAttrs(ctx, level, "request refused",
		slog.String("kind", string(f.Kind)), slog.String("route", c.FullPath()),
		slog.String("request_id", RequestID(ctx)), slog.String("reference", f.Reference),
		slog.String("error", f.Error()))
	switch {
	case !f.Until.IsZero():
		wait := max(time.Until(f.Until), time.Second)
		c.Header("Retry-After", strconv.Itoa(int(wait.Round(time.Second)/time.Second)))
	case f.Kind == fault.Unavailable || f.Kind == fault.Wait:
		c.Header("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
	}
	page := layout.Problem(layout.ProblemModel{
		Kind: string(f.Kind), Title: f.Title, Body: f.Body, Step: f.Step,
		Until: f.Until, Reference: f.Reference,
	})
	if renderErr := Render(c, status, page); renderErr != nil {
		s.Log.LogAttrs(ctx, slog.LevelError, "error page failed", slog.String("error", renderErr.Error()))
	}
	c.Abort()
}
