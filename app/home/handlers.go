package home

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/journey"
	"oneid/app/internal/web"
	"oneid/app/internal/words"
	"oneid/db"
	view "oneid/views/home"
	"oneid/views/i18n"
)

// Handlers answers for the pages around all others.
type Handlers struct {
	Rules    *Rules
	Sessions *access.Manager
	Site     *web.Site
}

// Mount adds the routes: those open to everyone, and those that signedIn
// guards.
func (h *Handlers) Mount(open, signedIn gin.IRoutes) {
	open.GET("/", h.Site.Handle(h.getLanding))
	open.GET("/help", h.Site.Handle(h.getHelp))
	open.GET("/help/guide", h.Site.Handle(h.getGuide))
	open.GET("/help/accessibility", h.Site.Handle(h.getAccessibility))
	open.GET("/help/privacy", h.Site.Handle(h.getPrivacy))
	open.GET("/help/terms", h.Site.Handle(h.getTerms))
	signedIn.GET(journey.HomePath, h.Site.Handle(h.getStart))
}

func (h *Handlers) getLanding(c *gin.Context) error {
	ctx := c.Request.Context()
	if h.Sessions.Current(ctx).SignedIn() {
		return web.Next(c, journey.HomePath)
	}
	doors, err := h.doors(ctx)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.Landing(doors))
}

func (h *Handlers) getStart(c *gin.Context) error {
	ctx := c.Request.Context()
	who := h.Sessions.Current(ctx).Who
	found, err := h.Rules.Start(ctx, who.Account)
	if err != nil {
		return err
	}
	page := view.Start(startModel(who.Name, found))
	page.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, http.StatusOK, page)
}

func startModel(name string, found Start) view.StartModel {
	m := view.StartModel{Name: name, Unconfirmed: found.Unconfirmed}
	for _, s := range found.Services {
		name, tagline := words.Both(s.Service.NameEn, s.Service.NameFr), words.Both(s.Service.TaglineEn, s.Service.TaglineFr)
		if s.Missing == journey.Nothing {
			open := view.Open{
				Service: string(s.Service.ID), Name: name, Tagline: tagline, Door: s.Door, Last: lastOpened(s.LastAt, found.At),
			}
			if s.Authority != nil {
				open.Authority = words.Both(s.Authority.NameEn, s.Authority.NameFr)
			}
			m.Open = append(m.Open, open)
			continue
		}
		closed := view.Closed{Name: name, Tagline: tagline, Missing: string(s.Missing), Contact: s.Service.Contact}
		if s.College != nil {
			said := words.College(s.College)
			closed.College = &said
		}
		m.Closed = append(m.Closed, closed)
	}
	return m
}

// lastOpened puts a time into words as seen from now, by Ontario's calendar.
func lastOpened(at, now time.Time) i18n.Msg {
	if at.IsZero() {
		return i18n.Msg{}
	}
	if i18n.Local(at).Format(time.DateOnly) == i18n.Local(now).Format(time.DateOnly) {
		return i18n.M("home.start.opened_today", "Time", i18n.AsClock(at))
	}
	return i18n.M("home.start.opened", "Date", i18n.AsDate(at), "Time", i18n.AsClock(at))
}

func (h *Handlers) getHelp(c *gin.Context) error {
	doors, err := h.doors(c.Request.Context())
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.Help(doors))
}

func (h *Handlers) getGuide(c *gin.Context) error {
	return web.Render(c, http.StatusOK, view.Guide())
}

func (h *Handlers) getAccessibility(c *gin.Context) error {
	return web.Render(c, http.StatusOK, view.Accessibility())
}

func (h *Handlers) getPrivacy(c *gin.Context) error {
	notice, err := h.policy(c.Request.Context(), db.DocumentNotice)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.Privacy(notice))
}

func (h *Handlers) getTerms(c *gin.Context) error {
	agreement, err := h.policy(c.Request.Context(), db.DocumentAgreement)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.Terms(agreement))
}

func (h *Handlers) doors(ctx context.Context) ([]view.Door, error) {
	found, err := h.Rules.Doors(ctx)
	if err != nil {
		return nil, err
	}
	doors := make([]view.Door, len(found))
	for i, d := range found {
		doors[i] = view.Door{College: words.College(d.College), PortalURL: d.PortalURL}
	}
	return doors, nil
}

func (h *Handlers) policy(ctx context.Context, name string) (view.Policy, error) {
	d, err := h.Rules.Policy(ctx, name, string(i18n.LangOf(ctx)))
	if err != nil {
		return view.Policy{}, err
	}
	return view.Policy{Title: d.Title, Body: d.Body, Version: d.Version, InForce: i18n.AsDate(d.InForceAt)}, nil
}
