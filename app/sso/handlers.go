package sso

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/journey"
	"oneid/app/internal/verdict"
	"oneid/app/internal/web"
	"oneid/app/internal/words"
	"oneid/db"
	view "oneid/views/sso"
	"oneid/views/ui"
)

// RequestPath is where services' requests arrive.
const RequestPath = "/saml/sso"

// Handlers answers services' requests and the browsers that carry them.
type Handlers struct {
	Rules    *Rules
	Sessions *access.Manager
	Site     *web.Site
}

// Mount adds what a browser reaches with its session: the pages of a journey,
// and a request by redirect, which brings the cookie along and is answered at
// once where nothing is in the way.
func (h *Handlers) Mount(r gin.IRoutes) {
	r.GET(RequestPath, h.Site.Handle(h.getRequest))
	r.GET(journey.LaunchPath, h.Site.Handle(h.getLaunch))
	r.GET(journey.ContinuePath, h.Site.Handle(h.getContinue))
	r.POST(journey.ContinuePath, h.Site.Handle(h.postContinue))
	r.GET(view.WorkstationPath, h.Site.Handle(h.getWorkstation))
	r.POST(view.WorkstationPath, h.Site.Handle(h.postWorkstation))
	r.POST(view.AuthorityPath, h.Site.Handle(h.postAuthority))
}

// MountCrossSite adds what services' pages reach. These routes stand outside the
// guard against cross-site requests and never read a session.
func (h *Handlers) MountCrossSite(r gin.IRoutes) {
	r.POST(RequestPath, h.Site.Handle(h.postRequest))
}

// Ahead reads a request by redirect before its browser's session is read, so that
// the database is asked about both at once. next reads the session and answers.
func (h *Handlers) Ahead(w http.ResponseWriter, r *http.Request, next http.Handler) {
	ahead := h.Rules.readAhead(r.URL.RawQuery)
	defer ahead.leave()
	var find access.Find
	if ahead.party != nil {
		find = func(ctx context.Context, tokenHash string, now time.Time) (*db.Session, error) {
			return h.Rules.findWith(ctx, ahead, tokenHash, now)
		}
	}
	next.ServeHTTP(w, r.WithContext(access.Lightly(context.WithValue(r.Context(), aheadKey{}, ahead), find)))
}

func (h *Handlers) getRequest(c *gin.Context) error {
	v := h.visitor(c)
	ahead := aheadOf(c.Request.Context())
	if ahead == nil {
		ahead = h.Rules.readAhead(c.Request.URL.RawQuery)
	}
	answer, err := h.Rules.Arrive(c.Request.Context(), ahead, v)
	h.Rules.noteRequest(c.Request.Context(), ahead.in, c.Request.URL.RawQuery, answer, err)
	return h.arrived(c, answer, err)
}

func (h *Handlers) getLaunch(c *gin.Context) error {
	v := h.visitor(c)
	answer, err := h.Rules.Launch(c.Request.Context(), c.Query("sp"), c.Query("RelayState"), v)
	return h.arrived(c, answer, err)
}

// visitor is the browser with its session. Somebody who is not signed in gets no
// session for it yet: what they bring is bound where it goes on.
func (h *Handlers) visitor(c *gin.Context) Visitor {
	ctx := c.Request.Context()
	v := Visitor{Session: h.Sessions.Current(ctx), Shared: h.Sessions.Shared(c.Request)}
	if v.Session.SignedIn() {
		v.Browser = h.Sessions.Browser(ctx)
	}
	return v
}

// bound is the browser on a journey, which is bound to it.
func (h *Handlers) bound(c *gin.Context) Visitor {
	ctx := c.Request.Context()
	browser := h.Sessions.Browser(ctx)
	return Visitor{Session: h.Sessions.Current(ctx), Browser: browser, Shared: h.Sessions.Shared(c.Request)}
}

// arrived posts an answer back, or sends the browser where the journey goes on.
func (h *Handlers) arrived(c *gin.Context, a Answer, err error) error {
	switch {
	case err != nil:
		return h.refused(c, err)
	case a.Form != nil:
		return h.post(c, a)
	}
	return web.Next(c, journey.Continue(a.Journey))
}

func (h *Handlers) postRequest(c *gin.Context) error {
	message, err := web.PostedMessage(c, "SAMLRequest")
	if err != nil {
		return err
	}
	in, err := h.Rules.IDP.ReadPost(message, c.Request.PostForm.Get("RelayState"))
	answer, err := h.Rules.Begin(c.Request.Context(), in, err)
	h.Rules.noteRequest(c.Request.Context(), in, message, answer, err)
	// Posted across sites it brought no cookie: a page of ours, it will.
	return h.arrived(c, answer, err)
}

func (h *Handlers) getContinue(c *gin.Context) error {
	v := h.bound(c)
	if c.Query(journey.Leave) != "" {
		answer, err := h.Rules.Leave(c.Request.Context(), c.Query("j"), v, false)
		return h.show(c, answer, err)
	}
	answer, err := h.Rules.Visit(c.Request.Context(), c.Query("j"), v)
	return h.show(c, answer, err)
}

// show leads on: back to the service, to what the person has to do first, or to
// the page that says why not.
func (h *Handlers) show(c *gin.Context, a Answer, err error) error {
	ctx := c.Request.Context()
	if err != nil {
		return h.refused(c, err)
	}
	if a.Form != nil {
		return h.post(c, a)
	}
	switch a.Decision.Act {
	case verdict.SignIn:
		return web.Next(c, journey.SigninPath+"?j="+a.Journey)
	case verdict.Prove:
		h.Sessions.DemandFor(ctx, a.Service.ID, a.Decision.Level, journey.Continue(a.Journey))
		return web.Next(c, journey.ChallengePath)
	case verdict.Closed:
		return h.closed(c, a)
	case verdict.Confirm, verdict.Another:
		return h.confirm(c, a)
	case verdict.Authority:
		return h.authority(c, a, nil)
	case verdict.Notice:
		return h.notice(c, a)
	}
	return web.Next(c, journey.HomePath) // a launch that was given up
}

func (h *Handlers) post(c *gin.Context, a Answer) error {
	h.Rules.noteAnswer(c.Request.Context(), a)
	values := []string{a.Form.SAMLResponse}
	if a.Form.RelayState != "" {
		values = append(values, a.Form.RelayState)
	}
	refused := a.Decision.Status != ""
	draw := func(values []string) ui.Page {
		m := view.PostBackModel{
			Service: words.Both(a.Service.NameEn, a.Service.NameFr), URL: a.Form.URL, SAMLResponse: values[0], Refused: refused,
		}
		if len(values) > 1 {
			m.RelayState = values[1]
		}
		return view.PostBack(m)
	}
	key := a.Service.NameEn + "\x00" + a.Service.NameFr
	if refused {
		key += "\x00refused"
	}
	return h.Site.Posted.PostBack(c, web.Filled{
		Key: key, Draw: draw, Values: values, Target: a.Form.URL, Further: a.Origins,
	})
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
