package register

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"oneid/app/internal/audit"
)

func TestPasswordsThatAreRefusedGetAReason(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("password")
	for _, c := range []struct{ password, confirm, says string }{
		{"", "", "Enter a password."},
		{"Short1a", "Short1a", "Use at least 8 characters."},
		{"alllowercase1", "alllowercase1", "Add an upper case letter"},
		{"ALLUPPERCASE1", "ALLUPPERCASE1", "Add a lower case letter"},
		{"No digits here", "No digits here", "Add a number."},
		{"My name is Randy 1", "My name is Randy 1", "Your password contains your name."},
		{"Password123", "Password123", "This password is on lists that attackers use."},
		{"Licence 100093 ok", "Licence 100093 ok", "Your password contains your registration number."},
		{"Born 19650314 ok", "Born 19650314 ok", "Your password contains your date of birth."},
		{goodPassword, "", "Enter the same password again in Confirm Password."},
		{goodPassword, goodPassword + " ", "The two passwords are different."},
	} {
		p := b.fill("password", "password", c.password, "confirm", c.confirm).wantStatus(http.StatusUnprocessableEntity).wantText("There is a problem", c.says)
		if c.password != "" {
			p.wantNever(c.password)
		}
	}
	if n := b.audited(audit.RegisterAccountCreated); n != 0 {
		t.Errorf("%d accounts were made", n)
	}
}

func TestThePasswordPageIsForPasswordManagers(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("password")
	p := b.get("/register/password").wantText("Step 7 of 7", "Your password is valid for one year.", "At least 8 characters long , not yet met", "Finish")
	for _, wanted := range []string{
		`name="loginid" autocomplete="username" value="RANDY.BURT@ONEID.ON.CA" readonly`,
		`autocomplete="new-password"`,
		`data-check="/password/check/register"`,
	} {
		if !strings.Contains(p.body, wanted) {
			t.Errorf("the page lacks %s", wanted)
		}
	}
	_, form, _ := strings.Cut(p.body, `<form id="step"`)
	form, _, _ = strings.Cut(form, "</form>")
	if strings.Contains(form, "onpaste") {
		t.Error("the page meddles with pasting")
	}
}

var met = regexp.MustCompile(`<li class="met">`)

func TestTheRulesAreTickedWhileOneTypes(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("password")
	for _, c := range []struct {
		password string
		met      int
		says     string
	}{
		{"", 0, "At least 8 characters long , not yet met"},
		{"m", 1, "3 rules left to meet."},
		{"mM", 2, "2 rules left to meet."},
		{"mM4", 3, "1 rule left to meet."},
		{"mM4 maple canoe", 4, "Your password meets all the rules."},
		{"Password123", 4, "This password is on lists that attackers use."},
		{"Randy Burt 4 ever", 4, "Your password contains your name."},
	} {
		p := b.post("/password/check/register", "password", c.password).wantStatus(http.StatusOK).wantText(c.says)
		if got := len(met.FindAllString(p.body, -1)); got != c.met {
			t.Errorf("%q meets %d rules, want %d", c.password, got, c.met)
		}
		if strings.Contains(p.body, "<html") {
			t.Error("the answer is a whole page")
		}
		if len(c.password) > 3 {
			p.wantNever(c.password)
		}
	}
}

func TestTheRulesAreCheckedWithoutScriptToo(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("password")
	p := b.fill("password", "password", "maple canoe", "confirm", "maple canoe", "check", "1")
	p.wantStatus(http.StatusOK).wantText("2 rules left to meet.", "The two passwords match.").wantNever("maple canoe")
	b.fill("password", "password", "maple canoe", "confirm", "maple", "check", "1").wantText("The two passwords don’t match yet.")
}

func TestLeavingForLaterFinishesNothing(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("password")
	p := b.fill("password", append(passwordFields(), "later", "1")...)
	if !strings.HasPrefix(p.to, "/register/saved/") {
		t.Errorf("leads to %q", p.to)
	}
	if n := w.rows("accounts"); n != 0 {
		t.Errorf("%d accounts were made", n)
	}
}

func TestThePasswordIsNotReachedBeforeTheCheckPage(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("review")
	b.post("/register/password", passwordFields()...).wantGo("/register/review?skipped=1")
	b.get("/register/complete").wantGo("/register/resume")
	if n := w.rows("accounts"); n != 0 {
		t.Errorf("%d accounts were made", n)
	}
}

func TestTheCheckPageShowsEverythingButTheAnswers(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("review")
	p := b.get("/register/review")
	p.wantText(
		"Check your answers", "RANDY.BURT @ONEID.ON.CA", "RANDY JAMES BURT", "Male", "March 14, 1965", "From CPSO",
		"Dr. Randy Burt", "randy @example.ca", "416-555-0100 ext. 12", "English", "College of Physicians and Surgeons of Ontario", "100093",
		"3 online and 2 Service Desk questions answered", "416-555-0123, by text", "Physician Agreement", "on November 21, 2026 at noon",
		"This is right, set my password",
	)
	p.wantNever("Honda", "Math", "first-car")
	for _, change := range []string{"/register/personal?change=1#email", "/register/questions?change=1", "/register/phone?change=1", "/register/profession?change=1"} {
		if !strings.Contains(p.body, `href="`+change+`"`) {
			t.Errorf("no way to %s", change)
		}
	}
	p.wantText("Change : Email")
}

func TestAChangeLeadsBackToTheCheckPage(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("password")
	p := b.get("/register/phone?change=1")
	b.post("/register/phone", append(p.hidden(), phoneFields("phone_1_method", "call")...)...).wantGo("/register/review")
	b.get("/register/review").wantText("416-555-0123, by call")
	b.get("/register/password").wantGo("/register/review?skipped=1") // to be read again
}

func TestTheFormsNameLeadsNowhere(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("password")
	b.fill("password", append(passwordFields(), "loginid", "ADMIN.ONEID@ONEID.ON.CA")...).wantGo("/register/complete")
	if a := w.only(); a.LoginID != "RANDY.BURT" {
		t.Errorf("the Login ID is %s", a.LoginID)
	}
}
