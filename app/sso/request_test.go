package sso_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

func TestAServiceLearnsWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	for name, begin := range map[string]func(samltest.Viewer, samltest.Ask) *apptest.Page{"by redirect": b.Begin, "by POST": b.BeginPosted} {
		ask := samltest.Ask{ID: saml.NewID(), RelayState: "back to <where> I was"}
		page := begin(viewer, ask).Rest()
		seen := wantSigned(t, page, viewer)
		if seen.InResponseTo != ask.ID || seen.Audience != viewer.EntityID || seen.Destination != viewer.ACSURL {
			t.Errorf("%s: the answer is to %q for %q at %q", name, seen.InResponseTo, seen.Audience, seen.Destination)
		}
		page.WantField("RelayState", ask.RelayState).WantHeader("Content-Security-Policy", "form-action 'self' https://connectingontario.example;")
		if n := page.Find("main a, header nav a").Length(); n != 0 {
			t.Errorf("%s: the page that posts leads elsewhere %d times", name, n)
		}
	}
	app.WantAudit(audit.SSORequestAccepted, 1) // the other was answered in the same breath
	app.WantAudit(audit.SSOAssertionIssued, 2)
	if n := app.Rows("assertions", ""); n != 2 {
		t.Errorf("%d assertions written down, want 2", n)
	}
	app.WantIntact()
}

func TestAStrangerSignsInOnTheWay(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Licence: "100093"})
	viewer := app.Viewer(apptest.ConnectingOntario)
	for _, post := range []bool{false, true} {
		b := app.Browser()
		begin := b.Begin
		if post {
			begin = b.BeginPosted
		}
		asked := begin(viewer, samltest.Ask{}).Rest().WantStatus(200).WantText("Sign in to open ConnectingOntario")
		journey, _ := asked.Value("j")
		page := b.Post("/signin", "loginid", ada.LoginID, "password", ada.Password, "j", journey)
		wantSigned(t, page.WantRedirect("/sso/continue?j="+journey).Rest(), viewer)
	}
}

func TestTwoTabsEndAtTheirOwnServices(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Licence: "100093", Services: []db.ServiceID{apptest.OTNHub}})
	one, two := app.Viewer(apptest.ConnectingOntario), app.Viewer(apptest.OTNHub)
	b := app.Browser()
	first, second := b.Open(one, samltest.Ask{}), b.Open(two, samltest.Ask{})
	j1, _ := first.Value("j")
	j2, _ := second.Value("j")
	wantSigned(t, b.Post("/signin", "loginid", ada.LoginID, "password", ada.Password, "j", j2).Rest(), two)
	wantSigned(t, b.Post("/signin", "loginid", ada.LoginID, "password", ada.Password, "j", j1).Rest(), one)
}

func TestRequestsAreSignedAsTheServicesPolicyWants(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policy policy.Requests
		name   string
		change func(*samltest.Viewer, *samltest.Ask)
		want   saml.Code
	}{
		{"required", "good", nil, ""},
		{"required", "unsigned", func(_ *samltest.Viewer, a *samltest.Ask) { a.Unsigned = true }, saml.NotSigned},
		{"required", "by another key", func(v *samltest.Viewer, _ *samltest.Ask) { v.Key = samltest.StrangerKey() }, saml.BadSignature},
		{"when_present", "good", nil, ""},
		{"when_present", "unsigned", func(_ *samltest.Viewer, a *samltest.Ask) { a.Unsigned = true }, ""},
		{"when_present", "by another key", func(v *samltest.Viewer, _ *samltest.Ask) { v.Key = samltest.StrangerKey() }, saml.BadSignature},
	} {
		t.Run(string(test.policy)+", "+test.name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t)
			app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Requests = test.policy })
			b := doctor(app)
			for _, begin := range []func(samltest.Viewer, samltest.Ask) *apptest.Page{b.Begin, b.BeginPosted} {
				viewer, ask := app.Viewer(apptest.ConnectingOntario), samltest.Ask{}
				if test.change != nil {
					test.change(&viewer, &ask)
				}
				page := begin(viewer, ask).Rest()
				if test.want == "" {
					wantSigned(t, page, app.Viewer(apptest.ConnectingOntario))
					continue
				}
				wantRefused(t, page, string(test.want))
			}
		})
	}
}

func TestARequestThatCannotBeTrustedGetsNoAnswer(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := doctor(app)
	viewer := app.Viewer(apptest.ConnectingOntario)
	stranger := samltest.NewViewer("https://nobody.example", viewer.ACSURL, app.Clock.Now)
	posed := viewer
	posed.EntityID = app.Viewer(apptest.OTNHub).EntityID
	for _, test := range []struct {
		name string
		from samltest.Viewer
		ask  samltest.Ask
		want string
	}{
		{"from an unknown service", stranger, samltest.Ask{}, "unknown"},
		{"in another's name, to its own address", posed, samltest.Ask{}, string(saml.ACSNotRegistered)},
		{"for another destination", viewer, samltest.Ask{Destination: "https://elsewhere.example/saml/sso"}, string(saml.WrongDestination)},
		{"an hour old", viewer, samltest.Ask{IssuedAt: app.Clock.Now().Add(-time.Hour)}, string(saml.StaleRequest)},
		{"nine minutes old", viewer, samltest.Ask{IssuedAt: app.Clock.Now().Add(-9 * time.Minute)}, string(saml.StaleRequest)},
		{"without an ID", viewer, samltest.Ask{Edit: func(r *etree.Element) { r.RemoveAttr("ID") }}, string(saml.BadID)},
		{"for an index that is not there", viewer, samltest.Ask{Edit: func(r *etree.Element) {
			r.RemoveAttr("AssertionConsumerServiceURL")
			r.RemoveAttr("ProtocolBinding")
			r.CreateAttr("AssertionConsumerServiceIndex", "7")
		}}, string(saml.ACSNotRegistered)},
	} {
		t.Run(test.name, func(t *testing.T) {
			wantRefused(t, b.Begin(test.from, test.ask), test.want)
			wantRefused(t, b.BeginPosted(test.from, test.ask), test.want)
		})
	}
	for _, acs := range []string{
		"https://connectingontario.example/acs/", "https://connectingontario.example/acs?x=1", "https://connectingontario.example:443/acs",
		"https://CONNECTINGONTARIO.example/acs", "https://connectingontario.example/ACS", "http://connectingontario.example/acs",
		"https://connectingontario.example//acs", "https://connectingontario.example/x/../acs", "https://connectingontario.example/%61cs",
		"https://connectingontario.example@evil.example/acs", "https://connectingontario.example.evil.example/acs",
		"https://evil.example/https://connectingontario.example/acs", "https://connectingontario.example/acs#", " https://connectingontario.example/acs",
		"https://connectingontario.example/acs ", "//connectingontario.example/acs", "/acs", "javascript:alert(1)", "data:text/html,x",
		"https://connectingontario.example\\acs", "https://user@connectingontario.example/acs", "https://connectingontario.example./acs",
		"https://connectingontario\u0430rio.example/acs", "https://connectingontario.example/acs;x", "https://otnhub.example/acs",
	} {
		if page := b.Begin(viewer, samltest.Ask{Edit: attr("AssertionConsumerServiceURL", acs)}); page.Status != 403 {
			t.Errorf("%q answered %d to %q", acs, page.Status, page.To())
		}
	}
	if n := app.Rows("journeys", ""); n != 0 {
		t.Errorf("%d journeys were begun", n)
	}
	b.Get("/saml/sso").WantStatus(403)
	b.Get("/saml/sso?SAMLRequest=%%%").WantStatus(403)
	b.SendAcross("/saml/sso", url.Values{"SAMLRequest": {strings.Repeat("A", 300<<10)}}).WantStatus(413)
	samltest.Schema(t, samltest.MetadataSchema, []byte(b.Get("/saml/metadata").WantStatus(200).Body))
}

func TestTheDefaultAddressServesARequestThatNamesNone(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	wantSigned(t, doctor(app).Open(viewer, samltest.Ask{Edit: func(r *etree.Element) { r.RemoveAttr("AssertionConsumerServiceURL") }}), viewer)
}

func TestARequestIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Licence: "100093"})
	viewer := app.Viewer(apptest.ConnectingOntario)
	ask := samltest.Ask{ID: saml.NewID()}
	b := app.Browser()
	first := b.Begin(viewer, ask)
	t.Run("sent again, it goes on where it was", func(t *testing.T) {
		b.Begin(viewer, ask).WantRedirect(first.To())
	})
	first.Rest().WantText("Sign in to open")
	t.Run("another browser can't carry it on", func(t *testing.T) {
		other := app.SignedIn(ada)
		wantRefused(t, other.Get(first.To()), "stale")
		wantRefused(t, other.Begin(viewer, ask).Rest(), "stale")
	})
	journey, _ := first.Rest().Value("j")
	wantSigned(t, b.Post("/signin", "loginid", ada.LoginID, "password", ada.Password, "j", journey).Rest(), viewer)
	t.Run("answered, it is used", func(t *testing.T) {
		wantRefused(t, b.Begin(viewer, ask), "used")
		wantRefused(t, b.Get(first.To()), "used")
		wantRefused(t, app.Node().Browser().Begin(viewer, ask), "used")
	})
	app.WantAudit(audit.SSOAssertionIssued, 1)
}

func TestASlowSignInEndsTheJourney(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	ask := samltest.Ask{ID: saml.NewID()}
	b := app.Browser()
	begun := b.Begin(viewer, ask)
	begun.Rest()
	app.Clock.Advance(30*time.Minute + time.Second)
	wantRefused(t, b.Get(begun.To()), "stale")
	wantRefused(t, b.Get("/sso/continue"), "stale")
}
