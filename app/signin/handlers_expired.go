package signin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/journey"
	"oneid/app/internal/password"
	"oneid/app/internal/web"
	"oneid/views/form"
	view "oneid/views/signin"
)

// expiredForm is the form for a new password in place of one that has ended.
type expiredForm struct {
	password.Form
	Journey string `form:"j"`
}

// Check has nothing to note: the password is judged against the account.
func (*expiredForm) Check(*form.Errors) {}

func (h *Handlers) mountExpired(r gin.IRoutes) {
	r.GET(journey.ExpiredPath, h.Site.Handle(h.getExpired))
	r.POST(journey.ExpiredPath, h.Site.Handle(h.postExpired))
}

func (h *Handlers) getExpired(c *gin.Context) error {
	session := h.Sessions.Current(c.Request.Context())
	if !session.MustChange() {
		return h.onward(c, session, c.Query("j"))
	}
	return h.expired(c, http.StatusOK, session, view.ExpiredModel{Journey: c.Query("j")})
}

func (h *Handlers) expired(c *gin.Context, status int, session access.Session, m view.ExpiredModel) error {
	why, err := h.Expired.Why(c.Request.Context(), session.Who.Account)
	if err != nil {
		return err
	}
	m.Why, m.LoginID, m.Check = string(why), session.Who.LoginID, password.AccountCheck
	return web.Render(c, status, view.Expired(m))
}

func (h *Handlers) postExpired(c *gin.Context) error {
	ctx := c.Request.Context()
	session := h.Sessions.Current(ctx)
	var f expiredForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	if !session.MustChange() { // the other of two tabs was quicker
		return h.onward(c, session, f.Journey)
	}
	m := view.ExpiredModel{Journey: f.Journey, Errors: errs}
	if web.SwitchingLanguage(c) {
		m.Errors = nil
		return h.expired(c, http.StatusOK, session, m)
	}
	if f.OnlyAsks() {
		if m.Status, err = h.Expired.New.Check(ctx, session.Who.Account, f.Choice()); err != nil {
			return err
		}
		return h.expired(c, http.StatusOK, session, m)
	}
	if err := h.Expired.Choose(ctx, errs, session.Who.Account, h.Sessions.Hash(ctx), f.Choice()); err != nil {
		return err
	}
	if errs.Any() {
		return h.expired(c, http.StatusUnprocessableEntity, session, m)
	}
	if session, err = h.Sessions.PasswordChanged(ctx); err != nil {
		return err
	}
	return h.onward(c, session, f.Journey)
}

// onward goes where the person was going. The page that sign-in interrupted
// stays remembered until nothing is owed any more.
func (h *Handlers) onward(c *gin.Context, session access.Session, id string) error {
	next, err := h.next(c, session, id)
	if err != nil {
		return err
	}
	return web.Leave(c, next)
}

func (h *Handlers) next(c *gin.Context, session access.Session, id string) (string, error) {
	ctx := c.Request.Context()
	back := ""
	switch {
	case session.SignedIn():
		back = h.Sessions.TakeReturn(ctx)
	case session.HalfWay() && id != "":
		h.Sessions.ReturnTo(ctx, journey.Continue(id))
	}
	return journey.Next(session, id, back), nil
}

// after goes on from a sign-in. Where somebody else was signed in before, it goes
// round the services that they had opened first.
func (h *Handlers) after(c *gin.Context, before, session access.Session, id string) error {
	next, err := h.next(c, session, id)
	if err != nil {
		return err
	}
	if before.SignedIn() && before.Who.Account != session.Who.Account {
		if next, err = h.Rules.TakeOver(c.Request.Context(), before, next); err != nil {
			return err
		}
	}
	return web.Leave(c, next)
}
