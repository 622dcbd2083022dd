package signin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
)

func TestTheTokenChangesAtSignInAndTheOldOneIsDead(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	b := app.Browser()
	b.Get("/home") // is led to sign in, and holds a session to come back by
	planted := b.Session()
	thief := b.Steal()

	b.SignIn(ada).WantRedirect("/home")

	if planted == "" || b.Session() == planted {
		t.Fatalf("the token before (%q) is the one after", planted)
	}
	thief.Get("/home").WantRedirect("/signin")
	signedIn := b.Session()
	b.SignIn(ada)
	if b.Session() == signedIn {
		t.Error("signing in again kept the token")
	}
}

func TestTheSixthSessionEndsTheOldest(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	var all []*apptest.Browser
	for range 6 {
		all = append(all, app.SignedIn(ada))
		app.Clock.Advance(time.Second)
	}
	all[0].Get("/home").WantRedirect("/session/ended?why=elsewhere").Follow().WantStatus(200).WantText("Your session has ended")
	for i, b := range all[1:] {
		if page := b.Get("/home"); page.Status != http.StatusOK {
			t.Errorf("session %d answered %d", i+2, page.Status)
		}
	}
}

func TestTheOperatorSaysHowManySessionsOneMayHave(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.Setting("SESSION_PARALLEL", "1"))
	ada := app.Account(apptest.Holder{})
	first := app.SignedIn(ada)
	app.Clock.Advance(time.Second)
	app.SignedIn(ada).Get("/home").WantStatus(200)
	first.Get("/home").WantRedirect("/session/ended?why=elsewhere")
}

func TestSigningOutClearsEverything(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	b := app.SignedIn(ada)
	before := b.Get("/home").WantStatus(200).WantHeader("Cache-Control", "no-store")
	thief := b.Steal()

	out := b.Post("/signout").WantRedirect("/signedout").WantHeader("Clear-Site-Data", `"cache"`)
	if b.Session() != "" {
		t.Error("the browser still holds its token")
	}
	out.Follow().WantStatus(200).WantText("You are signed out").WantNever("Ada")
	b.Get("/home").WantRedirect("/signin")
	thief.Get("/home").WantRedirect("/signin")
	app.WantAudit(audit.SigninSessionEnded, 1)
	if strings.Contains(before.Header.Get("Cache-Control"), "max-age") {
		t.Error("Back could show the page")
	}
	b.Post("/signout").WantRedirect("/signedout")
	app.WantAudit(audit.SigninSessionEnded, 1)
}

func TestAPersonComesBackToThePageThatSignInInterrupted(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	b := app.Browser()
	b.Get("/home?from=bookmark").WantRedirect("/signin")
	b.SignIn(ada).WantRedirect("/home?from=bookmark")
	b.Get("/signin").WantRedirect("/home")
}

func TestCookiesAreAsTightAsTheAddressAllows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		base   string
		name   string
		secure bool
	}{
		{"https://oneid.example.ca", "__Host-sid", true},
		{"http://oneid.localhost:8080", "sid", false},
	} {
		t.Run(test.base, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t, apptest.Setting("BASE_URL", test.base))
			ada := app.Account(apptest.Holder{})
			page := app.Browser().SignIn(ada).WantRedirect("/home")
			cookies := (&http.Response{Header: page.Header}).Cookies()
			found := false
			for _, c := range cookies {
				if c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != test.secure {
					t.Errorf("cookie %s", c)
				}
				if c.Name == test.name {
					found = true
					if !c.HttpOnly || c.MaxAge != 0 || !c.Expires.IsZero() {
						t.Errorf("the session's cookie is %s", c)
					}
				}
			}
			if !found {
				t.Errorf("no cookie %s among %v", test.name, cookies)
			}
		})
	}
}

func TestWithoutItsEventNobodySignsIn(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	app.BreakAudit(audit.SigninPasswordPassed)
	b := app.Browser()
	if page := b.SignIn(ada); page.Status < 500 {
		t.Errorf("answered %d, want an error", page.Status)
	}
	b.Get("/home").WantRedirect("/signin")
}

func TestAPasswordIsRightOnTheNextNodeToo(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	other := app.Node()
	b := app.SignedIn(ada)
	b.On(other).Get("/home").WantStatus(200)
	b.On(other).Post("/signout")
	b.On(app).Get("/home").WantRedirect("/signin")
}
