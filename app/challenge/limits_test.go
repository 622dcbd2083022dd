package challenge_test

import (
	"net/http"
	"testing"
	"time"

	"oneid/app/internal/apptest"
)

func TestAnIPv6NetworkIsKnownByItsFirst56Bits(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Address = "[2001:db8:1:100::7]"
	b.Challenged(ada).ByText(phone, "remember", "yes").WantRedirect("/home")
	for _, address := range []string{"[2001:db8:1:1ff:ffff::9]", "[2001:db8:1:100::7%25eth0]"} {
		b.Post("/signout")
		b.Address = address
		b.SignIn(ada).WantRedirect("/home")
	}
	for _, address := range []string{"[2001:db8:1:200::7]", "[2001:db8:1:ff::7]"} {
		b.Post("/signout")
		b.Address = address
		wantReason(t, b.Challenged(ada), "You’re on a network we don’t know yet.")
	}
}

func TestTheOperatorSaysForHowManyDaysADeviceIsRecognised(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.Setting("DEVICE_DAYS", "7"))
	ada := app.Account(apptest.Holder{})
	app.Asked(ada, all())
	b := app.Browser()
	page := b.Challenged(ada).ByText(phone, "remember", "yes").WantRedirect("/home")
	for _, c := range (&http.Response{Header: page.Header}).Cookies() {
		if c.Name == "__Host-dev" && c.MaxAge != 7*24*60*60 {
			t.Errorf("the browser keeps the cookie for %d seconds, want seven days", c.MaxAge)
		}
	}
	for _, wait := range []time.Duration{7*24*time.Hour - time.Second, 7*24*time.Hour - time.Second} {
		b.Post("/signout")
		app.Clock.Advance(wait)
		b.SignIn(ada).WantRedirect("/home") // and is used again from here
	}
	b.Post("/signout")
	app.Clock.Advance(7 * 24 * time.Hour)
	b.SignIn(ada).WantRedirect("/challenge")
}

func TestAProofIsFreshForTenMinutes(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada).ByText(phone).WantRedirect("/home")
	app.Clock.Advance(10 * time.Minute)
	b.Get("/profile/password").WantStatus(http.StatusOK)
	app.Clock.Advance(time.Second)
	b.Get("/profile/password").WantRedirect("/challenge")
}
