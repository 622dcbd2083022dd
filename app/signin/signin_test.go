package signin_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/secret"
	"oneid/db"
)

func TestTheRightPasswordSignsIn(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	for _, typed := range []string{"ADA.BYRON@ONEID.ON.CA", "ADA.BYRON", "ada.byron", " Ada.Byron@oneid.on.ca ", "ａｄａ.byron"} {
		b := app.Browser()
		b.Post("/signin", "loginid", typed, "password", ada.Password).WantRedirect("/home")
		b.Get("/home").WantStatus(200).WantText("Ada")
	}
	app.WantAudit(audit.SigninPasswordPassed, 5)
	app.WantIntact()
}

func TestAWrongPasswordKeepsTheLoginIDAndNothingElse(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Account(apptest.Holder{})
	b := app.Browser()
	page := b.Post("/signin", "loginid", "ada.byron", "password", "not my password 1A")
	page.WantStatus(422).WantField("loginid", "ada.byron").WantField("password", "").WantNever("not my password")
	page.WantError("loginid", "The Login ID and password don’t match.")
	if page.Find("title").Text()[:6] != "Error:" {
		t.Errorf("the title does not say that something is wrong: %q", page.Find("title").Text())
	}
	b.Get("/home").WantRedirect("/signin")
	app.WantAudit(audit.SigninPasswordFailed, 1)
}

func TestEmptyFieldsAreAskedFor(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	page := app.Browser().Post("/signin", "loginid", "", "password", "").WantStatus(422)
	page.WantError("loginid", "Enter your Login ID.").WantError("password", "Enter your password.")
	long := strings.Repeat("x", 600)
	app.Browser().Post("/signin", "loginid", "ada", "password", long).WantStatus(422).WantError("loginid", "don’t match")
	app.WantAudit(audit.SigninPasswordFailed, 0)
}

func TestTheLanguageButtonKeepsWhatWasTypedAndJudgesNothing(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	page := app.Browser().Post("/signin", "loginid", "ada", "password", "secret", "switch_language", "fr").WantStatus(200)
	page.WantField("loginid", "ada").WantField("password", "").WantNever("secret")
	if lang := page.Find("html").AttrOr("lang", ""); !strings.HasPrefix(lang, "fr") {
		t.Errorf("the page is in %q", lang)
	}
	app.WantAudit(audit.SigninPasswordFailed, 0)
}

func TestOnlyTheOwnerHearsThatAnAccountIsNotOpen(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	for status, words := range map[string]string{
		db.AccountSuspended: "Your account is suspended", db.AccountFrozen: "frozen to protect you",
		db.AccountClosed: "This account is closed", db.AccountMerged: "joined with another one",
	} {
		who := app.Account(apptest.Holder{First: status, Status: status})
		b := app.Browser()
		b.Post("/signin", "loginid", who.LoginID, "password", "wrong 1A word").WantStatus(422).WantNever(words)
		page := b.SignIn(who).WantStatus(403).WantText(words)
		reference := page.Reference()
		if app.Rows("audit_events", "kind = 'signin.account.blocked' AND reference = '"+reference+"'") != 1 {
			t.Errorf("%s: the page's number leads to no event", status)
		}
		b.Get("/home").WantRedirect("/signin")
	}
}

// unlike takes out of a page what differs between any two: the reference, the
// login ID that was typed.
func unlike(p *apptest.Page, typed string) string {
	body := regexp.MustCompile(`[A-Z0-9]{3}-[A-Z0-9]{3}`).ReplaceAllString(p.Body, "REF")
	return strings.ReplaceAll(body, typed, "LOGIN")
}

func TestAnUnknownLoginIDIsToldApartByNothing(t *testing.T) {
	t.Parallel()
	app, statements := apptest.Counted(t)
	app.Account(apptest.Holder{})
	browsers := map[string]*apptest.Browser{}
	for _, typed := range []string{"ADA.BYRON", "IDA.BARON"} {
		browsers[typed] = app.Browser()
		browsers[typed].Get("/signin")
	}
	browsers["IDA.BARON"].Address = "198.51.100.9"
	browsers["IDA.BARON"].Get("/signin") // from there: requests are counted by network
	// Warm what only the first of two requests pays for, the warning of many
	// tries included.
	for range 5 {
		app.Browser().Post("/signin", "loginid", "nobody", "password", "wrong 1A word")
	}
	for try := range 8 {
		var bodies, headers []string
		var counts []int
		for _, typed := range []string{"ADA.BYRON", "IDA.BARON"} {
			var page *apptest.Page
			counts = append(counts, statements.Count(func() {
				page = browsers[typed].Post("/signin", "loginid", typed, "password", "wrong 1A word")
			}))
			bodies = append(bodies, unlike(page, typed))
			page.Header.Del("X-Request-Id")
			headers = append(headers, page.Header.Get("Retry-After")+http.StatusText(page.Status)+strings.Join(page.Header.Values("Set-Cookie"), ""))
		}
		if bodies[0] != bodies[1] {
			t.Errorf("try %d: the pages differ", try+1)
		}
		if headers[0] != headers[1] {
			t.Errorf("try %d: the headers differ: %q and %q", try+1, headers[0], headers[1])
		}
		if counts[0] != counts[1] {
			t.Errorf("try %d: %d statements for a known login ID, %d for an unknown one", try+1, counts[0], counts[1])
		}
		app.Clock.Advance(13 * time.Second)
	}
}

func TestTriesGetScarceAndThenWait(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	// Addresses change, so that only the account's own ladder shows.
	try := func(n int, password string) *apptest.Page {
		b := app.Browser()
		b.Address = "203.0.113." + string(rune('0'+n))
		return b.Post("/signin", "loginid", ada.LoginID, "password", password)
	}
	for n := range 5 {
		page := try(n, "wrong 1A word").WantStatus(422)
		said := strings.Contains(page.Text(), "left before a short wait")
		if want := n == 2 || n == 3; said != want {
			t.Errorf("try %d counts down: %t, want %t", n+1, said, want)
		}
	}
	page := try(5, ada.Password).WantStatus(http.StatusTooManyRequests).WantError("loginid", "You can try again at 12:01 p.m.")
	page.WantHeader("Retry-After", "60")
	app.WantAudit(audit.SigninPasswordWaited, 1)
	if e := app.WantAudit(audit.SigninPasswordWaited, 1); e.Subject != string(ada.ID) {
		t.Errorf("the event is about %q, want the account", e.Subject)
	}

	app.Clock.Advance(time.Minute)
	try(6, "wrong 1A word").WantStatus(422)
	try(7, ada.Password).WantStatus(http.StatusTooManyRequests).WantText("12:03 p.m.")
	app.Clock.Advance(2 * time.Minute)
	try(8, ada.Password).WantRedirect("/home")
	try(9, "wrong 1A word").WantStatus(422).WantNever("short wait")
}

func TestOneNetworkWaitsWhateverTheLoginID(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	b := app.Browser()
	for n := range 11 {
		b.Post("/signin", "loginid", "SOMEBODY.NR"+string(rune('A'+n)), "password", "wrong 1A word").WantStatus(422)
	}
	b.SignIn(ada).WantStatus(http.StatusTooManyRequests).WantText("from your network").WantHeader("Retry-After", "900")
	app.WantAudit(audit.SigninNetworkSprayed, 1)

	elsewhere := app.Browser()
	elsewhere.Address = "198.51.100.4"
	elsewhere.SignIn(ada).WantRedirect("/home")
}

func TestParallelGuessesGainNothing(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{})
	var judged, waited int
	var mu sync.Mutex
	var all sync.WaitGroup
	for n := range 24 {
		b := app.Browser()
		b.Address = "198.51." + string(rune('1'+n%9)) + "." + string(rune('1'+n/9))
		all.Go(func() {
			page := b.Post("/signin", "loginid", ada.LoginID, "password", "wrong 1A word")
			mu.Lock()
			defer mu.Unlock()
			switch page.Status {
			case http.StatusUnprocessableEntity:
				judged++
			case http.StatusTooManyRequests:
				waited++
			default:
				t.Errorf("answered %d:\n%s", page.Status, page.Text())
			}
		})
	}
	all.Wait()
	if judged != 5 || waited != 19 {
		t.Errorf("%d guesses were judged and %d waited, want 5 and 19", judged, waited)
	}
	app.WantAudit(audit.SigninPasswordFailed, 5)
	app.WantIntact()
}

func TestAPasswordIsHashedAgainWhenTheCostRises(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.Cost(2, 128))
	ada := app.Account(apptest.Holder{Cost: secret.Cost{Time: 1, Memory: 64, Threads: 1}})
	hash := func() string {
		kept, err := db.PasswordOf(t.Context(), app.DB, ada.ID)
		if err != nil {
			t.Fatal(err)
		}
		return kept.Hash
	}
	before := hash()
	app.Browser().Post("/signin", "loginid", ada.LoginID, "password", "wrong 1A word")
	if hash() != before {
		t.Error("a wrong password changed the hash")
	}
	app.SignedIn(ada)
	after := hash()
	if !strings.Contains(after, "m=128,t=2") {
		t.Errorf("the hash is %q, want it at today's cost", after)
	}
	app.SignedIn(ada)
	if hash() != after {
		t.Error("it was hashed once more without need")
	}
}

func TestWhatIsTypedIsInNoLogAndInNoTable(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Account(apptest.Holder{})
	b := app.Browser()
	b.Post("/signin", "loginid", "ada.byron", "password", "Kanarienvogel 1")
	b.Post("/signin", "loginid", "Kanarienvogel-2", "password", "x")
	b.Get("/signin?password=Kanarienvogel-3")
	for where, text := range map[string]string{"the log": app.Logged(), "the database": app.Dump()} {
		if strings.Contains(strings.ToLower(text), "kanarienvogel") {
			t.Errorf("%s holds what was typed", where)
		}
	}
	// Somebody who types the password into the wrong field leaves no hash of it
	// that could be tried without a key.
	for _, plain := range []string{"KANARIENVOGEL-2", "stand-in\x00KANARIENVOGEL-2"} {
		sum := sha256.Sum256([]byte(plain))
		// As it would begin in a uuid column, whose later digits are written over.
		if strings.Contains(app.Dump(), fmt.Sprintf("%x-%x-", sum[:4], sum[4:6])) {
			t.Error("the database holds a plain hash of what was typed as login ID")
		}
	}
}
