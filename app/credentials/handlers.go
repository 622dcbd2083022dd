package credentials

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/outbox"
	"oneid/app/internal/web"
	view "oneid/views/credentials"
	"oneid/views/ui"
)

// Handlers answers what a browser asks about credentials.
type Handlers struct {
	Rules    *Rules
	Sessions *access.Manager
	Site     *web.Site
}

// The pages of whoever is signed in.
const (
	emailPath = "/profile/email/confirm"
	sentPath  = "/profile/email/sent"
)

// Mount adds the routes: those open to everyone, and those that signedIn
// guards.
func (h *Handlers) Mount(open, signedIn gin.IRoutes) {
	open.GET(outbox.ConfirmPath+":token", h.Site.Handle(h.getLink))
	open.POST(outbox.ConfirmPath+":token", h.Site.Handle(h.postLink))
	signedIn.GET(emailPath, h.Site.Handle(h.getEmail))
	signedIn.POST(emailPath, h.Site.Handle(h.postEmail))
	signedIn.GET(sentPath, h.Site.Handle(h.getSent))
}

func (h *Handlers) getLink(c *gin.Context) error {
	link, err := h.Rules.Look(c.Request.Context(), c.Param("token"))
	if err != nil {
		return err
	}
	switch link.State {
	case Works:
		return web.Render(c, http.StatusOK, view.Confirm(view.ConfirmModel{
			Email: link.Email, Action: outbox.ConfirmPath + c.Param("token"),
		}))
	case Confirmed:
		signedIn := h.Sessions.Current(c.Request.Context()).SignedIn()
		return web.Render(c, http.StatusOK, view.Done(view.DoneModel{Email: link.Email, SignedIn: signedIn}))
	}
	return web.Render(c, http.StatusGone, view.Expired(emailPath))
}

// postLink goes back to the page of the link, which says how it stands now.
func (h *Handlers) postLink(c *gin.Context) error {
	token := c.Param("token")
	if _, err := h.Rules.Confirm(c.Request.Context(), token); err != nil {
		return err
	}
	return web.Next(c, outbox.ConfirmPath+token)
}

func (h *Handlers) getEmail(c *gin.Context) error {
	ctx := c.Request.Context()
	address, err := h.Rules.Address(ctx, h.Sessions.Current(ctx).Who.Account)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, emailPage(address))
}

func (h *Handlers) postEmail(c *gin.Context) error {
	ctx := c.Request.Context()
	address, err := h.Rules.AskAgain(ctx, h.Sessions.Current(ctx).Who.Account)
	switch {
	case err != nil:
		return err
	case !address.WaitUntil.IsZero():
		return web.Render(c, http.StatusTooManyRequests, emailPage(address))
	case address.Confirmed:
		return web.Next(c, emailPath)
	}
	return web.Next(c, sentPath)
}

func (h *Handlers) getSent(c *gin.Context) error {
	ctx := c.Request.Context()
	address, err := h.Rules.Address(ctx, h.Sessions.Current(ctx).Who.Account)
	switch {
	case err != nil:
		return err
	case address.Confirmed:
		return web.Next(c, emailPath)
	}
	return web.Render(c, http.StatusOK, view.Sent(address.Email))
}

func emailPage(a Address) ui.Page {
	if a.Confirmed {
		return view.Done(view.DoneModel{Email: a.Email, SignedIn: true})
	}
	return view.Email(view.EmailModel{Email: a.Email, Action: emailPath, WaitUntil: a.WaitUntil})
}
