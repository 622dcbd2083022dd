package signin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/journey"
	"oneid/app/internal/passkey"
	"oneid/app/internal/web"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/signin"
)

// mountPasskey adds the routes of signing in by passkey, and of the offer of
// one to whoever signed in without.
func (h *Handlers) mountPasskey(open, signedIn gin.IRoutes) {
	open.POST("/signin/passkey/start", h.Site.Handle(h.postPasskeyStart))
	open.POST("/signin/passkey", h.Site.Handle(h.postPasskey))
	// The address stays in the bar when the answer was refused.
	open.GET("/signin/passkey", h.Site.Handle(func(c *gin.Context) error { return web.Next(c, journey.SigninPath) }))
	signedIn.GET(journey.OfferPath, h.Site.Handle(h.getOffer))
}

// postPasskeyStart tells the page's script what to ask the device. It is the
// same for everyone: nobody has said who they are.
func (h *Handlers) postPasskeyStart(c *gin.Context) error {
	ctx := c.Request.Context()
	browser := h.Sessions.Browser(ctx)
	exchange, err := h.Passkeys.Keys.Start(ctx, passkey.SignIn, "", browser)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, exchange)
	return nil
}

// passkeyForm is what the script sends for the device.
type passkeyForm struct {
	passkey.Form
	Journey string `form:"j"`
}

// Check refuses nothing: what is missing is no proof.
func (f *passkeyForm) Check(*form.Errors) {}

func (h *Handlers) postPasskey(c *gin.Context) error {
	var f passkeyForm
	if _, err := web.Decode(c, &f); err != nil {
		return err
	}
	ctx := c.Request.Context()
	browser := h.Sessions.Browser(ctx)
	out, result, err := h.Passkeys.CheckPasskey(ctx, f.Form, browser, h.browser(c))
	if err != nil {
		return err
	}
	h.counted(out)
	switch {
	case out.Passed != nil:
		return h.beginByPasskey(c, out, f.Journey)
	case out.Blocked != nil:
		return web.Render(c, http.StatusForbidden, view.BlockedPage(view.Blocked{
			Status: out.Blocked.Status, Since: out.Blocked.Since, Reference: out.Blocked.Reference,
		}))
	}
	pending, err := h.pending(c, f.Journey)
	if err != nil {
		return err
	}
	model := h.model(pending)
	model.Errors = new(form.Errors)
	switch result.Outcome {
	case passkey.Unknown:
		model.Errors.Add("passkey", i18n.M("signin.error.passkey_unknown"))
		model.RemovedPasskey = f.ID
	case passkey.Copied:
		model.Errors.Add("passkey", i18n.M("signin.error.passkey_copied"))
		model.RemovedPasskey = f.ID
	default:
		model.Errors.Add("passkey", i18n.M("signin.error.passkey_failed"))
	}
	return web.Render(c, http.StatusUnprocessableEntity, view.Signin(model))
}

// beginByPasskey opens the session: a passkey holds and verifies, so no second
// factor is owed.
func (h *Handlers) beginByPasskey(c *gin.Context, out Outcome, id string) error {
	ctx := c.Request.Context()
	before := h.Sessions.Current(ctx)
	session, err := h.Sessions.Begin(ctx, access.Beginning{
		Who: *out.Passed, Proof: access.Factor{Kind: access.FactorPasskey, At: out.At}, Device: out.Device,
	})
	if err != nil {
		return err
	}
	h.keepDevices(c, out)
	h.Sessions.KeepLanguage(c.Writer, c.Request, session)
	return h.after(c, before, session, id)
}

// getOffer offers a passkey on the way to where the person was going. Showing it
// is the offer: it is not made again for a while, whatever they choose.
func (h *Handlers) getOffer(c *gin.Context) error {
	ctx := c.Request.Context()
	session := h.Sessions.Current(ctx)
	if session.Offer {
		if err := h.Passkeys.NoteOffer(ctx, session); err != nil {
			return err
		}
		h.Sessions.Offered(ctx)
	}
	return web.Render(c, http.StatusOK, view.Offer(web.LocalPath(c.Query("then"), journey.HomePath)))
}
