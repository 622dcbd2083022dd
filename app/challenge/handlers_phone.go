package challenge

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/code"
	"oneid/app/internal/throttle"
	"oneid/app/internal/web"
	"oneid/db"
	view "oneid/views/challenge"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// codePath is the page of a code or call that is on its way.
func codePath(s Sent) string {
	path := view.TextPath
	if s.Call {
		path = view.CallPath
	}
	return path + "?c=" + url.QueryEscape(string(s.ID))
}

// unsent says why nothing was sent.
func unsent(s Sent) i18n.Msg {
	if s.Limited == nil {
		if s.Call {
			return i18n.M("challenge.call.failed")
		}
		return i18n.M("challenge.text.undelivered")
	}
	at := onTheMinute(s.Limited.RetryAt)
	switch s.Limited.By {
	case throttle.WrongCodes, throttle.WrongCodesDay:
		return i18n.M("challenge.text.locked", "Time", at)
	case throttle.NumberPause:
		return i18n.M("challenge.text.resend_from", "Time", at)
	}
	if s.Call {
		return i18n.M("challenge.call.limit", "Time", at)
	}
	return i18n.M("challenge.text.limit", "Time", at)
}

func unsentStatus(s Sent) int {
	if s.Limited != nil {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

// onTheMinute is a time as clocks show it, and not before it has come.
func onTheMinute(t time.Time) i18n.AsClock { return i18n.AsClock(whole(t)) }

// whole is the full minute at or after a time; the zero time stays.
func whole(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(time.Minute - 1).Truncate(time.Minute)
}

// standing reads the code that a request names. It is nil when the request has
// been answered: nothing is wanted any more, or there is no such code here.
func (h *Handlers) standing(c *gin.Context, id string) (*asked, *Standing, error) {
	a, err := h.asked(c)
	if err != nil || a == nil {
		return nil, nil, err
	}
	s, err := h.Phones.Standing(c.Request.Context(), a.Session, a.ways, db.CodeID(id))
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil, web.Render(c, http.StatusGone, view.ExpiredPage())
	}
	if err != nil {
		return nil, nil, err
	}
	return a, &s, nil
}

func (h *Handlers) text(c *gin.Context, a *asked, id string, s *Standing) view.Text {
	m := view.Text{Frame: h.frame(c, a), ID: id, Until: s.ExpiresAt}
	if s.Phone != nil {
		m.Last = s.Phone.LastTwo
	}
	switch {
	case s.State.State == db.CodeUndelivered:
		m.Trouble = view.Undelivered
	case !s.Waiting():
		m.Trouble = view.Over
	case s.Slow:
		m.Trouble = view.Slow
	}
	return m
}

func (h *Handlers) getText(c *gin.Context) error {
	a, s, err := h.standing(c, c.Query("c"))
	if err != nil || a == nil {
		return err
	}
	m := h.text(c, a, c.Query("c"), s)
	m.Frame.Flash = h.Sessions.TakeSaid(c.Request.Context())
	if m.Trouble == view.Over {
		m.Errors = refusing("code", over(s))
	}
	return web.Render(c, http.StatusOK, view.TextPage(m))
}

// over says why a code can't pass any more.
func over(s *Standing) i18n.Msg {
	if s.Expired {
		return i18n.M("challenge.text.expired", "Time", i18n.AsClock(s.ExpiresAt))
	}
	return i18n.M("challenge.text.used_up")
}

func (h *Handlers) postText(c *gin.Context) error {
	var f textForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	a, s, err := h.standing(c, f.ID)
	if err != nil || a == nil {
		return err
	}
	a.Remember, a.Name = f.remember()
	if web.SwitchingLanguage(c) {
		return web.Render(c, http.StatusOK, view.TextPage(h.text(c, a, f.ID, s)))
	}
	if errs.Any() {
		m := h.text(c, a, f.ID, s)
		m.Errors = errs
		return web.Render(c, http.StatusUnprocessableEntity, view.TextPage(m))
	}
	result, passed, err := h.Phones.Check(c.Request.Context(), a.Visit, db.CodeID(f.ID), f.Code)
	if err != nil {
		return err
	}
	status := http.StatusUnprocessableEntity
	switch result.Outcome {
	case code.Right:
		return h.passed(c, passed)
	case code.Used:
		// Another tab was first: its answer has given the browser the session.
		return web.Leave(c, view.Path)
	case code.Wrong:
		if result.Left == 0 {
			errs.Add("code", i18n.M("challenge.text.used_up"))
			break
		}
		errs.Add("code", i18n.M("challenge.text.wrong"))
		errs.Add("", i18n.M("challenge.text.tries_left", "Count", result.Left))
	case code.Locked:
		errs.Add("code", i18n.M("challenge.text.locked", "Time", onTheMinute(result.RetryAt)))
		status = http.StatusTooManyRequests
	default:
		errs.Add("code", over(s))
	}
	m := h.text(c, a, f.ID, s)
	m.Errors = errs
	return web.Render(c, status, view.TextPage(m))
}

func (h *Handlers) call(c *gin.Context, a *asked, id string, s *Standing) view.Call {
	m := view.Call{Frame: h.frame(c, a), ID: id, Digit: s.Digit}
	if s.Phone != nil {
		m.Last = s.Phone.LastTwo
	}
	switch s.State.State {
	case db.CodeFailed:
		m.Trouble = view.WrongDigit
	case db.CodeUndelivered:
		m.Trouble = troubles[s.Problem]
		if m.Trouble == view.Smooth {
			m.Trouble = view.NotMade
		}
	case db.CodeSent:
		if s.Expired {
			m.Trouble = view.Over
		}
	}
	return m
}

// troubles are the carrier's short words that say more than that there was no
// call. A call that came to its end without a key has none.
var troubles = map[string]view.Trouble{"busy": view.Busy, "no-answer": view.NoAnswer, "": view.NoAnswer}

func (h *Handlers) getCall(c *gin.Context) error {
	a, s, err := h.standing(c, c.Query("c"))
	if err != nil || a == nil {
		return err
	}
	m := h.call(c, a, c.Query("c"), s)
	m.Frame.Flash = h.Sessions.TakeSaid(c.Request.Context())
	return web.Render(c, http.StatusOK, view.CallPage(m))
}

// postCall goes on after the key was pressed: the page's script sends it when
// the carrier has told us, or the person says so.
func (h *Handlers) postCall(c *gin.Context) error {
	var f callForm
	if _, err := web.Decode(c, &f); err != nil {
		return err
	}
	a, s, err := h.standing(c, f.ID)
	if err != nil || a == nil {
		return err
	}
	a.Remember, a.Name = f.remember()
	m := h.call(c, a, f.ID, s)
	if web.SwitchingLanguage(c) {
		return web.Render(c, http.StatusOK, view.CallPage(m))
	}
	if s.Passed() {
		passed, taken, err := h.Phones.Take(c.Request.Context(), a.Visit, db.CodeID(f.ID))
		if err != nil {
			return err
		}
		if taken {
			return h.passed(c, passed)
		}
		// Taken in another tab, or pressed too long ago.
		return web.Leave(c, view.Path)
	}
	m.NotYet = s.Waiting()
	return web.Render(c, http.StatusUnprocessableEntity, view.CallPage(m))
}

// postAgain sends a code again, or calls again.
func (h *Handlers) postAgain(c *gin.Context) error {
	var f callForm
	if _, err := web.Decode(c, &f); err != nil {
		return err
	}
	a, s, err := h.standing(c, f.ID)
	if err != nil || a == nil {
		return err
	}
	ctx := c.Request.Context()
	sent, err := h.Phones.Again(ctx, a.Visit, db.CodeID(f.ID))
	if err != nil {
		return err
	}
	if sent.ID != "" {
		if string(sent.ID) == f.ID && !sent.Call {
			h.Sessions.Say(ctx, ui.Done(i18n.M("challenge.text.resent")))
		}
		return web.Next(c, codePath(sent))
	}
	if sent.Call {
		m := h.call(c, a, f.ID, s)
		m.Errors = refusing("", unsent(sent))
		return web.Render(c, unsentStatus(sent), view.CallPage(m))
	}
	m := h.text(c, a, f.ID, s)
	m.Errors = refusing("code", unsent(sent))
	return web.Render(c, unsentStatus(sent), view.TextPage(m))
}

// getState tells the page how a text or a call stands. While there is nothing
// new, the answer is empty.
func (h *Handlers) getState(c *gin.Context) error {
	id := c.Query("c")
	a, s, err := h.standing(c, id)
	if err != nil || a == nil {
		return err
	}
	if s.Method == db.MethodText {
		m := h.text(c, a, id, s)
		if m.Trouble == view.Slow || m.Trouble == view.Undelivered {
			return web.RenderBare(c, http.StatusOK, view.TextTrouble(m))
		}
		return nothingNew(c)
	}
	switch {
	case s.Passed():
		return web.RenderBare(c, http.StatusOK, view.CallPassed())
	case s.Waiting():
		return nothingNew(c)
	}
	return web.RenderBare(c, http.StatusOK, view.CallEnded(h.call(c, a, id, s)))
}

func nothingNew(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	return nil
}
