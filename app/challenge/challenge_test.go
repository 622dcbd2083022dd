package challenge_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/departure"
	"oneid/app/internal/outbox"
	"oneid/saml/samltest"
)

const phone = "+14165550123"

// people is an app with one person who is asked for a second factor.
func people(t *testing.T, m apptest.Means) (*apptest.App, apptest.Account) {
	t.Helper()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Licence: "100093"})
	app.Asked(ada, m)
	return app, ada
}

// all is everything but passkeys.
func all() apptest.Means {
	return apptest.Means{Texts: []string{phone}, Calls: []string{"+14165550170"}, Questions: true, Codes: true}
}

// reason is the first line below the heading.
func reason(p *apptest.Page) string {
	return strings.Join(strings.Fields(p.Find("#main p").First().Text()), " ")
}

func wantReason(t *testing.T, p *apptest.Page, want string) {
	t.Helper()
	if got := reason(p); got != want {
		t.Errorf("first says %q, want %q", got, want)
	}
}

func TestAnUnknownBrowserIsAskedAndToldWhyFirst(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := b.Challenged(ada).WantStatus(200).WantText(
		"Confirm it is you", "Text a code to the number ending in 23", "Call the number ending in 23", "Call the number ending in 70",
		"Use a recovery code", "If you do not have a phone at hand, click here", "None of these work for me")
	wantReason(t, p, "You’re using a new browser.")
	p.WantNever("Text a code to the number ending in 70", "4165550123")
	app.WantAudit(audit.ChallengeAsked, 1)

	p.ByText(phone).WantRedirect("/home")
	b.Get("/home").WantStatus(200)
	app.WantSent(outbox.KindNewDevice, "ada@example.ca")
	app.WantAudit(audit.ChallengePassed, 1)
}

func TestItIsAskedInFrench(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Language = "fr-CA"
	b.Get("/language/fr")
	p := b.Challenged(ada).WantStatus(200)
	wantReason(t, p, "Vous utilisez un nouveau navigateur.")
	for _, path := range []string{"/challenge/questions", "/challenge/recovery"} {
		b.Get(path).WantStatus(200).WantNever("You’re", "Other ways")
	}
}

func TestARecognisedBrowserOnAKnownNetworkIsNotAsked(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada).ByText(phone, "remember", "yes", "device", "Clinic laptop").WantRedirect("/home")
	for range 3 {
		b.Post("/signout")
		app.Clock.Advance(29 * 24 * time.Hour)
		b.SignIn(ada).WantRedirect("/home")
	}
	if n := app.Rows("devices", "name = 'Clinic laptop' AND ended_at IS NULL"); n != 1 {
		t.Errorf("%d devices, want 1", n)
	}
	app.WantAudit(audit.ChallengeAsked, 1)
}

func TestNothingIsRememberedUnlessItWasTicked(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada).ByText(phone, "device", "Clinic laptop").WantRedirect("/home")
	b.Post("/signout")
	wantReason(t, b.Challenged(ada), "You’re using a new browser.")
	if n := app.Rows("devices", "true"); n != 0 {
		t.Errorf("%d devices, want none", n)
	}
}

func TestANewNetworkIsAskedForOnce(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada).ByText(phone, "remember", "yes").WantRedirect("/home")
	b.Post("/signout")
	b.Address = "192.0.2.200" // the same /24
	b.SignIn(ada).WantRedirect("/home")
	b.Post("/signout")

	app.Clock.Advance(time.Hour)
	b.Address = "198.51.100.7"
	p := b.Challenged(ada)
	wantReason(t, p, "You’re on a network we don’t know yet.")
	p.ByText(phone).WantRedirect("/home")
	b.Post("/signout")
	b.SignIn(ada).WantRedirect("/home")
	b.Post("/signout")

	// A network is forgotten 90 days after its last use.
	b.Address = "192.0.2.7"
	for range 4 {
		app.Clock.Advance(25 * 24 * time.Hour)
		b.Address = "198.51.100.7"
		b.SignIn(ada).WantRedirect("/home")
		b.Post("/signout")
	}
	b.Address = "192.0.2.7"
	wantReason(t, b.Challenged(ada), "You’re on a network we don’t know yet.")
}

func TestADeviceIsForgottenAfterThirtyDays(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada).ByText(phone, "remember", "yes").WantRedirect("/home")
	b.Post("/signout")
	app.Clock.Advance(30*24*time.Hour + time.Second)
	wantReason(t, b.Challenged(ada), "We have not seen this device for 30 days.")
}

// What ends a session also ends the token that a request is about to give it.
func TestASessionThatEndsMeanwhileDoesNotGoOnByANewToken(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := b.Challenged(ada)
	app.Exec(`CREATE FUNCTION signs_out() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN UPDATE sessions SET ended_why = 'signed-out' WHERE token_hash = NEW.token_hash; RETURN NULL; END $$`)
	app.Exec(`CREATE TRIGGER meanwhile AFTER UPDATE ON sessions FOR EACH ROW
		WHEN (NEW.ended_why = 'renewed' AND OLD.ended_at IS NULL) EXECUTE FUNCTION signs_out()`)
	p.ByText(phone)
	b.Get("/home").WantStatus(http.StatusSeeOther)
	if n := app.Rows("sessions", "kind = 'account' AND ended_at IS NULL"); n != 0 {
		t.Errorf("%d sessions go on", n)
	}
}

func TestACopiedCookieEndsTheDeviceAndEverySession(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada).ByText(phone, "remember", "yes", "device", "Clinic laptop").WantRedirect("/home")
	b.Post("/signout")
	thief := b.Steal()
	// Any number of uses later the copy is still known for one.
	for range 3 {
		app.Clock.Advance(2 * time.Minute)
		b.SignIn(ada).WantRedirect("/home")
	}

	viewer := app.Viewer(apptest.ConnectingOntario)
	app.Exec("UPDATE services SET minimum = 'knowledge'")
	b.Open(viewer, samltest.Ask{}).Seen(viewer)
	p := thief.Challenged(ada)
	if n := app.Rows("river_job", "args->>'name' = '"+departure.Errand+"' AND args->>'id' IN (SELECT name FROM sessions WHERE ended_why = 'elsewhere')"); n != 1 {
		t.Errorf("services are told of %d sessions, want 1", n)
	}
	wantReason(t, p, "An old copy of this device’s recognition was used elsewhere. We no longer trust it.")
	b.Get("/home").WantStatus(http.StatusSeeOther)
	app.WantSent(outbox.KindDeviceCopied, "ada@example.ca")
	app.WantAudit(audit.DeviceCopied, 1)

	// The owner, too, is told, and asked.
	wantReason(t, b.Challenged(ada), "An old copy of this device’s recognition was used elsewhere. We no longer trust it.")
	app.WantAudit(audit.DeviceCopied, 1)
}

func TestAnAnswerLostOnItsWayIsNoTheft(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada).ByText(phone, "remember", "yes").WantRedirect("/home")
	b.Post("/signout")
	app.Clock.Advance(time.Hour)
	before := b.Steal()
	b.SignIn(ada).WantRedirect("/home") // its answer never arrives at "before"
	app.Clock.Advance(30 * time.Second)
	before.SignIn(ada).WantRedirect("/home")
	app.Clock.Advance(time.Hour)
	before.Post("/signout")
	before.SignIn(ada).WantRedirect("/home")
	app.WantAudit(audit.DeviceCopied, 0)
}

func TestTheCookieIsWorthNothingToAnotherAccount(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	bob := app.Account(apptest.Holder{First: "Bob", Email: "bob@example.ca"})
	app.Asked(bob, apptest.Means{Texts: []string{"+14165550144"}})
	b := app.Browser()
	b.Challenged(ada).ByText(phone, "remember", "yes").WantRedirect("/home")
	b.Post("/signout")
	wantReason(t, b.Challenged(bob), "You’re using a new browser.")
	b.Get("/challenge").ByText("+14165550144", "remember", "yes").WantRedirect("/home")
	// Both are recognised in one browser.
	for _, who := range []apptest.Account{ada, bob} {
		b.Post("/signout")
		b.SignIn(who).WantRedirect("/home")
	}
}

func TestAnAccountHasTenDevicesAtMost(t *testing.T) {
	t.Parallel()
	app, ada := people(t, apptest.Means{Codes: false, Texts: []string{phone}})
	for range 10 {
		app.Clock.Advance(25 * time.Hour)
		app.Browser().Challenged(ada).ByText(phone, "remember", "yes").WantRedirect("/home")
	}
	app.Clock.Advance(25 * time.Hour)
	b := app.Browser()
	p := b.Challenged(ada)
	to := p.Find(`input[name="to"]`).First().AttrOr("value", "")
	b.Post("/challenge", "to", to).Follow().WantText("You have 10 remembered devices.").WantNever("Remember this browser")
	if n := app.Rows("devices", "true"); n != 10 {
		t.Errorf("%d devices, want 10", n)
	}
}

func TestWhoIsNotAsked(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	load := app.Account(apptest.Holder{First: "Load"})
	app.Asked(load, all())
	app.Exec("UPDATE accounts SET second_factor = false WHERE login_id = 'LOAD.BYRON'")
	app.Browser().SignIn(load).WantRedirect("/home")
	bare := app.Account(apptest.Holder{First: "Bare"})
	app.Asked(bare, apptest.Means{})
	app.Browser().SignIn(bare).WantRedirect("/home")
}

func TestWhoHasOnlyQuestionsIsLedToThem(t *testing.T) {
	t.Parallel()
	app, ada := people(t, apptest.Means{Questions: true})
	b := app.Browser()
	b.SignIn(ada).WantRedirect("/challenge").Follow().WantRedirect("/challenge/questions")
	p := b.Get("/challenge/questions").WantStatus(200)
	wantReason(t, p, "You’re using a new browser.")
}

func TestStoppingEndsTheHalfWaySession(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada)
	b.Post("/challenge/stop", "stop", "yes").WantRedirect("/challenge/stopped").Follow().
		WantText("You stopped the check, so you are not signed in.")
	b.Get("/challenge").WantRedirect("/signin")
	app.WantAudit(audit.ChallengeStopped, 1)
}

func TestWhereThereIsOneWayItIsAButton(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	app.Asked(ada, apptest.Means{Calls: []string{phone}})
	p := app.Browser().Challenged(ada).WantText("Call the number ending in 23")
	if n := p.Find(`input[type="radio"]`).Length(); n != 0 {
		t.Errorf("there are %d radio buttons for one way", n)
	}
	if n := app.Rows("messages", "true"); n != 0 {
		t.Errorf("%d calls were made before anything was pressed", n)
	}
	to, _ := p.Value("to")
	if got := p.Find("#challenge .btn").Text(); !strings.Contains(got, "Call the number ending in 23") {
		t.Errorf("the button says %q", got)
	}
	for range 3 {
		p.Post("/challenge", "to", to).WantStatus(303)
		app.Clock.Advance(6 * time.Minute)
	}
	p.Post("/challenge", "to", to).WantStatus(429).WantText("You can ask again at", "Call the number ending in 23")
}

func TestASharedWorkstationIsNeverRemembered(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada).ByText(phone, "remember", "yes").WantRedirect("/home")
	b.Post("/workstation", "shared", "yes")
	b.Post("/signout")
	app.Clock.Advance(time.Hour)

	p := b.Challenged(ada) // what was remembered is forgotten
	to := p.Find(`input[name="to"][value$=":text"]`).First().AttrOr("value", "")
	b.Post("/challenge", "to", to).Follow().WantText("This is a shared workstation").WantNever("Remember this browser")
	p.ByText(phone, "remember", "yes").WantRedirect("/home") // a form that was left open
	b.Post("/signout")
	app.Clock.Advance(time.Hour)
	b.SignIn(ada).WantRedirect("/challenge")
	if n := app.Rows("devices", "ended_at IS NULL"); n != 1 {
		t.Errorf("%d devices are remembered, want the one from before", n)
	}

	bob := app.Account(apptest.Holder{First: "Bob", Email: "bob@example.ca"})
	b = app.Browser()
	b.Post("/workstation", "shared", "yes")
	b.Post("/signin", "loginid", bob.LoginID, "password", bob.Password, "passkeys", "yes").WantRedirect("/home")
	own := app.Browser()
	own.Post("/signin", "loginid", bob.LoginID, "password", bob.Password, "passkeys", "yes").WantRedirect("/signin/offer?then=%2Fhome")
}
