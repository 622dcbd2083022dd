package credentials_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
)

// keyed is a browser in which somebody with a passkey has signed in by it, so
// that whatever asks for fresh proof has it.
func keyed(app *apptest.App) *apptest.Browser {
	app.Helper()
	device := app.Device()
	app.SignedIn(app.Account(apptest.Holder{})).AddPasskey(device, "Laptop").WantRedirect("/profile/passkeys")
	b := app.Browser()
	b.UsePasskey(device, "/signin/passkey").WantRedirect("/home")
	return b
}

func TestAPasskeyIsAddedListedAndRemoved(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	who, device := app.Account(apptest.Holder{}), app.Device()
	ada, elsewhere := app.SignedIn(who), app.SignedIn(who)
	ada.Get("/profile/passkeys").WantStatus(200).WantText("You have no passkey yet.")

	ada.AddPasskey(device, "  Ada’s   laptop ").WantRedirect("/profile/passkeys").Follow().
		WantText("Passkey “Ada’s laptop” was added.", "Kept on one device", "Not used yet")
	app.WantSent(outbox.KindPasskeyAdded, "ada@example.ca")
	app.WantAudit(audit.PasskeyAdded, 1)
	elsewhere.Get("/home").WantStatus(200)

	remove, _ := ada.Get("/profile/passkeys").Find("dl a[href$='/remove']").Attr("href")
	ada.Get(remove).WantRedirect("/challenge")
	ada.UsePasskey(device, "/challenge/passkey").WantRedirect(remove)
	ada.Get(remove).WantStatus(200).WantText("Remove the passkey “Ada’s laptop”?")
	ada.Post(remove).WantRedirect("/profile/passkeys").Follow().
		WantText("Passkey “Ada’s laptop” was removed. Remove it from your device too.", "You have no passkey yet.")
	app.WantSent(outbox.KindPasskeyRemoved, "ada@example.ca")
	app.WantAudit(audit.PasskeyRemoved, 1)
	elsewhere.Get("/home").WantRedirect("/session/ended?why=elsewhere")

	ada.Post(remove).WantRedirect("/profile/passkeys") // a second tab
	app.Browser().UsePasskey(device, "/signin/passkey").WantStatus(422).WantText("We don’t know this passkey.")
}

func TestASyncedPasskeySaysSo(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada, device := app.SignedIn(app.Account(apptest.Holder{})), app.Device()
	device.Synced = true
	ada.AddPasskey(device, "Phone").Follow().WantText("Synced between your devices")
}

func TestAPasskeyNeedsANameOfItsOwn(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := keyed(app)
	for name, want := range map[string]string{
		"":                      "Give this passkey a name",
		" ":                     "Give this passkey a name",
		"LAPTOP":                "You already have a passkey with this name.",
		strings.Repeat("é", 61): "Shorten the name to 60 characters or fewer.",
	} {
		ada.AddPasskey(app.Device(), name).WantStatus(422).WantText(want)
	}
	ada.AddPasskey(app.Device(), strings.Repeat("é", 60)).WantRedirect("/profile/passkeys")
}

func TestTenPasskeysAreEnough(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := keyed(app)
	for i := range 9 {
		ada.AddPasskey(app.Device(), fmt.Sprint(i)).WantRedirect("/profile/passkeys")
	}
	ada.AddPasskey(app.Device(), "one more").WantStatus(422).WantText("You can have 10 passkeys.")
	ada.Get("/profile/passkeys").WantText("You can have 10 passkeys.").WantNever("/profile/passkeys/add")
}

func TestADeviceWithAPasskeyIsNotAddedTwice(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada, device := keyed(app), app.Device()
	ada.AddPasskey(device, "One").WantRedirect("/profile/passkeys")
	ada.AddPasskey(device, "Two").WantStatus(422).WantText("This device already has a passkey for your account.")
}

func TestWhatAnotherSiteMadeIsNotAdded(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.SignedIn(app.Account(apptest.Holder{}))
	for name, bend := range map[string]func(*apptest.Device){
		"another site's page":   func(d *apptest.Device) { d.Origin = "https://oneid.example.co" },
		"a person not verified": func(d *apptest.Device) { d.Verified = false },
	} {
		device := app.Device()
		bend(device)
		if page := ada.AddPasskey(device, name); page.Status != 422 {
			t.Errorf("%s: got %d, want 422", name, page.Status)
		}
	}
	ada.Get("/profile/passkeys").WantText("You have no passkey yet.")
}

func TestAPasskeyAsksForFreshProof(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := keyed(app)
	remove, _ := ada.Get("/profile/passkeys").Find("dl a[href$='/remove']").Attr("href")
	app.Clock.Advance(11 * time.Minute)

	ada.Get("/profile/passkeys").WantStatus(200)
	ada.Get("/profile/passkeys/add?then=%2Fhome").WantRedirect("/challenge")
	ada.AddPasskey(app.Device(), "Phone").WantRedirect("/challenge")
	ada.Post(remove).WantRedirect("/challenge")
	app.WantAudit(audit.PasskeyRemoved, 0)
}

func TestOthersPasskeysAreOutOfReach(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.SignedIn(app.Account(apptest.Holder{}))
	eve := app.SignedIn(app.Account(apptest.Holder{First: "Eve", Email: "eve@example.ca"}))
	ada.AddPasskey(app.Device(), "Laptop").WantRedirect("/profile/passkeys")
	remove, _ := ada.Get("/profile/passkeys").Find("dl a[href$='/remove']").Attr("href")

	eve.Get(remove).WantStatus(404)
	eve.Post(remove).WantRedirect("/profile/passkeys")
	ada.Get("/profile/passkeys").WantText("Laptop")
}

func TestAfterAPasskeyThePersonGoesOn(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.SignedIn(app.Account(apptest.Holder{}))
	page := ada.Get("/profile/passkeys/add?then=%2Fhelp").WantStatus(200)
	page.WantField("then", "/help").WantField("name", "Firefox, Linux")
	ada.Get("/profile/passkeys/add?then=%2F%2Fevil.example").WantNever("evil.example")
}

func TestAfterARecoveryAPasskeyWaitsADayUnlessSomethingHeldBeforeIsProven(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	who := app.Account(apptest.Holder{})
	app.Exec("UPDATE accounts SET recovered_at = '2026-11-20 16:59:00Z'") // a minute ago
	ada := app.SignedIn(who)
	ada.Get("/profile/passkeys").WantText("changes here need a phone or passkey you had before.")
	ada.AddPasskey(app.Device(), "Thief’s").WantStatus(422).WantText("Your password was reset less than 24 hours ago.")

	held := app.Device()
	app.Exec("UPDATE accounts SET recovered_at = NULL")
	app.SignedIn(who).AddPasskey(held, "Laptop").WantRedirect("/profile/passkeys")
	app.Exec("UPDATE accounts SET recovered_at = '2026-11-20 17:00:30Z'")
	app.Clock.Advance(time.Minute)
	owner := app.Browser()
	owner.UsePasskey(held, "/signin/passkey").WantRedirect("/home")
	owner.AddPasskey(app.Device(), "New").WantRedirect("/profile/passkeys")
}
