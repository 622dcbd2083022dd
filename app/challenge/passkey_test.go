package challenge_test

import (
	"testing"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
)

const passkeyPath = "/challenge/passkey"

// halfWay is a browser in which the password of an account with a passkey was
// right, and a second factor is owed.
func halfWay(app *apptest.App) (*apptest.Browser, apptest.Account, *apptest.Device) {
	app.Helper()
	who, device := app.Account(apptest.Holder{}), app.Device()
	app.SignedIn(who).AddPasskey(device, "Laptop").WantRedirect("/profile/passkeys")
	app.Asked(who, apptest.Means{})
	b := app.Browser()
	b.Challenged(who)
	return b, who, device
}

func TestAPasskeyIsTheSecondFactor(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b, _, device := halfWay(app)
	b.Get("/challenge").WantStatus(200).WantText("Use a passkey")
	b.Get(passkeyPath).WantStatus(200).WantText("Use your passkey", "This browser can’t use passkeys. Choose another way.")
	b.Get("/home").WantRedirect("/challenge")

	b.UsePasskey(device, passkeyPath).WantRedirect("/home")

	b.Get("/home").WantStatus(200)
	app.WantAudit(audit.ChallengePassed, 1)
	app.WantSent(outbox.KindNewDevice, "ada@example.ca")
	b.Get("/profile/passkeys/add").WantStatus(200) // proof enough for what is sensitive
	app.WantIntact()
}

func TestABrowserIsRememberedWithAPasskey(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b, who, device := halfWay(app)
	b.UsePasskey(device, passkeyPath, "remember", "yes", "device", "Desk").WantRedirect("/home")
	b.Post("/signout")
	b.SignIn(who).WantRedirect("/home")
}

func TestTheSecondFactorIsOnesOwnPasskey(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b, _, _ := halfWay(app)
	eve, hers := app.Account(apptest.Holder{First: "Eve", Email: "eve@example.ca"}), app.Device()
	app.SignedIn(eve).AddPasskey(hers, "Hers").WantRedirect("/profile/passkeys")

	b.UsePasskey(hers, passkeyPath).WantStatus(422).WantText("That did not work. Try again, or choose another way.")
	b.UsePasskey(app.Device(), passkeyPath).WantStatus(422)
	b.Get("/home").WantRedirect("/challenge")
}

func TestAnAnswerForSignInIsNoneForTheSecondFactor(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b, _, device := halfWay(app)
	form, _ := b.Proof(device, "/signin/passkey")
	b.Send(passkeyPath, form).WantStatus(422)
}

func TestACopiedPasskeyIsNoSecondFactor(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b, _, device := halfWay(app)
	device.Count = 5
	app.Browser().UsePasskey(device, "/signin/passkey").WantRedirect("/home")
	device.Count = 2
	b.UsePasskey(device, passkeyPath).WantStatus(422).WantText("This passkey was stopped because a copy of it may exist.")
	app.WantSent(outbox.KindPasskeyRefused, "ada@example.ca")
	b.Get("/home").WantRedirect("/challenge")
}

func TestNobodyWithoutAPasskeyIsAskedForOne(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b, _, device := halfWay(app)
	app.Exec("UPDATE passkeys SET ended_at = now(), ended_why = 'removed'")
	b.Get("/challenge").WantNever(passkeyPath)
	b.UsePasskey(device, passkeyPath).WantRedirect("/challenge")
}
