package services

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/fault"
	"oneid/app/internal/policy"
	"oneid/app/internal/samlkey"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/services"
	"oneid/views/ui"
)

// mountKeys adds the pages about our own keys. Whatever changes something asks
// for fresh proof first, and so does the page that offers it.
func (h *Handlers) mountKeys(staff gin.IRoutes) {
	fresh := h.Sessions.Fresh(h.Site)
	staff.GET(view.KeysPath, h.Site.Handle(h.getKeys))
	for path, do := range map[string]struct{ get, post web.Handler }{
		view.KeyNextPath:              {h.getKeyNext, h.postKeyNext},
		view.KeyWaiting + "/:id":      {h.getKeyProposed, h.postKeyProposed},
		view.KeySwitchFor + "/:key":   {h.getKeySwitch, h.postKeySwitch},
		view.KeyRetireFor + "/:key":   {h.getKeyRetire, h.postKeyRetire},
		view.KeyService + "/:service": {h.getKeyService, h.postKeyService},
	} {
		staff.GET(path, fresh, h.Site.Handle(do.get))
		staff.POST(path, fresh, h.Site.Handle(do.post))
	}
}

func (h *Handlers) getKeys(c *gin.Context) error {
	ctx := c.Request.Context()
	s, err := h.Keys.State(ctx)
	if err != nil {
		return err
	}
	done, err := h.Keys.History(ctx, s.Keys)
	if err != nil {
		return err
	}
	var who []string
	for _, p := range s.Waiting {
		who = append(who, p.ProposedBy)
	}
	known, err := h.people(ctx, who...)
	if err != nil {
		return err
	}
	m := view.KeysModel{Uses: shownKeyUses(s, h.Rules.DB.Clock.Now())}
	if m.Events, err = h.shownEvents(ctx, done); err != nil {
		return err
	}
	if newest, ok := samlkey.Newest(s.Keys); ok {
		m.Newest = newest.ID
	}
	for _, line := range s.Services {
		m.Services = append(m.Services, shownKeyService(line))
	}
	for _, p := range s.Waiting {
		use, algorithm, _ := strings.Cut(p.Subject, " ")
		m.Waiting = append(m.Waiting, view.KeyProposal{
			ID: string(p.ID), Use: use, Algorithm: algorithm, By: known[p.ProposedBy], Mine: p.ProposedBy == h.who(c), At: p.ProposedAt,
		})
	}
	if s.Lacks != nil {
		m.Lacks = strings.Split(s.Lacks.Error(), "\n")
	}
	for _, n := range s.Others {
		for _, k := range n.Lacks {
			m.Others = append(m.Others, view.KeyLack{Node: n.Name, Key: k.ID, File: fileOf(k)})
		}
	}
	m.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, http.StatusOK, view.OwnKeys(m))
}

// asked is what a page is to show: what was typed before fresh proof was wanted,
// or what its address says.
func (h *Handlers) asked(c *gin.Context) url.Values {
	if kept := h.Sessions.TakeKept(c.Request.Context(), c.Request.URL.Path); kept != nil {
		return kept
	}
	return c.Request.URL.Query()
}

func (h *Handlers) getKeyNext(c *gin.Context) error {
	asked := h.asked(c)
	m := view.KeyNextModel{Wish: asked.Get("wish")}
	if m.Wish == "" {
		m.Wish = asked.Get("use") + " " + asked.Get("algorithm")
	}
	if !slices.ContainsFunc(wishes(), func(w KeyWish) bool { return w.subject() == m.Wish }) {
		m.Wish = wishes()[0].subject()
	}
	return web.Render(c, http.StatusOK, view.KeyNext(m))
}

func (h *Handlers) postKeyNext(c *gin.Context) error {
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	m := view.KeyNextModel{Wish: values.Get("wish"), Errors: new(form.Errors)}
	i := slices.IndexFunc(wishes(), func(w KeyWish) bool { return w.subject() == m.Wish })
	if i < 0 {
		m.Errors.Add("wish", i18n.M("services.keys.wish_missing"))
		return web.Render(c, http.StatusUnprocessableEntity, view.KeyNext(m))
	}
	err = h.Keys.Propose(c.Request.Context(), h.who(c), wishes()[i])
	if errors.Is(err, samlkey.ErrComing) {
		m.Errors.Add("wish", i18n.M("services.keys.coming"))
		return web.Render(c, http.StatusUnprocessableEntity, view.KeyNext(m))
	}
	return h.keyDone(c, view.KeysPath, err, ui.Told(i18n.M("services.keys.was_proposed")))
}

// keyDone goes back to a page and says what became of it.
func (h *Handlers) keyDone(c *gin.Context, back string, err error, done ui.Flash) error {
	var early *samlkey.Early
	var lacking *samlkey.Lacking
	switch {
	case err == nil:
	case errors.Is(err, ErrOwn):
		done = ui.Caution(i18n.M("services.metadata.own"))
	case errors.Is(err, ErrGone), errors.Is(err, samlkey.ErrNone), errors.Is(err, samlkey.ErrRetired), errors.Is(err, samlkey.ErrInUse):
		done = ui.Caution(i18n.M("services.metadata.gone"))
	case errors.Is(err, samlkey.ErrComing):
		done = ui.Caution(i18n.M("services.keys.coming"))
	case errors.Is(err, samlkey.ErrLacks):
		done = ui.Caution(i18n.M("services.keys.lacking"))
	case errors.Is(err, samlkey.ErrFolder):
		done = ui.Caution(i18n.M("services.keys.folder"))
	case errors.As(err, &lacking):
		done = ui.Caution(lackingNodes(lacking))
	case errors.As(err, &early):
		done = ui.Caution(i18n.M("services.keys.refused_early", "Date", i18n.AsDate(early.Step.Due)))
	default:
		return err
	}
	return h.said(c, back, done)
}

// lackingNodes says which nodes a switch has to wait for.
func lackingNodes(l *samlkey.Lacking) i18n.Msg {
	return i18n.M("services.keys.lacking_nodes", "Key", l.Key.ID, "Nodes", strings.Join(l.Nodes, ", "))
}

func (h *Handlers) getKeyProposed(c *gin.Context) error {
	ctx := c.Request.Context()
	h.asked(c) // there is nothing to type on it
	p, wish, err := h.Keys.Proposal(ctx, db.ProposalID(c.Param("id")))
	switch {
	case errors.Is(err, db.ErrNotFound):
		return fault.New(fault.NotFound, err)
	case err != nil:
		return h.keyDone(c, view.KeysPath, err, ui.Flash{})
	}
	known, err := h.people(ctx, p.ProposedBy)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.KeyProposed(view.KeyProposal{
		ID: string(p.ID), Use: wish.Use, Algorithm: wish.Algorithm, By: known[p.ProposedBy], Mine: p.ProposedBy == h.who(c), At: p.ProposedAt,
	}))
}

func (h *Handlers) postKeyProposed(c *gin.Context) error {
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	ctx, id := c.Request.Context(), db.ProposalID(c.Param("id"))
	var done ui.Flash
	switch values.Get("do") {
	case "approve":
		var made *db.SAMLKey
		if made, err = h.Keys.Approve(ctx, h.who(c), id); err == nil {
			done = ui.Done(i18n.M("services.keys.was_made", "Key", made.ID))
		}
	case "withdraw":
		err, done = h.Keys.Withdraw(ctx, h.who(c), id), ui.Done(i18n.M("services.metadata.withdrawn"))
	default:
		return fault.New(fault.BadRequest, nil)
	}
	if errors.Is(err, db.ErrNotFound) {
		return fault.New(fault.NotFound, err)
	}
	return h.keyDone(c, view.KeysPath, err, done)
}

// key finds the key that the address names, and what comes next for it.
func (h *Handlers) key(c *gin.Context) (KeyState, db.SAMLKey, error) {
	s, err := h.Keys.State(c.Request.Context())
	if err != nil {
		return s, db.SAMLKey{}, err
	}
	k, ok := s.Find(c.Param("key"))
	if !ok {
		err = fault.New(fault.NotFound, nil)
	}
	return s, k, err
}

func (h *Handlers) getKeySwitch(c *gin.Context) error {
	asked := h.asked(c)
	return h.switchPage(c, http.StatusOK, asked.Get("until"), nil)
}

func (h *Handlers) switchPage(c *gin.Context, status int, until string, errs *form.Errors) error {
	s, k, err := h.key(c)
	if err != nil {
		return err
	}
	step, ok := s.Step(k.ID)
	if !ok || step.Do != samlkey.DoSwitch {
		return h.keyDone(c, view.KeysPath, ErrGone, ui.Flash{})
	}
	now := h.Rules.DB.Clock.Now()
	if until == "" {
		until = i18n.DateShort(now.Add(samlkey.Grace))
	}
	return web.Render(c, status, view.KeySwitch(view.KeySwitchModel{
		Key: shownOwnKey(k), Use: k.Use, File: fileOf(k), Early: now.Before(step.Due), Due: step.Due, Missing: s.names(step.Missing), Until: until, Errors: errs,
	}))
}

func (h *Handlers) postKeySwitch(c *gin.Context) error {
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	_, k, err := h.key(c)
	if err != nil {
		return err
	}
	change := samlkey.Switch{Use: k.Use, Algorithm: k.Algorithm}
	if k.State != db.KeyNext {
		return h.keyDone(c, view.KeysPath, ErrGone, ui.Flash{})
	}
	if values.Get("until") != "" {
		errs := new(form.Errors)
		if change.KeepUntil = h.keepDay(values.Get("until"), errs); errs.Any() {
			return h.switchPage(c, http.StatusUnprocessableEntity, values.Get("until"), errs)
		}
	}
	_, err = h.Keys.Life.Switch(c.Request.Context(), h.who(c), change)
	return h.keyDone(c, view.KeysPath, err, ui.Done(i18n.M("services.keys.was_switched", "Key", k.ID)))
}

// keepDay reads how long an old key is kept: to the end of a day to come, a year
// at most.
func (h *Handlers) keepDay(text string, errs *form.Errors) time.Time {
	now := h.Rules.DB.Clock.Now()
	until := lastMoment(text, now)
	switch {
	case !until.After(now):
		errs.Add("until", i18n.M("services.keys.until_past"))
	case until.After(now.Add(policy.LongestException)):
		errs.Add("until", i18n.M("services.keys.until_long"))
	}
	return until
}

func (h *Handlers) getKeyRetire(c *gin.Context) error {
	h.asked(c)
	s, k, err := h.key(c)
	if err != nil {
		return err
	}
	if k.State == db.KeyCurrent || k.State == db.KeyRetired {
		return h.keyDone(c, view.KeysPath, ErrGone, ui.Flash{})
	}
	m := view.KeyRetireModel{Key: shownOwnKey(k), Use: k.Use}
	if step, ok := s.Step(k.ID); ok && step.Do == samlkey.DoRetire {
		m.Early = len(step.Missing) > 0 || h.Rules.DB.Clock.Now().Before(step.Due)
		m.Due, m.Missing = step.Due, s.names(step.Missing)
	}
	return web.Render(c, http.StatusOK, view.KeyRetire(m))
}

func (h *Handlers) postKeyRetire(c *gin.Context) error {
	_, k, err := h.key(c)
	if err != nil {
		return err
	}
	err = h.Keys.Life.Retire(c.Request.Context(), h.who(c), k.ID, "")
	return h.keyDone(c, view.KeysPath, err, ui.Done(i18n.M("services.keys.was_retired", "Key", k.ID)))
}
