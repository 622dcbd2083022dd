package sso_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

func TestARequestThatIsWrappedWronglyIsDeclinedAtItsService(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Exec("UPDATE services SET start_url = 'https://' || id || '.example/'")
	app.Exec("UPDATE service_providers SET recording_until = '" + app.Clock.Now().Add(30*time.Minute).Format(time.RFC3339) + "'")
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer) // somebody looks on, and the service is known
	ask := samltest.Ask{Destination: b.Base + "/saml/sso"}
	packed, _ := url.ParseQuery(viewer.Redirect(ask))
	for name, test := range map[string]struct {
		page *apptest.Page
		code saml.Code
	}{
		"packed, and posted":            {b.SendAcross("/saml/sso", url.Values{"SAMLRequest": {packed.Get("SAMLRequest")}}), saml.PackedPost},
		"not packed, and in an address": {b.Get("/saml/sso?SAMLRequest=" + url.QueryEscape(viewer.Post(ask))), saml.PlainRedirect},
		"a long relay state by address": {b.Begin(viewer, samltest.Ask{RelayState: strings.Repeat("x", saml.MaxRelayState+1)}), saml.RelayTooLong},
		"a long relay state, posted":    {b.BeginPosted(viewer, samltest.Ask{RelayState: strings.Repeat("x", saml.MaxRelayState+1)}), saml.RelayTooLong},
	} {
		wantDeclined(t, test.page, viewer, saml.StatusRequestUnsupported)
		var seen db.Exchange
		if err := app.DB.NewSelect().Model(&seen).Where("checks->0->>'code' = ?", test.code).Limit(1).Scan(t.Context()); err != nil {
			t.Fatalf("%s: its operators see nothing of it: %v", name, err)
		}
		var checks []saml.Judgement
		if err := json.Unmarshal(seen.Checks, &checks); err != nil || checks[0].Passed || checks[0].Code != test.code || seen.Raw != "" || seen.Answer == "" {
			t.Errorf("%s: its operators see %+v, %v", name, checks, err)
		}
	}
	forged := viewer
	forged.Key = samltest.StrangerKey()
	page := b.BeginPosted(forged, samltest.Ask{RelayState: strings.Repeat("x", saml.MaxRelayState+1)})
	wantRefused(t, page, string(saml.RelayTooLong))
	page.WantText("We can’t take you to ConnectingOntario", "sent a request we could not accept").WantNever("don’t know this service")
	if to, _ := page.Find("main .actions a").Attr("href"); to != "https://connectingontario.example/" {
		t.Errorf("what nobody can be told of leads to %q", to)
	}
	wantRefused(t, b.Get("/saml/sso?SAMLRequest=AAAA").WantText("We can’t read this request").WantNever("don’t know this service"), string(saml.BadEncoding))
	b.Get("/sso/continue?j=gone").WantText("This page no longer works")
}

func TestAPostedRequestCanBeJudgedAgainWhateverCameWithIt(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Exec("UPDATE service_providers SET recording_until = '" + app.Clock.Now().Add(30*time.Minute).Format(time.RFC3339) + "'")
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
	long := samltest.Ask{RelayState: strings.Repeat("patient", 100)}
	b.BeginPosted(viewer, long)
	b.Begin(viewer, long) // here it is part of what was signed
	if n := app.Rows("exchanges", "sealed <> ''"); n != 3 || app.Rows("exchanges", "exchanges::text LIKE '%patient%'") != 0 {
		t.Errorf("%d can be judged again", n)
	}
}

func TestAReplayAndAStaleRequestKnowTheirWayBackWhateverTheyBringAlong(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Exec("UPDATE services SET start_url = 'https://' || id || '.example/'")
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	long := "https://connectingontario.example/chart?" + strings.Repeat("x", saml.MaxRelayState-41)
	ask := samltest.Ask{ID: saml.NewID(), RelayState: long}
	wantSigned(t, b.Begin(viewer, ask), viewer)
	for code, page := range map[string]*apptest.Page{
		"used":                    b.Begin(viewer, ask),
		string(saml.StaleRequest): b.BeginPosted(viewer, samltest.Ask{RelayState: long, IssuedAt: app.Clock.Now().Add(-time.Hour)}),
	} {
		wantRefused(t, page, code)
		if to, _ := page.Find("main .actions a").Attr("href"); to != "https://connectingontario.example/" {
			t.Errorf("%s leads to %q", code, to)
		}
	}
}
