package challenge

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/question"
	"oneid/app/internal/web"
	view "oneid/views/challenge"
	"oneid/views/i18n"
)

// questions is the screen of two questions.
func (h *Handlers) questions(c *gin.Context, a *asked) (view.Questions, error) {
	two, standing, err := h.Answers.Ask(c.Request.Context(), a.Session)
	if err != nil {
		return view.Questions{}, err
	}
	return view.Questions{
		Frame: h.frame(c, a), Asked: [2]i18n.Msg{two[0].Text, two[1].Text}, Pair: pair(two),
		Left: standing.Left, Until: whole(standing.Until), Off: standing.Off,
	}, nil
}

func pair(two [2]question.Asked) string { return two[0].ID + " " + two[1].ID }

// askedQuestions is asked for a page that is only there where questions are
// enough. It is nil when the request has been answered.
func (h *Handlers) askedQuestions(c *gin.Context) (*asked, error) {
	a, err := h.asked(c)
	if err != nil || a == nil || a.ways.Questions {
		return a, err
	}
	return nil, web.Next(c, view.Path)
}

func (h *Handlers) getQuestions(c *gin.Context) error {
	a, err := h.askedQuestions(c)
	if err != nil || a == nil {
		return err
	}
	m, err := h.questions(c, a)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.QuestionsPage(m))
}

func (h *Handlers) postQuestions(c *gin.Context) error {
	a, err := h.askedQuestions(c)
	if err != nil || a == nil {
		return err
	}
	var f answersForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	m, err := h.questions(c, a)
	if err != nil {
		return err
	}
	// Another pair is asked than the page showed: nothing is judged.
	if web.SwitchingLanguage(c) || m.Pair != f.Pair {
		return web.Render(c, http.StatusOK, view.QuestionsPage(m))
	}
	if errs.Any() {
		m.Errors = errs
		return web.Render(c, http.StatusUnprocessableEntity, view.QuestionsPage(m))
	}
	outcome, passed, err := h.Answers.Check(c.Request.Context(), a.Visit, [2]string{f.First, f.Second})
	if err != nil {
		return err
	}
	if outcome.Right {
		return h.passed(c, passed)
	}
	m.Left, m.Until, m.Off = outcome.Left, whole(outcome.Until), outcome.Off
	status := http.StatusTooManyRequests
	if outcome.Open() {
		status = http.StatusUnprocessableEntity
		m.Errors = refusing("answer_1", i18n.M("challenge.questions.wrong"))
	}
	return web.Render(c, status, view.QuestionsPage(m))
}

func (h *Handlers) getRecovery(c *gin.Context) error {
	a, err := h.askedRecovery(c)
	if err != nil || a == nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.RecoveryPage(view.Recovery{Frame: h.frame(c, a)}))
}

func (h *Handlers) askedRecovery(c *gin.Context) (*asked, error) {
	a, err := h.asked(c)
	if err != nil || a == nil || a.ways.Recovery {
		return a, err
	}
	return nil, web.Next(c, view.Path)
}

func (h *Handlers) postRecovery(c *gin.Context) error {
	a, err := h.askedRecovery(c)
	if err != nil || a == nil {
		return err
	}
	var f recoveryForm
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	a.Remember, a.Name = f.remember()
	m := view.Recovery{Frame: h.frame(c, a)}
	if web.SwitchingLanguage(c) {
		return web.Render(c, http.StatusOK, view.RecoveryPage(m))
	}
	status := http.StatusUnprocessableEntity
	if !errs.Any() {
		right, passed, verdict, err := h.Recovery.Check(c.Request.Context(), a.Visit, f.Code)
		switch {
		case err != nil:
			return err
		case right:
			return h.passed(c, passed)
		case !verdict.Allowed:
			errs.Add("code", i18n.M("challenge.recovery.locked", "Time", onTheMinute(verdict.RetryAt)))
			status = http.StatusTooManyRequests
		default:
			errs.Add("code", i18n.M("challenge.recovery.wrong"))
		}
	}
	m.Errors = errs
	return web.Render(c, status, view.RecoveryPage(m))
}
