package services_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml/samltest"
	"oneid/views/ui"
)

const testPath = "/services/otnhub/test"

func TestExchangesAreSeenWhileSomebodyLooksOn(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	w.Treat(apptest.OTNHub, func(p *policy.Policy) { p.Notice = false })
	ada := w.SignedIn(w.Account(apptest.Holder{Licence: "7173406528", Services: []db.ServiceID{apptest.OTNHub}}))
	viewer := w.Viewer(apptest.OTNHub)
	ada.Open(viewer, samltest.Ask{}).WantStatus(http.StatusOK)
	sade.Get(testPath).WantText("Nothing was kept yet")

	sade.Post(testPath, "do", "open").Rest().WantText("Watching until 12:30 p.m.")
	ada.Open(viewer, samltest.Ask{RelayState: "token"}).WantStatus(http.StatusOK)
	ada.Begin(viewer, samltest.Ask{IssuedAt: w.Clock.Now().Add(-9 * time.Minute)}).WantStatus(http.StatusForbidden)
	bob := w.Browser()
	bob.BeginPosted(viewer, samltest.Ask{IsPassive: true}).Rest()

	page := sade.Get(testPath).WantText("Answered", "Refused", "stale_request", "It is too old, or from the future", "It can be read", "The answer, decoded and masked", "A•• B••••")
	page.WantNever("ada@example.ca", "7173406528", "Ada Byron")
	if got := page.Find(".finding").Length(); got != 3 {
		t.Errorf("%d exchanges are shown, want 3", got)
	}
	if got := w.Rows("exchanges", "answer LIKE '%Byron%' OR answer LIKE '%7173406528%' OR document LIKE '%Byron%'"); got != 0 {
		t.Errorf("%d exchanges hold a person", got)
	}

	w.Clock.Advance(31 * time.Minute)
	ada = w.SignedIn(apptest.Account{LoginID: "ADA.BYRON", Password: apptest.Password})
	ada.Open(viewer, samltest.Ask{}).WantStatus(http.StatusOK)
	if got := w.Rows("exchanges", "true"); got != 3 {
		t.Errorf("after the window there are %d", got)
	}
	w.Clock.Advance(24 * time.Hour)
	w.Round("services_hours")
	if got := w.Rows("exchanges", "true"); got != 0 {
		t.Errorf("a day later there are %d", got)
	}
}

func TestWhoeverLooksOnCanStopBeforeTheTimeIsOver(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	w.Treat(apptest.OTNHub, func(p *policy.Policy) { p.Notice = false })
	ada := w.SignedIn(w.Account(apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}))
	viewer := w.Viewer(apptest.OTNHub)
	if n := sade.Get(testPath).Find("button[value=close]").Length(); n != 0 {
		t.Error("what is not open is offered to be closed")
	}
	sade.Post(testPath, "do", "open").Rest().WantSaid(ui.OK, "for the next 30 minutes")
	ada.Open(viewer, samltest.Ask{}).WantStatus(http.StatusOK)

	w.BreakAudit(audit.ServiceUnwatched)
	luc.Post(testPath, "do", "close").WantStatus(http.StatusInternalServerError)
	luc.Get(testPath).WantText("Watching until")
	w.Exec("DROP TRIGGER broken ON audit_events")

	page := luc.Post(testPath, "do", "close").Rest().WantSaid(ui.OK, "Nothing more is kept")
	page.WantText("Watch for 30 minutes", "Answered").WantNever("Watching until", `value="close"`)
	ada.Open(viewer, samltest.Ask{}).WantStatus(http.StatusOK)
	if got := w.Rows("exchanges", "true"); got != 1 {
		t.Errorf("%d exchanges are kept, want the one from before", got)
	}
	sade.Post(testPath, "do", "close").Rest().WantSaid(ui.Info, "Nobody was watching any more")
	w.WantAudit(audit.ServiceUnwatched, 1)
	sade.Get("/services/otnhub/history").WantText("The watching of exchanges was ended early", "By LUC.ROY")

	w.Clock.Advance(24*time.Hour + time.Minute)
	w.Round("services_hours")
	if got := w.Rows("exchanges", "true"); got != 0 {
		t.Errorf("a day later there are %d", got)
	}
}

func TestAnOldRequestIsJudgedByNewSettings(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	viewer := w.Viewer(apptest.OTNHub)
	sade.Post(testPath, "do", "open").Rest()
	ada := w.SignedIn(w.Account(apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}))
	ada.Begin(viewer, samltest.Ask{Unsigned: true})
	id := strings.TrimPrefix(sade.Get(testPath).Find(".finding h3").First().AttrOr("id", ""), "exchange-")

	w.Clock.Advance(20 * time.Minute)
	sade = w.SignedIn(apptest.Account{LoginID: "SADE.OKOYE", Password: apptest.Password})
	sade.Post(testPath, "do", "again", "exchange", id).WantStatus(http.StatusOK).WantText("It would be answered", "as the policy asks")
	w.Treat(apptest.OTNHub, func(p *policy.Policy) { p.Requests = policy.RequestsRequired })
	sade.Post(testPath, "do", "again", "exchange", id).WantText("It would not be answered as it is", "Its signature is not as the policy asks", "must sign its requests")
	sade.Post("/services/clinicalconnect/test", "do", "again", "exchange", id).WantStatus(http.StatusNotFound)
	sade.Post(testPath, "do", "again", "exchange", "x").WantStatus(http.StatusNotFound)
}

func TestAPastedRequestIsJudgedAndNobodySignedIn(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	viewer := w.Viewer(apptest.OTNHub)
	ask := samltest.Ask{Destination: w.Base + "/saml/sso"}
	before := w.Rows("journeys", "true")
	for _, pasted := range []string{w.Base + "/saml/sso?" + viewer.Redirect(ask), viewer.Post(ask), string(samltest.Decode(viewer.Post(ask)))} {
		send(sade, testPath, nil, "do", "judge", "request", pasted).WantStatus(http.StatusOK).WantText("It would be answered", "It comes from this service", "It is fresh")
	}
	wrong := samltest.Ask{Destination: "https://other.example/", IssuedAt: w.Clock.Now().Add(time.Hour), Edit: func(el *etree.Element) {
		el.CreateAttr("AssertionConsumerServiceURL", "https://evil.example/acs")
	}}
	page := send(sade, testPath, nil, "do", "judge", "request", viewer.Redirect(wrong)).WantText("not be answered", "meant for another address", "from the future", "The reply address is not in the metadata", "https://evil.example/acs")
	if crossed := page.Find("section[aria-labelledby='judged-h'] .bad").Length(); crossed != 4 { // three, and the notice
		t.Logf("crossed: %d", crossed)
	}
	send(sade, testPath, nil, "do", "judge", "request", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>").WantText("It can’t be read", "xml_dtd")
	send(sade, testPath, nil, "do", "judge", "request", " ").WantStatus(http.StatusUnprocessableEntity).WantError("request", "Paste a request here")
	if after := w.Rows("journeys", "true"); after != before {
		t.Errorf("%d journeys came of it", after-before)
	}
}

func TestARequestThatBringsAPersonAlongIsJudgedAgainAndShownMasked(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	viewer := w.Viewer(apptest.OTNHub)
	sade.Post(testPath, "do", "open").Rest()
	ada := w.SignedIn(w.Account(apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}))
	relay := "https://otnhub.example/chart?patient=" + strings.Repeat("9876543210", 10)
	ada.Begin(viewer, samltest.Ask{RelayState: relay, Edit: func(r *etree.Element) {
		subject := etree.NewElement("saml:Subject")
		subject.CreateElement("saml:NameID").SetText("ada.byron.71734")
		r.InsertChildAt(r.SelectElement("Issuer").Index()+1, subject)
	}})
	if n := w.Rows("exchanges", "raw = '' AND sealed <> ''"); n != 1 {
		t.Fatalf("%d exchanges are kept sealed", n)
	}
	if n := w.Rows("exchanges", "exchanges::text LIKE '%71734%' OR position('9876543210' in encode(sealed, 'escape')) > 0"); n != 0 {
		t.Errorf("%d rows tell of a person in clear", n)
	}
	page := sade.Get(testPath).WantNever("71734", "9876543210")
	id := strings.TrimPrefix(page.Find(".finding h3").First().AttrOr("id", ""), "exchange-")

	again := sade.Post(testPath, "do", "again", "exchange", id).WantStatus(http.StatusOK).WantNever("71734", "9876543210")
	again.WantText("It comes from this service", "as the policy asks") // its signature covers the relay state

	w.Exec("UPDATE exchanges SET id = gen_random_uuid()")
	id = strings.TrimPrefix(sade.Get(testPath).Find(".finding h3").First().AttrOr("id", ""), "exchange-")
	sade.Post(testPath, "do", "again", "exchange", id).WantStatus(http.StatusInternalServerError) // sealed for its row alone
	w.Clock.Advance(24 * time.Hour)
	w.Round("services_hours")
	if n := w.Rows("exchanges", "true"); n != 0 {
		t.Errorf("a day later there are %d", n)
	}
}
