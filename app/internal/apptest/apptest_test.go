package apptest_test

import (
	"testing"

	"oneid/app/internal/apptest"
	"oneid/app/internal/outbox"
	"oneid/saml/samltest"
)

func TestAMemberComesFromTheCollegeAndOpensAViewer(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	randy := app.Browser()

	randy.HandOver(apptest.Randy()).WantRedirect("/register/policies")
	randy.Through("password").WantRedirect("/register/complete")
	randy.Get("/register/complete").WantStatus(200).WantText("RANDY.BURT@ONEID.ON.CA")

	app.WantSent(outbox.KindWelcome, "randy@example.ca")
	app.Deliver()
	if got := len(app.Mails()); got == 0 {
		t.Error("no mail was handed over")
	}
	viewer := app.Viewer(apptest.ConnectingOntario)
	doctor := app.Browser()
	doctor.Open(viewer, samltest.Ask{}).WantStatus(200).WantText("ConnectingOntario")
	app.WantIntact()
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		apptest.New(b)
	}
}
