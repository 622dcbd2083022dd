package recovery

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/check"
	"oneid/app/internal/password"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/recovery"
	"oneid/views/ui"
)

func (h *Handlers) getNew(c *gin.Context) error {
	v, on, err := h.passwordOn(c, Proven)
	if err != nil || !on {
		return err
	}
	return h.showNew(c, http.StatusOK, v, ui.PasswordStatus{}, nil)
}

func (h *Handlers) showNew(c *gin.Context, status int, v visit, stands ui.PasswordStatus, errs *form.Errors) error {
	account, ending, err := h.Reset.Person(c.Request.Context(), v.Recovery)
	if err != nil {
		return err
	}
	if ending != (Ending{}) {
		return h.ended(c, ending)
	}
	return web.Render(c, status, view.New(view.NewModel{
		Recovery: string(v.ID), LoginID: account.LoginID + "@" + h.LoginDomain, Check: password.RecoveryCheck, Status: stands,
		Errors: errs,
	}))
}

func (h *Handlers) postNew(c *gin.Context) error {
	v, on, err := h.passwordOn(c, Proven)
	if err != nil || !on {
		return err
	}
	var f newForm
	if _, err := web.Decode(c, &f); err != nil {
		return err
	}
	if web.SwitchingLanguage(c) || !v.sent(f.Recovery) {
		return h.showNew(c, http.StatusOK, v, ui.PasswordStatus{}, nil)
	}
	if f.OnlyAsks() {
		stands, err := h.Reset.Passwords.Check(c.Request.Context(), v.AccountID, f.Choice())
		if err != nil {
			return err
		}
		return h.showNew(c, http.StatusOK, v, stands, nil)
	}
	errs, ending, err := h.Reset.Set(c.Request.Context(), v.Recovery, f.Choice())
	if err != nil {
		return err
	}
	if errs.Any() {
		return h.showNew(c, http.StatusUnprocessableEntity, v, ui.PasswordStatus{}, errs)
	}
	return h.ended(c, ending)
}

// Choosing is password.Whose for recoveries that were proven.
func (h *Handlers) Choosing(ctx context.Context) (check.Own, bool, error) {
	v, err := h.find(ctx, db.RecoverPassword)
	if err != nil || v.standing != Proven || v.AccountID == "" {
		return check.Own{}, false, err
	}
	own, err := h.Reset.Passwords.Own(ctx, v.AccountID)
	return own, true, err
}

func (h *Handlers) ended(c *gin.Context, e Ending) error {
	switch {
	case e.Lapsed:
		return web.Render(c, http.StatusForbidden, view.Temporary())
	case e.Stopped != "":
		return web.Render(c, http.StatusForbidden, view.Stopped(e.Stopped))
	case !e.Done:
		return over(c, view.PasswordPath)
	}
	h.Sessions.Say(c.Request.Context(), ui.Done(i18n.M("recovery.password.done_body")))
	return web.Next(c, "/signin")
}
