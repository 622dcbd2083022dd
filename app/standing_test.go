package app_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"oneid/app"
	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
)

func TestAnAccountIsSuspendedAndResumedFromTheShell(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	ada := w.Account(apptest.Holder{Language: "fr"})
	b := w.SignedIn(ada)
	change := func(do string, loginID, reason string) (string, error) {
		var out bytes.Buffer
		var err error
		if do == "suspend" {
			err = app.SuspendAccount(t.Context(), w.Config, loginID, reason, &out)
		} else {
			err = app.ResumeAccount(t.Context(), w.Config, loginID, reason, &out)
		}
		return out.String(), err
	}
	refused := func(want, do, loginID, reason string) {
		t.Helper()
		if said, err := change(do, loginID, reason); err == nil || !strings.Contains(err.Error(), want) || said != "" {
			t.Errorf("%s %s: %q, %v, want an error that says %q", do, loginID, said, err, want)
		}
	}
	refused("there is no account NO.BODY", "suspend", "no.body", "left")
	refused("--reason", "suspend", ada.LoginID, "  ")
	refused("is active already", "resume", ada.LoginID, "came back")

	w.Clock.Advance(time.Minute)
	said, err := change("suspend", strings.ToLower(ada.LoginID), "left the hospital")
	if err != nil || !strings.HasPrefix(said, "ADA.BYRON is suspended") {
		t.Fatalf("%q, %v", said, err)
	}
	e := w.WantAudit(audit.AccountSuspended, 1)
	if !strings.Contains(e.Details, "left the hospital") || e.Actor != "cli" || !strings.Contains(said, e.Reference) {
		t.Errorf("the trail holds %+v", e)
	}
	told, _ := w.WantSent(outbox.KindSuspended, "ada@example.ca").(outbox.Notice)
	if w.Rows("messages", "kind = 'suspended' AND language = 'fr'") != 1 || told.News.(outbox.Suspended).Reference != e.Reference || told.Event.NotMe != "" {
		t.Errorf("told %+v", told)
	}
	b.Get("/home").WantRedirect("/session/ended?why=elsewhere")
	b.Get("/language/en")
	w.Browser().SignIn(ada).WantStatus(403).WantText("Your account is suspended")
	refused("is suspended already, since", "suspend", ada.LoginID, "again")

	if said, err = change("resume", ada.LoginID, "came back"); err != nil || !strings.Contains(said, "active again") {
		t.Errorf("%q, %v", said, err)
	}
	w.WantAudit(audit.AccountResumed, 1)
	w.WantSent(outbox.KindResumed, "ada@example.ca")
	b.Get("/home").WantStatus(303) // what ended stays so
	w.SignedIn(ada)

	w.Exec("UPDATE accounts SET status = 'frozen'")
	refused("is frozen: only what is active", "suspend", ada.LoginID, "left")
	refused("is frozen: only what is suspended", "resume", ada.LoginID, "came back")
	w.WantIntact()
}
