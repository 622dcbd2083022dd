package sso_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

// everywhere is a doctor who opened three services: one takes logout by
// redirect, one by post, one not at all.
type everywhere struct {
	*apptest.App
	b              *apptest.Browser
	ada            apptest.Account
	byGet, byPost  samltest.Viewer
	deaf           samltest.Viewer
	got, gotPosted *samltest.Seen
}

func openEverywhere(t *testing.T) *everywhere {
	t.Helper()
	app := apptest.New(t)
	app.Exec("UPDATE services SET minimum = 'knowledge', start_url = 'https://' || id || '.example/'")
	w := &everywhere{
		App:    app,
		byGet:  app.TakesLogout(apptest.ConnectingOntario, apptest.LogoutAt(apptest.ConnectingOntario, saml.BindingRedirect)),
		byPost: app.TakesLogout(apptest.ClinicalConnect, apptest.LogoutAt(apptest.ClinicalConnect, saml.BindingPost)),
		deaf:   app.Viewer(apptest.OTNHub),
	}
	w.ada = app.Account(apptest.Holder{Licence: "100093", Services: []db.ServiceID{apptest.ClinicalConnect, apptest.OTNHub}})
	w.b = app.SignedIn(w.ada)
	w.got = w.opens(w.byGet)
	w.gotPosted = w.opens(w.byPost)
	w.opens(w.deaf)
	return w
}

func (w *everywhere) opens(v samltest.Viewer) *samltest.Seen {
	w.Helper()
	w.Clock.Advance(time.Millisecond) // services are asked in this order, also of one second
	return opened(w.b, v)
}

// opened opens a service in a browser, past what it is told the first time.
func opened(b *apptest.Browser, v samltest.Viewer) *samltest.Seen {
	b.Helper()
	page := b.Open(v, samltest.Ask{})
	const told = `form:has(button[value="accept"])`
	if notice := page.Find(told); notice.Length() > 0 {
		form := page.Form(told)
		form.Set("do", "accept")
		page = b.Send(notice.AttrOr("action", ""), form).Rest()
	}
	return wantSigned(b, page, v)
}

func (w *everywhere) signedOut() bool {
	w.Helper()
	return w.b.Get("/home").Status == http.StatusSeeOther
}

// answer brings a service's answer to what the page asked of it.
func answer(p *apptest.Page, v samltest.Viewer, f *samltest.Farewell, status string) *apptest.Page {
	p.Helper()
	return p.Goodbye(v, samltest.Goodbye{InResponseTo: f.ID, RelayState: f.RelayState, Status: status})
}

func TestSigningOutGoesRoundEveryService(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	again := w.opens(w.byGet) // in the same session, told another index

	page := w.b.Post("/signout").Rest().WantStatus(200).WantText("Signing you out", "Asking ConnectingOntario", "Service 1 of 3")
	if !w.signedOut() {
		t.Error("still signed in here")
	}
	first := page.Farewell(w.byGet)
	want := saml.NameID{Format: saml.NameIDPersistent, Value: w.got.NameID, NameQualifier: w.Base + "/saml/metadata", SPNameQualifier: w.byGet.EntityID}
	if first.NameID != want || !slices.Equal(first.SessionIndexes, []string{w.got.SessionIndex, again.SessionIndex}) || first.Reason != saml.LogoutByUser {
		t.Errorf("the service is asked about %+v", first)
	}
	samltest.Schema(t, samltest.ProtocolSchema, first.XML)

	page = answer(page, w.byGet, first, "").Rest().WantStatus(200).WantText("Asking ClinicalConnect").
		WantHeader("Content-Security-Policy", "form-action 'self' https://clinicalconnect.example;")
	second := page.Farewell(w.byPost)
	samltest.Xmlsec1(t, second.XML, "LogoutRequest", samltest.ProductKey().Certificate)

	page = page.GoodbyePosted(w.byPost, samltest.Goodbye{
		InResponseTo: second.ID, RelayState: second.RelayState, Status: saml.StatusResponder, Substatus: saml.StatusRequestDenied,
	}).Rest().WantStatus(200)
	page.WantText("You are signed out of ONE ID, but not everywhere", "2 services may still be open",
		"ConnectingOntario Confirmed Nothing. You are signed out.", "ClinicalConnect Refused Sign out there", "OTN Hub Cannot be asked Close its window")
	page.WantNever("Go back to")
	w.WantAudit(audit.SSOLogoutFinished, 1)
	w.b.Get(page.Path + "?l=" + second.RelayState).WantText("2 services may still be open")
	event := details(t, w.WantAudit(audit.SSOLogoutFinished, 1).Details)
	for service, state := range map[string]string{"connectingontario": db.PartyConfirmed, "clinicalconnect": db.PartyRefused, "otnhub": db.PartyCannot} {
		if event["service."+service] != state {
			t.Errorf("the record says %v", event)
		}
	}
	w.WantIntact()
}

func TestWhoOpenedNothingIsSignedOutAtOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	doctor(app).Post("/signout").WantRedirect("/signedout")
	if n := app.Rows("logouts", ""); n != 0 {
		t.Errorf("%d logouts", n)
	}
}

func TestAServiceSignsItsPersonOutEverywhere(t *testing.T) {
	t.Parallel()
	for _, posted := range []bool{false, true} {
		w := openEverywhere(t)
		w.Exec("DELETE FROM assertions WHERE service_id = 'otnhub'")
		goodbye := samltest.Goodbye{NameID: w.got.NameID, SessionIndexes: []string{w.got.SessionIndex}, RelayState: "back here"}
		var page *apptest.Page
		if posted {
			page = w.b.GoodbyePosted(w.byGet, goodbye)
		} else {
			page = w.b.Goodbye(w.byGet, goodbye)
		}
		if !w.signedOut() {
			t.Error("still signed in before anything else was asked")
		}
		page = page.Rest().WantStatus(200).WantText("Asking ClinicalConnect")
		asked := page.Farewell(w.byPost)
		page = answer(page, w.byPost, asked, "").Rest().WantStatus(200).WantText("Taking you back to ConnectingOntario")
		back := page.Farewell(w.byGet)
		if back.Status != saml.StatusSuccess || back.Substatus != "" || back.RelayState != "back here" {
			t.Errorf("the service that asked is told %+v", back)
		}
		samltest.Schema(t, samltest.ProtocolSchema, back.XML)
		w.WantAudit(audit.SSOLogoutBegun, 1)
		w.WantAudit(audit.SSOLogoutFinished, 1)
	}
}

func TestAServiceThatAskedIsToldTheTruth(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	goodbye := samltest.Goodbye{ID: saml.NewID(), NameID: w.got.NameID} // no index: every session
	page := w.b.Goodbye(w.byGet, goodbye)
	w.b.Goodbye(w.byGet, goodbye).WantRedirect(page.To()) // a reload goes on where it was
	page = page.Rest()
	asked := page.Farewell(w.byPost)
	page = answer(page, w.byPost, asked, "").Rest().WantStatus(200).WantText("1 service may still be open", "Go back to ConnectingOntario")
	href, _ := page.Find("a.btn").First().Attr("href")
	back := w.b.Get(href).WantStatus(200).Farewell(w.byGet)
	if back.Status != saml.StatusSuccess || back.Substatus != saml.StatusPartialLogout || back.InResponseTo != goodbye.ID {
		t.Errorf("the service that asked is told %+v", back)
	}
}

func TestAServiceThatWaitsForNoAnswerGetsNone(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	w.Exec("DELETE FROM assertions WHERE service_id <> 'connectingontario'")
	w.b.Goodbye(w.byGet, samltest.Goodbye{NameID: w.got.NameID, Asynchronous: true}).Rest().
		WantStatus(200).WantText("You are signed out", "every service confirmed it").WantNever("Go back to")
}

func TestAForgedLogoutEndsNothing(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	stranger := w.byGet
	stranger.Key = samltest.StrangerKey()
	edit := func(f func(*etree.Element)) samltest.Goodbye { return samltest.Goodbye{NameID: w.got.NameID, Edit: f} }
	for name, c := range map[string]struct {
		from    samltest.Viewer
		goodbye samltest.Goodbye
		want    string
	}{
		"unsigned":           {w.byGet, samltest.Goodbye{NameID: w.got.NameID, Unsigned: true}, string(saml.NotSigned)},
		"a stranger's key":   {stranger, samltest.Goodbye{NameID: w.got.NameID}, string(saml.BadSignature)},
		"an unknown service": {samltest.NewViewer("https://nobody.example", "https://nobody.example/acs", w.Clock.Now), samltest.Goodbye{NameID: w.got.NameID}, "unknown"},
		"old":                {w.byGet, samltest.Goodbye{NameID: w.got.NameID, IssuedAt: w.Clock.Now().Add(-9 * time.Minute)}, string(saml.StaleRequest)},
		"for somewhere else": {w.byGet, samltest.Goodbye{NameID: w.got.NameID, Destination: "https://evil.example"}, string(saml.WrongDestination)},
		"without a name":     {w.byGet, edit(func(el *etree.Element) { el.RemoveChild(el.SelectElement("NameID")) }), string(saml.Malformed)},
		"an answer to none":  {w.byGet, samltest.Goodbye{InResponseTo: saml.NewID()}, "stale"},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefused(t, w.b.Goodbye(c.from, c.goodbye), c.want)
			wantRefused(t, w.b.GoodbyePosted(c.from, c.goodbye), c.want)
			if c.goodbye.InResponseTo == "" {
				page := w.b.GoodbyeDirect(c.from, c.goodbye)
				if page.Status != http.StatusInternalServerError || !strings.Contains(page.Body, "soap11:Fault") {
					t.Errorf("by SOAP answered %d: %s", page.Status, page.Body)
				}
			}
		})
	}
	for name, goodbye := range map[string]samltest.Goodbye{
		"another service's name":       {NameID: w.gotPosted.NameID},
		"another service's session":    {NameID: w.got.NameID, SessionIndexes: []string{w.gotPosted.SessionIndex}},
		"a name of nobody":             {NameID: "nobody"},
		"the name in another spelling": {NameID: strings.ToUpper(w.got.NameID)},
	} {
		t.Run(name, func(t *testing.T) {
			back := w.b.Goodbye(w.byGet, goodbye).WantStatus(200).Farewell(w.byGet)
			if back.Status != saml.StatusRequester || back.Substatus != saml.StatusUnknownPrincipal {
				t.Errorf("answered %+v", back)
			}
			direct, err := w.byGet.ReadLogoutSOAP([]byte(w.b.GoodbyeDirect(w.byGet, goodbye).WantStatus(200).Body), samltest.ProductKey().Certificate)
			if err != nil || direct.Substatus != saml.StatusUnknownPrincipal {
				t.Errorf("by SOAP answered %+v, %v", direct, err)
			}
		})
	}
	w.b.Get("/saml/slo").WantStatus(403)
	w.b.Get("/saml/slo?SAMLRequest=%%%").WantStatus(403)
	w.b.SendAcross("/saml/slo", nil).WantStatus(400)
	if w.signedOut() || w.Rows("logouts", "") != 0 {
		t.Error("something was ended")
	}
}

func TestAServiceThatIsSwitchedOffEndsNothingAndIsNotAsked(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	w.Exec("UPDATE service_providers SET enabled = false WHERE service_id IN ('connectingontario', 'otnhub')")
	wantRefused(t, w.b.Goodbye(w.byGet, samltest.Goodbye{NameID: w.got.NameID}), "closed")
	page := w.b.Post("/signout").Rest()
	answer(page, w.byPost, page.Farewell(w.byPost), "").Rest().WantText("ConnectingOntario Cannot be asked", "ClinicalConnect Confirmed")
}
