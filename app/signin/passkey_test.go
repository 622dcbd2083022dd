package signin_test

import (
	"net/url"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/saml/samltest"
)

const passkeyPath = "/signin/passkey"

// keyed is an account with a passkey on a device.
func keyed(app *apptest.App, h apptest.Holder, bend ...func(*apptest.Device)) (apptest.Account, *apptest.Device) {
	app.Helper()
	who, device := app.Account(h), app.Device()
	for _, b := range bend {
		b(device)
	}
	app.SignedIn(who).AddPasskey(device, "Laptop").WantRedirect("/profile/passkeys")
	return who, device
}

func TestAPasskeySignsInByItself(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	_, device := keyed(app, apptest.Holder{})

	b := app.Browser()
	b.UsePasskey(device, passkeyPath).WantRedirect("/home")

	b.Get("/home").WantStatus(200)
	b.Get("/profile/passkeys").WantStatus(200).WantText("Laptop", "Last used on")
	app.WantAudit(audit.PasskeyPassed, 1)
	app.WantIntact()
}

func TestAPasskeyGoesOnToTheServiceThatWaits(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	_, device := keyed(app, apptest.Holder{Services: []db.ServiceID{apptest.ConnectingOntario}, Licence: "100093"})
	viewer := app.Viewer(apptest.ConnectingOntario)

	b := app.Browser()
	page := b.Begin(viewer, samltest.Ask{}).Rest()
	j, _ := page.Value("j")
	if j == "" {
		t.Fatal("the sign-in page carries no journey")
	}
	b.UsePasskey(device, passkeyPath, "j", j).WantRedirect("/sso/continue?j=" + url.QueryEscape(j))
}

func TestWhatIsNoProofOfAPasskeyIsRefused(t *testing.T) {
	t.Parallel()
	for name, bend := range map[string]func(d *apptest.Device, form url.Values){
		"another site's page":         func(d *apptest.Device, _ url.Values) { d.Origin = "https://oneid.example.co" },
		"the same host, plain":        func(d *apptest.Device, _ url.Values) { d.Origin = "http://oneid.example.ca" },
		"a sibling host":              func(d *apptest.Device, _ url.Values) { d.Origin = "https://www.example.ca" },
		"a person not verified":       func(d *apptest.Device, _ url.Values) { d.Verified = false },
		"another signature":           func(_ *apptest.Device, f url.Values) { f.Set("signature", f.Get("client")) },
		"another account's handle":    func(_ *apptest.Device, f url.Values) { f.Set("handle", "AAAAAAAAAAAAAAAAAAAAAA") },
		"no handle":                   func(_ *apptest.Device, f url.Values) { f.Del("handle") },
		"data that is not base64":     func(_ *apptest.Device, f url.Values) { f.Set("data", "!") },
		"data cut short":              func(_ *apptest.Device, f url.Values) { f.Set("data", "AAAA") },
		"client data that is no JSON": func(_ *apptest.Device, f url.Values) { f.Set("client", "AAAA") },
		"nothing":                     func(_ *apptest.Device, f url.Values) { clear(f) },
		"an exchange of nobody's":     func(_ *apptest.Device, f url.Values) { f.Set("exchange", "x") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t)
			_, device := keyed(app, apptest.Holder{})
			bend(device, url.Values{}) // before it answers
			b := app.Browser()
			form, _ := b.Proof(device, passkeyPath)
			bend(device, form) // and what it answered

			b.Send(passkeyPath, form).WantStatus(422).WantText("The passkey did not work. Try again, or use your password.")

			b.Get("/home").WantRedirect("/signin")
			app.WantAudit(audit.PasskeyPassed, 0)
		})
	}
}

func TestAnAnswerCountsOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	_, device := keyed(app, apptest.Holder{})
	b := app.Browser()
	form, _ := b.Proof(device, passkeyPath)

	b.Send(passkeyPath, form).WantRedirect("/home")
	thief := b.Steal()
	thief.Post("/signout")
	thief.Send(passkeyPath, form).WantStatus(422)
}

func TestAnAnswerCountsForFiveMinutesInTheBrowserThatAsked(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	_, device := keyed(app, apptest.Holder{})
	b := app.Browser()

	form, _ := b.Proof(device, passkeyPath)
	other := app.Browser()
	other.Proof(device, passkeyPath) // has a session of its own
	other.Send(passkeyPath, form).WantStatus(422)
	form, _ = b.Proof(device, passkeyPath)
	app.Clock.Advance(5 * time.Minute)
	b.Send(passkeyPath, form).WantStatus(422)
	form, _ = b.Proof(device, passkeyPath)
	app.Clock.Advance(5*time.Minute - time.Second)
	b.Send(passkeyPath, form).WantRedirect("/home")
}

func TestBeginningTellsAStrangerNothing(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	keyed(app, apptest.Holder{})
	b := app.Browser()
	page := b.Post(passkeyPath+"/start", "loginid", "ADA.BYRON")
	page.WantStatus(200).WantHeader("Cache-Control", "no-store")
	page.WantNever("allowCredentials", `"user"`)
}

func TestACopiedPasskeyIsStoppedAndItsOwnerTold(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	_, device := keyed(app, apptest.Holder{})
	b := app.Browser()
	b.UsePasskey(device, passkeyPath).WantRedirect("/home")
	b.UsePasskey(device, passkeyPath).WantRedirect("/home")
	device.Count--

	app.Browser().UsePasskey(device, passkeyPath).WantStatus(422).WantText("a copy of it may exist")

	app.WantSent(outbox.KindPasskeyRefused, "ada@example.ca")
	app.WantAudit(audit.PasskeyCopied, 1)
	device.Count = 100
	app.Browser().UsePasskey(device, passkeyPath).WantStatus(422).WantText("We don’t know this passkey.")
}

func TestACounterSaysNothingAboutASyncedPasskey(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	_, device := keyed(app, apptest.Holder{}, func(d *apptest.Device) { d.Synced = true })
	for _, count := range []uint32{7, 3, 3} {
		device.Count = count
		app.Browser().UsePasskey(device, passkeyPath).WantRedirect("/home")
	}
}

func TestACounterThatNeverCountsIsFine(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	_, device := keyed(app, apptest.Holder{})
	for range 3 {
		device.Count = ^uint32(0) // the next is zero
		app.Browser().UsePasskey(device, passkeyPath).WantRedirect("/home")
	}
}

func TestAPasskeyOpensNoAccountThatIsClosed(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	_, device := keyed(app, apptest.Holder{})
	app.Exec("UPDATE accounts SET status = 'suspended'")

	b := app.Browser()
	b.UsePasskey(device, passkeyPath).WantStatus(403).WantText("Your account is suspended")
	b.Get("/home").WantRedirect("/signin")
}

func TestAPasskeyIsOfferedOnceInThirtyDays(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	who := app.Account(apptest.Holder{})
	signIn := func(more ...string) *apptest.Page {
		return app.Browser().Post("/signin", append([]string{"loginid", who.LoginID, "password", who.Password}, more...)...)
	}
	signIn().WantRedirect("/home") // no script, or no device that could
	page := signIn("passkeys", "yes").WantRedirect("/signin/offer?then=%2Fhome")
	page.Follow().WantStatus(200).WantText("Sign in faster next time?")
	app.WantAudit(audit.PasskeyOffered, 1)
	page.Browser.Get("/signin/offer?then=%2F%2Fevil.example").WantStatus(200).WantNever("evil.example")
	app.WantAudit(audit.PasskeyOffered, 1)

	signIn("passkeys", "yes").WantRedirect("/home")
	app.Clock.Advance(30*24*time.Hour - time.Second)
	signIn("passkeys", "yes").WantRedirect("/home")
	app.Clock.Advance(time.Second)
	signIn("passkeys", "yes").WantRedirect("/signin/offer?then=%2Fhome")
}

func TestASignInByPasskeyAloneFromANewNetworkIsNews(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	who, device := keyed(app, apptest.Holder{})
	told := func() int { return app.Rows("messages", "kind = 'new_device' AND channel = 'mail'") }
	known := app.Rows("known_networks", "true")

	app.Browser().UsePasskey(device, passkeyPath).WantRedirect("/home")
	app.WantSent(outbox.KindNewDevice, "ada@example.ca")
	if got := app.Rows("known_networks", "account_id = '"+string(who.ID)+"'"); got != known+1 {
		t.Errorf("%d networks are known, want %d", got, known+1)
	}

	// The passkey is what is recognised: another browser there is no news.
	once := told()
	app.Browser().UsePasskey(device, passkeyPath).WantRedirect("/home")
	if told() != once {
		t.Errorf("told %d times, want %d", told(), once)
	}

	// One that is remembered, on a network that is known, is no news, and its
	// token moves on as after a password.
	const phone = "+14165550123"
	app.Asked(who, apptest.Means{Texts: []string{phone}})
	b := app.Browser()
	b.Challenged(who).ByText(phone, "remember", "yes").WantRedirect("/home")
	before, was := told(), deviceToken(b)
	b.Post("/signout")
	b.UsePasskey(device, passkeyPath).WantRedirect("/home")
	if is := deviceToken(b); told() != before || is == "" || is == was {
		t.Errorf("told %d times, want %d; the token was %q and is %q", told(), before, was, is)
	}
	elsewhere := *b
	elsewhere.Address = "198.51.100.9"
	elsewhere.Post("/signout")
	elsewhere.UsePasskey(device, passkeyPath).WantRedirect("/home")
	if told() != before+1 {
		t.Errorf("told %d times of a new network, want %d", told(), before+1)
	}
	app.WantIntact()
}

// deviceToken is what the browser is recognised by.
func deviceToken(b *apptest.Browser) string {
	b.Helper()
	home, err := url.Parse(b.Base)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range b.Jar.Cookies(home) {
		if c.Name == "__Host-dev" {
			return c.Value
		}
	}
	return ""
}
