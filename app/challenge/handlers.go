package challenge

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/browser"
	"oneid/app/internal/journey"
	"oneid/app/internal/passkey"
	"oneid/app/internal/web"
	"oneid/db"
	view "oneid/views/challenge"
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// Handlers answers what a browser asks about a second factor.
type Handlers struct {
	Offers   *Offers
	Phones   *Phones
	Answers  *Answers
	Recovery *Recovery
	Passkeys *passkey.Keys
	Passing  *Passing
	Sessions *access.Manager
	Site     *web.Site
}

// Mount adds the routes: those behind access.Manager.Challenged, and two pages
// about the end that anyone may read.
func (h *Handlers) Mount(open, challenged gin.IRoutes) {
	open.GET("/challenge/frozen", h.Site.Handle(h.getFrozen))
	open.GET("/challenge/stopped", h.Site.Handle(h.getStopped))
	challenged.GET(view.Path, h.Site.Handle(h.getChoose))
	challenged.POST(view.Path, h.Site.Handle(h.postChoose))
	challenged.POST(view.StopPath, h.Site.Handle(h.postStop))
	challenged.GET(view.TextPath, h.Site.Handle(h.getText))
	challenged.POST(view.TextPath, h.Site.Handle(h.postText))
	challenged.GET(view.CallPath, h.Site.Handle(h.getCall))
	challenged.POST(view.CallPath, h.Site.Handle(h.postCall))
	challenged.POST(view.AgainPath, h.Site.Handle(h.postAgain))
	challenged.GET(view.StatePath, h.Site.Handle(h.getState))
	challenged.GET(view.QuestionsPath, h.Site.Handle(h.getQuestions))
	challenged.POST(view.QuestionsPath, h.Site.Handle(h.postQuestions))
	challenged.GET(view.RecoveryPath, h.Site.Handle(h.getRecovery))
	challenged.POST(view.RecoveryPath, h.Site.Handle(h.postRecovery))
	h.mountPasskey(challenged)
}

// asked is a request of a session from which a proof is wanted.
type asked struct {
	Visit
	ways Ways
}

// asked reads the session and the ways open to it. It is nil when nothing is
// wanted of it: the request has been answered then.
func (h *Handlers) asked(c *gin.Context) (*asked, error) {
	ctx := c.Request.Context()
	s := h.Sessions.Current(ctx)
	if !s.HalfWay() && s.Wanted == "" {
		return nil, h.done(c, s)
	}
	ways, err := h.Offers.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	if ways.Again {
		return nil, web.Leave(c, journey.SigninAgainPath)
	}
	from, _ := web.Network(ctx)
	return &asked{Visit: Visit{Session: s, From: from, Tokens: h.Sessions.Devices(c.Request)}, ways: ways}, nil
}

// done answers where nothing is asked any more: another tab was first, or this
// is a bookmark.
func (h *Handlers) done(c *gin.Context, s access.Session) error {
	onward := h.onward(c, s)
	if c.GetHeader("HX-Request") == "true" || !s.SignedIn() {
		return web.Leave(c, onward)
	}
	return web.Render(c, http.StatusOK, view.DonePage(onward))
}

// onward is where the person was going.
func (h *Handlers) onward(c *gin.Context, s access.Session) string {
	back := ""
	if s.SignedIn() {
		back = h.Sessions.TakeReturn(c.Request.Context())
	}
	return journey.Next(s, "", back)
}

// fewCodes is how many recovery codes are so few that new ones should be made.
const fewCodes = 2

// passed raises the session after the commit and goes on.
func (h *Handlers) passed(c *gin.Context, p Passed) error {
	ctx := c.Request.Context()
	s, err := h.Sessions.Raise(ctx, p.Factor)
	if err != nil {
		return err
	}
	if p.Device != "" {
		h.Sessions.Recognise(ctx, p.Device)
		h.Sessions.KeepDevices(c.Writer, p.Tokens, h.Passing.Life())
	}
	if p.Factor.Kind == access.FactorRecovery {
		left := ui.Told(i18n.M("challenge.recovery.left", "Count", p.Left))
		if p.Left <= fewCodes {
			left.Kind = ui.Warn
		}
		h.Sessions.Say(ctx, left)
	}
	return web.Leave(c, h.onward(c, s))
}

// frame is what every screen says around its own form.
func (h *Handlers) frame(c *gin.Context, a *asked) view.Frame {
	f := view.Frame{
		Why: string(a.ways.Why), Service: a.ways.Service,
		Passkey: a.ways.Passkey, Recovery: a.ways.Recovery, Questions: a.ways.Questions, TooWeak: a.ways.TooWeak,
		Offer: a.ways.Remember, Full: a.ways.Full, Shared: a.ways.Shared,
		Remember: view.Remember{Ticked: a.Remember, Name: a.Name},
	}
	if f.Remember.Name == "" {
		f.Remember.Name = browser.Name(web.Agent(c.Request.Context()))
	}
	for _, p := range a.ways.Phones {
		shown := view.Phone{Last: p.LastTwo, Call: Choice(p.ID, db.MethodCall)}
		if p.Method == db.MethodText {
			shown.Text = Choice(p.ID, db.MethodText)
		}
		f.Phones = append(f.Phones, shown)
	}
	return f
}

func (h *Handlers) getChoose(c *gin.Context) error {
	a, err := h.asked(c)
	if err != nil || a == nil {
		return err
	}
	if a.ways.OnlyQuestions() {
		return web.Next(c, view.QuestionsPath)
	}
	return web.Render(c, http.StatusOK, view.ChoosePage(view.Choose{Frame: h.frame(c, a)}))
}

func (h *Handlers) postChoose(c *gin.Context) error {
	a, err := h.asked(c)
	if err != nil || a == nil {
		return err
	}
	var f chooseForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	m := view.Choose{Frame: h.frame(c, a), Chosen: f.To}
	if web.SwitchingLanguage(c) {
		return web.Render(c, http.StatusOK, view.ChoosePage(m))
	}
	phone, method := chosen(a.ways, f.To)
	if phone == nil {
		errs.Add("to", i18n.M("challenge.choose.missing"))
	}
	if !errs.Any() {
		sent, err := h.Phones.Send(c.Request.Context(), a.Visit, phone, method)
		if err != nil {
			return err
		}
		if sent.ID != "" {
			return web.Next(c, codePath(sent))
		}
		errs.Add("to", unsent(sent))
		m.Errors = errs
		return web.Render(c, unsentStatus(sent), view.ChoosePage(m))
	}
	m.Errors = errs
	return web.Render(c, http.StatusUnprocessableEntity, view.ChoosePage(m))
}

// postStop gives up: half-way it ends the session, later only the demand.
func (h *Handlers) postStop(c *gin.Context) error {
	ctx := c.Request.Context()
	s := h.Sessions.Current(ctx)
	if !s.HalfWay() && s.Wanted == "" {
		return h.done(c, s)
	}
	if err := h.Passing.Stopped(ctx, h.Offers.DB, s); err != nil {
		return err
	}
	if s.HalfWay() {
		if err := h.Sessions.End(ctx, access.EndedSignedOut); err != nil {
			return err
		}
		return web.Leave(c, "/challenge/stopped")
	}
	next := journey.HomePath
	if s.Wanted == access.ForService {
		next = journey.Stopped(s.Return) // the service waits for a word
	}
	h.Sessions.Forgo(ctx)
	return web.Leave(c, next)
}

func (h *Handlers) getStopped(c *gin.Context) error {
	return web.Render(c, http.StatusOK, view.StoppedPage())
}

func (h *Handlers) getFrozen(c *gin.Context) error {
	return web.Render(c, http.StatusForbidden, view.FrozenPage())
}

// refusing adds a fault to a form's own.
func refusing(field string, m i18n.Msg) *form.Errors {
	errs := new(form.Errors)
	errs.Add(field, m)
	return errs
}
