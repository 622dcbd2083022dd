package services

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/fault"
	"oneid/app/internal/web"
	"oneid/app/internal/words"
	"oneid/db"
	"oneid/views/i18n"
	view "oneid/views/services"
	"oneid/views/ui"
)

// Handlers answers for the console.
type Handlers struct {
	Rules    *Rules
	Sessions *access.Manager
	Site     *web.Site
	Tester   *Tester
	Keys     *OwnKeys
	// Ours is what services need to know of us, as it is now.
	Ours func(ctx context.Context) (Ours, error)
}

// Mount adds the routes, which staff guards: a service administrator's session.
func (h *Handlers) Mount(staff gin.IRoutes) {
	staff.GET(view.ListPath, h.Site.Handle(h.getList))
	staff.GET(view.ImportPath, h.Site.Handle(h.getBring))
	staff.POST(view.ImportPath, h.Site.Handle(h.postBring))
	staff.GET(view.ImportPath+"/:import", h.Site.Handle(h.getReview))
	staff.POST(view.ImportPath+"/:import", h.Site.Handle(h.postReview))
	staff.POST(view.ListPath+"/approve", h.Site.Handle(h.postApprove))
	staff.POST(view.ListPath+"/withdraw", h.Site.Handle(h.postWithdraw))
	const one = view.ListPath + "/:service"
	staff.GET(one, h.Site.Handle(h.getOverview))
	staff.POST(one, h.Site.Handle(h.postSwitch))
	staff.GET(one+"/metadata", h.Site.Handle(h.getMetadata))
	staff.POST(one+"/metadata", h.Site.Handle(h.postMetadata))
	staff.GET(one+"/test", h.Site.Handle(h.getTest))
	staff.POST(one+"/test", h.Site.Handle(h.postTest))
	staff.GET(one+"/setup", h.Site.Handle(h.getSetup))
	staff.GET(one+"/policy", h.Site.Handle(h.getPolicy))
	staff.POST(one+"/policy", h.Site.Handle(h.postPolicy))
	staff.GET(one+"/attributes", h.Site.Handle(h.getAttributes))
	staff.POST(one+"/attributes", h.Site.Handle(h.postAttributes))
	staff.GET(one+"/history", h.Site.Handle(h.getHistory))
	h.mountKeys(staff)
}

func (h *Handlers) who(c *gin.Context) string {
	return string(h.Sessions.Current(c.Request.Context()).Who.Account)
}

// service finds the service that the address names.
func (h *Handlers) service(c *gin.Context) (Service, error) {
	s, err := h.Rules.Find(c.Request.Context(), db.ServiceID(c.Param("service")))
	if errors.Is(err, db.ErrNotFound) {
		return s, fault.New(fault.NotFound, err)
	}
	return s, err
}

func (h *Handlers) head(ctx context.Context, s Service) view.Head {
	head := view.Head{ID: string(s.ID), Name: words.Both(s.NameEn, s.NameFr), Operator: words.Both(s.OperatorEn, s.OperatorFr)}
	if s.Row != nil {
		head.Entity = s.Row.EntityID
	}
	head.Flash = h.Sessions.TakeSaid(ctx)
	return head
}

// said has the next page say something, and goes there.
func (h *Handlers) said(c *gin.Context, path string, flash ui.Flash) error {
	h.Sessions.Say(c.Request.Context(), flash)
	return web.Next(c, path)
}

// people shows who did something: staff by their login ID.
type people map[string]string

func (h *Handlers) people(ctx context.Context, who ...string) (people, error) {
	known := people{
		"": "", Shell: i18n.T(ctx, "services.history.cli"), System: i18n.T(ctx, "services.history.system"),
	}
	for _, id := range who {
		if _, done := known[id]; done {
			continue
		}
		account, err := db.AccountByID(ctx, h.Rules.DB, db.AccountID(id))
		switch {
		case errors.Is(err, db.ErrNotFound):
			known[id] = i18n.T(ctx, "services.person.unknown")
		case err != nil:
			return nil, err
		default:
			known[id] = account.LoginID
		}
	}
	return known, nil
}

func (h *Handlers) getList(c *gin.Context) error {
	ctx := c.Request.Context()
	list, waiting, err := h.Rules.List(ctx)
	if err != nil {
		return err
	}
	today, err := h.Rules.TodayByService(ctx)
	if err != nil {
		return err
	}
	var m view.ListModel
	waits := map[db.ServiceID]bool{}
	names := map[db.ServiceID]map[i18n.Lang]string{}
	for _, s := range list {
		names[s.ID] = words.Both(s.NameEn, s.NameFr)
	}
	var who []string
	for _, v := range waiting {
		who = append(who, v.ProposedBy)
	}
	policies, err := db.WaitingProposals(ctx, h.Rules.DB, db.ProposedPolicy, "")
	if err != nil {
		return err
	}
	for _, p := range policies {
		who = append(who, p.ProposedBy)
	}
	known, err := h.people(ctx, who...)
	if err != nil {
		return err
	}
	for _, p := range policies {
		m.Waiting = append(m.Waiting, view.WaitingLine{
			Service: string(p.ServiceID), Name: names[p.ServiceID], Policy: true, By: known[p.ProposedBy], Mine: p.ProposedBy == h.who(c), At: p.ProposedAt,
		})
	}
	for _, v := range waiting {
		waits[v.ServiceID] = true
		m.Waiting = append(m.Waiting, view.WaitingLine{
			Service: string(v.ServiceID), Name: names[v.ServiceID], By: known[v.ProposedBy], Mine: v.ProposedBy == h.who(c), At: v.ProposedAt,
		})
	}
	for _, s := range list {
		line, err := h.line(ctx, s, today[s.ID], waits[s.ID])
		if err != nil {
			return err
		}
		m.Services = append(m.Services, line)
	}
	m.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, http.StatusOK, view.List(m))
}

func (h *Handlers) line(ctx context.Context, s Service, today Count, waits bool) (view.Line, error) {
	line := view.Line{
		ID: string(s.ID), Name: words.Both(s.NameEn, s.NameFr), State: state(s, waits), Today: today.Good, Failed: today.Failed,
	}
	now := h.Rules.DB.Clock.Now()
	if s.Row == nil {
		return line, nil
	}
	line.Entity = s.Row.EntityID
	watches, err := h.Rules.Watches(ctx, s, watchAhead)
	if err != nil {
		return line, err
	}
	if len(watches) > 0 {
		line.Next = attention(watches[0], now)
	}
	line.Last, err = db.LastSignIn(ctx, h.Rules.DB, s.ID, now.Add(-shownDays*24*time.Hour))
	return line, err
}

func attention(w Watch, now time.Time) view.Attention {
	return view.Attention{What: w.What, On: w.On, Days: int(w.On.Sub(now) / (24 * time.Hour)), Name: w.Name}
}

func state(s Service, waits bool) view.State {
	switch {
	case s.Row == nil && waits:
		return view.StateWaiting
	case s.Row == nil:
		return view.StateBare
	case s.Provider == nil || s.Trouble != nil:
		return view.StateBroken
	case !s.Enabled || !s.Row.Enabled:
		return view.StateOff
	}
	return view.StateLive
}

func (h *Handlers) getOverview(c *gin.Context) error {
	ctx := c.Request.Context()
	s, err := h.service(c)
	if err != nil {
		return err
	}
	now := h.Rules.DB.Clock.Now()
	m := view.OverviewModel{State: state(s, false), Now: now, On: s.Enabled, Contact: s.Contact, Since: s.UpdatedAt}
	m.Head = h.head(ctx, s)
	health, err := h.Rules.HealthOf(ctx, s.ID)
	if err != nil {
		return err
	}
	m.Today, m.Month, m.Last = view.Count(health.Today()), view.Count(health.Month), health.Last
	m.Offset, m.Offsets = health.Offset, health.Offsets
	for _, hour := range health.Hours {
		m.Hours = append(m.Hours, view.Hour{At: hour.At, Good: hour.Good, Failed: hour.Failed})
	}
	for _, r := range health.Reasons {
		m.Reasons = append(m.Reasons, view.Reason(r))
	}
	if s.Provider != nil {
		m.Keys = shownKeys(s, now)
	}
	checks, err := h.Rules.Checks(ctx, s, health)
	if err != nil {
		return err
	}
	for _, c := range checks {
		m.Checks = append(m.Checks, view.CheckItem(c))
	}
	watches, err := h.Rules.Watches(ctx, s, watchAhead)
	if err != nil {
		return err
	}
	if off := health.Offset.Abs(); health.Offsets > 0 && off > offsetLimit {
		m.Watch = append(m.Watch, view.Attention{What: WatchClock, Days: int(off / time.Second)})
	}
	for _, w := range watches {
		m.Watch = append(m.Watch, attention(w, now))
	}
	return web.Render(c, http.StatusOK, view.Overview(m))
}

func shownKeys(s Service, now time.Time) []view.Key {
	var list []view.Key
	for _, k := range Keys(s.Provider) {
		days := int(k.Until.Sub(now) / (24 * time.Hour))
		if k.Until.Before(now) {
			days = -1
		}
		list = append(list, view.Key{Use: k.Use, Name: k.Name, Fingerprint: k.Fingerprint, From: k.From, Until: k.Until, Days: days})
	}
	return list
}

func (h *Handlers) postSwitch(c *gin.Context) error {
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	s, err := h.service(c)
	if err != nil {
		return err
	}
	on := values.Get("do") == "on"
	if !on && values.Get("do") != "off" {
		return fault.New(fault.BadRequest, nil)
	}
	if err := h.Rules.Switch(c.Request.Context(), h.who(c), s.ID, on); err != nil {
		return err
	}
	flash := ui.Done(i18n.M("services.overview.switched_off"))
	if on {
		flash = ui.Done(i18n.M("services.overview.switched_on"))
	}
	return h.said(c, view.Path(string(s.ID), view.TabOverview), flash)
}

func (h *Handlers) getHistory(c *gin.Context) error {
	ctx := c.Request.Context()
	s, err := h.service(c)
	if err != nil {
		return err
	}
	events, err := h.Rules.History(ctx, s.ID)
	if err != nil {
		return err
	}
	var m view.HistoryModel
	m.Head = h.head(ctx, s)
	if m.Events, err = h.shownEvents(ctx, events); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.History(m))
}
