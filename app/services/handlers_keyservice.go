package services

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/fault"
	"oneid/app/internal/samlkey"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/services"
	"oneid/views/ui"
)

func (h *Handlers) getKeyService(c *gin.Context) error {
	asked := h.asked(c)
	return h.keyServicePage(c, http.StatusOK, view.KeyServiceModel{Keep: asked.Get("key"), Until: asked.Get("until")})
}

// keyService finds the service that the address names, seen from our keys.
func (h *Handlers) keyService(c *gin.Context) (KeyState, KeyService, error) {
	s, err := h.Keys.State(c.Request.Context())
	if err != nil {
		return s, KeyService{}, err
	}
	i := slices.IndexFunc(s.Services, func(line KeyService) bool { return string(line.ID) == c.Param("service") })
	if i < 0 {
		return s, KeyService{}, fault.New(fault.NotFound, nil)
	}
	return s, s.Services[i], nil
}

func (h *Handlers) keyServicePage(c *gin.Context, status int, m view.KeyServiceModel) error {
	ctx := c.Request.Context()
	s, line, err := h.keyService(c)
	if err != nil {
		return err
	}
	ours, err := h.Ours(ctx)
	if err != nil {
		return err
	}
	m.Line, m.Entity, m.Address = shownKeyService(line), line.Row.EntityID, ours.Metadata+"/"+line.Row.MetadataToken
	newest, _ := samlkey.Newest(s.Keys)
	m.Newest, m.Goes = newest.ID, goes(s, line, newest)
	for _, k := range s.Keys {
		if k.Use == db.KeySigning && (k.State == db.KeyCurrent || k.State == db.KeyRetiring) {
			m.Keeps = append(m.Keeps, k.ID)
		}
	}
	if m.Keep == "" {
		m.Keep = line.Uses
	}
	if m.Until == "" {
		m.Until = i18n.DateShort(h.Rules.DB.Clock.Now().Add(samlkey.Grace))
	}
	m.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, status, view.KeyOfService(m))
}

// goes is the key that SwitchService would have the service signed by: for one
// that was given a key of its own what all others have, for any other the next
// one. Empty: none.
func goes(s KeyState, line KeyService, newest db.SAMLKey) string {
	if given := line.Row.SigningKey; given != "" && given == line.Uses {
		i := slices.IndexFunc(s.Keys, func(k db.SAMLKey) bool {
			return k.Use == db.KeySigning && k.Algorithm == samlkey.RSA && k.State == db.KeyCurrent && k.ID != given
		})
		if i < 0 {
			return ""
		}
		return s.Keys[i].ID
	}
	if newest.State == db.KeyNext && line.Uses != newest.ID {
		return newest.ID
	}
	return ""
}

func (h *Handlers) postKeyService(c *gin.Context) error {
	values, err := web.Values(c)
	if err != nil {
		return err
	}
	s, line, err := h.keyService(c)
	if err != nil {
		return err
	}
	ctx, entity, back := c.Request.Context(), line.Row.EntityID, view.KeyPath(view.KeyService, string(line.ID))
	switch values.Get("do") {
	case "switch":
		key, err := h.Keys.Life.SwitchService(ctx, h.who(c), entity)
		return h.keyDone(c, back, err, ui.Done(i18n.M("services.keys.service_switched", "Key", key)))
	case "confirm":
		if err := h.Keys.Life.Confirm(ctx, h.who(c), entity); err != nil {
			return err
		}
		return h.said(c, back, ui.Done(i18n.M("services.keys.confirmed")))
	case "keep":
		errs := new(form.Errors)
		until := h.keepDay(values.Get("until"), errs)
		if k, ok := s.Find(values.Get("key")); !ok || k.Use != db.KeySigning || k.State != db.KeyCurrent && k.State != db.KeyRetiring {
			errs.Add("key", i18n.M("services.keys.keep_missing"))
		}
		if errs.Any() {
			return h.keyServicePage(c, http.StatusUnprocessableEntity, view.KeyServiceModel{
				Keep: values.Get("key"), Until: values.Get("until"), Errors: errs,
			})
		}
		err := h.Keys.Life.Keep(ctx, h.who(c), entity, values.Get("key"), until)
		return h.keyDone(c, back, err, ui.Done(i18n.M("services.keys.kept", "Key", values.Get("key"), "Date", i18n.AsDate(until))))
	}
	return fault.New(fault.BadRequest, nil)
}
