package college

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/web"
	"oneid/app/internal/words"
	"oneid/db"
	view "oneid/views/college"
	"oneid/views/existing"
	"oneid/views/i18n"
)

// Handlers answers the browser on its way from and to a college.
type Handlers struct {
	Rules    *Rules
	Sessions *access.Manager
	Site     *web.Site
}

// Mount adds the pages, which are open to everyone.
func (h *Handlers) Mount(r gin.IRoutes) {
	r.GET("/register", h.Site.Handle(h.getStart))
	r.GET("/college/:college/return", h.Site.Handle(h.getReturn))
}

// MountCrossSite adds what colleges' pages and servers reach. These routes
// stand outside the guard against cross-site requests and never read a session.
func (h *Handlers) MountCrossSite(r gin.IRoutes) {
	r.POST("/college/:college/acs", h.Site.Handle(h.postACS))
}

// Where a registration goes on.
const (
	wizardPath = "/register/policies"
	resumePath = "/register/resume"
)

func (h *Handlers) getStart(c *gin.Context) error {
	ctx := c.Request.Context()
	code := db.CollegeCode(c.Query("college"))
	if code == "" {
		if h.Sessions.Current(ctx).Kind == db.SessionRegistration {
			return web.Next(c, resumePath)
		}
		return h.entrance(c)
	}
	browser := h.Sessions.Browser(ctx)
	address, err := h.Rules.Start(ctx, code, browser)
	if err != nil {
		return h.refused(c, err)
	}
	return web.Leave(c, address)
}

// entrance tells where registration begins.
func (h *Handlers) entrance(c *gin.Context) error {
	ctx := c.Request.Context()
	providers, err := db.CollegeProviders(ctx, h.Rules.DB)
	if err != nil {
		return err
	}
	var doors []view.Door
	for _, p := range providers {
		college, err := db.CollegeByCode(ctx, h.Rules.DB, p.College)
		if err != nil {
			return err
		}
		doors = append(doors, view.Door{College: words.College(college), PortalURL: p.PortalURL})
	}
	return web.Render(c, http.StatusOK, view.Entrance(doors))
}

// postACS keeps what a college's page posted and sends the browser to a page of
// ours: only there does it bring its cookie.
func (h *Handlers) postACS(c *gin.Context) error {
	message, err := web.PostedMessage(c, "SAMLResponse")
	if err != nil {
		return err
	}
	code := db.CollegeCode(c.Param("college"))
	token, err := h.Rules.Keep(c.Request.Context(), code, message)
	if err != nil {
		return h.refused(c, err)
	}
	return web.Next(c, "/college/"+string(code)+"/return?r="+token)
}

func (h *Handlers) getReturn(c *gin.Context) error {
	ctx := c.Request.Context()
	browser := h.Sessions.Browser(ctx)
	out, err := h.Rules.Accept(ctx, db.CollegeCode(c.Param("college")), c.Query("r"), browser)
	if err != nil {
		return h.refused(c, err)
	}
	if out.AskFirst {
		return web.Next(c, "/register?college="+string(out.College.Code))
	}
	if out.Language != "" {
		lang := h.Sessions.KeepLanguage(c.Writer, c.Request, access.Session{Who: access.Who{Language: out.Language}})
		c.Request = c.Request.WithContext(i18n.Switch(ctx, lang))
	}
	h.speakOf(c, out.College)
	switch {
	case out.Inactive != "":
		return web.Render(c, http.StatusForbidden, view.Inactive(out.Inactive, out.PortalURL))
	case out.Accounts > 0:
		return web.Render(c, http.StatusOK, existing.Page(out.Accounts))
	}
	if err := h.Sessions.BeginDraft(ctx, out.Draft.ID); err != nil {
		return err
	}
	if out.Resumed {
		return web.Next(c, resumePath)
	}
	return web.Next(c, wizardPath)
}

// refused shows a refusal's page; any other error goes on.
func (h *Handlers) refused(c *gin.Context, err error) error {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	if refusal.Reason == reasonUsed && h.Sessions.Current(c.Request.Context()).Kind == db.SessionRegistration {
		// A reload of the way in, after the wizard opened.
		return web.Next(c, resumePath)
	}
	college := refusal.College
	if college == nil {
		if college, err = db.FirstCollege(c.Request.Context(), h.Rules.DB); err != nil {
			return err
		}
	}
	h.speakOf(c, college)
	return web.Render(c, http.StatusForbidden, view.Refused(view.RefusedModel{
		Reason: string(refusal.Reason), Missing: refusal.Missing, PortalURL: refusal.PortalURL,
		Known: refusal.College != nil, Reference: refusal.Reference,
	}))
}

func (h *Handlers) speakOf(c *gin.Context, college *db.College) {
	c.Request = c.Request.WithContext(speakOf(c.Request.Context(), college))
}

func speakOf(ctx context.Context, college *db.College) context.Context {
	return i18n.WithCollege(ctx, words.College(college))
}
