package sso

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/journey"
	"oneid/app/internal/web"
	"oneid/app/internal/words"
	"oneid/db"
	"oneid/views/i18n"
	view "oneid/views/sso"
)

// Handlers answers services' requests and the browsers that carry them.
type Handlers struct {
	Rules    *Rules
	Sessions *access.Manager
	Site     *web.Site
	// Metadata is our description for services to import.
	Metadata func() ([]byte, error)
}

// Mount adds the pages of a journey.
func (h *Handlers) Mount(r gin.IRoutes) {
	r.GET(journey.ContinuePath, h.Site.Handle(h.getContinue))
}

// MountCrossSite adds what services' pages and servers reach. These routes
// stand outside the guard against cross-site requests and never read a session.
func (h *Handlers) MountCrossSite(r gin.IRoutes) {
	r.GET("/saml/sso", h.Site.Handle(h.getRequest))
	r.POST("/saml/sso", h.Site.Handle(h.postRequest))
	r.GET("/saml/metadata", h.Site.Handle(h.getMetadata))
}

func (h *Handlers) getRequest(c *gin.Context) error {
	in, err := h.Rules.IDP.ReadRedirect(c.Request.URL.RawQuery)
	id, err := h.Rules.Begin(c.Request.Context(), in, err)
	return h.goOn(c, id, err)
}

func (h *Handlers) postRequest(c *gin.Context) error {
	message, err := web.PostedMessage(c, "SAMLRequest")
	if err != nil {
		return err
	}
	in, err := h.Rules.IDP.ReadPost(message, c.Request.PostForm.Get("RelayState"))
	id, err := h.Rules.Begin(c.Request.Context(), in, err)
	return h.goOn(c, id, err)
}

// goOn sends the browser to a page of ours, where it brings its cookie.
func (h *Handlers) goOn(c *gin.Context, id string, err error) error {
	if err != nil {
		return h.refused(c, err)
	}
	return web.Next(c, journey.ContinuePath+"?j="+id)
}

func (h *Handlers) getContinue(c *gin.Context) error {
	ctx := c.Request.Context()
	browser, err := h.Sessions.Browser(ctx)
	if err != nil {
		return err
	}
	answer, err := h.Rules.Visit(ctx, c.Query("j"), h.Sessions.Current(ctx), browser)
	switch {
	case err != nil:
		return h.refused(c, err)
	case answer.Owed != "":
		return web.Next(c, answer.Owed)
	case answer.Wanted != access.None:
		if err := h.Sessions.DemandFor(ctx, answer.Service.ID, answer.Wanted, journey.Continue(c.Query("j"))); err != nil {
			return err
		}
		return web.Next(c, journey.ChallengePath)
	case answer.Missing != journey.Nothing:
		model, err := h.missing(ctx, answer)
		if err != nil {
			return err
		}
		if model.College != nil {
			c.Request = c.Request.WithContext(i18n.WithCollege(ctx, *model.College))
		}
		return web.Render(c, http.StatusForbidden, view.MissingPage(model))
	}
	page := view.PostBack(view.PostBackModel{
		Service: words.Both(answer.Service.NameEn, answer.Service.NameFr),
		URL:     answer.Form.URL, SAMLResponse: answer.Form.SAMLResponse, RelayState: answer.Form.RelayState,
	})
	return web.RenderPostBack(c, page, answer.Form.URL)
}

func (h *Handlers) missing(ctx context.Context, a Answer) (view.Missing, error) {
	m := view.Missing{
		Service: words.Both(a.Service.NameEn, a.Service.NameFr), Who: words.Both(a.Service.WhoEn, a.Service.WhoFr),
		What: string(a.Missing), StartURL: a.Service.StartURL, Contact: a.Service.Contact, Reference: a.Reference,
	}
	if a.Service.RuleCollege == "" {
		return m, nil
	}
	college, err := db.CollegeByCode(ctx, h.Rules.DB, a.Service.RuleCollege)
	if err != nil {
		return m, err
	}
	said := words.College(college)
	m.College = &said
	return m, nil
}

// refused shows a refusal's page; any other error goes on.
func (h *Handlers) refused(c *gin.Context, err error) error {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	m := view.RefusedModel{Reason: string(refusal.Reason), Reference: refusal.Reference}
	if s := refusal.Service; s != nil {
		m.Service, m.StartURL, m.Contact = words.Both(s.NameEn, s.NameFr), s.StartURL, s.Contact
	}
	return web.Render(c, http.StatusForbidden, view.Refused(m))
}

func (h *Handlers) getMetadata(c *gin.Context) error {
	document, err := h.Metadata()
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "application/samlmetadata+xml", document)
	return nil
}
