package challenge_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"oneid/app/internal/apptest"
)

// remembered is a browser that the account remembers, signed out.
func remembered(app *apptest.App, ada apptest.Account) *apptest.Browser {
	app.Helper()
	b := app.Browser()
	b.Challenged(ada).ByText(phone, "remember", "yes").WantRedirect("/home")
	b.Post("/signout")
	app.Clock.Advance(time.Hour)
	return b
}

func TestGuessingStrangersCannotKeepTheOwnerOutOnAKnownDevice(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := remembered(app, ada)
	// From everywhere, and from the owner's own address.
	for i := range 40 {
		stranger := app.Browser()
		if i%2 == 0 {
			stranger.Address = fmt.Sprintf("203.0.113.%d", i)
		}
		stranger.Post("/signin", "loginid", ada.LoginID, "password", "wrong")
	}
	app.Browser().SignIn(ada).WantStatus(http.StatusTooManyRequests)
	b.SignIn(ada).WantRedirect("/home")
}

func TestAKnownDeviceHasTenTriesBeforeItWaits(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := remembered(app, ada)
	for range 10 {
		b.Post("/signin", "loginid", ada.LoginID, "password", "wrong").WantStatus(http.StatusUnprocessableEntity)
	}
	b.SignIn(ada).WantStatus(http.StatusTooManyRequests).WantText("You can try again at 1:01 p.m.")
	app.Clock.Advance(time.Minute)
	b.SignIn(ada).WantRedirect("/home")
}

func TestACookieThatIsMadeUpIsNobodysDevice(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	for _, value := range []string{"x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "....", "é"} {
		r := b.Request(http.MethodPost, "/signin", apptest.Fields("loginid", ada.LoginID, "password", ada.Password))
		r.Header.Set("Cookie", "__Host-dev="+value+"; dev="+value)
		app.Browser().Do(r).WantRedirect("/challenge")
	}
}

func TestABrowserIsRememberedForThreeAccounts(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := app.Browser()
	var all []apptest.Account
	for i := range 4 {
		who := app.Account(apptest.Holder{First: "Person" + string(rune('a'+i))})
		number := fmt.Sprintf("+1416555010%d", i)
		app.Asked(who, apptest.Means{Texts: []string{number}})
		b.Challenged(who).ByText(number, "remember", "yes").WantRedirect("/home")
		b.Post("/signout")
		all = append(all, who)
	}
	b.SignIn(all[0]).WantRedirect("/challenge") // the oldest made room
	b.Post("/challenge/stop", "stop", "yes")
	for _, who := range all[1:] {
		b.SignIn(who).WantRedirect("/home")
		b.Post("/signout")
	}
}
