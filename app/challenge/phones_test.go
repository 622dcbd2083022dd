package challenge_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/db"
)

// choice is the value of a choice on the page that lists them.
func choice(p *apptest.Page, last, method string) string {
	value := ""
	for _, option := range p.Find(`input[name="to"]`).EachIter() {
		text := option.Parent().Text()
		v := option.AttrOr("value", "")
		if strings.Contains(text, "ending in "+last) && strings.HasSuffix(v, ":"+method) {
			value = v
		}
	}
	return value
}

// sent chooses a way and returns the page that waits for it.
func sent(p *apptest.Page, last, method string) *apptest.Page {
	p.Helper()
	return p.Post("/challenge", "to", choice(p, last, method)).WantStatus(http.StatusSeeOther).Follow().WantStatus(http.StatusOK)
}

func id(p *apptest.Page) string {
	c, _ := p.Value("c")
	return c
}

// notThe is a code that is not the one given.
func notThe(digits string) string {
	if digits == "111111" {
		return "222222"
	}
	return "111111"
}

func TestACodeTakesSpacesAndDashes(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := sent(b.Challenged(ada), "23", "text")
	p.WantText("We sent a 6-digit code to the number ending in 23. It works until 12:10 p.m.")
	digits := app.Texted(phone)
	if !strings.Contains(app.Texts()[0].Text, "@oneid.example.ca #"+digits) {
		t.Errorf("the text is not bound to our name: %q", app.Texts()[0].Text)
	}
	for typed, want := range map[string]string{
		"": "Enter the 6-digit code from the text message.", "12345": "The code has 6 digits.", "12345x": "The code has 6 digits.",
	} {
		b.Post("/challenge/text", "c", id(p), "code", typed).WantStatus(422).WantError("code", want)
	}
	b.Post("/challenge/text", "c", id(p), "code", " "+digits[:3]+" – "+digits[3:]).WantRedirect("/home")
}

func TestACodeHasFiveTries(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := sent(b.Challenged(ada), "23", "text")
	digits := app.Texted(phone)
	for left := 4; left > 0; left-- {
		want := fmt.Sprintf("%d tries left with this code.", left)
		if left == 1 {
			want = "1 try left with this code."
		}
		b.Post("/challenge/text", "c", id(p), "code", notThe(digits)).WantStatus(422).
			WantError("code", "This code does not match.").WantText(want)
	}
	b.Post("/challenge/text", "c", id(p), "code", notThe(digits)).WantStatus(422).WantError("code", "This code can’t be used any more.")
	b.Post("/challenge/text", "c", id(p), "code", digits).WantStatus(422).WantError("code", "This code can’t be used any more.")
	b.Get("/home").WantRedirect("/challenge")
}

func TestTenWrongCodesLockTheSecondFactorForTenMinutes(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	page := b.Challenged(ada)
	for range 2 {
		p := sent(page, "23", "text")
		digits := app.Texted(phone)
		for range 5 {
			b.Post("/challenge/text", "c", id(p), "code", notThe(digits)).WantStatus(422)
		}
		app.Clock.Advance(time.Minute)
	}
	b.Post("/challenge", "to", choice(page, "23", "text")).WantStatus(429).
		WantText("Several codes did not match. Texts and calls open again at 12:11 p.m.")
	// The questions are another budget, and still there.
	b.Get("/challenge/questions").WantStatus(200).WantText("3 tries left.")
	app.Clock.Advance(10 * time.Minute)
	sent(page, "23", "text")
}

func TestACodeEndsAfterTenMinutes(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := sent(b.Challenged(ada), "23", "text")
	digits := app.Texted(phone)
	app.Clock.Advance(10 * time.Minute)
	b.Get("/challenge/text?c=" + id(p)).WantStatus(200).WantText("This code ended at 12:10 p.m. Ask for a new one.")
	b.Post("/challenge/text", "c", id(p), "code", digits).WantStatus(422).WantError("code", "This code ended at 12:10 p.m.")
}

func TestACodeSentAgainIsTheSameCode(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := sent(b.Challenged(ada), "23", "text")
	first := app.Texted(phone)
	b.Post("/challenge/again", "c", id(p)).WantStatus(429).WantError("code", "You can ask again at 12:01 p.m.")
	app.Clock.Advance(30 * time.Second)
	again := b.Post("/challenge/again", "c", id(p)).WantStatus(http.StatusSeeOther).Follow().WantText("We sent the same code again.")
	if second := app.Texted(phone); second != first || len(app.Texts()) != 2 {
		t.Errorf("got %s after %s in %d texts, want the same in two", second, first, len(app.Texts()))
	}
	b.Post("/challenge/text", "c", id(again), "code", first).WantRedirect("/home")
}

func TestPressingContinueTwiceSendsOneText(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	page := b.Challenged(ada)
	first, second := sent(page, "23", "text"), sent(page, "23", "text")
	if id(first) != id(second) {
		t.Errorf("two codes, want one")
	}
	app.Deliver()
	if n := len(app.Texts()); n != 1 {
		t.Errorf("%d texts, want 1", n)
	}
}

func TestThreeTextsInTenMinutesAreEnough(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := sent(b.Challenged(ada), "23", "text")
	for range 2 {
		app.Clock.Advance(31 * time.Second)
		b.Post("/challenge/again", "c", id(p)).WantStatus(http.StatusSeeOther)
	}
	app.Clock.Advance(31 * time.Second)
	b.Post("/challenge/again", "c", id(p)).WantStatus(429).WantText("We have sent all the codes we can for now. You can ask again at 12:10 p.m.")
}

func TestACodeBelongsToItsSession(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b, other := app.Browser(), app.Browser()
	p := sent(b.Challenged(ada), "23", "text")
	digits := app.Texted(phone)
	other.Challenged(ada)
	other.Post("/challenge/text", "c", id(p), "code", digits).WantStatus(http.StatusGone).WantText("This check has expired")
	other.Get("/challenge/text?c=nonsense").WantStatus(http.StatusGone)
	b.Post("/challenge/text", "c", id(p), "code", digits).WantRedirect("/home")
}

func TestASlowCarrierHoldsNoPageAndOtherWaysAreThere(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := sent(b.Challenged(ada), "23", "text") // no carrier has taken anything
	p.WantText("Other ways", "Call me instead", "Use a recovery code", "Answer challenge questions")
	if delay := p.Find(`[data-hx-get^="/challenge/state"]`).AttrOr("data-hx-trigger", ""); delay != "load delay:16s" {
		t.Errorf("asks after %q", delay)
	}
	b.Get("/challenge/state?c=" + id(p)).WantStatus(http.StatusNoContent)
	app.Clock.Advance(16 * time.Second)
	b.Get("/challenge/state?c=" + id(p)).WantStatus(200).WantText("The text is taking longer than usual.")
	b.Get("/challenge/text?c="+id(p)).WantText("The text is taking longer than usual.", "Answer challenge questions")
}

func TestATextThatCannotArriveIsSaid(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := sent(b.Challenged(ada), "23", "text")
	app.Deliver()
	app.Exec("UPDATE codes SET state = 'undelivered'")
	b.Get("/challenge/text?c=" + id(p)).WantText("The carrier could not deliver the text.")
	app.Clock.Advance(30 * time.Second)
	sent(b.Get("/challenge"), "23", "call")
}

func TestACallIsPassedByItsDigit(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := sent(b.Challenged(ada), "70", "call").WantText("We are calling the number ending in 70.", "Press 9 twice on the phone.")
	digit := strings.TrimSpace(p.Find(".digit").Text())
	b.Get("/challenge/state?c=" + id(p)).WantStatus(http.StatusNoContent)
	b.Post("/challenge/call", "c", id(p)).WantStatus(422).WantText("We have not received your key yet. Press " + digit)
	app.Press("+14165550170", digit)

	// The page's script is told, and sends what the button would.
	told := b.Get("/challenge/state?c=" + id(p)).WantStatus(200).WantText("Confirmed.")
	if to := told.Find("[data-hx-post]").AttrOr("data-hx-post", ""); to != "/challenge/call" {
		t.Errorf("goes on to %q", to)
	}
	swapped := b.Send("/challenge/call", apptest.Fields("c", id(p), "remember", "yes"), apptest.Swapped())
	if swapped.To() != "/home" {
		t.Fatalf("answered %d to %q, want to be led home", swapped.Status, swapped.To())
	}
	b.Get("/home").WantStatus(200)
	if n := app.Rows("devices", "true"); n != 1 {
		t.Errorf("%d devices, want 1", n)
	}
}

func TestAPassedCallCountsOnce(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := sent(b.Challenged(ada), "70", "call")
	app.Press("+14165550170", strings.TrimSpace(p.Find(".digit").Text()))
	b.Post("/challenge/call", "c", id(p)).WantRedirect("/home")
	app.Clock.Advance(time.Second)
	app.WantAudit(audit.ChallengePassed, 1)
	b.Post("/challenge/call", "c", id(p)).WantStatus(200).WantText("You already confirmed in another tab.")
	app.WantAudit(audit.ChallengePassed, 1)
}

func TestAWrongDigitEndsTheCall(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := sent(b.Challenged(ada), "70", "call")
	digit := strings.TrimSpace(p.Find(".digit").Text())
	wrong := "1"
	if digit == wrong {
		wrong = "2"
	}
	app.Press("+14165550170", wrong)
	b.Get("/challenge/state?c=" + id(p)).WantStatus(200).WantText("A different key was pressed, so we ended the call.")
	b.Post("/challenge/call", "c", id(p)).WantStatus(422).WantText("A different key was pressed")
	app.Clock.Advance(time.Minute)
	again := b.Post("/challenge/again", "c", id(p)).WantStatus(http.StatusSeeOther).Follow()
	if id(again) == id(p) {
		t.Error("the same call was made again")
	}
}

func TestACallThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{
		"no-answer": "Nobody answered.", "busy": "The line was busy.", "failed": "The call could not be made.", "completed": "Nobody answered.",
	} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			app, ada := people(t, all())
			b := app.Browser()
			p := sent(b.Challenged(ada), "70", "call")
			app.Undelivered(status)
			b.Get("/challenge/call?c="+id(p)).WantText(want, "Answer challenge questions", "Call me again")
		})
	}
}

func TestThreeCallsInAnHourAreEnough(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	p := sent(b.Challenged(ada), "70", "call")
	for range 2 {
		app.Clock.Advance(4 * time.Minute)
		p = b.Post("/challenge/again", "c", id(p)).WantStatus(http.StatusSeeOther).Follow()
	}
	app.Clock.Advance(4 * time.Minute)
	b.Post("/challenge/again", "c", id(p)).WantStatus(429).WantText("We have made all the calls we can for now. You can ask again at 1 p.m.")
}

func TestTheFraudKeyFreezesTheAccount(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	elsewhere := app.Browser()
	elsewhere.Challenged(ada).ByText(phone, "remember", "yes").WantRedirect("/home")
	app.Clock.Advance(time.Minute)
	b := app.Browser()
	p := sent(b.Challenged(ada), "70", "call")

	if said := app.Press("+14165550170", "9", "9"); !strings.Contains(said, "frozen") {
		t.Errorf("the call says %s", said)
	}
	polled := b.Get("/challenge/state?c="+id(p), apptest.Swapped())
	if polled.To() != "/challenge/frozen" {
		t.Errorf("the page is led to %q", polled.To())
	}
	b.Get("/challenge").WantRedirect("/challenge/frozen").Follow().WantStatus(http.StatusForbidden).
		WantText("The fraud key was pressed during the call, so this account is frozen.")
	elsewhere.Get("/home").WantStatus(http.StatusSeeOther)
	app.Browser().SignIn(ada).WantStatus(http.StatusForbidden).WantText("This account is frozen to protect you")
	if n := app.Rows("accounts", "status = '"+db.AccountFrozen+"'"); n != 1 {
		t.Errorf("%d frozen accounts, want 1", n)
	}
	app.WantSent(outbox.KindFrozen, "ada@example.ca")
	app.WantAudit(audit.CodeFraud, 1)
}

func TestTwoTabsInTheMiddleOfAChallenge(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	page := b.Challenged(ada)
	one, other := sent(page, "23", "text"), sent(page, "70", "call")
	digits := app.Texted(phone)
	// Each has its own code, and a wrong one in one tab spends nothing of the
	// other's.
	b.Post("/challenge/text", "c", id(one), "code", notThe(digits)).WantText("4 tries left")
	b.Get("/challenge/call?c=" + id(other)).WantStatus(200).WantText("We are calling")
	before := b.Steal()
	b.Post("/challenge/text", "c", id(one), "code", digits).WantRedirect("/home")

	// The other tab, with the new cookie, is told and goes on.
	done := b.Post("/challenge/call", "c", id(other)).WantStatus(200).WantText("You already confirmed in another tab. Go on.")
	if to := done.Find("#main a.btn").AttrOr("href", ""); to != "/home" {
		t.Errorf("goes on to %q", to)
	}
	// A request that was under way with the old token signs nobody in.
	before.Post("/challenge/text", "c", id(one), "code", digits)
	before.Get("/home").WantStatus(http.StatusSeeOther)
}

func TestTheTokenChangesWhenTheSecondFactorIsGiven(t *testing.T) {
	t.Parallel()
	app, ada := people(t, all())
	b := app.Browser()
	b.Get("/signin")
	p := b.Challenged(ada)
	half := b.Steal()
	p.ByText(phone).WantRedirect("/home")
	if half.Session() == b.Session() {
		t.Error("the token stayed")
	}
	half.Get("/home").WantStatus(http.StatusSeeOther)
	b.Get("/home").WantStatus(200)
}
