package services

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

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

// provided finds a service that has a SAML side.
func (h *Handlers) provided(c *gin.Context) (Service, error) {
	s, err := h.service(c)
	if err == nil && s.Row == nil {
		return s, fault.New(fault.NotFound, errNoProvider)
	}
	return s, err
}

func (h *Handlers) getPolicy(c *gin.Context) error {
	s, err := h.provided(c)
	if err != nil {
		return err
	}
	p, err := PolicyOf(s)
	if err != nil {
		return err
	}
	return h.policyPage(c, http.StatusOK, s, p, nil)
}

func (h *Handlers) policyPage(c *gin.Context, status int, s Service, p policy.Policy, errs *form.Errors) error {
	m := view.PolicyModel{Form: h.shownPolicy(p), Errors: errs}
	var err error
	if m.Head, err = h.head(c.Request.Context(), s); err != nil {
		return err
	}
	for _, d := range p.FromPreset() {
		m.Differences = append(m.Differences, view.Difference(d))
	}
	return web.Render(c, status, view.Policy(m))
}

func (h *Handlers) shownPolicy(p policy.Policy) view.PolicyForm {
	f := view.PolicyForm{
		Preset: string(p.Preset), Sign: string(p.Sign), SignatureAlgorithm: string(p.SignatureAlgorithm), Encrypt: string(p.Encrypt),
		Requests: string(p.Requests), ExpiredKeys: p.ExpiredKeys, NameIDs: map[string]bool{}, Group: p.Group, SubjectID: string(p.SubjectID),
		Vocabulary: string(p.Vocabulary), Minimum: p.Minimum, Authority: p.Authority, Notice: p.Notice, Unsolicited: p.Unsolicited,
		SessionEnds: p.SessionEnds, FormOrigins: strings.Join(p.FormOrigins, "\n"), NameFormat: p.NameFormat,
	}
	if p.MaxAge > 0 {
		f.MaxAge = strconv.Itoa(p.MaxAge)
	}
	for i, id := range p.NameIDs {
		if i == 0 {
			f.NameID = id
		}
		f.NameIDs[id] = true
	}
	now := h.Rules.DB.Clock.Now()
	for _, what := range policy.Excepted() {
		e := view.ExceptionForm{What: what}
		for _, open := range p.Exceptions {
			if open.What == what {
				e.Owner, e.Reason, e.Open, e.On = open.Owner, open.Reason, open.Until.After(now), open.Until
				e.Days = int(open.Until.Sub(now) / (24 * time.Hour))
				if !open.Until.IsZero() {
					e.Until = i18n.DateShort(open.Until)
				}
			}
		}
		f.Exceptions = append(f.Exceptions, e)
	}
	return f
}

func (h *Handlers) postPolicy(c *gin.Context) error {
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	s, err := h.provided(c)
	if err != nil {
		return err
	}
	current, err := PolicyOf(s)
	if err != nil {
		return err
	}
	now := h.Rules.DB.Clock.Now()
	change := func(p *policy.Policy) { typed(values, p, now) }
	if values.Get("do") == "preset" {
		preset := policy.Preset(values.Get("preset"))
		if !preset.Known() {
			return fault.New(fault.BadRequest, nil)
		}
		change = func(p *policy.Policy) { *p = preset.Policy() }
	}
	if web.SwitchingLanguage(c) {
		typed(values, &current, now)
		return h.policyPage(c, http.StatusOK, s, current, nil)
	}
	faults, err := h.Rules.SetPolicy(c.Request.Context(), h.who(c), s, change)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		return h.said(c, view.Path(string(s.ID), view.TabPolicy), i18n.M("services.policy.saved"))
	}
	change(&current)
	return h.policyPage(c, http.StatusUnprocessableEntity, s, current, told(faults))
}

func told(faults []policy.Fault) *form.Errors {
	errs := new(form.Errors)
	for _, f := range faults {
		errs.Add(f.Field, view.PolicyFault(string(f.Code), f.Detail))
	}
	return errs
}

// typed puts what a form says into a policy; what the form does not have stays.
func typed(v url.Values, p *policy.Policy, now time.Time) {
	p.Sign, p.SignatureAlgorithm = policy.Sign(v.Get("sign")), policy.Algorithm(v.Get("signature_algorithm"))
	p.Encrypt, p.Requests = policy.Encryption(v.Get("encrypt")), policy.Requests(v.Get("requests"))
	p.SubjectID, p.Vocabulary = policy.SubjectID(v.Get("subject_id")), policy.Vocabulary(v.Get("vocabulary"))
	p.Group, p.Minimum, p.NameFormat = strings.TrimSpace(v.Get("group")), v.Get("minimum"), v.Get("name_format")
	p.ExpiredKeys, p.Authority, p.Notice = v.Has("expired_keys"), v.Has("authority"), v.Has("notice")
	p.Unsolicited, p.SessionEnds = v.Has("unsolicited"), v.Has("session_ends")
	p.FormOrigins = strings.Fields(v.Get("form_origins"))
	p.NameIDs = nil
	for _, id := range append([]string{v.Get("name_id")}, v["name_ids"]...) {
		if id != "" && !slices.Contains(p.NameIDs, id) {
			p.NameIDs = append(p.NameIDs, id)
		}
	}
	p.MaxAge = 0
	if age := strings.TrimSpace(v.Get("max_age")); age != "" {
		minutes, err := strconv.Atoi(age)
		if err != nil {
			minutes = -1 // Check refuses it
		}
		p.MaxAge = minutes
	}
	p.Exceptions = nil
	for _, what := range policy.Excepted() {
		e := policy.Exception{What: what, Owner: strings.TrimSpace(v.Get("owner_" + what)), Reason: strings.TrimSpace(v.Get("reason_" + what))}
		e.Until = lastMoment(v.Get("until_"+what), now)
		if e.Owner != "" || e.Reason != "" || !e.Until.IsZero() {
			p.Exceptions = append(p.Exceptions, e)
		}
	}
}

// lastMoment is when a day that a browser wrote is over: the day itself still
// counts, on Ontario's clock. Zero for what is no day.
func lastMoment(text string, now time.Time) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, text, i18n.Local(now).Location())
	if err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 0, 1).Add(-time.Second).UTC()
}

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
	if m.Head, err = h.head(c.Request.Context(), s); err != nil {
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
	var faults []policy.Fault
	switch values.Get("do") {
	case "preview":
		return h.previewed(c, s, values.Get("loginid"))
	case "add":
		faults, err = h.Rules.SetPolicy(c.Request.Context(), h.who(c), s, func(p *policy.Policy) { p.Release = append(p.Release, a) })
	case "remove":
		faults, err = h.Rules.SetPolicy(c.Request.Context(), h.who(c), s, func(p *policy.Policy) {
			p.Release = slices.DeleteFunc(p.Release, func(b policy.Attribute) bool {
				return string(b.Fact) == values.Get("removed_fact") && b.Name == values.Get("removed_name")
			})
		})
	default:
		return fault.New(fault.BadRequest, nil)
	}
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		return h.said(c, view.Path(string(s.ID), view.TabAttributes), i18n.M("services.policy.saved"))
	}
	errs := new(form.Errors)
	for _, f := range faults {
		errs.Add("name", view.PolicyFault(string(f.Code), f.Detail))
	}
	return h.attributesPage(c, http.StatusUnprocessableEntity, s, view.AttributesModel{
		Fact: string(a.Fact), Name: a.Name, Friendly: a.FriendlyName, Errors: errs,
	})
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
