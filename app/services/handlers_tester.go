package services

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/fault"
	"oneid/app/internal/metadatafetch"
	"oneid/app/internal/verdict"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/saml"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/services"
	"oneid/views/ui"
)

func (h *Handlers) getTest(c *gin.Context) error {
	s, err := h.provided(c)
	if err != nil {
		return err
	}
	return h.testPage(c, http.StatusOK, s, view.TestModel{})
}

func (h *Handlers) testPage(c *gin.Context, status int, s Service, m view.TestModel) error {
	ctx := c.Request.Context()
	list, err := h.Tester.Exchanges(ctx, s)
	if err != nil {
		return err
	}
	m.Head = h.head(ctx, s)
	if until := s.Row.RecordingUntil; until != nil && until.After(h.Rules.DB.Clock.Now()) {
		m.Until = *until
	}
	for _, e := range list {
		m.Exchanges = append(m.Exchanges, view.Exchange{
			ID: string(e.ID), Kind: e.Kind, At: e.At, Binding: shortBinding(e.Binding), Verdict: e.Verdict, Answered: e.Answer != "",
			Raw:    e.Shown,
			Checks: append(shownRules(e.Judged), reasons(e.Reasons)...), Document: e.Document, Answer: e.Answer, Again: len(e.Sealed) > 0 || e.Raw != "",
		})
	}
	return web.Render(c, status, view.Test(m))
}

func (h *Handlers) postTest(c *gin.Context) error {
	up, err := web.Uploaded(c, "", "request", metadatafetch.MaxBytes)
	if err != nil {
		return err
	}
	s, err := h.provided(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	switch up.Values.Get("do") {
	case "open":
		if _, err := h.Tester.Open(ctx, h.who(c), s); err != nil {
			return err
		}
		return h.said(c, view.Path(string(s.ID), view.TabTest), ui.Done(i18n.M("services.test.opened")))
	case "close":
		flash := ui.Done(i18n.M("services.test.closed"))
		if err := h.Tester.Close(ctx, h.who(c), s); errors.Is(err, ErrGone) {
			flash = ui.Told(i18n.M("services.test.closed_before"))
		} else if err != nil {
			return err
		}
		return h.said(c, view.Path(string(s.ID), view.TabTest), flash)
	case "judge":
		if strings.TrimSpace(up.Values.Get("request")) == "" {
			m := view.TestModel{Errors: new(form.Errors)}
			m.Errors.Add("request", i18n.M("services.test.request_missing"))
			return h.testPage(c, http.StatusUnprocessableEntity, s, m)
		}
		judged, err := h.Tester.Judge(s, up.Values.Get("request"))
		if err != nil {
			return err
		}
		return h.testPage(c, http.StatusOK, s, view.TestModel{Pasted: up.Values.Get("request"), Judged: shownJudged(judged)})
	case "again":
		judged, err := h.Tester.Again(ctx, s, db.ExchangeID(up.Values.Get("exchange")))
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.NotFound, err)
		}
		if err != nil {
			return err
		}
		return h.testPage(c, http.StatusOK, s, view.TestModel{Judged: shownJudged(judged), Again: true})
	}
	return fault.New(fault.BadRequest, nil)
}

func shownJudged(j Judged) *view.Judged {
	shown := &view.Judged{Document: j.Document, Binding: j.Binding, Checks: shownRules(j.Rules)}
	if j.Decision != nil {
		shown.Checks = append(shown.Checks, reasons(j.Decision.Explain)...)
		shown.Accepted = j.Decision.Act == verdict.Answer
	}
	return shown
}

func shownRules(list []saml.Judgement) []view.Check {
	var all []view.Check
	for _, j := range list {
		check := view.Check{Passed: j.Passed, Skipped: j.Skipped, Title: view.Rule(string(j.Rule), j.Passed || j.Skipped), Detail: j.Detail}
		if j.Code != "" {
			check.Said, check.Detail = view.Failure(string(j.Code)), string(j.Code)+": "+j.Detail
		} else if took, err := time.ParseDuration(j.Detail); err == nil {
			check.Detail = strconv.Itoa(int(took.Seconds())) + "\u00a0s"
		}
		all = append(all, check)
	}
	return all
}

func reasons(list []verdict.Reason) []view.Check {
	return shownReasons(verdict.Decision{Explain: list})
}
