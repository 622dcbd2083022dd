package credentials

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"oneid/app/internal/code"
	"oneid/app/internal/fault"
	"oneid/app/internal/web"
	"oneid/db"
	view "oneid/views/credentials"
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

func (h *KeyHandlers) mountPhones(signedIn gin.IRoutes) {
	signedIn.GET(view.PhonesPath, h.Site.Handle(h.getPhones))
	signedIn.POST(view.PhonesPath, h.cooled(h.postPhones)...)
	signedIn.GET(view.PhonesPath+"/add", h.cooled(h.getPhone)...)
	signedIn.POST(view.PhonesPath+"/add", h.cooled(h.postPhone)...)
	signedIn.GET(view.PhonesPath+"/confirm/:code", h.cooled(h.getPhoneCode)...)
	signedIn.POST(view.PhonesPath+"/confirm/:code", h.cooled(h.postPhoneCode, "code")...)
	signedIn.GET(view.PhonesPath+"/call/:code", h.Site.Handle(h.getCall))
	signedIn.GET(view.PhonesPath+"/remove/:phone", h.cooled(h.getRemovePhone)...)
	signedIn.POST(view.PhonesPath+"/remove/:phone", h.cooled(h.postRemovePhone)...)
}

func lines(phones []db.ChallengePhone) []view.PhoneLine {
	shown := make([]view.PhoneLine, len(phones))
	for i, p := range phones {
		shown[i] = line(p)
	}
	return shown
}

func line(p db.ChallengePhone) view.PhoneLine {
	return view.PhoneLine{ID: string(p.ID), Last: p.LastTwo, Call: p.Method == db.MethodCall, Confirmed: p.ConfirmedAt != nil}
}

func (h *KeyHandlers) asker(ctx context.Context) Asker {
	s := h.Sessions.Current(ctx)
	from, _ := web.Network(ctx) // without one, the other limits count
	return Asker{Account: s.Who.Account, Session: s.ID, Language: i18n.Lang(s.Who.Language), From: from}
}

func (h *KeyHandlers) getPhones(c *gin.Context) error { return h.renderPhones(c, http.StatusOK, nil) }

func (h *KeyHandlers) renderPhones(c *gin.Context, status int, errs *form.Errors) error {
	ctx := c.Request.Context()
	phones, err := db.ChallengePhonesOf(ctx, h.Phones.DB, h.who(ctx))
	if err != nil {
		return err
	}
	m := view.PhonesModel{Phones: lines(phones), CanAdd: len(phones) < maxPhones, Errors: errs}
	m.Again = h.again(c)
	m.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, status, view.Phones(m))
}

// postPhones answers the buttons of the list.
func (h *KeyHandlers) postPhones(c *gin.Context) error {
	typed, err := web.Values(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	if id := typed.Get(view.ButtonConfirm); id != "" {
		errs := new(form.Errors)
		sent, err := h.Phones.Try(ctx, errs, h.asker(ctx), db.PhoneID(id))
		switch {
		case errors.Is(err, db.ErrNotFound):
			return web.Next(c, view.PhonesPath)
		case err != nil:
			return err
		case errs.Any():
			// The fault is of no field of this page.
			all := new(form.Errors)
			all.Add("", errs.All()[0].Msg)
			return h.renderPhones(c, http.StatusUnprocessableEntity, all)
		}
		return web.Next(c, view.PhonesPath+"/confirm/"+string(sent))
	}
	up := typed.Get(view.ButtonUp) != ""
	moved, err := h.Phones.Move(ctx, h.who(ctx), db.PhoneID(typed.Get(view.ButtonUp)+typed.Get(view.ButtonDown)), up)
	if err != nil {
		return err
	}
	if !moved {
		return web.Next(c, view.PhonesPath)
	}
	return h.said(c, view.PhonesPath, ui.Done(i18n.M("credentials.phones.reordered")))
}

func (h *KeyHandlers) getPhone(c *gin.Context) error {
	ctx := c.Request.Context()
	kept := h.Sessions.TakeKept(ctx, c.Request.URL.Path)
	return h.renderPhone(c, http.StatusOK, phoneForm{Number: first(kept["number"]), Method: first(kept["method"])}, nil)
}

func (h *KeyHandlers) renderPhone(c *gin.Context, status int, f phoneForm, errs *form.Errors) error {
	ctx := c.Request.Context()
	phones, err := db.ChallengePhonesOf(ctx, h.Phones.DB, h.who(ctx))
	if err != nil {
		return err
	}
	if f.Method == "" && errs == nil {
		f.Method = db.MethodText
	}
	return web.Render(c, status, view.PhoneAdd(view.PhoneAddModel{
		Number: f.Number, Method: f.Method, Full: len(phones) >= maxPhones, Errors: errs,
	}))
}

func (h *KeyHandlers) postPhone(c *gin.Context) error {
	var f phoneForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	if web.SwitchingLanguage(c) {
		return h.renderPhone(c, http.StatusOK, f, nil)
	}
	ctx := c.Request.Context()
	sent, err := h.Phones.Add(ctx, errs, h.asker(ctx), f)
	switch {
	case err != nil:
		return err
	case errs.Any():
		return h.renderPhone(c, http.StatusUnprocessableEntity, f, errs)
	}
	return web.Next(c, view.PhonesPath+"/confirm/"+string(sent))
}

// codeID is the code of the address. One that can't be an id is nobody's.
func codeID(c *gin.Context) (db.CodeID, error) {
	id := c.Param("code")
	if uuid.Validate(id) != nil {
		return "", fault.New(fault.NotFound, nil)
	}
	return db.CodeID(id), nil
}

// gone answers for a code that is not this session's.
func gone(err error) error {
	if errors.Is(err, db.ErrNotFound) {
		return fault.New(fault.NotFound, err)
	}
	return err
}

func (h *KeyHandlers) getPhoneCode(c *gin.Context) error {
	h.again(c)
	return h.renderPhoneCode(c, http.StatusOK, false, nil)
}

func (h *KeyHandlers) renderPhoneCode(c *gin.Context, status int, pressed bool, errs *form.Errors) error {
	ctx := c.Request.Context()
	id, err := codeID(c)
	if err != nil {
		return err
	}
	sent, err := h.Phones.Sent(ctx, h.asker(ctx), id)
	if err != nil {
		return gone(err)
	}
	if sent.State.State == db.CodePassed && sent.Method != db.MethodCall {
		return web.Next(c, view.PhonesPath)
	}
	m := shownCode(id, sent)
	m.Pressed, m.Errors = pressed, errs
	if m.State == view.CodePassed {
		// The digit was pressed and the button is still to be.
		m.State = view.CodeSent
	}
	m.Flash = h.Sessions.TakeSaid(ctx)
	return web.Render(c, status, view.PhoneCode(m))
}

func shownCode(id db.CodeID, sent Sent) view.PhoneCodeModel {
	m := view.PhoneCodeModel{
		Code: string(id), Number: sent.Number, Last: sent.Number[max(len(sent.Number)-2, 0):],
		Call: sent.Method == db.MethodCall, Digit: sent.Digit, Until: sent.ExpiresAt,
	}
	switch {
	case sent.State.State == db.CodePassed:
		m.State = view.CodePassed
	case sent.State.State == db.CodeFailed:
		m.State = view.CodeFailed
	case sent.State.State == db.CodeUndelivered:
		m.State = view.CodeUndelivered
	case sent.Expired:
		m.State = view.CodeExpired
	}
	return m
}

func (h *KeyHandlers) postPhoneCode(c *gin.Context) error {
	typed, err := web.Values(c)
	if err != nil {
		return err
	}
	id, err := codeID(c)
	if err != nil {
		return err
	}
	if web.SwitchingLanguage(c) {
		return h.renderPhoneCode(c, http.StatusOK, false, nil)
	}
	if typed.Get("again") != "" {
		return h.resend(c, id)
	}
	ctx := c.Request.Context()
	sent, passed, err := h.Phones.Called(ctx, h.asker(ctx), id)
	switch {
	case err != nil:
		return gone(err)
	case passed:
		return h.added(c, sent)
	case sent.Method == db.MethodCall:
		return h.renderPhoneCode(c, http.StatusOK, true, nil)
	}
	return h.confirm(c, id, sent, strings.TrimSpace(typed.Get("code")))
}

func (h *KeyHandlers) added(c *gin.Context, sent Sent) error {
	last := sent.Number[max(len(sent.Number)-2, 0):]
	return h.said(c, view.PhonesPath, ui.Done(i18n.M("credentials.phones.added", "Last", last)))
}

func (h *KeyHandlers) confirm(c *gin.Context, id db.CodeID, sent Sent, typed string) error {
	errs := new(form.Errors)
	if typed == "" {
		errs.Add("code", i18n.M("challenge.text.missing"))
		return h.renderPhoneCode(c, http.StatusUnprocessableEntity, false, errs)
	}
	ctx := c.Request.Context()
	result, err := h.Phones.Confirm(ctx, h.asker(ctx), id, typed)
	if err != nil {
		return gone(err)
	}
	switch result.Outcome {
	case code.Right, code.Used:
		return h.added(c, sent)
	case code.Wrong:
		errs.Add("code", i18n.M("challenge.text.wrong"))
	case code.Expired:
		errs.Add("code", i18n.M("challenge.text.expired"))
	case code.Locked:
		errs.Add("code", i18n.M("challenge.text.locked", "Time", onTheMinute(result.RetryAt)))
	}
	return h.renderPhoneCode(c, http.StatusUnprocessableEntity, false, errs)
}

func (h *KeyHandlers) resend(c *gin.Context, id db.CodeID) error {
	ctx := c.Request.Context()
	errs := new(form.Errors)
	again, err := h.Phones.Resend(ctx, errs, h.asker(ctx), id)
	switch {
	case err != nil:
		return gone(err)
	case errs.Any():
		refused := new(form.Errors)
		refused.Add("", errs.All()[0].Msg)
		return h.renderPhoneCode(c, http.StatusUnprocessableEntity, false, refused)
	}
	return h.said(c, view.PhonesPath+"/confirm/"+string(again), ui.Done(i18n.M("challenge.text.resent")))
}

// getCall tells a page whether a call has come to its end.
func (h *KeyHandlers) getCall(c *gin.Context) error {
	id, err := codeID(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	sent, err := h.Phones.Sent(ctx, h.asker(ctx), id)
	if err != nil {
		return gone(err)
	}
	m := shownCode(id, sent)
	if m.State == view.CodeSent {
		c.Status(http.StatusNoContent)
		return nil
	}
	return web.RenderBare(c, http.StatusOK, view.PhoneCallEnded(m))
}

func (h *KeyHandlers) getRemovePhone(c *gin.Context) error {
	ctx := c.Request.Context()
	h.again(c)
	phones, err := db.ChallengePhonesOf(ctx, h.Phones.DB, h.who(ctx))
	if err != nil {
		return err
	}
	for _, p := range phones {
		if string(p.ID) == c.Param("phone") {
			return web.Render(c, http.StatusOK, view.PhoneRemove(view.PhoneRemoveModel{Phone: line(p), Only: len(phones) == 1}))
		}
	}
	return web.Next(c, view.PhonesPath) // removed in another tab
}

func (h *KeyHandlers) postRemovePhone(c *gin.Context) error {
	ctx := c.Request.Context()
	last, err := h.Phones.Remove(ctx, h.who(ctx), db.PhoneID(c.Param("phone")))
	switch {
	case errors.Is(err, db.ErrNotFound):
		return web.Next(c, view.PhonesPath)
	case err != nil:
		return err
	}
	return h.said(c, view.PhonesPath, ui.Done(i18n.M("credentials.phones.removed", "Last", last)))
}
