package register

import (
	"net/http"
	"testing"

	"oneid/app/internal/audit"
	"oneid/app/internal/draft"
)

func TestPreferredNamesBeginAsTheGuideSays(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	for _, c := range []struct{ first, middle, last, wantFirst, wantMiddle, wantLast string }{
		{"RANDY", "", "BURT", "RANDY", "", "BURT"},
		{"Patricia", "Lynn", "Moore", "Patricia Lynn", "", "Moore"},
		{"Jean-François", "Noël", "D’Amours", "Jean-François Noël", "", "D’Amours"},
		{"Anna-Maria-Louise-Charlotte", "Wilhelmina Friederike", "Ng", "Anna-Maria-Louise-Charlotte", "Wilhelmina Friederike", "Ng"},
		{"", "", "Suharto", "", "", "Suharto"},
		{"Prakash", "", "", "Prakash", "", ""},
	} {
		facts := randy()
		facts.First, facts.Middle, facts.Last, facts.Number = c.first, c.middle, c.last, c.first+c.last
		b := w.browse(facts)
		b.fill("policies", "agree", "yes")
		b.get("/register/personal").wantStatus(http.StatusOK).
			wantValue("preferred_first", c.wantFirst).wantValue("middle", c.wantMiddle).wantValue("preferred_last", c.wantLast)
	}
}

func TestTheMiddleNameMovesAtAButton(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.fill("policies", "agree", "yes")
	b.get("/register/personal").wantText("Move “JAMES” to Middle Names", "Legal First Name RANDY JAMES", "Male", "March 14, 1965", "Provided by CPSO on November 21, 2026")
	b.fill("personal", append(personalFields("preferred_first", "RANDY JAMES", "middle", "", "email", "half@"), "move", "1")...).
		wantStatus(http.StatusOK).wantNot("Move “").
		wantValue("preferred_first", "RANDY").wantValue("middle", "JAMES").wantValue("email", "half@")
	if b.read(b.id).Personal != nil {
		t.Error("moving a name saved the step")
	}
}

func TestWhatTheCollegeStatedIsNeverReadFromAForm(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.fill("policies", "agree", "yes")
	forged := []string{"legal_first", "Mallory", "legal_last", "Evil", "gender", "X", "birth_date", "1999-01-01", "number", "999999", "college", "cno", "class", "restricted"}
	b.fill("personal", append(personalFields(), forged...)...).wantGo("/register/profession")
	b.fill("profession", forged...).wantGo("/register/questions")
	d := b.read(b.id)
	if d.Facts != randy() || d.College != "cpso" {
		t.Errorf("the facts became %+v of %s", d.Facts, d.College)
	}
	if got := b.audited(audit.RegisterStepTampered); got != 2 {
		t.Errorf("%d events of tampering, want 2", got)
	}
}

func TestPersonalInformationIsJudged(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.fill("policies", "agree", "yes")
	for _, c := range []struct{ field, typed, says string }{
		{"preferred_first", "", "Enter your preferred first name."},
		{"preferred_last", "  ", "Enter your preferred last name."},
		{"preferred_first", "Admin", "This name is kept for ONE ID staff."},
		{"preferred_last", "李", "Write the name with the letters A to Z"},
		{"preferred_first", "Rаndy", "Write the name with the letters A to Z"}, // a Cyrillic а
		{"preferred_first", "Randy<b>", "Remove: < >"},
		{"email", "", "Enter your email address."},
		{"email", "randy@", "Enter a full email address"},
		{"phone", "", "Enter a phone number where we can reach you."},
		{"phone", "12345", "Enter a 10-digit phone number"},
		{"extension", "12a", "Enter the extension as digits only"},
		{"language", "", "Choose English or French."},
		{"title", "king", "Choose a title from the list, or leave it empty."},
	} {
		b.fill("personal", personalFields(c.field, c.typed)...).wantStatus(http.StatusUnprocessableEntity).
			wantText(c.says).wantValue("middle", "James")
	}
	if b.read(b.id).Personal != nil {
		t.Error("a refused form was saved")
	}
}

func TestAnExtensionCanBeTypedAfterTheNumber(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.fill("policies", "agree", "yes")
	b.fill("personal", personalFields("phone", "(416) 555-0100 ext. 12", "extension", "")...).wantGo("/register/profession")
	want := draft.Personal{
		Title: "dr", PreferredFirst: "Randy", Middle: "James", PreferredLast: "Burt",
		Email: "randy@example.ca", Phone: "+14165550100", Extension: "12", Language: "en",
	}
	if got := *b.read(b.id).Personal; got != want {
		t.Errorf("saved %+v, want %+v", got, want)
	}
}

func TestTheLoginIDIsShownWhileOneTypes(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.post("/register/personal/login-id", "preferred_first", "Randy", "preferred_last", "Burt").wantStatus(http.StatusGone)
	b.fill("policies", "agree", "yes")
	_, err := b.db.ExecContext(t.Context(), "INSERT INTO login_ids (login_id, base, suffix, created_at) VALUES ('JOHN.SMITH', 'JOHN.SMITH', 1, now())")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ first, last, says, not string }{
		{"Randy", "Burt", "With these names, your Login ID will be RANDY.BURT @ONEID.ON.CA", "left out"},
		{"Geneviève", "Tremblay-Okafor", "GENEVIEVE.TREMBLAY-OKAFOR @ONEID.ON.CA Accents, spaces and apostrophes are left out", "has a number"},
		{"John", "Smith", "JOHN.SMITH2@ONEID.ON.CA has a number because the name alone is taken.", "left out"},
		{"Greta", "Garbo", "This name is quite different from your legal name.", "left out"},
		{"Randy", "", "Enter your preferred names to see your Login ID.", "@"},
		{"Help", "Desk", "This name is kept for ONE ID staff.", "@"},
	} {
		b.post("/register/personal/login-id", "preferred_first", c.first, "preferred_last", c.last).
			wantStatus(http.StatusOK).wantText(c.says).wantNot(c.not)
	}
}

func TestWithoutScriptTheLoginIDIsShownAtAButton(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.fill("policies", "agree", "yes")
	b.fill("personal", append(personalFields("preferred_first", "Ran", "email", ""), "preview", "1")...).
		wantStatus(http.StatusOK).wantText("RAN.BURT").wantValue("preferred_first", "Ran")
}
