package app_test

import (
	"testing"

	"github.com/beevik/etree"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
)

// subject names a person in a service's request.
func subject(name string) func(*etree.Element) {
	return func(r *etree.Element) {
		s := etree.NewElement("saml:Subject")
		s.CreateElement("saml:NameID").SetText(name)
		r.InsertChildAt(r.SelectElement("Issuer").Index()+1, s)
	}
}

func TestTheWizardGoesOnWhereverTheProcessEnds(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := app.Browser()
	b.HandOver(apptest.Randy()).WantRedirect("/register/policies")
	to := "/register/policies"
	for _, slug := range []string{"policies", "personal", "profession", "questions", "phone", "mail", "review", "password"} {
		if to != "/register/"+slug {
			t.Fatalf("led to %s, want %s", to, slug)
		}
		// The page is from one process, its form goes to another, and the next
		// page comes from a third.
		form := b.Filled(slug)
		b = b.On(app.Node())
		saved := b.Send("/register/"+slug, form)
		b = b.On(app.Node())
		to = saved.To()
		if slug != "password" {
			b.Get("/register/resume").WantStatus(200)
		}
		saved.Browser = b
		saved.Follow().WantStatus(200)
	}
	if to != "/register/complete" {
		t.Fatalf("led to %s", to)
	}
	b.Get("/register/complete").WantText("RANDY.BURT@ONEID.ON.CA")
	app.WantAudit(audit.RegisterAccountCreated, 1)
	app.WantSent(outbox.KindWelcome, "randy@example.ca")
	app.WantIntact()
	b.Challenged(apptest.Account{LoginID: "RANDY.BURT", Password: apptest.Password})
}

func TestTheSameFormSentToTwoProcessesIsSavedOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	other := app.Node()
	b := app.Browser()
	b.HandOver(apptest.Randy())
	for _, slug := range []string{"policies", "personal", "profession", "questions", "phone", "mail", "review", "password"} {
		form := b.Filled(slug)
		answers := make(chan *apptest.Page, 2)
		for _, node := range []*apptest.App{app, other} {
			copied := b.Steal().On(node)
			go func() { answers <- copied.Send("/register/"+slug, form) }()
		}
		one, two := <-answers, <-answers
		if one.Status != 303 || two.Status != 303 || one.To() != two.To() {
			t.Fatalf("%s: answered %d to %q and %d to %q", slug, one.Status, one.To(), two.Status, two.To())
		}
		b.Get(one.To()).WantStatus(200)
	}
	if app.Rows("accounts", "") != 1 || app.Rows("login_ids", "") != 1 {
		t.Errorf("%d accounts, %d login IDs, want one of each", app.Rows("accounts", ""), app.Rows("login_ids", ""))
	}
	app.WantAudit(audit.RegisterAccountCreated, 1)
	app.WantSent(outbox.KindWelcome, "randy@example.ca")
	app.WantIntact()
}
