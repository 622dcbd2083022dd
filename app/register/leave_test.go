package register

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/audit"
)

func (w *world) mails() int {
	w.Helper()
	n, err := w.db.NewSelect().Table("messages").Where("kind = 'draft_kept'").Count(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return int(n)
}

func TestSavingForLaterKeepsTheStepAndEndsTheSession(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.fill("policies", "agree", "yes")
	b.fill("personal", append(personalFields(), "later", "1")...).wantGo("/register/saved/cpso/3/2026-11-28")
	b.get("/register/saved/cpso/3/2026-11-28").wantStatus(http.StatusOK).
		wantText("Come back before November 28, 2026 through the CPSO member portal. You will land on step 3.")
	b.get("/register/personal").wantGo("/register")
	if b.read(b.id).Personal == nil {
		t.Error("the step was not saved")
	}
	if b.mails() != 1 || b.audited(audit.RegisterDraftPaused) != 1 {
		t.Errorf("%d mails, %d events", b.mails(), b.audited(audit.RegisterDraftPaused))
	}
}

func TestAnUnfinishedFormDoesNotHoldAnyoneBack(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.fill("policies", "later", "1").wantGo("/register/saved/cpso/1/2026-11-28")
	if b.read(b.id).Agreed != nil || b.mails() != 0 {
		t.Error("a refused form was saved, or a mail went nowhere")
	}
}

func TestCancellingAsksFirst(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	b.get("/register/cancel?from=profession").wantStatus(http.StatusOK).
		wantText("Do you want to cancel your registration?", "Keep my answers for 7 days", "Cancel and erase my answers", "Go back to my registration")
	b.post("/register/cancel").wantGo("/register/resume")
	b.get("/register/profession").wantStatus(http.StatusOK)
}

func TestCancellingCanKeepTheAnswers(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	b.post("/register/cancel", "choice", "keep").wantGo("/register/cancelled/cpso/2026-11-28")
	b.get("/register/cancelled/cpso/2026-11-28").wantStatus(http.StatusOK).wantText("Your answers are saved until November 28, 2026.")
	b.get("/register/profession").wantGo("/register")
	if b.read(b.id).Personal == nil {
		t.Error("the answers are gone")
	}
}

func TestCancellingCanEraseEverything(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	b := w.browse(randy()).through("personal")
	elsewhere := w.browse(randy()) // the same registration in another browser
	b.post("/register/cancel", "choice", "erase").wantGo("/register/cancelled/cpso/erased")
	b.get("/register/cancelled/cpso/erased").wantStatus(http.StatusOK).wantText("Your answers are erased. You can start again at any time.")
	if _, err := w.rules.Drafts.Read(t.Context(), w.db, b.id); err == nil {
		t.Error("the draft is still there")
	}
	elsewhere.get("/register/profession").wantGo("/register")
	if w.audited(audit.RegisterDraftErased) != 1 {
		t.Error("erasing is not in the audit")
	}
}

func TestSomeoneElsesEvidenceIsErasedAtOnce(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.post("/register/cancel", "choice", "erase", "why", "not-me").wantGo("/register/cancelled/cpso/erased")
	var details string
	if err := b.db.NewSelect().Table("audit_events").Column("details").Where("kind = ?", string(audit.RegisterDraftErased)).Scan(t.Context(), &details); err != nil {
		t.Fatal(err)
	}
	if details != `{"why":"not-me"}` {
		t.Errorf("the audit says %s", details)
	}
}

func TestAPausedRegistrationSaysWhatIsKept(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	b.clock.Advance(31 * time.Minute)
	b.get("/register/profession").wantGo("/register/paused")
	b.get("/register/paused").wantStatus(http.StatusOK).
		wantText("There was no activity for 30 minutes. Everything you saved is kept until November 28, 2026.")
	b.client.Jar = nil
	b.get("/register/paused").wantStatus(http.StatusOK).wantText("Everything you saved is kept for 7 days.")
}

func TestAnExpiredRegistrationIsOver(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	_, err := b.db.ExecContext(t.Context(), "UPDATE drafts SET expires_at = ?", noon)
	if err != nil {
		t.Fatal(err)
	}
	b.get("/register/profession").wantStatus(http.StatusGone).wantText("Your saved registration has expired")
	b.get("/register/profession").wantGo("/register")
}

func TestComingBackTellsWhereOneStopped(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.browse(randy()).get("/register/resume").wantGo("/register/policies")
	w.browse(randy()).through("personal")
	back := w.browse(randy())
	back.get("/register/resume").wantStatus(http.StatusOK).
		wantText("Welcome back, Randy", "You stopped at step 3, Professional Designation.", "until November 28, 2026", "Go on with step 3")
	back.post("/register/resume", "restart", "1").wantGo("/register/resume")
	back.get("/register/resume").wantGo("/register/policies")
	if d := back.read(back.id); d.Personal != nil || d.Agreed != nil || d.Facts != randy() {
		t.Errorf("after starting over the draft holds %+v", d.Content)
	}
}

func TestNewerFactsAreCheckedAgain(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.browse(randy()).through("profession")
	corrected := randy()
	corrected.BirthDate = "1965-04-13"
	back := w.browse(corrected)
	back.get("/register/resume").wantText("CPSO sent newer information. Check your personal information again.", "Go on with step 2")
	back.get("/register/personal").wantText("April 13, 1965")
}

func TestWhatIsWrongLeadsToTheCollege(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	p := b.get("/register/wrong?from=profession").wantStatus(http.StatusOK).
		wantText("Only CPSO can correct them.", "416-967-2606", "1-800-268-7096 ext. 606", "Pause my registration", "It is right, go back")
	if !strings.Contains(p.body, `href="/register/profession"`) {
		t.Error("there is no way back to the step")
	}
	b.post("/register/pause").wantGo("/register/saved/cpso/3/2026-11-28")
}

func TestEachStepHasItsHelp(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	for _, step := range b.rules.Steps {
		b.get("/register/help/"+step.Slug()).wantStatus(http.StatusOK).wantText("Help with this step", "1-866-250-1554")
	}
	b.get("/register/help/profession").wantText("stop and call the CPSO Physician Advisory Service at 416-967-2606 or 1-800-268-7096 ext. 606")
	b.get("/register/help/nothing").wantStatus(http.StatusNotFound)
}

func TestTheWizardNeedsItsSession(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	stranger := *b
	stranger.client = &http.Client{CheckRedirect: b.client.CheckRedirect}
	for _, path := range []string{"/register/policies", "/register/personal", "/register/resume", "/register/cancel", "/register/wrong", "/register/help/personal"} {
		stranger.get(path).wantGo("/register")
	}
	stranger.post("/register/personal/login-id", "preferred_first", "Randy", "preferred_last", "Burt").wantGo("/register")
}

func TestAddressesThatSayNonsenseAreNotFound(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	for _, path := range []string{"/register/saved/cpso/0/2026-11-28", "/register/saved/cpso/3/soon", "/register/saved/nowhere/3/2026-11-28", "/register/cancelled/cpso/never"} {
		b.get(path).wantStatus(http.StatusNotFound)
	}
}
