package sso

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/journey"
	"oneid/app/internal/verdict"
	"oneid/app/internal/web"
	"oneid/app/internal/words"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/sso"
)

// What a person can do on the way. The page's button says which.
const (
	doConfirm   = "confirm"
	doOther     = "other"
	doAuthority = "authority"
	doAccept    = "accept"
	doDecline   = "decline"
	doLeave     = "leave"
)

func (h *Handlers) postContinue(c *gin.Context) error {
	ctx := c.Request.Context()
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	v := h.bound(c)
	id := values.Get("j")
	var answer Answer
	switch values.Get("do") {
	case doConfirm:
		answer, err = h.Rules.Confirm(ctx, id, v)
	case doOther:
		return h.other(c, id, v)
	case doAuthority:
		organization := db.OrganizationID(values.Get("authority"))
		answer, err = h.Rules.Choose(ctx, id, v, organization, values.Get("remember") != "")
		if err == nil && answer.Decision.Act == verdict.Authority {
			errs := new(form.Errors)
			errs.Add("authority", i18n.M("sso.authority.missing"))
			return h.authority(c, answer, errs)
		}
	case doAccept:
		answer, err = h.Rules.Accept(ctx, id, v, string(i18n.LangOf(ctx)))
	case doDecline, doLeave:
		answer, err = h.Rules.Leave(ctx, id, v, values.Get("do") == doDecline)
	default:
		answer, err = h.Rules.Visit(ctx, id, v)
	}
	return h.show(c, answer, err)
}

// other signs whoever is signed in here out, everywhere this browser took them,
// and asks for who is there now.
func (h *Handlers) other(c *gin.Context, id string, v Visitor) error {
	ctx := c.Request.Context()
	next, err := h.Rules.HandOver(ctx, id, v)
	if err != nil {
		return h.refused(c, err)
	}
	if err := h.Sessions.End(ctx, access.EndedSignedOut); err != nil {
		return err
	}
	return web.Leave(c, next)
}

func (h *Handlers) confirm(c *gin.Context, a Answer) error {
	ctx := c.Request.Context()
	who := h.Sessions.Current(ctx).Who
	return web.Render(c, http.StatusOK, view.Continue(view.ContinueModel{
		Journey: a.Journey, Service: named(a.Service), Name: who.Name, LoginID: who.LoginID,
		Shared: h.Sessions.Shared(c.Request), Another: a.Decision.Act == verdict.Another,
	}))
}

func (h *Handlers) authority(c *gin.Context, a Answer, errs *form.Errors) error {
	ctx := c.Request.Context()
	m := view.AuthorityModel{Journey: a.Journey, Service: named(a.Service), Errors: errs}
	for _, o := range a.opening.Authorities {
		m.Options = append(m.Options, view.AuthorityOption{
			ID: string(o.ID), Name: words.Both(o.NameEn, o.NameFr), Town: o.Town, Person: o.UAOType == db.UAOPerson,
			Last: o.ID == a.opening.LastAuthority,
		})
	}
	if a.withdrawn != "" {
		gone, err := db.OrganizationByID(ctx, h.Rules.DB, a.withdrawn)
		if err != nil {
			return err
		}
		m.Withdrawn = words.Both(gone.NameEn, gone.NameFr)
	}
	status := http.StatusOK
	if errs.Any() {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(c, status, view.Authority(m))
}

func (h *Handlers) notice(c *gin.Context, a Answer) error {
	s := a.Service
	m := view.NoticeModel{
		Journey: a.Journey, Service: named(s), Operator: words.Both(s.OperatorEn, s.OperatorFr), Authority: words.Both(s.AuthorityEn, s.AuthorityFr),
		Since: a.opening.ShownAt,
	}
	seen := map[string]bool{}
	for _, k := range a.opening.Shown {
		seen[k] = true
	}
	for _, k := range a.party.policy.Released() {
		m.Kinds = append(m.Kinds, view.Kind{Name: string(k), New: !a.opening.ShownAt.IsZero() && !seen[string(k)]})
	}
	return web.Render(c, http.StatusOK, view.Notice(m))
}

func (h *Handlers) closed(c *gin.Context, a Answer) error {
	ctx := c.Request.Context()
	m := view.Missing{
		Service: named(a.Service), Who: words.Both(a.Service.WhoEn, a.Service.WhoFr),
		What: string(a.Decision.Missing), StartURL: a.Service.StartURL, Contact: a.Service.Contact, Reference: a.Reference,
	}
	if a.request.ID != "" {
		m.Journey = a.Journey
	}
	if a.Service.RuleCollege != "" {
		college, err := db.CollegeByCode(ctx, h.Rules.DB, a.Service.RuleCollege)
		if err != nil {
			return err
		}
		said := words.College(college)
		m.College = &said
		c.Request = c.Request.WithContext(i18n.WithCollege(ctx, said))
	}
	return web.Render(c, http.StatusForbidden, view.MissingPage(m))
}

func (h *Handlers) getWorkstation(c *gin.Context) error {
	m := view.WorkstationModel{Shared: h.Sessions.Shared(c.Request)}
	m.Idle, m.Whole = h.Sessions.SharedLife()
	return web.Render(c, http.StatusOK, view.Workstation(m))
}

func (h *Handlers) postWorkstation(c *gin.Context) error {
	ctx := c.Request.Context()
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	shared := values.Get("shared") == "yes"
	if err := h.Rules.MarkShared(ctx, h.Sessions.Current(ctx).Who.Account, shared); err != nil {
		return err
	}
	h.Sessions.KeepShared(ctx, c.Writer, shared)
	return web.Next(c, view.WorkstationPath)
}

// postAuthority has the person asked again under whose authority they open a
// service, and opens it.
func (h *Handlers) postAuthority(c *gin.Context) error {
	ctx := c.Request.Context()
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	s := h.Sessions.Current(ctx)
	if !s.SignedIn() {
		return web.Next(c, journey.SigninPath)
	}
	address, err := h.Rules.AskAuthority(ctx, s.Who.Account, db.ServiceID(values.Get("service")))
	if err != nil {
		return err
	}
	return web.Leave(c, address)
}
