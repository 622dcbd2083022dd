package services

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/audit"
	"oneid/app/internal/fault"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/findings"
	"oneid/views/i18n"
	view "oneid/views/services"
	"oneid/views/ui"
)

func (h *Handlers) getMetadata(c *gin.Context) error {
	ctx := c.Request.Context()
	s, err := h.service(c)
	if err != nil {
		return err
	}
	m := view.MetadataModel{}
	m.Head = h.head(ctx, s)
	if err := h.versions(ctx, h.who(c), s, &m); err != nil {
		return err
	}
	if s.Row == nil {
		return web.Render(c, http.StatusOK, view.Metadata(m))
	}
	m.Findings = shownFindings(Reading{Findings: findings.Judge(s.Row.Metadata, h.Rules.DB.Clock.Now(), h.Rules.Metadata)})
	if p := s.Provider; p != nil {
		m.Replies, m.Logouts, m.Until = shownEndpoints(p.ACS), shownEndpoints(p.Logout), p.ValidUntil
		m.Keys = shownKeys(s, h.Rules.DB.Clock.Now())
	}
	source, err := db.SourceOf(ctx, h.Rules.DB, s.Row.EntityID)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	if err == nil {
		m.Fetched = view.Source{Address: source.Address, Signer: source.Signer, DueAt: source.DueAt, Trouble: source.Trouble}
		if source.CheckedAt != nil {
			m.Fetched.CheckedAt = *source.CheckedAt
		}
		if source.TroubleSince != nil {
			m.Fetched.Since = *source.TroubleSince
		}
	}
	return web.Render(c, http.StatusOK, view.Metadata(m))
}

// versions fills in the versions of a service, and what the waiting one changes.
func (h *Handlers) versions(ctx context.Context, me string, s Service, m *view.MetadataModel) error {
	all, err := db.VersionsOfService(ctx, h.Rules.DB, s.ID)
	if err != nil {
		return err
	}
	var who []string
	for _, v := range all {
		who = append(who, v.ProposedBy, v.DecidedBy)
	}
	known, err := h.people(ctx, who...)
	if err != nil {
		return err
	}
	for _, v := range all {
		line := view.Version{
			Entity: v.EntityID, Number: v.Number, State: v.State, Source: v.Source, Signer: v.Signer, By: known[v.ProposedBy],
			Mine: v.ProposedBy == me, At: v.ProposedAt, Decider: known[v.DecidedBy],
		}
		if v.DecidedAt != nil {
			line.DecidedAt = *v.DecidedAt
		}
		m.Versions = append(m.Versions, line)
		if v.State != db.VersionWaiting || m.Waiting != nil {
			continue
		}
		m.Waiting = &line
		// What it changes is told as things stand now, not as they stood when it
		// was proposed.
		if next, err := saml.ReadServiceProvider(v.Document, h.Rules.DB.Clock.Now(), h.Rules.Metadata); err == nil {
			m.Changes = shownChanges(append(compare(&s, next), started(Reading{Provider: next, Current: &s}, v.StartURL)...))
		}
	}
	return nil
}

func shownEndpoints(list []saml.Endpoint) []view.Endpoint {
	var all []view.Endpoint
	for _, e := range list {
		all = append(all, view.Endpoint{
			Binding: shortBinding(e.Binding), URL: e.URL, Index: e.Index, Default: e.Default != nil && *e.Default,
		})
	}
	return all
}

func (h *Handlers) postMetadata(c *gin.Context) error {
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	s, err := h.service(c)
	if err != nil {
		return err
	}
	if s.Row == nil {
		return fault.New(fault.NotFound, nil)
	}
	ctx, back := c.Request.Context(), view.Path(string(s.ID), view.TabMetadata)
	switch values.Get("do") {
	case "refresh":
		return h.refreshed(c, s, back)
	case "stop":
		if err := h.Rules.StopFetching(ctx, h.who(c), s.Row.EntityID, s.ID); err != nil {
			return err
		}
		return h.said(c, back, ui.Done(i18n.M("services.metadata.stopped")))
	case "back":
		number, err := strconv.Atoi(values.Get("number"))
		if err != nil {
			return fault.New(fault.BadRequest, err)
		}
		out, err := h.Rules.GoBack(ctx, h.who(c), s.Row.EntityID, number)
		if err == nil && out.Waiting {
			return h.said(c, back, ui.Told(i18n.M("services.metadata.proposed")))
		}
		return h.decided(c, back, err, ui.Done(i18n.M("services.metadata.applied")))
	}
	return fault.New(fault.BadRequest, nil)
}

func (h *Handlers) refreshed(c *gin.Context, s Service, back string) error {
	ctx := c.Request.Context()
	out, err := h.Rules.Refresh(ctx, s.Row.EntityID)
	if errors.Is(err, db.ErrNotFound) {
		return fault.New(fault.NotFound, err)
	}
	if err != nil {
		return err
	}
	if out.Number > 0 {
		if out.Waiting {
			return h.said(c, back, ui.Told(i18n.M("services.metadata.refreshed_waiting")))
		}
		return h.said(c, back, ui.Done(i18n.M("services.metadata.refreshed_applied")))
	}
	source, err := db.SourceOf(ctx, h.Rules.DB, s.Row.EntityID)
	if err != nil {
		return err
	}
	if source.Trouble != "" {
		return h.said(c, back, ui.Caution(i18n.M("services.metadata.refreshed_trouble")))
	}
	return h.said(c, back, ui.Told(i18n.M("services.metadata.refreshed_same")))
}

// StopFetching ends the fetching of a service's metadata from an address.
func (r *Rules) StopFetching(ctx context.Context, who, entity string, id db.ServiceID) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.DropSource(ctx, tx, entity); err != nil {
			return err
		}
		return r.note(ctx, tx, audit.ServiceSourceEnd, who, id, map[string]string{"entity": entity})
	})
}

func (h *Handlers) postApprove(c *gin.Context) error {
	return h.decide(c, h.Rules.Approve, true, ui.Done(i18n.M("services.metadata.approved")))
}

func (h *Handlers) postWithdraw(c *gin.Context) error {
	return h.decide(c, h.Rules.Withdraw, false, ui.Done(i18n.M("services.metadata.withdrawn")))
}

// decision is what becomes of a version that waits.
type decision func(ctx context.Context, who, entity string, number int) error

// decide decides about the version that a form names; sensitive says that it
// wants fresh proof of who does.
func (h *Handlers) decide(c *gin.Context, rule decision, sensitive bool, done ui.Flash) error {
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(values.Get("number"))
	if err != nil {
		return fault.New(fault.BadRequest, err)
	}
	ctx, entity := c.Request.Context(), values.Get("entity")
	v, err := db.VersionByNumber(ctx, h.Rules.DB, entity, number)
	if errors.Is(err, db.ErrNotFound) {
		return fault.New(fault.NotFound, err)
	}
	if err != nil {
		return err
	}
	back := view.Path(string(v.ServiceID), view.TabMetadata)
	if sensitive {
		if fresh, err := h.Sessions.AskFresh(c, back); !fresh {
			return err
		}
	}
	return h.decided(c, back, rule(ctx, h.who(c), entity, number), done)
}

// decided goes back and says what became of a decision.
func (h *Handlers) decided(c *gin.Context, back string, err error, done ui.Flash) error {
	switch {
	case err == nil:
		return h.said(c, back, done)
	case errors.Is(err, ErrOwn):
		return h.said(c, back, ui.Caution(i18n.M("services.metadata.own")))
	case errors.Is(err, ErrGone):
		return h.said(c, back, ui.Caution(i18n.M("services.metadata.gone")))
	case errors.Is(err, ErrStops):
		return h.said(c, back, ui.Caution(i18n.M("services.metadata.not_usable")))
	}
	return err
}
