package challenge_test

import (
	"net/http"
	"testing"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/views/ui"
)

// answer answers the pair that the page asks, rightly or with one wrong.
func answer(p *apptest.Page, right bool) *apptest.Page {
	p.Helper()
	pair, _ := p.Value("pair")
	var fields []string
	for i, id := range splitPair(pair) {
		given := apptest.Answers()[id]
		if i == 1 && !right {
			given = "Something else"
		}
		fields = append(fields, []string{"answer_1", "answer_2"}[i], given)
	}
	return p.Post("/challenge/questions", append([]string{"pair", pair}, fields...)...)
}

func splitPair(pair string) []string {
	for i := range pair {
		if pair[i] == ' ' {
			return []string{pair[:i], pair[i+1:]}
		}
	}
	return []string{pair, ""}
}

func TestQuestionsSignInForAnHourAndTellEveryChannel(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada)
	p := b.Get("/challenge/questions").WantStatus(200).
		WantText("Both answers are checked together.", "signs you in for one hour", "3 tries left.").WantNever("Remember this browser")
	answer(p, true).WantRedirect("/home")

	app.WantSent(outbox.KindQuestionsUsed, "ada@example.ca")
	app.WantSent(outbox.KindQuestionsUsed, phone)
	if by := app.WantAudit(audit.ChallengePassed, 1).Details; !contains(by, access.FactorQuestions) {
		t.Errorf("the record says %s", by)
	}
	if n := app.Rows("devices", "true") + app.Rows("known_networks", "true"); n != 0 {
		t.Errorf("%d devices and networks are known, want none", n)
	}
	app.Clock.Advance(time.Hour - time.Second)
	// Used all along, it still ends after the hour.
	for range 5 {
		b.Post("/session/extend")
	}
	if n := app.Rows("sessions", "kind = 'account' AND ended_at IS NULL AND expires_at <= now() + interval '100 years' AND expires_at - created_at <= interval '1 hour'"); n != 1 {
		t.Errorf("%d sessions of an hour, want 1", n)
	}
	app.Clock.Advance(2 * time.Second)
	b.Get("/home").WantStatus(http.StatusSeeOther)

	b.Challenged(ada) // the browser was not remembered
}

func contains(text, part string) bool {
	for i := 0; i+len(part) <= len(text); i++ {
		if text[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

func TestWrongAnswersAreOneBudgetAndThePhoneStaysOpen(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada)
	p := b.Get("/challenge/questions")
	answer(p, false).WantStatus(422).WantError("answer_1", "At least one answer does not match.").WantText("2 tries left.")
	answer(p, false).WantStatus(422).WantText("1 try left.")
	answer(p, false).WantStatus(429).WantText("Challenge questions are paused until 12:15 p.m.").WantNever("Your answer")
	answer(p, true).WantStatus(429)
	b.Get("/challenge/questions").WantText("Challenge questions are paused until 12:15 p.m.")
	b.Get("/challenge").ByText(phone).WantRedirect("/home")
}

func TestTwelveWrongAnswersTurnThemOffUntilAPhoneWasProven(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada)
	app.Exec("INSERT INTO question_budgets (account_id, failures, recent) SELECT id, 11, '{}' FROM accounts")
	answer(b.Get("/challenge/questions"), false).WantStatus(429).WantText("Challenge questions are off for this account.")
	b.Get("/challenge").ByText(phone).WantRedirect("/home")
	other := app.Browser()
	other.Challenged(ada)
	answer(other.Get("/challenge/questions"), true).WantRedirect("/home")
}

func TestAnswersAreJudgedOnlyAgainstTheQuestionsShown(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Challenged(ada)
	b.Get("/challenge/questions")
	b.Post("/challenge/questions", "pair", "first-car other", "answer_1", "x", "answer_2", "y").WantStatus(200).WantText("3 tries left.")
	b.Post("/challenge/questions", "answer_1", "").WantStatus(200).WantText("3 tries left.")
	pair, _ := b.Get("/challenge/questions").Value("pair")
	b.Post("/challenge/questions", "pair", pair, "answer_1", "Honda Accord").WantStatus(422).WantError("answer_2", "Answer both questions.")
	app.WantAudit(audit.QuestionsFailed, 0)
}

func TestARecoveryCodeWorksOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	codes := app.Asked(ada, all())
	b := app.Browser()
	b.Challenged(ada)
	b.Post("/challenge/recovery", "code", "").WantStatus(422).WantError("code", "Enter a recovery code.")
	b.Post("/challenge/recovery", "code", "00000-00000").WantStatus(422).WantError("code", "This code does not match, or was already used.")
	b.Post("/challenge/recovery", "code", codes[3], "remember", "yes").WantRedirect("/home").Rest().WantSaid(ui.Info, "9 recovery codes left")
	app.WantSent(outbox.KindCodeUsed, "ada@example.ca")
	if n := app.Rows("devices", "true"); n != 1 {
		t.Errorf("%d devices, want 1", n)
	}
	other := app.Browser()
	other.Challenged(ada)
	other.Post("/challenge/recovery", "code", codes[3]).WantStatus(422)
	other.Post("/challenge/recovery", "code", codes[4]).WantRedirect("/home")
}

func TestFewRecoveryCodesLeftAreWarnedOf(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	codes := app.Asked(ada, all())
	app.Exec("UPDATE recovery_codes SET used_at = created_at WHERE position < 8")
	b := app.Browser()
	b.Challenged(ada)
	b.Post("/challenge/recovery", "code", codes[7]).WantRedirect("/home").Rest().WantSaid(ui.Warn, "2 recovery codes left")
}

func TestWrongRecoveryCodesCountWithWrongCodes(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	codes := app.Asked(ada, all())
	b := app.Browser()
	page := b.Challenged(ada)
	for range 10 {
		b.Post("/challenge/recovery", "code", "00000-00000").WantStatus(422)
	}
	b.Post("/challenge/recovery", "code", codes[0]).WantStatus(429).WantError("code", "Codes are taken again at 12:10 p.m.")
	b.Post("/challenge", "to", choice(page, "23", "text")).WantStatus(429)
	app.Clock.Advance(10 * time.Minute)
	b.Post("/challenge/recovery", "code", codes[0]).WantRedirect("/home")
}

// clinical is a person who may open the service that wants possession.
func clinical(t *testing.T, m apptest.Means) (*apptest.App, apptest.Account, samltest.Viewer) {
	t.Helper()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Services: []db.ServiceID{"clinicalconnect"}})
	app.Asked(ada, m)
	return app, ada, app.Viewer("clinicalconnect")
}

func TestAServiceThatWantsPossessionRefusesQuestionsAndStepsUpInPlace(t *testing.T) {
	t.Parallel()
	app, ada, viewer := clinical(t, all())
	b := app.Browser()
	b.Challenged(ada)
	answer(b.Get("/challenge/questions"), true).WantRedirect("/home")

	p := b.Open(viewer, samltest.Ask{}).WantStatus(200)
	wantReason(t, p, "ClinicalConnect asks for one more check.")
	p.WantText("Questions are not enough for it.", "Text a code to the number ending in 23").WantNever("click here")
	b.Get("/challenge/questions").WantRedirect("/challenge")
	answerRefused := b.Post("/challenge/questions", "answer_1", "x", "answer_2", "y")
	answerRefused.WantRedirect("/challenge")

	before := b.Session()
	seen := p.ByText(phone).Rest().Seen(viewer)
	if seen.Status != saml.StatusSuccess || seen.Context != saml.ContextMFA {
		t.Errorf("the service sees %s by %s, want MFA", seen.Status, seen.Context)
	}
	if b.Session() == before {
		t.Error("the token stayed at the step-up")
	}
}

func TestASignInTowardAServiceGoesOnAfterTheSecondFactor(t *testing.T) {
	t.Parallel()
	app, ada, viewer := clinical(t, all())
	b := app.Browser()
	j, _ := b.Open(viewer, samltest.Ask{}).Value("j")
	b.Post("/signin", "loginid", ada.LoginID, "password", ada.Password, "j", j).WantRedirect("/challenge")
	seen := b.Get("/challenge").ByText(phone).Rest().Seen(viewer)
	if seen.Status != saml.StatusSuccess || seen.Context != saml.ContextMFA {
		t.Errorf("the service sees %s by %s, want MFA", seen.Status, seen.Context)
	}
}

func TestWhoCannotGiveWhatAServiceWantsIsToldWhomToCall(t *testing.T) {
	t.Parallel()
	app, ada, viewer := clinical(t, apptest.Means{Questions: true})
	b := app.Browser()
	b.SignIn(ada)
	answer(b.Get("/challenge/questions"), true).WantRedirect("/home")
	b.Open(viewer, samltest.Ask{}).WantStatus(200).
		WantText("ClinicalConnect asks for one more check.", "Questions are not enough for it.", "Call the Service Desk")
	// The service waits for a word, and gets one.
	seen := b.Post("/challenge/stop", "stop", "yes").Rest().Seen(viewer)
	if seen.Substatus != saml.StatusAuthnFailed {
		t.Errorf("the service hears %q", seen.Substatus)
	}
	b.Get("/home").WantStatus(200)
}

func TestTheAssertionNamesWhatWasDone(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Licence: "100093"})
	app.Asked(ada, all())
	viewer := app.Viewer(apptest.ConnectingOntario)

	byText := app.Browser()
	byText.Challenged(ada).ByText(phone, "remember", "yes").WantRedirect("/home")
	known := app.Browser()
	known.Jar = byText.Steal().Jar
	byQuestions := app.Browser()
	byQuestions.Challenged(ada)
	answer(byQuestions.Get("/challenge/questions"), true).WantRedirect("/home")

	for name, test := range map[string]struct {
		b    *apptest.Browser
		ask  samltest.Ask
		want string
	}{
		"a phone, nothing asked":      {byText, samltest.Ask{}, saml.ContextMFA},
		"a phone, a password asked":   {byText, samltest.Ask{Contexts: []string{saml.ContextPassword}}, saml.ContextPassword},
		"a phone, MFA asked":          {byText, samltest.Ask{Contexts: []string{saml.ContextMFA}}, saml.ContextMFA},
		"a phone, either asked":       {byText, samltest.Ask{Contexts: []string{saml.ContextMFA, saml.ContextPassword}}, saml.ContextMFA},
		"questions, nothing asked":    {byQuestions, samltest.Ask{}, saml.ContextKnowledge},
		"questions, a password asked": {byQuestions, samltest.Ask{Contexts: []string{saml.ContextPassword}}, saml.ContextPassword},
	} {
		if seen := test.b.Open(viewer, test.ask).Seen(viewer); seen.Status != saml.StatusSuccess || seen.Context != test.want {
			t.Errorf("%s: the service sees %s by %s, want %s", name, seen.Status, seen.Context, test.want)
		}
	}
	wantReason(t, byQuestions.Open(viewer, samltest.Ask{Contexts: []string{saml.ContextMFA}}), "ConnectingOntario asks for one more check.")
	if seen := byText.Open(viewer, samltest.Ask{Contexts: []string{saml.ContextPhishingResistant}}).Seen(viewer); seen.Status == saml.StatusSuccess {
		t.Error("claims a passkey")
	}
	byText.Post("/signout")
	byText.SignIn(ada).WantRedirect("/home")
	if seen := byText.Open(viewer, samltest.Ask{}).Seen(viewer); seen.Context != saml.ContextPassword {
		t.Errorf("a known device: the service sees %s, want a password", seen.Context)
	}
}

func TestAForcedSignInIsNotMetByAStepUp(t *testing.T) {
	t.Parallel()
	app, ada, viewer := clinical(t, all())
	b := app.Browser()
	b.Challenged(ada)
	answer(b.Get("/challenge/questions"), true).WantRedirect("/home")
	app.Clock.Advance(time.Minute)
	p := b.Open(viewer, samltest.Ask{ForceAuthn: true}).WantStatus(200).WantText("Sign in to open ClinicalConnect")
	app.Clock.Advance(time.Minute)
	j, _ := p.Value("j")
	b.Post("/signin", "loginid", ada.LoginID, "password", ada.Password, "j", j).WantRedirect("/challenge")
	if seen := b.Get("/challenge").ByText(phone).Rest().Seen(viewer); seen.Status != saml.StatusSuccess {
		t.Errorf("the service sees %s", seen.Status)
	}
}
