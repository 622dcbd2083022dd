package recovery

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/code"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/recovery"
	"oneid/views/ui"
)

// thenFunc is what a passing adds to its transaction.
type thenFunc func(context.Context, db.Tx) error

// sendCode sends a code, or returns why none is sent for now.
func (h *Handlers) sendCode(c *gin.Context, v visit, method string, next bool) (limited i18n.Msg, err error) {
	ctx := c.Request.Context()
	until, err := h.Proofs.SendCode(ctx, v.Recovery, Sending{Method: method, Next: next, Language: i18n.LangOf(ctx), From: from(c)})
	if err != nil || until.IsZero() {
		return i18n.Msg{}, err
	}
	if method == db.MethodCall {
		return i18n.M("challenge.call.limit", "Time", i18n.AsClock(until)), nil
	}
	return i18n.M("challenge.text.limit", "Time", i18n.AsClock(until)), nil
}

// showCode asks for the code that was sent last, or to answer the call.
func (h *Handlers) showCode(c *gin.Context, status int, v visit, said ui.Flash, errs *form.Errors) error {
	ctx := c.Request.Context()
	heard, err := h.Proofs.Heard(ctx, v.Recovery)
	if errors.Is(err, errOver) {
		return over(c, h.start(v))
	}
	if err != nil {
		return err
	}
	if heard {
		return web.Next(c, h.afterCode(v))
	}
	s, err := h.Proofs.CodeState(ctx, v.Recovery)
	if errors.Is(err, db.ErrNotFound) {
		return web.Next(c, h.after(v))
	}
	if err != nil {
		return err
	}
	m := view.CodeModel{
		Recovery: string(v.ID), Action: view.CodePath, Back: view.ProofsPath, Until: s.ExpiresAt,
		Call: s.Method == db.MethodCall, Said: said, Errors: errs,
	}
	if v.Kind == db.RecoverLoginID {
		m.Action, m.Back = view.LoginIDCodePath, view.LoginIDSentPath
	}
	if s.Digit != nil {
		m.Digit, m.Poll = *s.Digit, view.CodeStatePath+"?of="+v.Kind
	}
	return web.Render(c, status, view.Code(m))
}

// afterCode is where a recovery goes on after the proof of a phone.
func (h *Handlers) afterCode(v visit) string {
	if v.Kind == db.RecoverLoginID {
		return view.LoginIDShownPath
	}
	return view.ProofsPath
}

// takeCode does what a button on the code's page says.
func (h *Handlers) takeCode(c *gin.Context, v visit) error {
	var f proofForm
	if _, err := web.Decode(c, &f); err != nil {
		return err
	}
	ctx := c.Request.Context()
	s, err := h.Proofs.CodeState(ctx, v.Recovery)
	switch {
	case errors.Is(err, db.ErrNotFound) || err == nil && !v.sent(f.Recovery):
		return web.Next(c, h.after(v))
	case err != nil:
		return err
	case web.SwitchingLanguage(c):
		return h.showCode(c, http.StatusOK, v, ui.Flash{}, nil)
	case f.Do == view.DoAgain || f.Do == view.DoOther:
		return h.sendAgain(c, v, s.Method, f.Do == view.DoOther)
	case s.Method == db.MethodCall:
		return h.showCode(c, http.StatusOK, v, ui.Caution(i18n.M("challenge.call.not_yet", "Digit", digit(s))), nil)
	}
	return h.checkCode(c, v, f.Code)
}

func digit(s code.State) int {
	if s.Digit == nil {
		return 0
	}
	return *s.Digit
}

func (h *Handlers) sendAgain(c *gin.Context, v visit, method string, next bool) error {
	limited, err := h.sendCode(c, v, method, next)
	switch {
	case errors.Is(err, errOver):
		return over(c, h.start(v))
	case err != nil:
		return err
	case !limited.Zero():
		errs := new(form.Errors)
		errs.Add("", limited)
		return h.showCode(c, http.StatusTooManyRequests, v, ui.Flash{}, errs)
	case v.Kind == db.RecoverLoginID:
		return web.Next(c, view.LoginIDCodePath)
	}
	return web.Next(c, view.CodePath)
}

func (h *Handlers) checkCode(c *gin.Context, v visit, typed string) error {
	errs := new(form.Errors)
	if typed == "" {
		errs.Add("code", i18n.M("challenge.text.missing"))
		return h.showCode(c, http.StatusUnprocessableEntity, v, ui.Flash{}, errs)
	}
	out, err := h.Proofs.CheckCode(c.Request.Context(), v.Recovery, typed)
	if errors.Is(err, errOver) {
		return over(c, h.start(v))
	}
	if err != nil {
		return err
	}
	switch out.Outcome {
	case code.Right, code.Used:
		return web.Next(c, h.afterCode(v))
	case code.Locked:
		errs.Add("code", i18n.M("challenge.text.limit", "Time", i18n.AsClock(out.RetryAt)))
		return h.showCode(c, http.StatusTooManyRequests, v, ui.Flash{}, errs)
	case code.Expired:
		errs.Add("code", i18n.M("challenge.text.used_up"))
	default:
		errs.Add("code", i18n.M("recovery.password.code_wrong"))
	}
	return h.showCode(c, http.StatusUnprocessableEntity, v, ui.Flash{}, errs)
}

// getCodeState tells a waiting page to go on once the digit was pressed.
func (h *Handlers) getCodeState(c *gin.Context) error {
	kind := db.RecoverPassword
	if c.Query("of") == db.RecoverLoginID {
		kind = db.RecoverLoginID
	}
	v, err := h.find(c.Request.Context(), kind)
	if err != nil {
		return err
	}
	heard := false
	if v.standing == Open || v.standing == Proven {
		if heard, err = h.Proofs.Heard(c.Request.Context(), v.Recovery); err != nil && !errors.Is(err, errOver) {
			return err
		}
	}
	if heard {
		return web.Leave(c, h.afterCode(v))
	}
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusNoContent)
	return nil
}
