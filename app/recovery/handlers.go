package recovery

import (
	"context"
	"net/netip"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/notice"
	"oneid/app/internal/web"
	"oneid/db"
	view "oneid/views/recovery"
)

// Handlers answers what a browser asks about getting back in.
type Handlers struct {
	Rules    *Rules
	Proofs   *Proofs
	Links    *Links
	Reset    *Reset
	NotMe    *NotMe
	Sessions *access.Manager
	Site     *web.Site
	// LoginDomain is what follows the @ of a login ID.
	LoginDomain string
}

// Mount adds the routes, which are open to everyone.
func (h *Handlers) Mount(r gin.IRoutes) {
	handle := h.Site.Handle
	r.GET(view.LoginIDPath, handle(h.getLoginID))
	r.POST(view.LoginIDPath, handle(h.postLoginID))
	r.GET(view.LoginIDQuestionsPath, handle(h.getLoginIDQuestions))
	r.POST(view.LoginIDQuestionsPath, handle(h.postLoginIDQuestions))
	r.GET(view.LoginIDSentPath, handle(h.getLoginIDSent))
	r.POST(view.LoginIDSentPath, handle(h.postLoginIDSent))
	r.GET(view.LoginIDCodePath, handle(h.getLoginIDCode))
	r.POST(view.LoginIDCodePath, handle(h.postLoginIDCode))
	r.GET(view.LoginIDShownPath, handle(h.getLoginIDShown))

	r.GET(view.PasswordPath, handle(h.getPassword))
	r.POST(view.PasswordPath, handle(h.postPassword))
	r.GET(view.ProofsPath, handle(h.getProofs))
	r.POST(view.ProofsPath, handle(h.postProofs))
	r.GET(view.QuestionsPath, handle(h.getQuestions))
	r.POST(view.QuestionsPath, handle(h.postQuestions))
	r.GET(view.CodePath, handle(h.getCode))
	r.POST(view.CodePath, handle(h.postCode))
	r.GET(view.CodeStatePath, handle(h.getCodeState))
	r.GET(view.LinkSentPath, handle(h.getLinkSent))
	r.POST(view.LinkSentPath, handle(h.postLinkSent))
	r.GET(view.PasskeyPath, handle(h.getPasskey))
	r.POST(view.PasskeyPath, handle(h.postPasskey))
	r.POST(passkeyStartPath, handle(h.postPasskeyStart))
	r.GET(view.NewPath, handle(h.getNew))
	r.POST(view.NewPath, handle(h.postNew))
	r.GET(view.DeskPath, handle(h.getDesk))
	r.GET(view.DeskStatePath, handle(h.getDeskState))

	r.GET(LinkPath+":token", handle(h.getLink))
	r.POST(LinkPath+":token", handle(h.postLink))
	r.GET(notice.NotMePath+":token", handle(h.getNotMe))
	r.POST(notice.NotMePath+":token", handle(h.postNotMe))
}

// visit is a request with the recovery that its browser has under way.
type visit struct {
	*db.Recovery
	standing Standing
}

// find reads the recovery of a kind in this browser.
func (h *Handlers) find(ctx context.Context, kind string) (visit, error) {
	if h.Sessions.Current(ctx).Browser == "" {
		return visit{}, nil
	}
	browser := h.Sessions.Browser(ctx)
	rec, standing, err := h.Rules.Find(ctx, browser, kind)
	return visit{rec, standing}, err
}

// started tells whether a form was sent from a page of this recovery, and not of
// one that the browser had before.
func (v visit) sent(recovery string) bool { return v.Recovery != nil && recovery == string(v.ID) }

// from is the network that a request came from.
func from(c *gin.Context) netip.Addr {
	a, _ := web.Network(c.Request.Context())
	return a
}

// over says that a recovery has ended, and where to begin again.
func over(c *gin.Context, start string) error {
	return web.Render(c, statusGone, view.Expired(start))
}
