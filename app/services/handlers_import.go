package services

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/fault"
	"oneid/app/internal/metadatafetch"
	"oneid/app/internal/web"
	"oneid/app/internal/words"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/services"
	"oneid/views/ui"
)

func (h *Handlers) getBring(c *gin.Context) error {
	m, err := h.bringFor(c, c.Query("for"))
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.Bring(m))
}

// bringFor is the empty form, for a service whose metadata is renewed if there is
// one.
func (h *Handlers) bringFor(c *gin.Context, id string) (view.BringModel, error) {
	m := view.BringModel{For: id}
	if id == "" {
		return m, nil
	}
	s, err := db.ServiceByID(c.Request.Context(), h.Rules.DB, db.ServiceID(id))
	if errors.Is(err, db.ErrNotFound) {
		return m, fault.New(fault.NotFound, err)
	}
	if err != nil {
		return m, err
	}
	m.Name = words.Both(s.NameEn, s.NameFr)
	return m, nil
}

func (h *Handlers) postBring(c *gin.Context) error {
	up, err := web.Uploaded(c, "file", "text", metadatafetch.MaxBytes)
	if err != nil {
		return err
	}
	f := bringForm{
		How: up.Values.Get("how"), Address: strings.TrimSpace(up.Values.Get("address")), Text: up.Values.Get("text"),
		Signer: up.Values.Get("signer"), document: up.Document, tooLarge: up.TooLarge,
	}
	m, err := h.bringFor(c, up.Values.Get("for"))
	if err != nil {
		return err
	}
	m.How, m.From, m.Text, m.Signer, m.Errors = f.How, f.Address, f.Text, f.Signer, new(form.Errors)
	if lang := i18n.Lang(up.Values.Get("switch_language")); lang == i18n.EN || lang == i18n.FR {
		c.Request = c.Request.WithContext(i18n.Switch(c.Request.Context(), lang))
		return web.Render(c, http.StatusOK, view.Bring(m))
	}
	f.Check(m.Errors)
	if !m.Errors.Any() {
		id, err := h.Rules.Bring(c.Request.Context(), h.who(c), f.brought())
		var refusal *metadatafetch.Refusal
		switch {
		case errors.As(err, &refusal):
			m.Errors.Add("address", view.FetchTrouble(string(refusal.Why)))
		case err != nil:
			return err
		default:
			return web.Next(c, view.ReviewPath(string(id), m.For))
		}
	}
	return web.Render(c, http.StatusUnprocessableEntity, view.Bring(m))
}

func (h *Handlers) reading(ctx context.Context, id db.ImportID, entity string) (Reading, error) {
	reading, err := h.Rules.Read(ctx, id, entity)
	if errors.Is(err, db.ErrNotFound) {
		return reading, fault.New(fault.Gone, err)
	}
	return reading, err
}

func (h *Handlers) getReview(c *gin.Context) error {
	ctx := c.Request.Context()
	reading, err := h.reading(ctx, db.ImportID(c.Param("import")), c.Query("entity"))
	if err != nil {
		return err
	}
	f := placeForm{Service: c.Query("for"), Scheduled: "yes"}
	m, err := h.review(ctx, db.ImportID(c.Param("import")), reading, f)
	if err != nil {
		return err
	}
	m.For = c.Query("for")
	return web.Render(c, http.StatusOK, view.Review(m))
}

func (h *Handlers) review(ctx context.Context, id db.ImportID, reading Reading, f placeForm) (view.ReviewModel, error) {
	m := view.ReviewModel{
		ID: string(id), Source: reading.Source, Address: reading.Address, Entity: reading.Entity, Signed: reading.Signed,
		Offered: reading.Offered, Signer: reading.Signer, Untrusted: string(reading.Untrusted), Stops: reading.Stops(),
		Grave: reading.Grave(), Service: f.Service, NameEN: f.NameEN, NameFR: f.NameFR, Start: f.Start, Scheduled: f.Scheduled != "",
	}
	for _, l := range reading.Listed {
		m.Listed = append(m.Listed, view.ListedLine{Entity: l.EntityID, Name: words.Both(
			or(l.Names["en"], l.Names[""], l.EntityID), or(l.Names["fr"], l.Names["en"], l.Names[""], l.EntityID))})
	}
	m.Findings = shownFindings(reading)
	m.Changes = shownChanges(reading.Changes)
	if reading.Current != nil {
		m.Known, m.KnownID = words.Both(reading.Current.NameEn, reading.Current.NameFr), string(reading.Current.ID)
		return m, nil
	}
	if p := reading.Provider; p != nil {
		m.NameEN, m.NameFR = or(m.NameEN, p.Names["en"]), or(m.NameFR, p.Names["fr"], p.Names["en"])
	}
	var err error
	m.Free, err = h.free(ctx)
	return m, err
}

// free are the services without a provider, and a new one.
func (h *Handlers) free(ctx context.Context) ([]ui.Option, error) {
	list, _, err := h.Rules.List(ctx)
	if err != nil {
		return nil, err
	}
	options := []ui.Option{{Value: "", Label: i18n.M("services.review.new_service")}}
	for _, s := range list {
		if s.Row == nil {
			options = append(options, ui.Option{Value: string(s.ID), Label: i18n.Words(words.Both(s.NameEn, s.NameFr))})
		}
	}
	return options, nil
}

func shownFindings(r Reading) []view.Finding {
	var list []view.Finding
	for _, f := range r.Findings {
		list = append(list, view.Finding{
			Code: string(f.Code), Weight: string(f.Weight), Line: f.Line, Item: f.Item, Number: f.Number, Date: f.Date,
		})
	}
	return list
}

func shownChanges(changes []Change) []view.Change {
	var list []view.Change
	for _, c := range changes {
		list = append(list, view.Change{What: string(c.What), Was: c.Was, Is: c.Is, Grave: c.Grave()})
	}
	return list
}

func (h *Handlers) postReview(c *gin.Context) error {
	var f placeForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	ctx, id := c.Request.Context(), db.ImportID(c.Param("import"))
	reading, err := h.reading(ctx, id, f.Entity)
	if err != nil {
		return err
	}
	if reading.Current == nil && f.Service == "" && (strings.TrimSpace(f.NameEN) == "" || strings.TrimSpace(f.NameFR) == "") {
		for field, value := range map[string]string{"name_en": f.NameEN, "name_fr": f.NameFR} {
			if strings.TrimSpace(value) == "" {
				errs.Add(field, i18n.M("services.review.name_missing"))
			}
		}
	}
	if !errs.Any() {
		out, err := h.Rules.Propose(ctx, h.who(c), id, f.Entity, f.place())
		switch {
		case errors.Is(err, ErrTaken):
			errs.Add("service", i18n.M("services.review.taken"))
		case errors.Is(err, ErrStops):
			return web.Next(c, view.ReviewPath(string(id), "")+"?"+url.Values{"entity": {f.Entity}, "for": {c.Query("for")}}.Encode())
		case err != nil:
			return err
		case out.Waiting:
			return h.said(c, view.Path(string(out.Service), view.TabMetadata), ui.Told(i18n.M("services.metadata.proposed")))
		default:
			return h.said(c, view.Path(string(out.Service), view.TabMetadata), ui.Done(i18n.M("services.metadata.applied")))
		}
	}
	m, err := h.review(ctx, id, reading, f)
	if err != nil {
		return err
	}
	m.For, m.Errors = c.Query("for"), errs
	return web.Render(c, http.StatusUnprocessableEntity, view.Review(m))
}
