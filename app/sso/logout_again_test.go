package sso_test

import (
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/saml"
	"oneid/saml/samltest"
)

// A service that wants a fresh proof has the person sign in again. What they
// opened before is still theirs to leave.
func TestSigningInAgainLosesNoServiceToBeLeft(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	w.Clock.Advance(time.Second)
	j, _ := w.b.Open(w.deaf, samltest.Ask{ForceAuthn: true}).WantText("Sign in to open").Value("j")
	w.Clock.Advance(time.Second)
	signed := w.b.Post("/signin", "loginid", w.ada.LoginID, "password", w.ada.Password, "j", j).Rest()
	wantSigned(t, signed, w.deaf)

	page := w.b.Post("/signout").Rest().WantText("Asking ConnectingOntario", "Service 1 of 3")
	if got := page.Farewell(w.byGet); got.NameID.Value != w.got.NameID {
		t.Errorf("asked about %+v", got)
	}
}

// Whoever signs in where somebody else is signed in ends the other's session, and
// the services of it are told (CATS 3 CDP-IDP07).
func TestSomebodyElseSigningInLeavesNoServiceOpenForTheFirst(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	ida := w.Account(apptest.Holder{First: "Ida", Licence: "100094"})
	w.Clock.Advance(time.Second)
	w.b.Get("/signin?again=yes").WantStatus(200)
	w.b.SignIn(ida)
	if n := w.Rows("logouts", "account_id = '"+string(w.ada.ID)+"'"); n != 1 {
		t.Errorf("%d logouts of Ada were begun, want one", n)
	}
	w.WantAudit(audit.SigninSessionEnded, 1)
	w.b.Get("/home").WantText("Ida")
}

func TestTheRoundOfTheFirstEndsWhereTheSecondWasGoing(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	w.Exec("DELETE FROM assertions WHERE service_id = 'otnhub'")
	ida := w.Account(apptest.Holder{First: "Ida", Licence: "100094"})
	w.Clock.Advance(time.Second)
	j, _ := w.b.Open(w.byGet, samltest.Ask{ForceAuthn: true}).WantText("Sign in to open").Value("j")
	w.Clock.Advance(time.Second)
	page := w.b.Post("/signin", "loginid", ida.LoginID, "password", ida.Password, "j", j).Rest().WantText("Asking ConnectingOntario")
	page = answer(page, w.byGet, page.Farewell(w.byGet), "").Rest().WantText("Asking ClinicalConnect")
	refused := answer(page, w.byPost, page.Farewell(w.byPost), saml.StatusResponder).Rest().WantText(
		"The person before you is signed out of ONE ID, but not everywhere", "ClinicalConnect Refused", "Continue")
	href, _ := refused.Find("main a.btn").First().Attr("href")
	w.b.Get(href).Rest().WantText("Continue as Ida Byron?", "Another person was signed in here")
}
