package signin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/db"
)

const (
	day     = 24 * time.Hour
	another = "Birch cup 58 kayak"
)

// expired signs in with a password that has ended and returns the page that
// asks for a new one.
func expired(t *testing.T, b *apptest.Browser, who apptest.Account) *apptest.Page {
	t.Helper()
	b.SignIn(who).WantRedirect("/password/expired")
	return b.Get("/password/expired").WantStatus(200)
}

func choose(b *apptest.Browser, password string) *apptest.Page {
	return b.Post("/password/expired", "password", password, "confirm", password)
}

func TestAPasswordOfAYearIsAskedToBeChangedAndLocksNobodyOut(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	app.Clock.Advance(365*day - time.Second)
	app.SignedIn(ada)
	app.Clock.Advance(time.Second)

	b := app.Browser()
	expired(t, b, ada).WantText("Your password is more than a year old")
	choose(b, another).WantRedirect("/home")
	b.Get("/home").WantStatus(200)

	app.WantSent(outbox.KindPasswordChanged, "ada@example.ca")
	app.WantAudit(audit.CredentialsPasswordChanged, 1)
	app.Browser().SignIn(ada).WantStatus(422) // the old one
	ada.Password = another
	app.SignedIn(ada)
	app.WantIntact()
}

func TestNothingElseIsOpenUntilTheNewPasswordIsChosen(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	app.Clock.Advance(400 * day)
	b := app.Browser()
	b.Get("/profile/security").WantRedirect("/signin")
	expired(t, b, ada)
	before := b.Session()
	guarded := 0
	for _, route := range app.Routes() {
		open := strings.HasPrefix(route.Path, "/signin") || strings.HasPrefix(route.Path, "/password/")
		if route.Method == "GET" && !route.CrossSite && !open && app.Browser().Get(route.Path).To() == "/signin" {
			b.Get(route.Path).WantRedirect("/password/expired")
			guarded++
		}
	}
	if guarded < 2 {
		t.Errorf("only %d guarded pages were tried", guarded)
	}
	b.Get("/signin").WantRedirect("/password/expired")

	choose(b, another).WantRedirect("/profile/security") // which sign-in interrupted
	if b.Session() == before {
		t.Error("the session kept its token")
	}
	b.Get("/password/expired").WantRedirect("/home")
}

func TestANewPasswordEndsWhatElseIsOpen(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	app.Clock.Advance(365*day - time.Minute)
	other := app.SignedIn(ada)
	app.Exec(fmt.Sprintf(`INSERT INTO devices (id, account_id, token_hash, rotated_at, name, created_at, used_at, expires_at)
		VALUES ('%s', '%s', '\x01', now(), '', now(), now(), now() + interval '1 year')`, db.NewID[db.DeviceID](), ada.ID))
	app.Clock.Advance(2 * time.Minute)
	b := app.Browser()
	expired(t, b, ada)
	choose(b, another).WantRedirect("/home")
	other.Get("/home").WantRedirect("/session/ended?why=elsewhere")
	if n := app.Rows("devices", "ended_at IS NULL"); n != 0 {
		t.Errorf("%d devices are still recognised", n)
	}
}

func TestTheNewPasswordIsJudgedLikeAnyOther(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Last: "Byronson"})
	app.Clock.Advance(365 * day)
	b := app.Browser()
	expired(t, b, ada)
	for typed, want := range map[string]string{
		ada.Password: "This is your current password.", "Sunshine1": "lists that attackers use",
		"Byronson 47 tin": "contains your name", "short1A": "at least 8 characters", "": "Enter a password",
	} {
		choose(b, typed).WantStatus(422).WantError("password", want).WantField("password", "")
	}
	b.Post("/password/expired", "password", another, "confirm", another+"x").WantStatus(422).WantError("confirm", "The two passwords are different")
	b.Post("/password/expired", "password", another, "confirm", another, "switch_language", "fr").WantStatus(200).
		WantText("Un nouveau mot de passe est nécessaire")
	app.WantAudit(audit.CredentialsPasswordChanged, 0)
}

func TestTheRulesOfTheNewPasswordAreTickedWithAndWithoutScript(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Last: "Byronson"})
	app.Clock.Advance(365 * day)
	b := app.Browser()
	expired(t, b, ada)
	page := b.Get("/password/expired").WantStatus(200).WantText("At least 8 characters long, not yet met")
	live, _ := page.Find("#password-rules").Attr("data-check")
	b.Post(live, "password", "Byronson 47 tin").WantStatus(200).WantText("contains your name")

	page = b.Post("/password/expired", "password", "maple tin", "confirm", "maple tin", "check", "1").WantStatus(200)
	page.WantText("2 rules left to meet.").WantField("password", "").WantNever("maple tin")
	if n := page.Find("#password-rules .met").Length(); n != 2 {
		t.Errorf("%d rules are ticked, want 2", n)
	}
	if page.Find("#password-match li:not([hidden])").Text() == "" {
		t.Error("nothing says that the two passwords match")
	}
	app.WantAudit(audit.CredentialsPasswordChanged, 0)
	choose(b, another).WantStatus(303)
}

func TestPasswordsMayBeGoodForEver(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.Setting("PASSWORD_MAX_AGE_DAYS", "0"))
	ada := app.Account(apptest.Holder{})
	app.Clock.Advance(4000 * day)
	app.SignedIn(ada)
}

func TestAPasswordThatAttackersKnowIsAskedToBeChanged(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Password: "Sunshine1"})
	expired(t, app.Browser(), ada).WantText("on lists that attackers use")
}

func temporary(app *apptest.App, who apptest.Account) {
	app.Exec(fmt.Sprintf("UPDATE passwords SET temporary = true WHERE account_id = '%s'", who.ID))
}

func TestATemporaryPasswordIsReplacedAtItsFirstUse(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	temporary(app, ada)
	app.Clock.Advance(90*day - time.Second)
	b := app.Browser()
	expired(t, b, ada).WantText("Choose your own password")
	b.Get("/home").WantRedirect("/password/expired")
	choose(b, another).WantRedirect("/home")
	ada.Password = another
	app.SignedIn(ada)
}

func TestALapsedTemporaryPasswordSaysWhomToCall(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	temporary(app, ada)
	app.Clock.Advance(90 * day)
	b := app.Browser()
	b.Post("/signin", "loginid", ada.LoginID, "password", "not the password 1").WantStatus(422).WantNever("lapsed")
	for range 8 { // the right one is no guess, and never waits
		b.SignIn(ada).WantStatus(403).WantText("Your temporary password has lapsed", "February 18, 2027", "1-866-250-1554")
	}
	b.Get("/home").WantRedirect("/signin")
	app.WantAudit(audit.SigninPasswordLapsed, 8)
}

func TestAnOldPasswordLosesAgainstANewOneThatWasQuicker(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	// The password changes after it was judged and before the session begins.
	app.Exec(`CREATE FUNCTION change_password() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN UPDATE passwords SET set_at = set_at + interval '1 second'; RETURN OLD; END $$`)
	app.Exec(`CREATE TRIGGER quicker AFTER DELETE ON signin_lanes FOR EACH ROW EXECUTE FUNCTION change_password()`)
	b := app.Browser()
	b.SignIn(ada).WantStatus(422).WantText("don’t match")
	b.Get("/home").WantRedirect("/signin")
	app.WantAudit(audit.SigninPasswordPassed, 0)
	app.WantAudit(audit.SigninPasswordFailed, 1)
}

func TestATryThatNobodyJudgedIsGivenBack(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	app.Exec("CREATE TABLE kept AS SELECT * FROM passwords")
	app.Exec("UPDATE passwords SET hash = 'unreadable'")
	for range 12 {
		app.Browser().SignIn(ada).WantStatus(500)
	}
	app.Exec("UPDATE passwords p SET hash = k.hash FROM kept k WHERE k.account_id = p.account_id")
	app.SignedIn(ada)
}

func TestTheOwnerHearsOfManyTriesOnceADay(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	guess := func(loginID string) {
		b := app.Browser()
		for range 6 {
			b.Post("/signin", "loginid", loginID, "password", "wrong 1A word")
			app.Clock.Advance(2 * time.Minute)
		}
	}
	told := func() int { return app.Rows("messages", "kind = 'many_tries'") }
	app.Browser().Post("/signin", "loginid", ada.LoginID, "password", "wrong 1A word")
	app.Deliver()
	if n := told(); n != 0 {
		t.Errorf("after one try: told %d times", n)
	}
	guess(ada.LoginID)
	guess("nobody.here")
	app.Errands()
	app.WantSent(outbox.KindManyTries, "ada@example.ca")
	app.Clock.Advance(12 * time.Hour)
	guess(ada.LoginID)
	app.Deliver()
	if n := told(); n != 1 {
		t.Errorf("within the day: told %d times, want once", n)
	}
	app.Clock.Advance(13 * time.Hour)
	guess(ada.LoginID)
	app.Deliver()
	if n := told(); n != 2 {
		t.Errorf("the next day: told %d times in all, want twice", n)
	}
}
