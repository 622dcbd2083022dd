package signin

import (
	"errors"
	"net/http"
	"net/netip"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/journey"
	"oneid/app/internal/web"
	"oneid/app/internal/words"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/signin"
)

// Handlers answers what a browser asks about signing in and out.
type Handlers struct {
	Rules    *Rules
	Passkeys *PasskeyRules
	Expired  *Expired
	Sessions *access.Manager
	Site     *web.Site
	Metrics  *web.Metrics
}

// Mount adds the routes: those open to everyone, and those that signedIn
// guards.
func (h *Handlers) Mount(r, signedIn gin.IRoutes) {
	r.GET("/signin", h.Site.Handle(h.getSignin))
	r.POST("/signin", h.Site.Handle(h.postSignin))
	r.POST("/signout", h.Site.Handle(h.postSignout))
	r.GET("/signedout", h.Site.Handle(h.getSignedOut))
	h.mountPasskey(r, signedIn)
	h.mountExpired(r)
}

func (h *Handlers) getSignin(c *gin.Context) error {
	ctx := c.Request.Context()
	id := c.Query("j")
	pending, err := h.pending(c, id)
	if err != nil {
		return err
	}
	session := h.Sessions.Current(ctx)
	begun := session.SignedIn() || session.HalfWay()
	if again := c.Query(journey.Again) != ""; session.MustChange() || begun && !again && (pending == nil || pending.Begun(session)) {
		return h.onward(c, session, id)
	}
	page := view.Signin(h.model(pending))
	page.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, http.StatusOK, page)
}

func (h *Handlers) postSignin(c *gin.Context) error {
	var f passwordForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	pending, err := h.pending(c, f.Journey)
	if err != nil {
		return err
	}
	model := h.model(pending)
	model.LoginID = f.LoginID
	if web.SwitchingLanguage(c) {
		return web.Render(c, http.StatusOK, view.Signin(model))
	}
	if errs.Any() {
		model.Errors = errs
		return web.Render(c, http.StatusUnprocessableEntity, view.Signin(model))
	}
	ctx := c.Request.Context()
	out, err := h.Rules.CheckPassword(ctx, f.LoginID, f.Password, h.browser(c))
	if err != nil {
		return err
	}
	h.counted(out)
	switch {
	case out.Passed != nil:
		return h.begin(c, out, f)
	case !out.Lapsed.IsZero():
		return web.Render(c, http.StatusForbidden, view.Lapsed(out.Lapsed))
	case out.Blocked != nil:
		return web.Render(c, http.StatusForbidden, view.BlockedPage(view.Blocked{
			Status: out.Blocked.Status, Since: out.Blocked.Since, Reference: out.Blocked.Reference,
		}))
	}
	model.Errors = refusal(out)
	status := http.StatusUnprocessableEntity
	if out.Wait != nil {
		status = http.StatusTooManyRequests
		if left := out.Wait.Until.Sub(out.At); left > 0 {
			web.RetryAfter(c.Writer, left)
		}
	}
	return web.Render(c, status, view.Signin(model))
}

// triesShown is when the page begins to count down: earlier it only worries.
const triesShown = 2

func refusal(out Outcome) *form.Errors {
	errs := new(form.Errors)
	switch {
	case out.Failed && out.TriesLeft <= triesShown && out.TriesLeft > 0:
		errs.Add("loginid", i18n.M("signin.error.no_match"))
		errs.Add("password", i18n.M("signin.error.tries_left", "Count", out.TriesLeft))
	case out.Failed:
		errs.Add("loginid", i18n.M("signin.error.no_match"))
	case out.Wait.Until.IsZero():
		errs.Add("loginid", i18n.M("signin.error.password_off"))
	case out.Wait.Network:
		errs.Add("loginid", i18n.M("signin.error.network_wait", "Time", i18n.AsClock(out.Wait.Until)))
	default:
		errs.Add("loginid", i18n.M("signin.error.wait", "Time", i18n.AsClock(out.Wait.Until)))
	}
	return errs
}

// begin opens the session after the commit, and goes where the person was
// going.
func (h *Handlers) begin(c *gin.Context, out Outcome, f passwordForm) error {
	ctx := c.Request.Context()
	offer := false
	if f.Passkeys == "yes" {
		var err error
		if offer, err = h.Passkeys.OfferDue(ctx, out.Passed.Account); err != nil {
			return err
		}
	}
	before := h.Sessions.Current(ctx)
	session, err := h.Sessions.Begin(ctx, access.Beginning{
		Who: *out.Passed, Proof: access.Factor{Kind: access.FactorPassword, At: out.At}, Offer: offer,
		PasswordEnded: out.PasswordEnded, Owed: out.Owed, Device: out.Device,
	})
	if err != nil {
		return err
	}
	h.keepDevices(c, out)
	h.Sessions.KeepLanguage(c.Writer, c.Request, session)
	return h.after(c, before, session, f.Journey)
}

// browser is what is known about the browser of a request.
func (h *Handlers) browser(c *gin.Context) Browser {
	from, _ := netip.ParseAddr(web.Address(c.Request.Context()))
	return Browser{From: from, Tokens: h.Sessions.Devices(c.Request)}
}

// keepDevices has the browser keep what it is recognised by from now on.
func (h *Handlers) keepDevices(c *gin.Context, out Outcome) {
	if out.Tokens != nil {
		h.Sessions.KeepDevices(c.Writer, out.Tokens, h.Rules.Devices.Life)
	}
}

// pending is the journey that waits for this sign-in, or nil. One that is gone
// leaves an ordinary sign-in: the way back to the service is offered after it.
func (h *Handlers) pending(c *gin.Context, id string) (*journey.Pending, error) {
	if id == "" {
		return nil, nil
	}
	ctx := c.Request.Context()
	browser := h.Sessions.Browser(ctx)
	pending, err := journey.Find(ctx, h.Rules.DB, id, browser)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	return pending, err
}

// model is an empty form, which names the service that waits.
func (h *Handlers) model(pending *journey.Pending) view.Model {
	m := view.Model{LoginDomain: h.Rules.LoginDomain}
	if pending != nil {
		m.Journey, m.Service = pending.ID, words.Both(pending.Service.NameEn, pending.Service.NameFr)
	}
	return m
}

func (h *Handlers) postSignout(c *gin.Context) error {
	ctx := c.Request.Context()
	next := "/signedout"
	if s := h.Sessions.Current(ctx); s.SignedIn() {
		round, err := h.Rules.SignOut(ctx, s)
		if err != nil {
			return err
		}
		if round != "" {
			next = round
		}
	}
	if err := h.Sessions.End(ctx, access.EndedSignedOut); err != nil {
		return err
	}
	// What this site keeps in the browser goes too; the language stays: it is
	// a cookie, and a choice.
	c.Header("Clear-Site-Data", `"cache", "storage"`)
	return web.Leave(c, next)
}

func (h *Handlers) getSignedOut(c *gin.Context) error {
	return web.Render(c, http.StatusOK, view.SignedOut())
}
