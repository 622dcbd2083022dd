package signin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/db"
)

// wantCounted reads /metrics as a scraper on the same machine does.
func wantCounted(t *testing.T, app *apptest.App, passed, failed, waited, blocked int) {
	t.Helper()
	scraper := app.Browser()
	scraper.Address = "127.0.0.1"
	got := scraper.Get("/metrics").WantStatus(200).Body
	for outcome, n := range map[string]int{"passed": passed, "failed": failed, "waited": waited, "blocked": blocked} {
		if want := fmt.Sprintf("oneid_signins_total{outcome=%q} %d\n", outcome, n); !strings.Contains(got, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

func TestPasswordsAreCountedByHowTheyEnded(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	frozen := app.Account(apptest.Holder{First: "Ida", Status: db.AccountFrozen})
	wantCounted(t, app, 0, 0, 0, 0)
	app.Browser().SignIn(ada)
	app.Browser().SignIn(frozen)
	app.Browser().Post("/signin", "loginid", "", "password", "") // judged by nobody
	for range 7 {
		app.Browser().Post("/signin", "loginid", "nobody", "password", "wrong 1A word")
	}
	wantCounted(t, app, 1, 5, 2, 1)
}

func TestALapsedPasswordIsCountedAsBlocked(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	temporary(app, ada)
	app.Clock.Advance(400 * day)
	app.Browser().SignIn(ada).WantStatus(403)
	wantCounted(t, app, 0, 0, 0, 1)
}

func TestPasskeysAreCountedByHowTheyEnded(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	device := app.Device()
	b := app.SignedIn(ada)
	b.AddPasskey(device, "Laptop")
	app.Browser().UsePasskey(device, "/signin/passkey").WantRedirect("/home")
	app.Browser().Post("/signin/passkey", "exchange", "none").WantStatus(422)
	app.Exec(fmt.Sprintf("UPDATE accounts SET status = 'frozen' WHERE id = '%s'", ada.ID))
	app.Browser().UsePasskey(device, "/signin/passkey").WantStatus(403)
	wantCounted(t, app, 2, 1, 0, 1)
}

func TestTheOperatorSaysHowOldAPasswordMayBe(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.Setting("PASSWORD_MAX_AGE_DAYS", "90"))
	ada := app.Account(apptest.Holder{})
	app.Clock.Advance(90*day - time.Second)
	app.SignedIn(ada)
	app.Clock.Advance(time.Second)
	expired(t, app.Browser(), ada)
}

func TestWhoWaitsCostsNoHash(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	for range 5 {
		app.Browser().Post("/signin", "loginid", ada.LoginID, "password", "wrong 1A word").WantStatus(422)
	}
	// Whoever compares with this stumbles.
	app.Exec("UPDATE passwords SET hash = 'none'")
	app.Browser().SignIn(ada).WantStatus(429)
	app.Clock.Advance(time.Minute)
	app.Browser().SignIn(ada).WantStatus(500)
}
