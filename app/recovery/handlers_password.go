package recovery

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/people"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/recovery"
	"oneid/views/ui"
)

func (h *Handlers) getPassword(c *gin.Context) error {
	return web.Render(c, http.StatusOK, view.Password(view.PasswordModel{}))
}

func (h *Handlers) postPassword(c *gin.Context) error {
	var f passwordForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	m := view.PasswordModel{LoginID: f.LoginID, Birth: f.parts()}
	if web.SwitchingLanguage(c) {
		return web.Render(c, http.StatusOK, view.Password(m))
	}
	f.judge(errs, h.Rules.DB.Clock.Now())
	if m.Errors = errs; errs.Any() {
		return web.Render(c, http.StatusUnprocessableEntity, view.Password(m))
	}
	ctx := c.Request.Context()
	browser := h.Sessions.Browser(ctx)
	begun, err := h.Rules.StartPassword(ctx, people.LoginID(f.LoginID, h.LoginDomain), f.canonical(), browser, from(c))
	if err != nil {
		return err
	}
	if !begun.WaitUntil.IsZero() {
		errs.Add("", i18n.M("recovery.password.wait", "Time", i18n.AsClock(begun.WaitUntil)))
		return web.Render(c, http.StatusTooManyRequests, view.Password(m))
	}
	return web.Next(c, view.ProofsPath)
}

// passwordOn reads the recovery, or leads to where its person has to go instead.
func (h *Handlers) passwordOn(c *gin.Context, want Standing) (visit, bool, error) {
	v, err := h.find(c.Request.Context(), db.RecoverPassword)
	if err != nil {
		return v, false, err
	}
	switch {
	case v.standing == want:
		return v, true, nil
	case v.standing == None:
		return v, false, web.Next(c, view.PasswordPath)
	case v.standing == Open:
		return v, false, web.Next(c, view.ProofsPath)
	case v.standing == Proven:
		return v, false, web.Next(c, view.NewPath)
	case v.standing == AtDesk:
		return v, false, web.Next(c, view.DeskPath)
	case v.standing == Finished:
		return v, false, web.Next(c, "/signin")
	}
	return v, false, over(c, view.PasswordPath)
}

func (h *Handlers) getProofs(c *gin.Context) error {
	v, on, err := h.passwordOn(c, Open)
	if err != nil || !on {
		return err
	}
	return h.showProofs(c, http.StatusOK, v, "", nil)
}

func (h *Handlers) showProofs(c *gin.Context, status int, v visit, chosen string, errs *form.Errors) error {
	_, questions, err := h.Proofs.Asked(c.Request.Context(), v.Recovery)
	if err != nil {
		return err
	}
	m := view.ProofsModel{Recovery: string(v.ID), QuestionsFrom: questions.Until, Chosen: chosen, Errors: errs}
	for _, p := range v.Recovery.Proofs {
		kind := p.Kind
		if p.By != "" {
			kind = p.By
		}
		m.Given = append(m.Given, view.Given{Kind: kind, At: p.At})
	}
	return web.Render(c, status, view.Proofs(m))
}

// postProofs goes to the page of the proof that was chosen.
func (h *Handlers) postProofs(c *gin.Context) error {
	v, on, err := h.passwordOn(c, Open)
	if err != nil || !on {
		return err
	}
	var f proofForm
	if _, err := web.Decode(c, &f); err != nil {
		return err
	}
	switch {
	case web.SwitchingLanguage(c):
		return h.showProofs(c, http.StatusOK, v, f.Proof, nil)
	case !v.sent(f.Recovery):
		return web.Next(c, view.ProofsPath)
	case f.Do == view.DoNone:
		if err := h.Rules.PutToDesk(c.Request.Context(), v.ID); err != nil {
			return err
		}
		return web.Next(c, view.DeskPath)
	}
	return h.choose(c, v, f.Proof)
}

func (h *Handlers) choose(c *gin.Context, v visit, proof string) error {
	switch proof {
	case "questions":
		return web.Next(c, view.QuestionsPath)
	case "passkey":
		return web.Next(c, view.PasskeyPath)
	case "link":
		return h.askLink(c, v, func(errs *form.Errors) error {
			return h.showProofs(c, http.StatusTooManyRequests, v, proof, errs)
		})
	case "text", "call":
		limited, err := h.sendCode(c, v, method(proof), false)
		if errors.Is(err, errOver) {
			return over(c, view.PasswordPath)
		}
		if err != nil {
			return err
		}
		if !limited.Zero() {
			errs := new(form.Errors)
			errs.Add("proof", limited)
			return h.showProofs(c, http.StatusTooManyRequests, v, proof, errs)
		}
		return web.Next(c, view.CodePath)
	}
	errs := new(form.Errors)
	errs.Add("proof", i18n.M("recovery.password.choose_missing"))
	return h.showProofs(c, http.StatusUnprocessableEntity, v, "", errs)
}

func (h *Handlers) askLink(c *gin.Context, v visit, refused func(*form.Errors) error) error {
	until, err := h.Links.Ask(c.Request.Context(), v.Recovery)
	switch {
	case errors.Is(err, errOver):
		return over(c, view.PasswordPath)
	case err != nil:
		return err
	case !until.IsZero():
		errs := new(form.Errors)
		errs.Add("", i18n.M("recovery.password.link_limit", "Time", i18n.AsClock(until)))
		return refused(errs)
	}
	return web.Next(c, view.LinkSentPath)
}

func (h *Handlers) getQuestions(c *gin.Context) error {
	v, on, err := h.questionsOn(c)
	if err != nil || !on {
		return err
	}
	return h.showQuestions(c, http.StatusOK, v, new(form.Errors))
}

func (h *Handlers) postQuestions(c *gin.Context) error {
	v, on, err := h.questionsOn(c)
	if err != nil || !on {
		return err
	}
	return h.answer(c, v, nil)
}

// questionsOn leads on when the questions were answered before.
func (h *Handlers) questionsOn(c *gin.Context) (visit, bool, error) {
	v, on, err := h.passwordOn(c, Open)
	if err != nil || !on {
		return v, on, err
	}
	if _, given := v.Proof(db.ProofQuestions); given {
		return v, false, web.Next(c, view.ProofsPath)
	}
	return v, true, nil
}

func (h *Handlers) getCode(c *gin.Context) error {
	v, on, err := h.passwordOn(c, Open)
	if err != nil || !on {
		return err
	}
	return h.showCode(c, http.StatusOK, v, ui.Flash{}, nil)
}

func (h *Handlers) postCode(c *gin.Context) error {
	v, on, err := h.passwordOn(c, Open)
	if err != nil || !on {
		return err
	}
	return h.takeCode(c, v)
}

func (h *Handlers) getLinkSent(c *gin.Context) error {
	v, on, err := h.passwordOn(c, Open)
	if err != nil || !on {
		return err
	}
	return h.showLinkSent(c, http.StatusOK, v, nil)
}

func (h *Handlers) showLinkSent(c *gin.Context, status int, v visit, errs *form.Errors) error {
	if _, given := v.Proof(db.ProofLink); given {
		return web.Next(c, view.ProofsPath)
	}
	return web.Render(c, status, view.LinkSent(view.LinkSentModel{Recovery: string(v.ID), Until: v.ExpiresAt, Errors: errs}))
}

func (h *Handlers) postLinkSent(c *gin.Context) error {
	v, on, err := h.passwordOn(c, Open)
	if err != nil || !on {
		return err
	}
	var f proofForm
	if _, err := web.Decode(c, &f); err != nil {
		return err
	}
	switch {
	case !v.sent(f.Recovery):
		return web.Next(c, view.ProofsPath)
	case f.Do == view.DoAgain:
		return h.askLink(c, v, func(errs *form.Errors) error {
			return h.showLinkSent(c, http.StatusTooManyRequests, v, errs)
		})
	}
	errs := new(form.Errors)
	errs.Add("", i18n.M("recovery.password.link_not_yet"))
	return h.showLinkSent(c, http.StatusUnprocessableEntity, v, errs)
}

const passkeyStartPath = view.PasskeyPath + "/start"

func (h *Handlers) getPasskey(c *gin.Context) error {
	v, on, err := h.passwordOn(c, Open)
	if err != nil || !on {
		return err
	}
	return showPasskey(c, http.StatusOK, v, i18n.Msg{})
}

func showPasskey(c *gin.Context, status int, v visit, fault i18n.Msg) error {
	return web.Render(c, status, view.Passkey(view.PasskeyModel{Recovery: string(v.ID), Start: passkeyStartPath, Fault: fault}))
}

func (h *Handlers) postPasskeyStart(c *gin.Context) error {
	v, on, err := h.passwordOn(c, Open)
	if err != nil || !on {
		return err
	}
	exchange, err := h.Proofs.StartPasskey(c.Request.Context(), v.Browser)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, exchange)
	return nil
}

func (h *Handlers) postPasskey(c *gin.Context) error {
	v, on, err := h.passwordOn(c, Open)
	if err != nil || !on {
		return err
	}
	var f passkeyForm
	if _, err := web.Decode(c, &f); err != nil {
		return err
	}
	if !v.sent(f.Recovery) {
		return web.Next(c, view.ProofsPath)
	}
	proven, err := h.Proofs.CheckPasskey(c.Request.Context(), v.Recovery, f.Form)
	switch {
	case errors.Is(err, errOver):
		return over(c, view.PasswordPath)
	case err != nil:
		return err
	case proven:
		return web.Next(c, view.NewPath)
	}
	return showPasskey(c, http.StatusUnprocessableEntity, v, i18n.M("challenge.passkey.failed"))
}

func (h *Handlers) getDesk(c *gin.Context) error {
	v, on, err := h.passwordOn(c, AtDesk)
	if err != nil || !on {
		return err
	}
	return web.Render(c, http.StatusOK, view.Desk(view.DeskModel{
		Reference: v.Reference, Until: v.ExpiresAt, Proofs: len(v.Recovery.Proofs), NotYet: c.Query(view.DeskSpoken) != "",
	}))
}

// getDeskState leads on from the page of the desk once the desk has helped.
func (h *Handlers) getDeskState(c *gin.Context) error {
	v, err := h.find(c.Request.Context(), db.RecoverPassword)
	if err != nil {
		return err
	}
	if v.standing != AtDesk {
		return web.Leave(c, view.DeskPath)
	}
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusNoContent)
	return nil
}
