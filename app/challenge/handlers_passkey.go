package challenge

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/passkey"
	"oneid/app/internal/web"
	"oneid/db"
	view "oneid/views/challenge"
	"oneid/views/form"
	"oneid/views/i18n"
)

// mountPasskey adds the routes of a passkey as the second factor.
func (h *Handlers) mountPasskey(challenged gin.IRoutes) {
	challenged.GET(view.PasskeyPath, h.Site.Handle(h.getPasskey))
	challenged.POST(view.PasskeyPath, h.Site.Handle(h.postPasskey))
	challenged.POST(view.PasskeyStartPath, h.Site.Handle(h.postPasskeyStart))
}

// askedPasskey is asked for a page that is only there for who has a passkey. It
// is nil when the request has been answered.
func (h *Handlers) askedPasskey(c *gin.Context) (*asked, error) {
	a, err := h.asked(c)
	if err != nil || a == nil || a.ways.Passkey {
		return a, err
	}
	return nil, web.Next(c, view.Path)
}

func (h *Handlers) getPasskey(c *gin.Context) error {
	a, err := h.askedPasskey(c)
	if err != nil || a == nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.PasskeyPage(view.Passkey{Frame: h.frame(c, a)}))
}

// postPasskeyStart tells the page's script what to ask the device. An answer
// that leads elsewhere leads the script there too.
func (h *Handlers) postPasskeyStart(c *gin.Context) error {
	a, err := h.askedPasskey(c)
	if err != nil || a == nil {
		return err
	}
	ctx := c.Request.Context()
	browser := h.Sessions.Browser(ctx)
	exchange, err := h.Passkeys.Start(ctx, passkey.Challenge, a.Session.Who.Account, browser)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, exchange)
	return nil
}

// passkeyForm is what the script sends for the device.
type passkeyForm struct {
	rememberForm
	passkey.Form
}

// Check refuses nothing: what is missing is no proof.
func (*passkeyForm) Check(*form.Errors) {}

func (h *Handlers) postPasskey(c *gin.Context) error {
	a, err := h.asked(c)
	if err != nil || a == nil {
		return err
	}
	var f passkeyForm
	if _, err := web.Decode(c, &f); err != nil {
		return err
	}
	ctx := c.Request.Context()
	browser := h.Sessions.Browser(ctx)
	a.Remember, a.Name = f.remember()
	var passed Passed
	result, err := h.Passkeys.Prove(ctx, passkey.Attempt{
		Purpose: passkey.Challenge, Exchange: f.Exchange, Browser: browser, Want: a.Session.Who.Account, Answer: f.Answer,
	}, func(ctx context.Context, tx db.Tx, _ passkey.Proof) error {
		var err error
		passed, err = h.Passing.Note(ctx, tx, a.Visit, access.FactorPasskey)
		return err
	})
	switch {
	case err != nil:
		return err
	case result.Outcome == passkey.Proven:
		return h.passed(c, passed)
	}
	m := view.Passkey{Frame: h.frame(c, a)}
	if result.Outcome == passkey.Copied || result.Outcome == passkey.Unknown {
		m.Removed = f.ID
	}
	said := i18n.M("challenge.passkey.failed")
	if result.Outcome == passkey.Copied {
		said = i18n.M("challenge.passkey.removed")
	}
	m.Errors = refusing("passkey", said)
	return web.Render(c, http.StatusUnprocessableEntity, view.PasskeyPage(m))
}
