package credentials_test

import (
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
)

// Through the whole product: the change, the proof it asks for, and back to what
// was typed.
func TestAChangeGoesThroughTheProofAndBack(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	who := app.Account(apptest.Holder{})
	app.Asked(who, apptest.Means{Texts: []string{"+14165550123"}})
	ada := app.Browser()
	ada.Challenged(who).ByText("+14165550123").WantRedirect("/home")
	app.Clock.Advance(11 * time.Minute)

	ada.Post("/profile/phones/add", "number", "647 555 0177", "method", "text").WantRedirect("/challenge")
	back := ada.Get("/challenge").ByText("+14165550123").WantRedirect("/profile/phones/add").Follow()
	back.WantField("number", "647 555 0177")
	sent := ada.Post("/profile/phones/add", "number", "647 555 0177", "method", "text")
	ada.Post(sent.To(), "code", app.Texted("+16475550177")).WantRedirect("/profile/phones").Follow().
		WantText("The number ending in 77 was added.")
	app.WantSent(outbox.KindPhoneAdded, "ada@example.ca")
	app.WantAudit(audit.CredentialsPhoneAdded, 1)
	ada.Get("/profile/security").WantText("Number ending in 23, by text", "Number ending in 77, by text")

	app.Clock.Advance(time.Minute)
	elsewhere := app.Browser()
	elsewhere.Challenged(who).ByText("+14165550123", "remember", "yes").WantRedirect("/home")
	ada.Post("/profile/password", "current", who.Password, "password", "Zebra Lamp 77", "confirm", "Zebra Lamp 77").
		WantRedirect("/profile/security")
	elsewhere.Get("/home").WantRedirect("/session/ended?why=elsewhere")
	ada.Get("/home").WantStatus(200)

	// The browser that was remembered is not any more, and only the new password
	// opens anything.
	elsewhere.SignIn(who).WantStatus(422)
	who.Password = "Zebra Lamp 77"
	elsewhere.Challenged(who)
}

func TestEverySectionStandsInTheMenuAndKnowsItsPages(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.SignedIn(app.Account(apptest.Holder{}))
	for path, section := range map[string]string{
		"/home": "/home", "/profile": "/profile", "/profile/security": "/profile/security", "/profile/phones": "/profile/security",
		"/profile/sessions": "/profile/security", "/profile/passkeys": "/profile/security",
	} {
		page := ada.Get(path).WantStatus(200)
		if got := page.Find("nav.side-nav a[aria-current]").AttrOr("href", ""); got != section {
			t.Errorf("%s stands in %q, want %s", path, got, section)
		}
		if n := page.Find("details.menu a").Length(); n != 3 {
			t.Errorf("%s: %d sections in the menu, want 3", path, n)
		}
	}
}

func TestAPasswordManagerLeadsToTheChangeWhoeverIsSignedIn(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	who := app.Account(apptest.Holder{})
	for name, b := range map[string]*apptest.Browser{"a stranger": app.Browser(), "somebody signed in": app.SignedIn(who)} {
		page := b.Get("/.well-known/change-password").WantStatus(302)
		if page.To() != "/profile/password" {
			t.Errorf("%s is led to %q", name, page.To())
		}
		if page = page.Follow(); name == "a stranger" {
			page = page.WantRedirect("/signin").SignIn(who).WantRedirect("/profile/password").Follow()
		}
		page.WantStatus(200).WantText("Change password", "Current password")
	}
}
