package password

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/check"
	"oneid/app/internal/fault"
	"oneid/app/internal/web"
	"oneid/views/ui"
)

// The places where a password is chosen, as the addresses of their checks.
const (
	RegisterCheck = ui.PasswordCheckPath + "register"
	AccountCheck  = ui.PasswordCheckPath + "account"
	RecoveryCheck = ui.PasswordCheckPath + "recovery"
)

// Whose finds what is known of the person who is choosing a password in a
// request's browser. known is false when nobody is.
type Whose func(ctx context.Context) (own check.Own, known bool, err error)

// Handlers judges passwords while they are typed.
type Handlers struct {
	Common *check.Common
	// Whose are the places, by the address of their check.
	Whose map[string]Whose
	Site  *web.Site
}

// Mount adds the route. It is open: each place finds for itself whether somebody
// is choosing a password there.
func (h *Handlers) Mount(open gin.IRoutes) {
	open.POST(ui.PasswordCheckPath+":place", h.Site.Handle(h.postCheck))
}

// postCheck answers with how a password being typed stands, and nothing else.
// What was typed is nowhere in the answer, nor in a log. To whoever is choosing
// none, there is nothing to say.
func (h *Handlers) postCheck(c *gin.Context) error {
	whose := h.Whose[c.Request.URL.Path]
	if whose == nil {
		return fault.New(fault.NotFound, nil)
	}
	typed, err := web.Values(c)
	if err != nil {
		return err
	}
	own, known, err := whose(c.Request.Context())
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	if !known {
		c.Status(http.StatusNoContent)
		c.Writer.WriteHeaderNow()
		return nil
	}
	return web.RenderBare(c, http.StatusOK, ui.PasswordRules(Standing(typed.Get("password"), own, h.Common)))
}

// SignedIn is Whose for people who change their password, because they want to
// or because it has ended.
func (r *Rules) SignedIn(sessions *access.Manager) Whose {
	return func(ctx context.Context) (check.Own, bool, error) {
		s := sessions.Current(ctx)
		if !s.SignedIn() && !s.MustChange() {
			return check.Own{}, false, nil
		}
		own, err := r.Own(ctx, s.Who.Account)
		return own, true, err
	}
}
