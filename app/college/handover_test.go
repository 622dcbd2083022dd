package college_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"oneid/app"
	"oneid/app/college"
	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/saml"
	"oneid/saml/samltest"
)

func TestOneHandOverOpensOneWizard(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := app.Browser()
	before := b.Session()

	b.HandOver(apptest.Randy()).WantRedirect("/register/policies").Follow().WantStatus(200)

	if app.Rows("drafts", "") != 1 || app.Rows("evidences", "draft_id IS NOT NULL") != 1 {
		t.Errorf("%d drafts and %d evidences, want one of each", app.Rows("drafts", ""), app.Rows("evidences", ""))
	}
	if after := b.Session(); after == "" || after == before {
		t.Error("the session's token did not change when the wizard opened")
	}
	app.WantAudit(audit.CollegeRequestSent, 1)
	event := app.WantAudit(audit.CollegeEvidenceAccepted, 1)
	for _, fact := range []string{"BURT", "100093", "1965"} {
		if strings.Contains(event.Details, fact) {
			t.Errorf("the event tells %s: %s", fact, event.Details)
		}
	}
	app.WantIntact()
}

func TestTheCollegeIsAskedByASignedRequestOfOurs(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	asked := app.Browser().AskCollege(apptest.CPSO)
	if want := apptest.Base + "/college/cpso/acs"; asked.ACSURL != want {
		t.Errorf("the answer is wanted at %q, want %q", asked.ACSURL, want)
	}
	if want := apptest.Base + "/college/metadata"; asked.Issuer != want {
		t.Errorf("the request is from %q, want %q", asked.Issuer, want)
	}
	samltest.Schema(t, samltest.MetadataSchema, []byte(app.Browser().Get("/college/metadata").WantStatus(200).Body))
}

func TestTheWizardSpeaksTheMembersLanguage(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	member := apptest.Randy()
	member.Language = "fr"
	page := app.Browser().HandOver(member).Follow().WantStatus(200)
	if lang := page.Find("html").AttrOr("lang", ""); lang != "fr-CA" && lang != "fr" {
		t.Errorf("the page is in %q, want French", lang)
	}
}

func TestAMemberWhoComesBackResumes(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	first := app.Browser()
	first.HandOver(apptest.Randy())
	first.Through("personal")

	second := app.Browser()
	second.HandOver(apptest.Randy()).WantRedirect("/register/resume")
	if n := app.Rows("drafts", ""); n != 1 {
		t.Errorf("%d drafts, want the one", n)
	}
	second.Through("password").WantRedirect("/register/complete")
}

func TestAnInactiveLicenceOpensNothing(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	for status, shown := range map[string]string{
		"suspended": "Suspended", "expired": "Expired", "resigned": "Resigned", "revoked": "Revoked", "inactive": "Inactive",
		"practising elsewhere": "Inactive",
	} {
		member := apptest.Randy()
		member.Status = status
		app.Browser().HandOver(member).WantStatus(403).WantText("Your licence is not active", "“"+shown+"”", "416-967-2606")
	}
	app.WantAudit(audit.CollegeLicenceInactive, 6)
	wantNothingSaved(t, app)
}

func TestAnInactiveLicenceIsToldOnceOnly(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := app.Browser()
	member := apptest.Randy()
	member.Status = "suspended"
	response := app.CPSO().Respond(app.Answer(b.AskCollege(apptest.CPSO), member))
	b.Return(apptest.CPSO, response).WantText("Your licence is not active")
	wantRefused(t, b.Return(apptest.CPSO, response), "used")
}

func TestAnExistingAccountIsLedToAndNotNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		count int
		want  string
	}{
		{"one account", 1, "We found a ONE ID account with your CPSO number."},
		{"two accounts", 2, "We found more than one ONE ID account"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t)
			for range test.count {
				app.Account(apptest.Holder{First: "Randolf", Last: "Burtson", Email: "rb@example.ca", Licence: "100093"})
			}
			b := app.Browser()
			page := b.HandOver(apptest.Randy()).WantStatus(200).WantText("You already have a ONE ID account", test.want)
			for _, way := range []string{"/signin", "/recovery/login-id", "/recovery/password"} {
				if page.Find(`main a[href="`+way+`"]`).Length() == 0 {
					t.Errorf("no way to %s", way)
				}
			}
			page.WantNever("RANDOLF", "Randolf", "BURTSON", "rb@example.ca", "@ONEID.ON.CA\"")
			if n := app.Rows("drafts", ""); n != 0 {
				t.Errorf("%d drafts, want none", n)
			}
			app.WantAudit(audit.CollegeAccountFound, 1)
			b.Get("/register/policies").WantRedirect("/register")
		})
	}
}

func TestALicenceThatSomebodyElseTypedBlocksNobody(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Account(apptest.Holder{Licence: "100093", Stated: true})
	app.Browser().HandOver(apptest.Randy()).WantRedirect("/register/policies")
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	for _, test := range []struct {
		name   string
		change func(*apptest.Member)
		want   string
		code   string
	}{
		{"no number", func(m *apptest.Member) { m.Number = "" }, "registration number", "incomplete"},
		{"a number of another form", func(m *apptest.Member) { m.Number = "RN-1" }, "registration number", "incomplete"},
		{"no name at all", func(m *apptest.Member) { m.First, m.Last = "", "" }, "name", "incomplete"},
		{"no gender", func(m *apptest.Member) { m.Gender = "" }, "gender", "incomplete"},
		{"no birth date", func(m *apptest.Member) { m.BirthDate = "" }, "date of birth", "incomplete"},
		{"a birth date that is none", func(m *apptest.Member) { m.BirthDate = "14/03/1965" }, "date of birth", "incomplete"},
		{"a birth date to come", func(m *apptest.Member) { m.BirthDate = "2031-01-01" }, "date of birth", "incomplete"},
		{"no status", func(m *apptest.Member) { m.Status = "" }, "status", "incomplete"},
		{"no consent", func(m *apptest.Member) { m.Consent = "yes" }, "consent", "no_consent"},
		{"a consent to come", func(m *apptest.Member) { m.Consent = apptest.Noon().Add(time.Hour).Format(time.RFC3339) }, "consent", "no_consent"},
	} {
		member := apptest.Randy()
		test.change(&member)
		page := app.Browser().HandOver(member)
		wantRefused(t, page, test.code)
		if !strings.Contains(page.Text(), test.want) {
			t.Errorf("%s: the page does not say %q:\n%s", test.name, test.want, page.Text())
		}
	}
	wantNothingSaved(t, app)
}

func TestAPersonWithOneNameRegisters(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	member := apptest.Randy()
	member.First = ""
	app.Browser().HandOver(member).WantRedirect("/register/policies")
}

func TestAnotherCollegeHasNamesOfItsOwn(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	names := college.Mapping{
		Number: "urn:cno:regNo", GivenNames: "urn:cno:first", MiddleNames: "urn:cno:middle", LastName: "urn:cno:last",
		Gender: "urn:cno:sex", BirthDate: "urn:cno:born", Class: "urn:cno:class", Status: "urn:cno:standing",
		ConsentTime: "urn:cno:agreed", Language: "urn:cno:language",
	}
	cno := app.Trust("cno", names)
	member := apptest.Member{Number: "12345678", First: "Marie", Last: "Côté", Gender: "F", BirthDate: "1980-01-02", Status: "active"}
	b := app.Browser()
	asked := b.AskCollege("cno")
	answer := app.Answer(asked, member)
	answer.Attributes = member.Attributes(names, app.Clock.Now())

	b.Return("cno", cno.Respond(answer)).WantRedirect("/register/policies")
	if app.Rows("drafts", "college = 'cno'") != 1 {
		t.Error("no draft of the other college")
	}

	t.Run("and its answer is none of the first one's", func(t *testing.T) {
		other := app.Browser()
		asked := other.AskCollege(apptest.CPSO)
		answer := app.Answer(asked, apptest.Randy())
		wantRefused(t, other.Return(apptest.CPSO, cno.Respond(answer)), string(saml.WrongIssuer))
	})
}

func TestKeptEvidenceIsSealedAndCanBeProvenAgain(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	w.Browser().HandOver(apptest.Randy())
	var id string
	var message []byte
	if err := w.DB.QueryRowContext(w.Context(), "SELECT id, message FROM evidences").Scan(&id, &message); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(message, []byte("BURT")) || bytes.Contains(message, []byte("Assertion")) {
		t.Error("the message lies in clear")
	}

	var said strings.Builder
	if err := app.VerifyEvidence(w.Context(), w.Config, id, &said); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "is as the college signed it") {
		t.Errorf("said %q", said.String())
	}

	w.Exec("UPDATE evidences SET message = set_byte(message, 40, get_byte(message, 40) # 1)")
	if err := app.VerifyEvidence(w.Context(), w.Config, id, &said); err == nil {
		t.Error("changed evidence is still proven")
	}
}
