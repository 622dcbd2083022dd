package services

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/fault"
	"oneid/app/internal/policy"
	"oneid/app/internal/verdict"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/services"
)

func (h *Handlers) getAttributes(c *gin.Context) error {
	s, err := h.provided(c)
	if err != nil {
		return err
	}
	return h.attributesPage(c, http.StatusOK, s, view.AttributesModel{})
}

func (h *Handlers) attributesPage(c *gin.Context, status int, s Service, m view.AttributesModel) error {
	p, err := PolicyOf(s)
	if err != nil {
		return err
	}
	m.Head = h.head(c.Request.Context(), s)
	if m.Waiting, err = h.waitingPolicy(c, s); err != nil {
		return err
	}
	for _, a := range p.Release {
		m.Released = append(m.Released, view.Released{Fact: string(a.Fact), Name: a.Name, Format: a.NameFormat, Friendly: a.FriendlyName})
	}
	for _, f := range policy.Facts() {
		m.Facts = append(m.Facts, string(f))
	}
	return web.Render(c, status, view.Attributes(m))
}

func (h *Handlers) postAttributes(c *gin.Context) error {
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	s, err := h.provided(c)
	if err != nil {
		return err
	}
	a := policy.Attribute{
		Fact: policy.Fact(values.Get("fact")), Name: strings.TrimSpace(values.Get("name")), FriendlyName: strings.TrimSpace(values.Get("friendly")),
	}
	var changed PolicyOutcome
	switch values.Get("do") {
	case "preview":
		return h.previewed(c, s, values.Get("loginid"))
	case "add":
		changed, err = h.Rules.SetPolicy(c.Request.Context(), h.who(c), s, func(p *policy.Policy) { p.Release = append(p.Release, a) })
	case "remove":
		changed, err = h.Rules.SetPolicy(c.Request.Context(), h.who(c), s, func(p *policy.Policy) {
			p.Release = slices.DeleteFunc(p.Release, func(b policy.Attribute) bool {
				return string(b.Fact) == values.Get("removed_fact") && b.Name == values.Get("removed_name")
			})
		})
	default:
		return fault.New(fault.BadRequest, nil)
	}
	again := view.AttributesModel{Fact: string(a.Fact), Name: a.Name, Friendly: a.FriendlyName}
	if errors.Is(err, ErrWaits) {
		again.Errors = waits()
		return h.attributesPage(c, http.StatusConflict, s, again)
	}
	if len(changed.Faults) == 0 {
		return h.changed(c, view.Path(string(s.ID), view.TabAttributes), changed, err)
	}
	if err != nil {
		return err
	}
	again.Errors = new(form.Errors)
	for _, f := range changed.Faults {
		again.Errors.Add("name", view.PolicyFault(string(f.Code), f.Detail))
	}
	return h.attributesPage(c, http.StatusUnprocessableEntity, s, again)
}

func (h *Handlers) previewed(c *gin.Context, s Service, loginID string) error {
	found, err := h.Rules.PreviewFor(c.Request.Context(), h.who(c), s, loginID)
	m := view.AttributesModel{LoginID: loginID}
	if errors.Is(err, db.ErrNotFound) {
		m.Errors = new(form.Errors)
		m.Errors.Add("loginid", i18n.M("services.preview.nobody"))
		return h.attributesPage(c, http.StatusUnprocessableEntity, s, m)
	}
	if err != nil {
		return err
	}
	shown := view.Preview{Person: found.LoginID, NameIDFormat: found.NameIDFormat, NameID: found.NameID, Checks: shownReasons(found.Decision)}
	for _, i := range found.Items {
		shown.Items = append(shown.Items, view.PreviewItem{Name: i.Name, Fact: string(i.Fact), Values: i.Values, Why: string(i.Why)})
	}
	m.Preview = &shown
	return h.attributesPage(c, http.StatusOK, s, m)
}

// shownReasons are a decision's checks in words.
func shownReasons(d verdict.Decision) []view.Check {
	var list []view.Check
	for _, r := range d.Explain {
		if said := r.Msg(); !said.Zero() {
			list = append(list, view.Check{Passed: r.Passed, Title: said})
		}
	}
	return list
}
