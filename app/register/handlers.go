package register

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/fault"
	"oneid/app/internal/web"
	"oneid/app/internal/words"
	"oneid/db"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// Handlers answers the browser in the wizard.
type Handlers struct {
	Rules    *Rules
	Policies *Policies
	Personal *Personal
	Phone    *Phone
	Password *Password
	Sessions *access.Manager
	Site     *web.Site
	// Idle is how long a wizard may rest, as its pages say.
	Idle time.Duration
}

// Mount adds the wizard. registering lets only browsers with an open
// registration pass; open lets everyone.
func (h *Handlers) Mount(registering, open gin.IRoutes) {
	for _, step := range h.Rules.Steps {
		registering.GET(root+step.Slug(), h.Site.Handle(h.getStep(step.Slug())))
		registering.POST(root+step.Slug(), h.Site.Handle(h.postStep(step.Slug())))
	}
	registering.POST(view.PreviewPath, h.Site.Handle(h.postPreview))
	h.mountFinish(registering)
	registering.GET("/register/resume", h.Site.Handle(h.getResume))
	registering.POST("/register/resume", h.Site.Handle(h.postResume))
	registering.GET("/register/cancel", h.Site.Handle(h.getCancel))
	registering.POST("/register/cancel", h.Site.Handle(h.postCancel))
	registering.POST("/register/pause", h.Site.Handle(h.postPause))
	registering.GET("/register/wrong", h.Site.Handle(h.getWrong))
	registering.GET("/register/help/:step", h.Site.Handle(h.getHelp))

	open.GET("/register/notice", h.Site.Handle(h.getNotice))
	open.GET("/register/agreement", h.Site.Handle(h.getAgreement))
	open.GET("/register/paused", h.Site.Handle(h.getPaused))
	open.GET("/register/saved/:college/:step/:until", h.Site.Handle(h.getSaved))
	open.GET("/register/cancelled/:college/:until", h.Site.Handle(h.getCancelled))
}

// erased stands in an address for the day until which answers are kept.
const erased = "erased"

func (h *Handlers) draft(c *gin.Context) db.DraftID {
	return h.Sessions.Current(c.Request.Context()).Draft
}

// visiting says who is asking, for what is counted, and how long a page may rest.
func (h *Handlers) visiting(c *gin.Context) context.Context {
	ctx := c.Request.Context()
	from, _ := netip.ParseAddr(web.Address(ctx)) // the zero address is counted as one
	return WithVisit(withIdle(ctx, h.Idle), Visit{Session: h.Sessions.Hash(ctx), From: from})
}

func (h *Handlers) getStep(slug string) web.Handler {
	return func(c *gin.Context) error {
		ctx := h.visiting(c)
		if c.Query("skipped") != "" {
			ctx = withNotice(ctx, i18n.M("register.state.skipped"))
		}
		if c.Query("change") != "" {
			ctx = withChange(ctx)
		}
		out, err := h.Rules.Open(ctx, h.draft(c), slug)
		if err != nil {
			return err
		}
		return h.answer(c, out)
	}
}

func (h *Handlers) postStep(slug string) web.Handler {
	return func(c *gin.Context) error {
		typed, err := web.Values(c)
		if err != nil {
			return err
		}
		ctx, id := h.visiting(c), h.draft(c)
		if web.SwitchingLanguage(c) {
			out, err := h.Rules.Retype(ctx, id, slug, typed)
			if err != nil {
				return err
			}
			return h.answer(c, out)
		}
		out, err := h.Rules.Submit(ctx, id, slug, typed)
		if err != nil {
			return err
		}
		if typed.Has(view.FieldLater) && !out.Gone {
			// What could be saved is; what is refused would have to be put right
			// before leaving, and leaving must always be possible.
			return h.pause(c, whyLater)
		}
		return h.answer(c, out)
	}
}

// answer leads on or shows a page, in the words of the person's college.
func (h *Handlers) answer(c *gin.Context, out Outcome) error {
	switch {
	case out.Gone:
		return h.gone(c)
	case out.Go != "":
		return web.Next(c, out.Go)
	}
	if _, err := h.speakOf(c, out.College); err != nil {
		return err
	}
	status := http.StatusOK
	if out.Refused {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(c, status, out.Page)
}

// gone says that there is no such registration any more: it has expired, or was
// erased in another window.
func (h *Handlers) gone(c *gin.Context) error {
	portal, err := h.speakOf(c, "")
	if err != nil {
		return err
	}
	if err := h.Sessions.End(c.Request.Context(), access.EndedSignedOut); err != nil {
		return err
	}
	return web.Render(c, http.StatusGone, view.Expired(portal))
}

// speakOf has the page speak of a college, of the first one where it is not
// known which, and returns the address of its portal.
func (h *Handlers) speakOf(c *gin.Context, code db.CollegeCode) (string, error) {
	ctx := c.Request.Context()
	college, portal, err := h.Rules.collegeOf(ctx, code)
	if err != nil {
		return "", err
	}
	c.Request = c.Request.WithContext(i18n.WithCollege(ctx, words.College(college)))
	return portal, nil
}

// postPreview answers with the Login ID for two names being typed, and nothing
// else.
func (h *Handlers) postPreview(c *gin.Context) error {
	typed, err := web.Values(c)
	if err != nil {
		return err
	}
	out, err := h.Rules.PreviewLogin(c.Request.Context(), h.Personal, h.draft(c), typed.Get("preferred_first"), typed.Get("preferred_last"))
	if err != nil {
		return err
	}
	return web.RenderBare(c, http.StatusOK, view.Preview(out))
}

func (h *Handlers) getResume(c *gin.Context) error {
	out, err := h.Rules.Resume(c.Request.Context(), h.draft(c))
	if err != nil {
		return err
	}
	return h.answer(c, out)
}

// postResume starts over.
func (h *Handlers) postResume(c *gin.Context) error {
	typed, err := web.Values(c)
	if err != nil {
		return err
	}
	if !typed.Has("restart") {
		return web.Next(c, "/register/resume")
	}
	if err := h.Rules.Restart(c.Request.Context(), h.draft(c)); err != nil {
		return err
	}
	return web.Next(c, "/register/resume")
}

func (h *Handlers) aside(c *gin.Context, from string, page func(back string) ui.Page) error {
	out, err := h.Rules.Aside(c.Request.Context(), h.draft(c), from, func(back string) Outcome {
		return Outcome{Page: page(back)}
	})
	if err != nil {
		return err
	}
	return h.answer(c, out)
}

func (h *Handlers) getCancel(c *gin.Context) error {
	return h.aside(c, c.Query("from"), view.Cancel)
}

func (h *Handlers) getWrong(c *gin.Context) error {
	return h.aside(c, c.Query("from"), view.Wrong)
}

func (h *Handlers) getHelp(c *gin.Context) error {
	slug := c.Param("step")
	if !view.HasHelp(slug) {
		return fault.New(fault.NotFound, nil)
	}
	return h.aside(c, slug, func(back string) ui.Page { return view.Help(slug, back) })
}

func (h *Handlers) postCancel(c *gin.Context) error {
	typed, err := web.Values(c)
	if err != nil {
		return err
	}
	ctx, id := c.Request.Context(), h.draft(c)
	until := erased
	var college db.CollegeCode
	switch typed.Get("choice") {
	case view.ChoiceErase:
		why := whyCancel
		if typed.Get("why") == view.WhyNotMe {
			why = whyNotMe
		}
		if college, err = h.Rules.Erase(ctx, id, why); err != nil {
			return err
		}
	case view.ChoiceKeep:
		left, err := h.Rules.Pause(ctx, id, whyCancel)
		if err != nil {
			return err
		}
		college, until = left.College, i18n.DateShort(left.Until)
	default:
		return web.Next(c, "/register/resume")
	}
	return h.leave(c, college, "/register/cancelled/"+string(college)+"/"+until)
}

func (h *Handlers) postPause(c *gin.Context) error { return h.pause(c, whyLater) }

func (h *Handlers) pause(c *gin.Context, why string) error {
	left, err := h.Rules.Pause(c.Request.Context(), h.draft(c), why)
	if err != nil {
		return err
	}
	return h.leave(c, left.College, "/register/saved/"+string(left.College)+"/"+strconv.Itoa(left.Step)+"/"+i18n.DateShort(left.Until))
}

// leave ends the session and goes to a page that needs none. Without a college
// there was nothing to leave: the registration is finished or gone.
func (h *Handlers) leave(c *gin.Context, college db.CollegeCode, address string) error {
	if err := h.Sessions.End(c.Request.Context(), access.EndedSignedOut); err != nil {
		return err
	}
	if college == "" {
		address = "/"
	}
	return web.Leave(c, address)
}

func (h *Handlers) getSaved(c *gin.Context) error {
	step, err := strconv.Atoi(c.Param("step"))
	until, known := day(c.Param("until"))
	if err != nil || step < 1 || step > len(h.Rules.Steps) || !known {
		return fault.New(fault.NotFound, err)
	}
	portal, err := h.speakOf(c, db.CollegeCode(c.Param("college")))
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.Saved(view.Left{Step: step, Until: until, Portal: portal}))
}

func (h *Handlers) getCancelled(c *gin.Context) error {
	until, known := day(c.Param("until"))
	if !known && c.Param("until") != erased {
		return fault.New(fault.NotFound, nil)
	}
	portal, err := h.speakOf(c, db.CollegeCode(c.Param("college")))
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.Cancelled(until, portal))
}

// getPaused is where a session that rested too long ends. What waits is told to
// the browser that held the session; it opens nothing.
func (h *Handlers) getPaused(c *gin.Context) error {
	ctx := c.Request.Context()
	if h.Sessions.Current(ctx).Kind == db.SessionRegistration {
		return web.Next(c, "/register/resume")
	}
	id, err := h.Sessions.LastDraft(ctx)
	if err != nil {
		return err
	}
	var left Left
	if id != "" {
		if left, err = h.Rules.Waiting(ctx, id); err != nil {
			return err
		}
	}
	portal, err := h.speakOf(c, left.College)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.Paused(view.Left{Step: left.Step, Until: left.Until, Portal: portal}, int(h.Idle/time.Minute)))
}

func (h *Handlers) getNotice(c *gin.Context) error {
	return h.printable(c, 0, i18n.M("register.policies.notice_title"))
}

func (h *Handlers) getAgreement(c *gin.Context) error {
	return h.printable(c, 1, i18n.M("register.policies.agreement_title"))
}

func (h *Handlers) printable(c *gin.Context, nth int, title i18n.Msg) error {
	ctx := c.Request.Context()
	documents, err := h.Policies.inForce(ctx, i18n.LangOf(ctx))
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.Printable(title, policy(documents[nth])))
}

// day reads a day in an address, as a moment that is that day in Ontario.
func day(text string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, false
	}
	return t.Add(17 * time.Hour), true
}
