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
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/services"
	"oneid/views/ui"
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
	return h.policyPage(c, http.StatusOK, s, p, view.PolicyModel{Form: h.shownPolicy(p)})
}

// policyPage shows the form; differences are those of the policy in force.
func (h *Handlers) policyPage(c *gin.Context, status int, s Service, p policy.Policy, m view.PolicyModel) error {
	var err error
	m.Head = h.head(c.Request.Context(), s)
	if m.Waiting, err = h.waitingPolicy(c, s); err != nil {
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
	if do := values.Get("do"); do == "approve" || do == "withdraw" {
		return h.decidePolicy(c, s, do, db.ProposalID(values.Get("proposal")))
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
		return h.policyPage(c, http.StatusOK, s, current, view.PolicyModel{Form: h.again(current, values)})
	}
	changed, err := h.Rules.SetPolicy(c.Request.Context(), h.who(c), s, change)
	if errors.Is(err, ErrWaits) && values.Get("do") != "preset" {
		return h.policyPage(c, http.StatusConflict, s, current, view.PolicyModel{Form: h.again(current, values), Errors: waits()})
	}
	if len(changed.Faults) == 0 {
		return h.changed(c, view.Path(string(s.ID), view.TabPolicy), changed, err)
	}
	if err != nil {
		return err
	}
	wish := current.Clone()
	change(&wish)
	return h.policyPage(c, http.StatusUnprocessableEntity, s, current, view.PolicyModel{
		Form: h.again(current, values), Errors: told(changed.Faults, wish),
	})
}

// again is the form as it was typed, numbers that are none among it.
func (h *Handlers) again(current policy.Policy, values url.Values) view.PolicyForm {
	wish := current.Clone()
	typed(values, &wish, h.Rules.DB.Clock.Now())
	f := h.shownPolicy(wish)
	f.MaxAge = values.Get("max_age")
	return f
}

// waits says that another change has to be decided about first.
func waits() *form.Errors {
	errs := new(form.Errors)
	errs.Add("", i18n.M("services.policy.waits"))
	return errs
}

// changed goes back and says what became of a changed policy.
func (h *Handlers) changed(c *gin.Context, back string, change PolicyOutcome, err error) error {
	flash := ui.Done(i18n.M("services.policy.saved"))
	switch {
	case errors.Is(err, ErrWaits):
		flash = ui.Caution(i18n.M("services.policy.waits"))
	case err != nil:
		return err
	case change.Waiting:
		flash = ui.Told(i18n.M("services.policy.proposed"))
	}
	return h.said(c, back, flash)
}

// decidePolicy approves or withdraws the change that waits.
func (h *Handlers) decidePolicy(c *gin.Context, s Service, do string, id db.ProposalID) error {
	ctx, back := c.Request.Context(), view.Path(string(s.ID), view.TabPolicy)
	rule, done := h.Rules.WithdrawPolicy, ui.Done(i18n.M("services.metadata.withdrawn"))
	if do == "approve" {
		if fresh, err := h.Sessions.AskFresh(c, back); !fresh {
			return err
		}
		rule, done = h.Rules.ApprovePolicy, ui.Done(i18n.M("services.policy.approved"))
	}
	err := rule(ctx, h.who(c), s, id)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return fault.New(fault.NotFound, err)
	case errors.Is(err, ErrMoved):
		return h.said(c, back, ui.Caution(i18n.M("services.policy.moved")))
	}
	return h.decided(c, back, err, done)
}

// waitingPolicy shows the change of a policy that waits; nil for none.
func (h *Handlers) waitingPolicy(c *gin.Context, s Service) (*view.PolicyWaiting, error) {
	ctx := c.Request.Context()
	p, err := h.Rules.WaitingPolicy(ctx, s.Row.EntityID)
	if err != nil || p == nil {
		return nil, err
	}
	known, err := h.people(ctx, p.ProposedBy)
	if err != nil {
		return nil, err
	}
	shown := &view.PolicyWaiting{ID: string(p.ID), By: known[p.ProposedBy], Mine: p.ProposedBy == h.who(c), At: p.ProposedAt}
	for _, d := range p.Differences {
		shown.Differences = append(shown.Differences, view.PolicyChange{Difference: view.Difference(d), Grave: slices.Contains(p.Weaker, d)})
	}
	return shown, nil
}

// told puts each fault at its field: those of an exception at the first of its
// fields that lacks something, those of the formats at the one that comes first.
func told(faults []policy.Fault, wish policy.Policy) *form.Errors {
	errs := new(form.Errors)
	for _, f := range faults {
		field := f.Field
		switch field {
		case "exceptions":
			field = exceptionField(f, wish)
		case "name_ids":
			field = "name_id"
		}
		errs.Add(field, view.PolicyFault(string(f.Code), f.Detail))
	}
	return errs
}

func exceptionField(f policy.Fault, wish policy.Policy) string {
	for _, e := range wish.Exceptions {
		switch {
		case e.What != f.Detail || f.Code != policy.ExceptionBare:
		case e.Owner == "":
			return "owner_" + e.What
		case !e.Until.IsZero():
			return "reason_" + e.What
		}
	}
	return "until_" + f.Detail
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
