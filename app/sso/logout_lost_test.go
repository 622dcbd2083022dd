package sso_test

import (
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/saml"
	"oneid/saml/samltest"
)

func TestAServiceThatHangsKeepsNobody(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	page := w.b.Post("/signout").Rest()
	hung := page.Farewell(w.byGet)
	skip := page.Find("[data-skip]").AttrOr("data-skip", "")
	if link := page.Find(`a.btn-3[href="` + skip + `"]`); skip == "" || link.Length() != 1 {
		t.Errorf("no way on without a script: %q", skip)
	}
	page = w.b.Get(skip).WantText("Asking ClinicalConnect", "Service 2 of 3")
	posted := w.b.Get(skip).WantText("Asking ClinicalConnect").Farewell(w.byPost) // Back and on again
	page = answer(page, w.byPost, posted, "").Rest().WantText("ConnectingOntario No answer Ask ConnectingOntario again or close its window", "ClinicalConnect Confirmed")

	t.Run("its late answer counts", func(t *testing.T) {
		answer(page, w.byGet, hung, "").Rest().WantText("ConnectingOntario Confirmed")
	})
	w.Exec("UPDATE logout_parties SET state = 'no_answer' WHERE service_id = 'connectingontario'")
	t.Run("it is asked again when the person wants it", func(t *testing.T) {
		page := w.b.Send("/sso/logout/again", page.Form(`form[action="/sso/logout/again"]`)).Rest().WantText("Asking ConnectingOntario")
		answer(page, w.byGet, page.Farewell(w.byGet), "").Rest().WantText("ConnectingOntario Confirmed", "1 service may still be open")
	})
}

func TestAServiceThatLosesTheBrowserIsAskedTwiceAtMost(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	start := w.b.Post("/signout").To()
	first := w.b.Get(start).Farewell(w.byGet)
	page := w.b.Get(start).WantText("Asking ConnectingOntario") // Back
	second := page.Farewell(w.byGet)
	if first.ID == second.ID {
		t.Error("the same request went out twice")
	}
	// An answer to the older request leads on, and the newer one counts.
	answer(page, w.byGet, first, "").WantRedirect(start)
	w.b.Get(start).WantText("Asking ClinicalConnect")
	w.b.Get(start).WantText("Asking ClinicalConnect")
	w.b.Get(start).WantText("3 services may still be open")
}

func TestWhatCannotBeBelievedIsNoAnswer(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	page := w.b.Post("/signout").Rest()
	asked := page.Farewell(w.byGet)
	forger := w.byGet
	forger.Key = samltest.StrangerKey()
	page = answer(page, forger, asked, "").Rest().WantText("Asking ClinicalConnect")
	asked = page.Farewell(w.byPost)
	page = page.Goodbye(w.byPost, samltest.Goodbye{InResponseTo: asked.ID, RelayState: asked.RelayState, Unsigned: true}).Rest()
	page.WantText("ConnectingOntario No answer", "ClinicalConnect No answer")
}

func TestOnlyItsOwnBrowserCarriesALogoutOn(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	start := w.b.Post("/signout").To()
	page := w.b.Get(start)
	asked := page.Farewell(w.byGet)
	other := w.Browser()
	wantRefused(t, other.Get(start), "stale")
	wantRefused(t, other.Post("/sso/logout/again", "l", asked.RelayState, "n", "1"), "stale")
	wantRefused(t, other.Get("/sso/logout/return?l="+asked.RelayState), "stale")
	wantRefused(t, w.b.Get("/sso/logout/return?l="+asked.RelayState), "stale") // nobody waits for it
	wantRefused(t, w.b.Get("/sso/logout"), "stale")
	w.b.On(w.Node()).Get(start).WantText("Asking ConnectingOntario")
	w.Clock.Advance(30*time.Minute + time.Second)
	wantRefused(t, w.b.Get(start), "stale")
}

func TestALogoutOfOnePersonLeavesAnotherAlone(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	eve := w.SignedIn(w.Account(apptest.Holder{First: "Eve", Last: "Other", Licence: "100101"}))
	hers := opened(eve, w.byGet)
	eve.Goodbye(w.byGet, samltest.Goodbye{NameID: w.got.NameID}) // in her browser, about Ada
	eve.Get("/home").WantStatus(200)
	if !w.signedOut() {
		t.Error("Ada's session goes on")
	}
	if hers.NameID == w.got.NameID {
		t.Error("two people have one name")
	}
}

func TestTheRoundEndsWhereThePersonWasGoing(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	w.Exec("DELETE FROM assertions WHERE service_id <> 'connectingontario'")
	page := w.b.Post("/signout").Rest()
	w.Exec("UPDATE logouts SET onward = '/signin?j=x'")
	asked := page.Farewell(w.byGet)
	answer(page, w.byGet, asked, saml.StatusResponder).Rest().WantStatus(200).WantText("Continue")
	answer(page, w.byGet, asked, "").Follow().WantRedirect("/signin?j=x")
}

func TestASessionThatEndedBeforeIsStillCarriedRound(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	w.Exec("UPDATE sessions SET ended_at = created_at, ended_why = 'elsewhere', data = ''")
	page := w.b.Goodbye(w.byGet, samltest.Goodbye{NameID: w.got.NameID, SessionIndexes: []string{w.got.SessionIndex}}).Rest()
	page.WantText("Asking ClinicalConnect")
	w.Clock.Advance(25 * time.Hour)
	back := w.b.Goodbye(w.byGet, samltest.Goodbye{NameID: w.got.NameID, SessionIndexes: []string{w.got.SessionIndex}}).Farewell(w.byGet)
	if back.Substatus != saml.StatusUnknownPrincipal {
		t.Errorf("a day later answered %+v", back)
	}
}
