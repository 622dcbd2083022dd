package recovery_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
)

func TestFollowingALinkProvesNothingAndItsButtonDoesOnce(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	v := w.begun()
	v.chooses("link").WantRedirect(linkSentPath)
	v.Get(linkSentPath).WantText("If this account has a confirmed email address")
	v.send(linkSentPath).WantStatus(http.StatusUnprocessableEntity).WantText("has not been confirmed yet")
	path := w.mailed()

	scanner := w.visitor()
	for range 3 {
		scanner.Get(path).WantStatus(http.StatusOK).WantText("Choose the button only if you asked", "November 20, 2026").
			WantHeader("Referrer-Policy", "no-referrer").WantHeader("Cache-Control", "no-store")
	}
	w.WantAudit(audit.RecoveryProof, 0)
	var all sync.WaitGroup
	for range 6 {
		b := w.visitor()
		all.Go(func() { b.Post(path).WantRedirect(path) })
	}
	all.Wait()
	w.WantAudit(audit.RecoveryProof, 1)
	scanner.Get(path).WantStatus(http.StatusOK).WantText("Go back to the page where you started")
	v.Get(linkSentPath).WantRedirect(proofsPath)
	v.Get(proofsPath).WantText("Link by email")

	// On another's page it proves nothing.
	other := w.visitor()
	other.starts("NOBODY.HERE")
	other.Post(path).WantRedirect(path)
	other.Get(proofsPath).WantNever("Link by email")
}

func TestALinkEndsAfterHalfAnHour(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	v := w.begun()
	v.chooses("link").WantRedirect(linkSentPath)
	path := w.mailed()
	w.Clock.Advance(outbox.RecoveryLinkLife)
	for _, p := range []string{path, "/recovery/link/AAAA"} {
		b := w.visitor()
		b.Get(p).WantStatus(http.StatusGone).WantText("This link has ended", "Start again")
		b.Post(p).WantRedirect(p)
		b.Get(p).WantStatus(http.StatusGone)
	}
	w.WantAudit(audit.RecoveryProof, 0)
}

func TestAnAddressThatNeverAnsweredGetsNoLink(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.Exec("UPDATE accounts SET email_verified_at = NULL")
	v := w.begun()
	v.chooses("link").WantRedirect(linkSentPath)
	w.Errands()
	if n := w.Rows("messages", "kind = 'recovery_link'"); n != 0 {
		t.Errorf("%d links were mailed", n)
	}
}

func TestLinksAreBuiltFromOurOwnAddressOnly(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	v := w.begun()
	recovery, _ := v.Get(proofsPath).Value("recovery")
	page := v.Send(proofsPath, apptest.Fields("recovery", recovery, "proof", "link"),
		apptest.With("X-Forwarded-Host", "evil.example"), apptest.With("Forwarded", "host=evil.example"))
	page.WantRedirect(linkSentPath)
	if path := w.mailed(); !strings.HasPrefix(path, "/recovery/link/") {
		t.Errorf("mailed %s", path)
	}
	// Under another name nothing is answered at all.
	r := v.Request(http.MethodGet, startPath, nil)
	r.Host = "evil.example"
	if got := v.Do(r); got.Status != http.StatusMisdirectedRequest && got.Status != http.StatusBadRequest {
		t.Errorf("under another name: got %d", got.Status)
	}
}

func TestWhoeverDidNotAskEndsTheRecoveryAndMayFreeze(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	thief := w.begun()
	thief.provesBy("questions")
	thief.chooses("link").WantRedirect(linkSentPath)
	path := w.mailed()

	ada := w.visitor()
	page := ada.Post(path, "do", "no")
	if !strings.HasPrefix(page.To(), notice.NotMePath) {
		t.Fatalf("led to %q", page.To())
	}
	page.Follow().WantStatus(http.StatusOK).WantText("Someone started to reset your password", "Freeze my account")
	ada.Get(path).WantStatus(http.StatusGone)
	thief.Get(proofsPath).WantStatus(http.StatusGone)
	thief.Get(newPath).WantStatus(http.StatusGone)
	w.SignedIn(w.ada) // not frozen yet
}

// notMe is the path of the link in a notice to Ada.
func (w *world) notMe(kind outbox.Kind) string {
	w.Helper()
	w.Errands()
	m, ok := w.WantSent(kind, adasMail).(outbox.Notice)
	if !ok || m.Event.NotMe == "" {
		w.Fatalf("no way to object in %+v", m)
	}
	return strings.TrimPrefix(m.Event.NotMe, w.Base)
}

func TestNotMeFreezesTheAccountAndEndsAllThatIsOpen(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	signedIn := w.SignedIn(w.ada)
	thief := w.begun()
	path := w.notMe(outbox.KindRecoveryStarted)
	thief.provesBy("questions")
	thief.provesBy("text")

	ada := w.visitor()
	for range 3 { // scanners
		ada.Get(path).WantStatus(http.StatusOK).WantText("Someone started to reset your password, on November 20, 2026 at 12:01 p.m.")
	}
	thief.Get(newPath).WantStatus(http.StatusOK)
	ada.Post(path).WantRedirect(path)

	page := ada.Get(path).WantStatus(http.StatusOK).WantText("Your account is frozen", "1-866-250-1554")
	if e := w.WantAudit(audit.AccountFrozen, 1); e.Reference != page.Reference() || e.Subject != string(w.ada.ID) {
		t.Errorf("recorded %s about %s, shown %s", e.Reference, e.Subject, page.Reference())
	}
	thief.setsPassword(fresh).WantStatus(http.StatusGone)
	signedIn.Get("/home").WantRedirect("/session/ended?why=elsewhere")
	w.visitor().Post("/signin", "loginid", w.ada.LoginID, "password", w.ada.Password).WantStatus(http.StatusForbidden)
	w.WantSent(outbox.KindFrozen, adasMail)
	w.WantSent(outbox.KindFrozen, adasPhone)

	ada.Post(path).WantRedirect(path) // again
	w.WantAudit(audit.AccountFrozen, 1)
	// From here on Ada is a stranger to a recovery.
	again := w.begun()
	again.answersRight(questionsPath).WantStatus(http.StatusUnprocessableEntity)
	w.WantIntact()
}

func TestNotMeWorksForTenDaysAndInFrench(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.begun()
	path := w.notMe(outbox.KindRecoveryStarted)
	w.Clock.Advance(notice.NotMeLife - time.Second)
	french := w.visitor()
	french.Language = "fr-CA"
	french.Get(path).WantStatus(http.StatusOK).WantText("Ce n’était pas vous?", "Geler mon compte")
	w.Clock.Advance(time.Second)
	for _, p := range []string{path, notice.NotMePath + "AAAA"} {
		french.Get(p).WantStatus(http.StatusGone).WantText("centre de services")
		french.Post(p).WantRedirect(p)
	}
	w.WantAudit(audit.AccountFrozen, 0)
}
