package sso_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

func TestForceAuthnAsksAgainOnceAndNotInALoop(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Licence: "100093"})
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := app.SignedIn(ada)
	app.Clock.Advance(time.Minute)

	page := b.Open(viewer, samltest.Ask{ForceAuthn: true}).WantStatus(200).WantText("Sign in to open ConnectingOntario")

	journey, _ := page.Value("j")
	app.Clock.Advance(time.Minute)
	again := app.Clock.Now()
	seen := wantSigned(t, b.Post("/signin", "loginid", ada.LoginID, "password", ada.Password, "j", journey).Rest(), viewer)
	if want := again.Format("2006-01-02T15:04:05"); !strings.HasPrefix(seen.AuthnInstant, want) {
		t.Errorf("the service hears of a sign-in at %s, want %s", seen.AuthnInstant, want)
	}
}

func TestForceAuthnIsMetByASignInAfterTheRequest(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Licence: "100093"})
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := app.Browser()
	journey, _ := b.Open(viewer, samltest.Ask{ForceAuthn: true}).Value("j")
	app.Clock.Advance(time.Second)
	wantSigned(t, b.Post("/signin", "loginid", ada.LoginID, "password", ada.Password, "j", journey).Rest(), viewer)
}

func TestWhatCannotBeMetIsDeclinedAtTheService(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	in, out := doctor(app), app.Browser()
	app.Clock.Advance(time.Second)
	policy := func(format string) func(*etree.Element) {
		return func(r *etree.Element) { r.SelectElement("NameIDPolicy").CreateAttr("Format", format) }
	}
	compare := func(how string) func(*etree.Element) {
		return func(r *etree.Element) { r.SelectElement("RequestedAuthnContext").CreateAttr("Comparison", how) }
	}
	const token = "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken"
	for _, test := range []struct {
		name string
		b    *apptest.Browser
		ask  samltest.Ask
		want string // substatus; empty: an assertion
	}{
		{"passive, signed in", in, samltest.Ask{IsPassive: true}, ""},
		{"passive, signed out", out, samltest.Ask{IsPassive: true}, saml.StatusNoPassive},
		{"passive and forced", in, samltest.Ask{IsPassive: true, ForceAuthn: true}, saml.StatusNoPassive},
		{"a password", in, samltest.Ask{Contexts: []string{saml.ContextPassword}}, ""},
		{"a token or a password", in, samltest.Ask{Contexts: []string{token, saml.ContextPassword}}, ""},
		{"a token", in, samltest.Ask{Contexts: []string{token}}, saml.StatusNoAuthnContext},
		{"a token, signed out", out, samltest.Ask{Contexts: []string{token}}, saml.StatusNoAuthnContext},
		{"at least a password", in, samltest.Ask{Contexts: []string{saml.ContextPassword}, Edit: compare("minimum")}, ""},
		{"better than a password", in, samltest.Ask{Contexts: []string{saml.ContextPassword}, Edit: compare("better")}, saml.StatusNoAuthnContext},
		{"an unspecified name", in, samltest.Ask{Edit: policy(saml.NameIDUnspecified)}, ""},
		{"a transient name", in, samltest.Ask{Edit: policy(saml.NameIDTransient)}, ""},
		{"an address as name", in, samltest.Ask{Edit: policy(saml.NameIDEmail)}, saml.StatusInvalidNameIDPolicy},
		{"a person by name", in, samltest.Ask{Edit: func(r *etree.Element) {
			subject := etree.NewElement("saml:Subject")
			subject.CreateElement("saml:NameID").SetText("somebody")
			r.InsertChildAt(r.SelectElement("Issuer").Index()+1, subject)
		}}, saml.StatusUnknownPrincipal},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := test.b.Open(viewer, test.ask)
			if test.want == "" {
				if seen := wantSigned(t, page, viewer); seen.Context != saml.ContextPassword {
					t.Errorf("claims %q", seen.Context)
				}
				return
			}
			wantDeclined(t, page, viewer, test.want)
		})
	}
}

func TestWhoMayOpenAServiceIsAskedWhenItIsOpened(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		service db.ServiceID
		holder  apptest.Holder
		change  string // what happens between the sign-in and the opening
		want    string // empty: it opens
	}{
		{"an active licence opens what licences open", apptest.ConnectingOntario, apptest.Holder{Licence: "1"}, "", ""},
		{"no licence doesn't", apptest.ConnectingOntario, apptest.Holder{}, "", "open to active members of the College of Physicians and Surgeons of Ontario"},
		{"a suspended one doesn't", apptest.ConnectingOntario, apptest.Holder{Licence: "1", LicenceStatus: "suspended"}, "", "open to active members"},
		{"one that was only typed doesn't", apptest.ConnectingOntario, apptest.Holder{Licence: "1", Stated: true}, "", "open to active members"},
		{"a licence just suspended doesn't", apptest.ConnectingOntario, apptest.Holder{Licence: "1"}, "UPDATE designations SET status = 'suspended'", "open to active members"},
		{"a name on the list opens what lists open", apptest.OTNHub, apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}, "", ""},
		{"a licence alone doesn't", apptest.OTNHub, apptest.Holder{Licence: "1"}, "", "needs a sponsor"},
		{"a name just suspended doesn't", apptest.OTNHub, apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}, "UPDATE enrolments SET status = 'suspended'", "is suspended"},
		{"a name just ended doesn't", apptest.OTNHub, apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}, "UPDATE enrolments SET status = 'ended'", "has ended"},
		{"a name just struck off doesn't", apptest.OTNHub, apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}, "DELETE FROM enrolments", "needs a sponsor"},
		{"an account just suspended opens nothing", apptest.OTNHub, apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}, "UPDATE accounts SET status = 'suspended'", "not open right now"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t)
			b := app.SignedIn(app.Account(test.holder))
			viewer := app.Viewer(test.service)
			begun := b.BeginPosted(viewer, samltest.Ask{})
			if test.change != "" {
				app.Exec(test.change)
			}
			page := begun.Rest()
			if test.want == "" {
				wantSigned(t, page, viewer)
				return
			}
			page.WantStatus(http.StatusForbidden).WantText("You can’t open", test.want)
			event := app.WantAudit(audit.SSOServiceRefused, 1)
			if event.Reference != page.Reference() {
				t.Errorf("the page's number is not the event's %s", event.Reference)
			}
			app.WantAudit(audit.SSOAssertionIssued, 0)
			if app.Rows("assertions", "") != 0 || strings.Contains(page.Body, "SAMLResponse") {
				t.Error("something was issued")
			}
		})
	}
}

func TestAServiceThatIsSwitchedOffOpensForNobody(t *testing.T) {
	t.Parallel()
	for _, off := range []string{"UPDATE services SET enabled = false", "UPDATE service_providers SET enabled = false"} {
		t.Run(off, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t)
			b := doctor(app)
			viewer := app.Viewer(apptest.ConnectingOntario)
			begun := b.BeginPosted(viewer, samltest.Ask{})
			app.Exec(off)
			wantRefused(t, begun.Rest(), "closed")
			wantRefused(t, b.Begin(viewer, samltest.Ask{}), "closed")
			wantRefused(t, b.BeginPosted(viewer, samltest.Ask{}), "closed")
		})
	}
}

func TestAServiceSwitchedOffWhileItsAnswerWaitsGetsNone(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := doctor(app)
	begun := b.BeginPosted(app.Viewer(apptest.ConnectingOntario), samltest.Ask{}).To()
	answered := make(chan *apptest.Page, 1)
	app.Write(func(ctx context.Context, tx db.Tx) error {
		if _, err := tx.ExecContext(ctx, "SELECT FROM journeys FOR UPDATE"); err != nil {
			return err
		}
		go func() { answered <- b.Get(begun) }()
		for app.Rows("pg_stat_activity", "wait_event_type = 'Lock' AND datname = current_database()") == 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		_, err := tx.ExecContext(ctx, "UPDATE services SET enabled = false")
		return err
	})
	wantRefused(t, <-answered, "closed")
	app.WantAudit(audit.SSOAssertionIssued, 0)
}

func TestOfManyAtOnceOneAnswerGoesOut(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	other := app.Node()
	b := doctor(app)
	viewer := app.Viewer(apptest.ConnectingOntario)
	begun := b.BeginPosted(viewer, samltest.Ask{}).To()
	const tries = 8
	pages := make([]*apptest.Page, tries)
	var all sync.WaitGroup
	for i := range tries {
		copied := b.Steal()
		if i%2 == 1 {
			copied = copied.On(other)
		}
		all.Go(func() { pages[i] = copied.Get(begun) })
	}
	all.Wait()
	answered := 0
	for _, p := range pages {
		if p.Status == http.StatusOK {
			answered++
			continue
		}
		wantRefused(t, p, "used")
	}
	if answered != 1 || app.Rows("assertions", "") != 1 {
		t.Errorf("%d answers and %d assertions, want one", answered, app.Rows("assertions", ""))
	}
	app.WantIntact()
}

func TestWithoutItsEventNothingIsIssued(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := doctor(app)
	viewer := app.Viewer(apptest.ConnectingOntario)
	app.BreakAudit(audit.SSOAssertionIssued)
	begun := b.BeginPosted(viewer, samltest.Ask{})
	page := begun.Rest()
	if page.Status < 500 || strings.Contains(page.Body, "SAMLResponse") {
		t.Errorf("answered %d", page.Status)
	}
	if app.Rows("assertions", "") != 0 || app.Rows("name_ids", "") != 0 || app.Rows("journeys", "answered_at IS NOT NULL") != 0 {
		t.Error("something was written")
	}
	app.Exec("DROP TRIGGER broken ON audit_events")
	wantSigned(t, b.Get(begun.To()), viewer)
}
