package register

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"oneid/app/internal/audit"
	"oneid/app/internal/draft"
	"oneid/app/internal/question"
)

// doneSteps are steps of which the listed are done, and the rest are not.
func doneSteps(mail bool, done ...string) (Steps, *draft.Draft) {
	d := &draft.Draft{ID: "d"}
	steps := Steps{&Policies{}, &Personal{}, &Profession{}, noted{slug: "questions"}, noted{slug: "phone"}, &Mail{Shown: mail}, noted{slug: "review"}, noted{slug: "password"}}
	for _, slug := range done {
		switch slug {
		case "policies":
			d.Agreed = &draft.Agreed{}
		case "personal":
			d.Personal = &draft.Personal{}
		case "profession":
			d.Designations = &[]draft.Stated{}
		case "questions":
			d.Questions = []question.Kept{{}}
		case "phone":
			d.Phones = &draft.Phones{}
		case "mail":
			d.MailRead = true
		case "review":
			d.Reviewed = true
		}
	}
	return steps, d
}

func TestAStepIsReachableOnlyWhenAllBeforeItAreDone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mail bool
		done string
		open string // reachable
		next string
	}{
		{true, "", "policies", "policies"},
		{true, "policies", "policies personal", "personal"},
		{true, "personal profession", "policies", "policies"},
		{true, "policies profession", "policies personal", "personal"},
		{true, "policies personal profession", "policies personal profession questions", "questions"},
		{true, "policies personal profession questions phone", "policies personal profession questions phone mail", "mail"},
		{false, "policies personal profession questions phone", "policies personal profession questions phone review", "review"},
		{true, "policies personal profession questions phone mail", "policies personal profession questions phone mail review", "review"},
		{true, "policies personal profession questions phone mail review", "policies personal profession questions phone mail review password", "password"},
		{true, "policies personal questions phone mail review", "policies personal profession", "profession"},
	} {
		steps, d := doneSteps(c.mail, strings.Fields(c.done)...)
		var open []string
		for _, step := range steps {
			if steps.Reachable(d, step.Slug()) {
				open = append(open, step.Slug())
			}
		}
		if got := strings.Join(open, " "); got != c.open {
			t.Errorf("with %q done (mail %t), reachable are %q, want %q", c.done, c.mail, got, c.open)
		}
		if got := steps.Next(d).Slug(); got != c.next {
			t.Errorf("with %q done (mail %t), next is %q, want %q", c.done, c.mail, got, c.next)
		}
		if steps.Reachable(d, "complete") {
			t.Error("a step that does not exist is reachable")
		}
	}
}

func TestStepsAreNumberedAsInTheGuide(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mail          bool
		slug          string
		number, total int
	}{
		{true, "policies", 1, 7}, {true, "profession", 3, 7}, {true, "mail", 6, 7}, {true, "review", 7, 7}, {true, "password", 7, 7},
		{false, "phone", 5, 6}, {false, "review", 6, 6}, {false, "password", 6, 6},
	} {
		steps, d := doneSteps(c.mail, "policies")
		info := steps.info(d, steps.Find(d, c.slug))
		if info.Number != c.number || info.Total != c.total || len(info.All) != c.total {
			t.Errorf("%s is step %d of %d (%d listed), want %d of %d", c.slug, info.Number, info.Total, len(info.All), c.number, c.total)
		}
	}
}

func TestTheMarkOfAStepChangesWithItsOwnAnswersOnly(t *testing.T) {
	t.Parallel()
	steps, d := doneSteps(true, "policies", "personal")
	personal := steps.Find(d, "personal")
	before := saved(personal, d)
	d.Phones, d.Mark, d.Reviewed, d.Designations = &draft.Phones{NoDirect: true}, "m", true, &[]draft.Stated{}
	if saved(personal, d) != before {
		t.Error("another step's answers changed the mark")
	}
	d.Personal.Title = "dr"
	if saved(personal, d) == before {
		t.Error("the step's own answer left the mark as it was")
	}
	if d.Personal == nil {
		t.Error("making the mark forgot the answer")
	}
}

func TestOnlyLegalStepsSucceedOnARandomWalk(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	dice := rand.New(rand.NewPCG(1, 2))
	slugs := []string{"policies", "personal", "profession", "questions", "phone", "mail", "review"}
	done := map[string]bool{}
	reachable := func(n int) bool {
		for _, slug := range slugs[:n] {
			if !done[slug] {
				return false
			}
		}
		return true
	}
	for range 60 {
		n := dice.IntN(len(slugs))
		slug := slugs[n]
		fields := []string{"agree", "yes"}
		if slug == "personal" {
			fields = personalFields()
		}
		if reachable(n) {
			p := b.fill(slug, fields...)
			if p.status != http.StatusSeeOther || strings.Contains(p.to, "skipped") {
				t.Fatalf("%s, whose turn it was, answered %d to %q", slug, p.status, p.to)
			}
			done[slug] = true
			// Whatever changed is to be checked again.
			done["review"] = b.read(b.id).Reviewed
			continue
		}
		before := b.read(b.id).Version
		p := b.post(root+slug, fields...)
		if p.status != http.StatusSeeOther || !strings.HasSuffix(p.to, "?skipped=1") {
			t.Fatalf("%s, out of turn, answered %d to %q", slug, p.status, p.to)
		}
		if b.read(b.id).Version != before {
			t.Fatalf("%s, out of turn, was saved", slug)
		}
	}
}

func TestAStepSkippedByAddressLeadsToTheFirstOpenOne(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.get("/register/password").wantGo("/register/policies?skipped=1")
	b.get("/register/policies?skipped=1").wantStatus(http.StatusOK).wantText("Complete this step first.")
}

func TestNextTwiceIsSavedOnce(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("profession")
	form := b.get("/register/questions").hidden() // its answer is never the same twice
	b.post("/register/questions", form...).wantGo("/register/phone")
	version := b.read(b.id).Version
	b.post("/register/questions", form...).wantGo("/register/phone")
	if got := b.read(b.id).Version; got != version {
		t.Errorf("the second click saved again: version %d, want %d", got, version)
	}
}

func TestAFormMadeBeforeAnotherTabSavedIsShownAnew(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	old := b.get("/register/personal").hidden()
	b.fill("personal", personalFields("preferred_first", "Ran")...)

	b.post("/register/personal", append(old, personalFields("preferred_first", "Randolph")...)...).
		wantStatus(http.StatusUnprocessableEntity).
		wantText("This step was also changed in another tab.").
		wantValue("preferred_first", "Ran")
	if got := b.read(b.id).Personal.PreferredFirst; got != "Ran" {
		t.Errorf("the older tab saved %q", got)
	}
}

func TestAnotherStepSavedInAnotherTabDisturbsNothing(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("personal")
	form := b.get("/register/profession").hidden()
	b.fill("personal", personalFields("title", "mr")...)
	b.post("/register/profession", form...).wantGo("/register/questions")
}

func TestGoingBackShowsWhatWasSaved(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("questions")
	b.get("/register/personal").wantStatus(http.StatusOK).
		wantValue("preferred_first", "Randy").wantValue("phone", "416-555-0100").wantValue("extension", "12")
	b.get("/register/policies").wantStatus(http.StatusOK).wantText("Version 1.0-sample")
	if d := b.read(b.id); d.Personal == nil || d.Questions == nil {
		t.Error("looking back lost an answer")
	}
}

func TestAChangeFromTheCheckPageComesBackToIt(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("mail")
	form := b.get("/register/personal?change=1").hidden()
	b.post("/register/personal", append(form, personalFields("title", "prof")...)...).wantGo("/register/review")
}

func TestANewNameIsAskedForNewAnswers(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("review")
	form := b.get("/register/personal?change=1").hidden()
	b.post("/register/personal", append(form, personalFields("preferred_first", "Ran")...)...).wantGo("/register/questions?change=1")
	if d := b.read(b.id); d.Questions != nil || d.Reviewed || d.Phones == nil {
		t.Errorf("questions kept: %t, checked: %t, phones kept: %t", d.Questions != nil, d.Reviewed, d.Phones != nil)
	}
}

func TestAFinishedRegistrationHasOnlyItsEnd(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("review")
	form := b.get("/register/password").hidden()
	b.post("/register/password", form...).wantGo("/register/complete")
	b.post("/register/password", form...).wantGo("/register/complete")
	for _, path := range []string{"/register/policies", "/register/personal", "/register/review", "/register/resume", "/register/cancel", "/register/wrong"} {
		b.get(path).wantStatus(http.StatusOK).wantText("You have already finished")
	}
	b.post("/register/personal", personalFields()...).wantText("You have already finished")
}

func TestEachSavedStepIsAuditedWithoutPersonalData(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("profession")
	if got := b.audited(audit.RegisterStepSaved); got != 3 {
		t.Errorf("%d events of saved steps, want 3", got)
	}
	var all []string
	err := b.db.NewSelect().Table("audit_events").Column("details").Scan(t.Context(), &all)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Randy", "RANDY", "Burt", "randy@", "416", "100093"} {
		if strings.Contains(strings.Join(all, "\n"), secret) {
			t.Errorf("the audit holds %q", secret)
		}
	}
}

func TestSwitchingTheLanguageKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("policies")
	p := b.fill("personal", append(personalFields("preferred_first", "", "email", "no address"), "switch_language", "fr")...).
		wantStatus(http.StatusOK).
		wantText("Renseignements personnels").
		wantValue("preferred_first", "").wantValue("email", "no address")
	if strings.Contains(p.body, "aria-invalid") {
		t.Error("switching the language judged the form")
	}
	if b.read(b.id).Personal != nil {
		t.Error("switching the language saved the step")
	}
}
