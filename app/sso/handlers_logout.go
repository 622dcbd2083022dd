package sso

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/departure"
	"oneid/app/internal/web"
	"oneid/app/internal/words"
	"oneid/db"
	"oneid/saml"
	"oneid/views/i18n"
	view "oneid/views/sso"
)

// Addresses of single logout. Services know the first two by our metadata.
const (
	LogoutPath       = "/saml/slo"
	LogoutDirectPath = "/saml/slo/soap"
	returnPath       = departure.LogoutPath + "/return"
	againPath        = departure.LogoutPath + "/again"
)

// LogoutHandlers takes people out of all their services.
type LogoutHandlers struct {
	Logouts  *Logouts
	Services *Handlers // shows what was refused
	Sessions *access.Manager
	Site     *web.Site
}

// Mount adds the pages of the way round.
func (h *LogoutHandlers) Mount(r gin.IRoutes) {
	r.GET(departure.LogoutPath, h.Site.Handle(h.getRound))
	r.GET(returnPath, h.Site.Handle(h.getReturn))
	r.POST(againPath, h.Site.Handle(h.postAgain))
}

// MountCrossSite adds what services' pages and servers reach. These routes stand
// outside the guard against cross-site requests and never read a session.
func (h *LogoutHandlers) MountCrossSite(r gin.IRoutes) {
	r.GET(LogoutPath, h.Site.Handle(h.getMessage))
	r.POST(LogoutPath, h.Site.Handle(h.postMessage))
	r.POST(LogoutDirectPath, h.Site.Handle(h.postEnvelope))
}

func (h *LogoutHandlers) getMessage(c *gin.Context) error {
	in, err := h.Logouts.Rules.IDP.ReadLogoutRedirect(c.Request.URL.RawQuery)
	return h.receive(c, in, err)
}

func (h *LogoutHandlers) postMessage(c *gin.Context) error {
	field, message, err := web.PostedMessageOf(c, "SAMLRequest", "SAMLResponse")
	if err != nil {
		return err
	}
	request, response := message, ""
	if field == "SAMLResponse" {
		request, response = "", message
	}
	in, err := h.Logouts.Rules.IDP.ReadLogoutPost(request, response, c.Request.PostForm.Get("RelayState"))
	return h.receive(c, in, err)
}

// receive sends the browser to a page of ours, where it brings its cookie.
func (h *LogoutHandlers) receive(c *gin.Context, in *saml.LogoutMessage, readErr error) error {
	out, err := h.Logouts.Receive(c.Request.Context(), in, readErr)
	switch {
	case err != nil:
		return h.Services.refused(c, err)
	case out.Reply != nil:
		return h.leave(c, out.Reply, view.LogoutStep{})
	}
	return web.Next(c, departure.Path(out.Logout))
}

func (h *LogoutHandlers) postEnvelope(c *gin.Context) error {
	body, err := web.PostedEnvelope(c)
	if err != nil {
		return err
	}
	in, err := h.Logouts.Rules.IDP.ReadLogoutSOAP(body)
	answer, err := h.Logouts.ReceiveDirectly(c.Request.Context(), in, err)
	status := http.StatusOK
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		// SOAP wants this status for a fault, whoever's it is.
		answer, status = saml.SOAPFault("The request was refused. Reference: "+refusal.Reference), http.StatusInternalServerError
	case err != nil:
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Data(status, saml.SOAPType, answer)
	return nil
}

// getRound takes the browser to the next service, or shows how it went.
func (h *LogoutHandlers) getRound(c *gin.Context) error {
	ctx := c.Request.Context()
	browser := h.Sessions.Browser(ctx)
	skip, _ := strconv.Atoi(c.Query("skip")) // what is no number skips nothing
	round, err := h.Logouts.Visit(ctx, c.Query("l"), browser, skip)
	switch {
	case err != nil:
		return h.Services.refused(c, err)
	case round.Going != nil:
		return h.leave(c, round.Going, view.LogoutStep{
			Done: round.Done, Total: round.Total,
			Skip: departure.Path(round.Logout.ID) + "&skip=" + strconv.Itoa(round.Position),
		})
	case round.Asker != nil && round.Everywhere():
		return h.back(c, round.Logout.ID, browser)
	case round.Logout.Onward != "" && round.Everywhere():
		return web.Next(c, round.Logout.Onward)
	}
	m := view.LoggedOut{Logout: round.Logout.ID, Onward: round.Logout.Onward}
	if round.Asker != nil {
		m.Asker, m.Return = named(round.Asker), returnPath+"?l="+url.QueryEscape(round.Logout.ID)
	}
	for _, o := range round.Outcomes {
		m.Outcomes = append(m.Outcomes, view.LogoutOutcome{
			Service: named(o.Service), State: o.State, StartURL: o.Service.StartURL, Position: o.Position, Again: o.Again,
		})
	}
	return web.Render(c, http.StatusOK, view.LogoutResult(m))
}

func (h *LogoutHandlers) getReturn(c *gin.Context) error {
	browser := h.Sessions.Browser(c.Request.Context())
	return h.back(c, c.Query("l"), browser)
}

// back takes the browser back to the service that asked for the logout.
func (h *LogoutHandlers) back(c *gin.Context, id string, browser []byte) error {
	going, err := h.Logouts.Return(c.Request.Context(), id, browser)
	if err != nil {
		return h.Services.refused(c, err)
	}
	return h.leave(c, going, view.LogoutStep{})
}

func (h *LogoutHandlers) postAgain(c *gin.Context) error {
	ctx := c.Request.Context()
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	browser := h.Sessions.Browser(ctx)
	id := values.Get("l")
	position, _ := strconv.Atoi(values.Get("n")) // what is no number asks nobody
	if err := h.Logouts.Again(ctx, id, browser, position); err != nil {
		return h.Services.refused(c, err)
	}
	return web.Next(c, departure.Path(id))
}

// leave shows a page that goes to a service by itself. It is a page, and no
// redirect: a browser holds a form to its policy over all redirects that follow,
// and the one before may have come from another service's form. It also stays in
// the window for as long as the service does not answer.
func (h *LogoutHandlers) leave(c *gin.Context, going *Going, m view.LogoutStep) error {
	m.Service, m.Address = named(going.Service), going.Address
	if going.Binding == saml.BindingPost {
		m.Field, m.Message, m.RelayState = going.Field, going.Message, going.RelayState
		return web.RenderPostBack(c, view.Leaving(m), going.Address, going.Further...)
	}
	c.Header("Refresh", "0; url="+going.Address)
	return web.Render(c, http.StatusOK, view.Leaving(m))
}

func named(s *db.Service) map[i18n.Lang]string { return words.Both(s.NameEn, s.NameFr) }
