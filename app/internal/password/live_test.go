package password_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"oneid/app/internal/apptest"
	"oneid/app/internal/password"
)

func TestAPasswordBeingTypedIsJudgedForWhoeverIsChoosingOne(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.SignedIn(app.Account(apptest.Holder{}))
	for typed, test := range map[string]struct {
		met  int
		says string
	}{
		"":                  {0, "not yet met"},
		"maple":             {1, "3 rules left to meet."},
		"Maple tin roof 47": {4, "Your password meets all the rules."},
		"Byron tin roof 47": {4, "Your password contains your name."},
		"Password1":         {4, "This password is on lists that attackers use."},
	} {
		page := ada.Post(password.AccountCheck, "password", typed).WantStatus(http.StatusOK).WantText(test.says)
		if got := page.Find(".met").Length(); got != test.met {
			t.Errorf("%q meets %d rules, want %d", typed, got, test.met)
		}
		if strings.Contains(page.Body, "<html") || typed != "" && strings.Contains(page.Body, typed) {
			t.Errorf("%q: the answer says too much: %s", typed, page.Body)
		}
		page.WantHeader("Cache-Control", "no-store")
	}
	if strings.Contains(app.Logged(), "tin roof") {
		t.Error("a password is in the log")
	}
}

func TestWhoIsChoosingNoPasswordIsToldNothing(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	for name, b := range map[string]*apptest.Browser{
		"a stranger": app.Browser(), "somebody who is signed in": app.SignedIn(app.Account(apptest.Holder{})),
	} {
		for _, place := range []string{password.RegisterCheck, password.AccountCheck, password.RecoveryCheck} {
			if place == password.AccountCheck && name != "a stranger" {
				continue
			}
			if page := b.Send(place, url.Values{"password": {"Maple tin roof 47"}}).WantStatus(http.StatusNoContent); page.Body != "" {
				t.Errorf("%s at %s reads %q", name, place, page.Body)
			}
		}
		b.Post("/password/check/elsewhere", "password", "x").WantStatus(http.StatusNotFound)
	}
}
