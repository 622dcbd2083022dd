package credentials

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/browser"
	"oneid/app/internal/web"
	"oneid/db"
	view "oneid/views/credentials"
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

func (h *KeyHandlers) getQuestions(c *gin.Context) error {
	kept := h.Sessions.TakeKept(c.Request.Context(), c.Request.URL.Path)
	return h.renderQuestions(c, http.StatusOK, url.Values(kept), nil)
}

func (h *KeyHandlers) renderQuestions(c *gin.Context, status int, typed url.Values, errs *form.Errors) error {
	ctx := c.Request.Context()
	shown, err := h.Questions.Show(ctx, h.Sessions.Current(ctx).ID, typed)
	if err != nil {
		return err
	}
	m := view.QuestionsModel{Kept: typed.Get(fieldKept), Errors: errs}
	for _, s := range shown {
		f := view.QuestionField{
			Number: s.Position, Desk: s.Desk(), Question: s.Question(), Answer: s.Answer(), Chosen: s.Chosen, Kept: s.Kept,
		}
		for _, o := range s.Offer {
			f.Options = append(f.Options, ui.Option{Value: o.ID, Label: o.Text})
		}
		m.Fields = append(m.Fields, f)
	}
	return web.Render(c, status, view.Questions(m))
}

func (h *KeyHandlers) postQuestions(c *gin.Context) error {
	typed, err := web.Values(c)
	if err != nil {
		return err
	}
	if web.SwitchingLanguage(c) {
		return h.renderQuestions(c, http.StatusOK, typed, nil)
	}
	ctx := c.Request.Context()
	errs, kept, err := h.Questions.Change(ctx, h.who(ctx), h.Sessions.Current(ctx).ID, typed)
	if err != nil {
		return err
	}
	if errs.Any() {
		typed.Set(fieldKept, kept)
		return h.renderQuestions(c, http.StatusUnprocessableEntity, typed, errs)
	}
	return h.said(c, view.SecurityPath, ui.Done(i18n.M("credentials.questions.done")))
}

func (h *KeyHandlers) getSessions(c *gin.Context) error {
	ctx := c.Request.Context()
	open, err := h.Sessions.OpenSessions(ctx)
	if err != nil {
		return err
	}
	var m view.SessionsModel
	for _, s := range open {
		m.Sessions = append(m.Sessions, view.SessionLine{
			ID: s.ID, Name: browser.Name(s.Agent), Begun: s.Begun, SeenAt: s.SeenAt, From: s.Address, Here: s.Here,
		})
	}
	m.Again = h.again(c)
	m.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, http.StatusOK, view.Sessions(m))
}

func (h *KeyHandlers) postSessions(c *gin.Context) error {
	typed, err := web.Values(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	var ended int
	switch {
	case typed.Get(view.ButtonOthers) != "":
		ended, err = h.Open.EndOthers(ctx)
	case typed.Get(view.ButtonEnd) != "":
		ended, err = h.Open.End(ctx, typed.Get(view.ButtonEnd))
	default:
		return web.Next(c, view.SessionsPath)
	}
	if err != nil {
		return err
	}
	flash := ui.Done(i18n.M("credentials.sessions.ended", "Count", ended))
	if ended == 0 { // it had ended meanwhile
		flash.Kind = ui.Info
	}
	return h.said(c, view.SessionsPath, flash)
}

func (h *KeyHandlers) getDevices(c *gin.Context) error {
	ctx := c.Request.Context()
	s := h.Sessions.Current(ctx)
	all, err := h.Devices.Book.List(ctx, h.Devices.DB, s.Who.Account)
	if err != nil {
		return err
	}
	var m view.DevicesModel
	for _, d := range all {
		m.Devices = append(m.Devices, view.DeviceLine{
			ID: string(d.ID), Name: d.Name, UsedAt: d.UsedAt, Until: d.ExpiresAt, Here: d.ID == s.Device,
		})
	}
	m.Again = h.again(c)
	m.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, http.StatusOK, view.Devices(m))
}

func (h *KeyHandlers) postDevices(c *gin.Context) error {
	typed, err := web.Values(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	switch {
	case typed.Get(view.ButtonAll) != "":
		if err := h.Devices.ForgetAll(ctx, h.who(ctx)); err != nil {
			return err
		}
		return h.said(c, view.DevicesPath, ui.Done(i18n.M("credentials.devices.forgotten_all")))
	case typed.Get(view.ButtonForget) != "":
		name, err := h.Devices.Forget(ctx, h.who(ctx), db.DeviceID(typed.Get(view.ButtonForget)))
		if err != nil {
			return err
		}
		if name != "" {
			return h.said(c, view.DevicesPath, ui.Done(i18n.M("credentials.devices.forgotten", "Item", name)))
		}
	}
	return web.Next(c, view.DevicesPath)
}

func (h *KeyHandlers) getDevice(c *gin.Context) error {
	kept := h.Sessions.TakeKept(c.Request.Context(), c.Request.URL.Path)
	return h.renderDevice(c, http.StatusOK, first(kept["name"]), kept != nil, nil)
}

// renderDevice shows the form with a typed name, or with the device's own.
func (h *KeyHandlers) renderDevice(c *gin.Context, status int, typed string, isTyped bool, errs *form.Errors) error {
	ctx := c.Request.Context()
	d, err := h.Devices.Find(ctx, h.who(ctx), db.DeviceID(c.Param("device")))
	if errors.Is(err, db.ErrNotFound) {
		return web.Next(c, view.DevicesPath) // forgotten in another tab
	}
	if err != nil {
		return err
	}
	if !isTyped {
		typed = d.Name
	}
	return web.Render(c, status, view.Device(view.DeviceModel{ID: string(d.ID), Name: d.Name, Typed: typed, Errors: errs}))
}

func (h *KeyHandlers) postDevice(c *gin.Context) error {
	var f deviceForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	switch {
	case web.SwitchingLanguage(c):
		return h.renderDevice(c, http.StatusOK, f.Name, true, nil)
	case errs.Any():
		return h.renderDevice(c, http.StatusUnprocessableEntity, f.Name, true, errs)
	}
	ctx := c.Request.Context()
	name, err := h.Devices.Rename(ctx, h.who(ctx), db.DeviceID(c.Param("device")), f.Name)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return web.Next(c, view.DevicesPath)
	case err != nil:
		return err
	}
	return h.said(c, view.DevicesPath, ui.Done(i18n.M("credentials.devices.renamed", "Item", name)))
}
