package recovery

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/question"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/recovery"
	"oneid/views/ui"
)

const statusGone = http.StatusGone

func (h *Handlers) getLoginID(c *gin.Context) error {
	return web.Render(c, http.StatusOK, view.LoginID(view.LoginIDModel{}))
}

func (h *Handlers) postLoginID(c *gin.Context) error {
	var f loginIDForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	m := view.LoginIDModel{First: f.First, Last: f.Last, Birth: f.parts()}
	if web.SwitchingLanguage(c) {
		return web.Render(c, http.StatusOK, view.LoginID(m))
	}
	f.judge(errs, h.Rules.DB.Clock.Now())
	if m.Errors = errs; errs.Any() {
		return web.Render(c, http.StatusUnprocessableEntity, view.LoginID(m))
	}
	ctx := c.Request.Context()
	browser := h.Sessions.Browser(ctx)
	begun, err := h.Rules.StartLoginID(ctx, f.First, f.Last, f.canonical(), browser, from(c))
	if err != nil {
		return err
	}
	if !begun.WaitUntil.IsZero() {
		errs.Add("", i18n.M("recovery.loginid.wait", "Time", i18n.AsClock(begun.WaitUntil)))
		return web.Render(c, http.StatusTooManyRequests, view.LoginID(m))
	}
	return web.Next(c, view.LoginIDQuestionsPath)
}

// loginIDOn reads the recovery, or leads to where its person has to go instead.
func (h *Handlers) loginIDOn(c *gin.Context, answered bool) (visit, bool, error) {
	v, err := h.find(c.Request.Context(), db.RecoverLoginID)
	if err != nil {
		return v, false, err
	}
	switch v.standing {
	case None:
		return v, false, web.Next(c, view.LoginIDPath)
	case Open, Proven:
	default:
		return v, false, over(c, view.LoginIDPath)
	}
	if _, given := v.Proof(db.ProofQuestions); given != answered {
		if answered {
			return v, false, web.Next(c, view.LoginIDQuestionsPath)
		}
		return v, false, web.Next(c, view.LoginIDSentPath)
	}
	return v, true, nil
}

func (h *Handlers) getLoginIDQuestions(c *gin.Context) error {
	v, on, err := h.loginIDOn(c, false)
	if err != nil || !on {
		return err
	}
	return h.showQuestions(c, http.StatusOK, v, new(form.Errors))
}

func (h *Handlers) postLoginIDQuestions(c *gin.Context) error {
	v, on, err := h.loginIDOn(c, false)
	if err != nil || !on {
		return err
	}
	return h.answer(c, v, h.Rules.SendLoginID(v.ID))
}

// showQuestions shows the two questions of either kind of recovery.
func (h *Handlers) showQuestions(c *gin.Context, status int, v visit, errs *form.Errors) error {
	two, standing, err := h.Proofs.Asked(c.Request.Context(), v.Recovery)
	if err != nil {
		return err
	}
	m := view.QuestionsModel{
		Recovery: string(v.ID), Lead: i18n.M("recovery.loginid.questions_lead"), Texts: [2]i18n.Msg{two[0].Text, two[1].Text}, Errors: errs,
		Action: view.LoginIDQuestionsPath, Back: view.LoginIDPath,
	}
	if v.Kind == db.RecoverPassword {
		m.Action, m.Back = view.QuestionsPath, view.ProofsPath
	}
	if paused := h.paused(v, standing); !errs.Any() && !paused.Zero() {
		errs.Add("", paused)
	}
	return web.Render(c, status, view.Questions(m))
}

// paused says until when no answers are taken, if they aren't.
func (h *Handlers) paused(v visit, s question.Standing) i18n.Msg {
	switch {
	case s.Open():
		return i18n.Msg{}
	case s.Off && v.Kind == db.RecoverLoginID:
		return i18n.M("recovery.loginid.questions_off")
	case s.Off:
		return i18n.M("recovery.password.questions_off")
	case v.Kind == db.RecoverLoginID:
		return i18n.M("recovery.loginid.wait", "Time", i18n.AsClock(s.Until))
	}
	return i18n.M("recovery.password.questions_wait", "Time", i18n.AsClock(s.Until))
}

// answer judges two answers, for either kind of recovery.
func (h *Handlers) answer(c *gin.Context, v visit, then thenFunc) error {
	var f answersForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	if web.SwitchingLanguage(c) {
		return h.showQuestions(c, http.StatusOK, v, new(form.Errors))
	}
	if !v.sent(f.Recovery) {
		return web.Next(c, h.after(v))
	}
	if errs.Any() {
		return h.showQuestions(c, http.StatusUnprocessableEntity, v, errs)
	}
	out, err := h.Proofs.Answer(c.Request.Context(), v.Recovery, [2]string{f.First, f.Second}, then)
	switch {
	case errors.Is(err, errOver):
		return over(c, h.start(v))
	case err != nil:
		return err
	case out.Right:
		return web.Next(c, h.after(v))
	case !out.Judged:
		errs.Add("", h.paused(v, out.Standing))
		return h.showQuestions(c, http.StatusTooManyRequests, v, errs)
	}
	if v.Kind == db.RecoverLoginID {
		errs.Add("answer_1", i18n.M("recovery.loginid.wrong"))
	} else {
		errs.Add("answer_1", i18n.M("recovery.password.answers_wrong"))
	}
	if out.Open() {
		errs.Add("answer_2", i18n.M("challenge.questions.tries_left", "Count", out.Left))
	} else {
		errs.Add("answer_2", h.paused(v, out.Standing))
	}
	return h.showQuestions(c, http.StatusUnprocessableEntity, v, errs)
}

// start is where a recovery of this kind begins; after, where it goes on.
func (h *Handlers) start(v visit) string {
	if v.Kind == db.RecoverLoginID {
		return view.LoginIDPath
	}
	return view.PasswordPath
}

func (h *Handlers) after(v visit) string {
	if v.Kind == db.RecoverLoginID {
		return view.LoginIDSentPath
	}
	return view.ProofsPath
}

func (h *Handlers) getLoginIDSent(c *gin.Context) error {
	v, on, err := h.loginIDOn(c, true)
	if err != nil || !on {
		return err
	}
	return web.Render(c, http.StatusOK, view.LoginIDSent(string(v.ID), nil))
}

// postLoginIDSent asks for the code that shows the login ID here.
func (h *Handlers) postLoginIDSent(c *gin.Context) error {
	v, on, err := h.loginIDOn(c, true)
	if err != nil || !on {
		return err
	}
	var f proofForm
	if _, err := web.Decode(c, &f); err != nil {
		return err
	}
	if !v.sent(f.Recovery) {
		return web.Next(c, view.LoginIDSentPath)
	}
	if _, given := v.Proof(db.ProofPhone); given {
		return web.Next(c, view.LoginIDShownPath)
	}
	limited, err := h.sendCode(c, v, method(f.Do), false)
	if err != nil {
		return err
	}
	if !limited.Zero() {
		errs := new(form.Errors)
		errs.Add("", limited)
		return web.Render(c, http.StatusTooManyRequests, view.LoginIDSent(string(v.ID), errs))
	}
	return web.Next(c, view.LoginIDCodePath)
}

func method(said string) string {
	if said == view.DoCall {
		return db.MethodCall
	}
	return db.MethodText
}

func (h *Handlers) getLoginIDCode(c *gin.Context) error {
	v, on, err := h.loginIDOn(c, true)
	if err != nil || !on {
		return err
	}
	return h.showCode(c, http.StatusOK, v, ui.Flash{}, nil)
}

func (h *Handlers) postLoginIDCode(c *gin.Context) error {
	v, on, err := h.loginIDOn(c, true)
	if err != nil || !on {
		return err
	}
	return h.takeCode(c, v)
}

func (h *Handlers) getLoginIDShown(c *gin.Context) error {
	v, on, err := h.loginIDOn(c, true)
	if err != nil || !on {
		return err
	}
	if v.standing != Proven {
		return web.Next(c, view.LoginIDSentPath)
	}
	found, err := h.Rules.ShowLoginID(c.Request.Context(), v.Recovery)
	if err != nil {
		return err
	}
	if found.LoginID != "" {
		found.LoginID += "@" + h.LoginDomain
	}
	return web.Render(c, http.StatusOK, view.LoginIDShown(found.LoginID))
}
