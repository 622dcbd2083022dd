package profile

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/fault"
	"oneid/app/internal/web"
	"oneid/app/internal/words"
	"oneid/db"
	"oneid/views/i18n"
	view "oneid/views/profile"
)

// Handlers answers for My Profile.
type Handlers struct {
	Rules    *Rules
	Sessions *access.Manager
	Site     *web.Site
}

// Mount adds the routes, which signedIn guards.
func (h *Handlers) Mount(signedIn gin.IRoutes) {
	signedIn.GET(view.Path, h.Site.Handle(h.getProfile))
	signedIn.GET(view.ReceiptsPath, h.Site.Handle(h.getReceipts))
	signedIn.GET(view.DocumentPath+":name/:version", h.Site.Handle(h.getDocument))
}

func (h *Handlers) getProfile(c *gin.Context) error {
	ctx := c.Request.Context()
	who := h.Sessions.Current(ctx).Who
	p, err := h.Rules.Look(ctx, who.Account, string(i18n.LangOf(ctx)))
	if err != nil {
		return err
	}
	m := h.model(ctx, who.LoginID, p)
	m.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, http.StatusOK, view.Profile(m))
}

func (h *Handlers) model(ctx context.Context, loginID string, p Profile) view.Model {
	lang := string(i18n.LangOf(ctx))
	title, _ := h.Rules.Reference.Title(p.Person.Title)
	m := view.Model{
		Legal:     joined(p.Person.LegalFirst, p.Person.LegalMiddle, p.Person.LegalLast),
		Gender:    h.Rules.Reference.GenderShown(p.Person.Gender, lang),
		LoginID:   loginID,
		Preferred: joined(title.In(lang), p.Person.PreferredFirst, p.Person.PreferredLast), Middle: p.Person.Middle,
		Email: p.Contact.Email, EmailConfirmed: p.Account.EmailVerifiedAt != nil, Phone: p.Contact.Phone,
		French: p.Account.Language == string(i18n.FR),
		Checks: view.Checks{
			Phone: p.Means.Phones > 0, Questions: p.Means.Questions > 0, Codes: p.Means.CodesLeft > 0, Passkey: p.Means.Passkeys > 0,
		},
	}
	if birth, err := time.Parse(time.DateOnly, p.Person.BirthDate); err == nil {
		m.Birth = i18n.CalendarDate(ctx, birth.Year(), birth.Month(), birth.Day())
	}
	for _, d := range p.Designations {
		college := words.College(d.College)
		m.Designations = append(m.Designations, view.Designation{
			College: college, Number: d.Number, Class: d.Class, Status: d.Status,
			Vouched: d.Source != db.DesignationStated, CheckedAt: d.CheckedAt,
		})
	}
	for _, a := range p.Agreements {
		m.Agreements = append(m.Agreements, view.Agreement{
			Name: a.Name, Version: a.Version, Title: a.Title, Language: a.Language, AcceptedAt: a.AcceptedAt,
		})
	}
	return m
}

func (h *Handlers) getDocument(c *gin.Context) error {
	ctx := c.Request.Context()
	document, agreed, err := h.Rules.Agreed(ctx, h.Sessions.Current(ctx).Who.Account, c.Param("name"), c.Param("version"))
	if errors.Is(err, db.ErrNotFound) {
		return fault.New(fault.NotFound, err)
	}
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.Document(view.DocumentModel{
		Title: document.Title, Body: document.Body, Version: document.Version, Language: document.Language, AcceptedAt: agreed.AcceptedAt,
	}))
}

func (h *Handlers) getReceipts(c *gin.Context) error {
	ctx := c.Request.Context()
	found, err := h.Rules.Receipts(ctx, h.Sessions.Current(ctx).Who.Account)
	if err != nil {
		return err
	}
	var m view.ReceiptsModel
	for _, r := range found.Shown {
		service := found.Services[r.ServiceID]
		m.Receipts = append(m.Receipts, view.Receipt{
			Service: words.Both(service.NameEn, service.NameFr), Kinds: r.Kinds, Attributes: r.Attributes, ShownAt: r.AcceptedAt,
		})
	}
	for _, o := range found.Openings {
		opening := view.Opening{Service: words.Both(o.NameEn, o.NameFr), Reference: o.AssertionID, At: o.IssuedAt}
		if o.OrganizationEn != "" {
			opening.Authority = words.Both(o.OrganizationEn, o.OrganizationFr)
		}
		m.Openings = append(m.Openings, opening)
	}
	return web.Render(c, http.StatusOK, view.Receipts(m))
}

func joined(parts ...string) string {
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}
