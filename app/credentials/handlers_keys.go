package credentials

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/password"
	"oneid/app/internal/web"
	"oneid/db"
	view "oneid/views/credentials"
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// KeyHandlers answers what a browser asks about one's own keys.
type KeyHandlers struct {
	Security  *Security
	Password  *Password
	Questions *Questions
	Phones    *Phones
	Codes     *Codes
	Devices   *Devices
	Open      *Sessions
	Sessions  *access.Manager
	Site      *web.Site
}

// Mount adds the routes, which signedIn guards. Whatever changes something asks
// for fresh proof first, and phones, questions and codes wait after a recovery.
func (h *KeyHandlers) Mount(signedIn gin.IRoutes) {
	signedIn.GET(view.SecurityPath, h.Site.Handle(h.getSecurity))
	signedIn.GET(view.PasswordPath, h.fresh(h.getPassword)...)
	signedIn.POST(view.PasswordPath, h.fresh(h.postPassword, "current", "password", "confirm")...)
	signedIn.GET(view.QuestionsPath, h.cooled(h.getQuestions)...)
	signedIn.POST(view.QuestionsPath, h.cooled(h.postQuestions, "answer_1", "answer_2", "answer_3", "answer_4", "answer_5")...)
	h.mountPhones(signedIn)
	signedIn.GET(view.CodesPath, h.Site.Handle(h.getCodes))
	signedIn.POST(view.CodesPath, h.cooled(h.postCodes)...)
	signedIn.POST(view.CodesPath+"/saved", h.Site.Handle(h.postSaved))
	signedIn.GET(view.DevicesPath, h.Site.Handle(h.getDevices))
	signedIn.POST(view.DevicesPath, h.fresh(h.postDevices)...)
	signedIn.GET(view.DevicesPath+"/:device", h.fresh(h.getDevice)...)
	signedIn.POST(view.DevicesPath+"/:device", h.fresh(h.postDevice)...)
	signedIn.GET(view.SessionsPath, h.Site.Handle(h.getSessions))
	signedIn.POST(view.SessionsPath, h.fresh(h.postSessions)...)
}

func (h *KeyHandlers) fresh(handler web.Handler, secrets ...string) []gin.HandlerFunc {
	return []gin.HandlerFunc{h.Sessions.Fresh(h.Site, secrets...), h.Site.Handle(handler)}
}

func (h *KeyHandlers) cooled(handler web.Handler, secrets ...string) []gin.HandlerFunc {
	return []gin.HandlerFunc{h.Sessions.Fresh(h.Site, secrets...), h.Site.Handle(h.cool), h.Site.Handle(handler)}
}

// cool stops a change that waits after a reset by recovery.
func (h *KeyHandlers) cool(c *gin.Context) error {
	cooling, err := h.Security.Cooling(c.Request.Context(), h.Sessions.Current(c.Request.Context()))
	if err != nil || !cooling.On() {
		return err
	}
	c.Abort()
	return web.Render(c, http.StatusForbidden, view.Cooling(view.CoolingModel(cooling)))
}

func (h *KeyHandlers) who(ctx context.Context) db.AccountID {
	return h.Sessions.Current(ctx).Who.Account
}

// said has the next page say something, and goes there.
func (h *KeyHandlers) said(c *gin.Context, path string, flash ui.Flash) error {
	h.Sessions.Say(c.Request.Context(), flash)
	return web.Next(c, path)
}

// again tells whether the person comes from proving who they are, with a button
// of this page pressed before: they are asked to press it again.
func (h *KeyHandlers) again(c *gin.Context) bool {
	return h.Sessions.TakeKept(c.Request.Context(), c.Request.URL.Path) != nil
}

func (h *KeyHandlers) getSecurity(c *gin.Context) error {
	ctx := c.Request.Context()
	o, err := h.Security.Overview(ctx, h.who(ctx))
	if err != nil {
		return err
	}
	open, err := h.Sessions.OpenSessions(ctx)
	if err != nil {
		return err
	}
	m := view.SecurityModel{
		PasswordAt: o.PasswordAt, PasswordUntil: o.PasswordUntil, QuestionsAt: o.QuestionsAt, Phones: lines(o.Phones),
		Passkeys: o.Passkeys, CodesLeft: o.Codes.Left, CodesAt: o.Codes.MadeAt, Devices: o.Devices, Sessions: len(open),
		Cooling: view.CoolingModel(o.Cooling),
	}
	m.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, http.StatusOK, view.Security(m))
}

func (h *KeyHandlers) passwordPage(ctx context.Context, status ui.PasswordStatus, errs *form.Errors) ui.Page {
	return view.Password(view.PasswordModel{
		LoginID: h.Sessions.Current(ctx).Who.LoginID, Check: password.AccountCheck, Status: status, Errors: errs,
	})
}

func (h *KeyHandlers) getPassword(c *gin.Context) error {
	ctx := c.Request.Context()
	// What was kept of the form holds no secrets, so nothing of it is shown.
	h.again(c)
	return web.Render(c, http.StatusOK, h.passwordPage(ctx, ui.PasswordStatus{}, nil))
}

func (h *KeyHandlers) postPassword(c *gin.Context) error {
	var f passwordForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	if web.SwitchingLanguage(c) {
		return web.Render(c, http.StatusOK, h.passwordPage(ctx, ui.PasswordStatus{}, nil))
	}
	if f.OnlyAsks() {
		status, err := h.Password.New.Check(ctx, h.who(ctx), f.Choice())
		if err != nil {
			return err
		}
		return web.Render(c, http.StatusOK, h.passwordPage(ctx, status, nil))
	}
	at := h.Password.DB.Clock.Now()
	if err := h.Password.Change(ctx, errs, h.who(ctx), h.Sessions.Hash(ctx), f); err != nil {
		return err
	}
	if errs.Any() {
		return web.Render(c, http.StatusUnprocessableEntity, h.passwordPage(ctx, ui.PasswordStatus{}, errs))
	}
	// The session that stays gets a new token: the old one may be what the
	// person is running from.
	if _, err := h.Sessions.Raise(ctx, access.Factor{Kind: access.FactorPassword, At: at}); err != nil {
		return err
	}
	return h.said(c, view.SecurityPath, ui.Done(i18n.M("credentials.password.done")))
}

func (h *KeyHandlers) getCodes(c *gin.Context) error {
	ctx := c.Request.Context()
	o, err := h.Security.Overview(ctx, h.who(ctx))
	if err != nil {
		return err
	}
	m := view.CodesModel{MadeAt: o.Codes.MadeAt, Used: o.Codes.Used}
	m.Again = h.again(c)
	m.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, http.StatusOK, view.Codes(m))
}

// postCodes answers with the codes themselves: no page that can be asked for
// again ever holds them.
func (h *KeyHandlers) postCodes(c *gin.Context) error {
	ctx := c.Request.Context()
	made, err := h.Codes.Make(ctx, h.who(ctx))
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.NewCodes(view.NewCodesModel{Codes: made}))
}

// savedForm says that the codes are kept, and brings them back for the page to
// be drawn once more while they are not.
type savedForm struct {
	Saved string `form:"saved"`
	Codes string `form:"codes"`
}

// Check wants the tick.
func (f *savedForm) Check(errs *form.Errors) {
	if f.Saved == "" {
		errs.Add("saved", i18n.M("credentials.codes.saved_missing"))
	}
}

func (h *KeyHandlers) postSaved(c *gin.Context) error {
	var f savedForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	shown := splitCodes(f.Codes)
	current, err := h.Codes.Current(ctx, h.who(ctx), shown)
	switch {
	case err != nil:
		return err
	case !current:
		// Newer ones were made in another tab, or one was used meanwhile.
		return h.said(c, view.CodesPath, ui.Caution(i18n.M("credentials.codes.gone")))
	case web.SwitchingLanguage(c):
		return web.Render(c, http.StatusOK, view.NewCodes(view.NewCodesModel{Codes: shown}))
	case errs.Any():
		return web.Render(c, http.StatusUnprocessableEntity, view.NewCodes(view.NewCodesModel{Codes: shown, Errors: errs}))
	}
	return h.said(c, view.SecurityPath, ui.Done(i18n.M("credentials.codes.done")))
}
