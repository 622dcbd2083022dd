package college_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/saml"
	"oneid/saml/samltest"
)

func TestAForgedAnswerIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := app.Browser()
	asked := b.AskCollege(apptest.CPSO)
	honest := app.Answer(asked, apptest.Randy())
	later := func(by time.Duration) samltest.College {
		return samltest.NewCollege(app.CPSO().EntityID, app.CPSO().SSOURL, func() time.Time { return app.Clock.Now().Add(by) })
	}
	stranger := app.CPSO()
	stranger.Key = samltest.StrangerKey()
	for _, test := range []struct {
		name string
		from samltest.College
		lie  func(*samltest.Answer)
		want saml.Code
	}{
		{"changed after it was signed", app.CPSO(), func(a *samltest.Answer) {
			a.Tamper = func(r *etree.Element) {
				for _, v := range r.FindElements("//AttributeValue") {
					if v.Text() == "BURT" {
						v.SetText("BURTON")
					}
				}
			}
		}, saml.BadSignature},
		{"not signed", app.CPSO(), func(a *samltest.Answer) { a.Signed = samltest.SignNothing }, saml.NotSigned},
		{"signed by a stranger", stranger, func(*samltest.Answer) {}, saml.BadSignature},
		{"signed by SHA-1", app.CPSO(), func(a *samltest.Answer) { a.Method = samltest.SHA1 }, saml.UnknownAlgorithm},
		{"for another audience", app.CPSO(), func(a *samltest.Answer) { a.Audience = "https://elsewhere.example" }, saml.WrongAudience},
		{"for another destination", app.CPSO(), func(a *samltest.Answer) { a.ACSURL = "https://elsewhere.example/acs" }, saml.WrongDestination},
		{"for another recipient", app.CPSO(), func(a *samltest.Answer) {
			a.Edit = func(r *etree.Element) {
				r.FindElement("//SubjectConfirmationData").CreateAttr("Recipient", "https://elsewhere.example/acs")
			}
		}, saml.WrongRecipient},
		{"from another issuer", app.CPSO(), func(a *samltest.Answer) {
			a.Edit = func(r *etree.Element) { r.FindElement("./Assertion/Issuer").SetText("https://elsewhere.example") }
		}, saml.WrongIssuer},
		{"too old", later(-10 * time.Minute), func(*samltest.Answer) {}, saml.Expired},
		{"from the future", later(10 * time.Minute), func(*samltest.Answer) {}, saml.ClockAhead},
		{"with two assertions", app.CPSO(), func(a *samltest.Answer) {
			a.Edit = func(r *etree.Element) {
				second := r.SelectElement("Assertion").Copy()
				second.CreateAttr("ID", saml.NewID())
				r.AddChild(second)
			}
		}, saml.AssertionCount},
	} {
		lie := honest
		test.lie(&lie)
		page := b.Return(apptest.CPSO, test.from.Respond(lie))
		t.Run(test.name, func(t *testing.T) { wantRefused(t, page, string(test.want)) })
	}
	for _, forgery := range samltest.Wrappings(app.CPSO().Response(honest), "somebody else") {
		page := b.Return(apptest.CPSO, samltest.Encode(forgery.Doc)).WantStatus(403)
		if page.Reference() == "" || app.Rows("drafts", "") != 0 {
			t.Errorf("%s: not refused", forgery.Name)
		}
	}
	wantNothingSaved(t, app)

	b.Return(apptest.CPSO, app.CPSO().Respond(honest)).WantRedirect("/register/policies")
	app.WantIntact()
}

func TestTheCollegesOwnNoIsExplained(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	for sub, want := range map[string]string{
		"urn:oasis:names:tc:SAML:2.0:status:RequestDenied":    "You chose to stop on the CPSO site.",
		"urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal": "CPSO could not confirm your identity.",
	} {
		b := app.Browser()
		answer := app.Answer(b.AskCollege(apptest.CPSO), apptest.Randy())
		answer.Status, answer.Substatus = saml.StatusResponder, sub
		page := b.Return(apptest.CPSO, app.CPSO().Respond(answer)).WantText(want)
		wantRefused(t, page, string(saml.StatusNotSuccess))
	}
	wantNothingSaved(t, app)
}

func TestEvidenceIsUsedOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := app.Browser()
	response := app.CPSO().Respond(app.Answer(b.AskCollege(apptest.CPSO), apptest.Randy()))
	b.Return(apptest.CPSO, response).WantRedirect("/register/policies")

	t.Run("the same browser is led back to its wizard", func(t *testing.T) {
		b.Return(apptest.CPSO, response).WantRedirect("/register/resume")
	})
	t.Run("another browser is refused", func(t *testing.T) {
		wantRefused(t, app.Browser().Return(apptest.CPSO, response), "other_browser")
	})
	t.Run("another process refuses it too, after a restart", func(t *testing.T) {
		other := app.Node()
		wantRefused(t, other.Browser().Return(apptest.CPSO, response), "other_browser")
		b.On(other).Return(apptest.CPSO, response).WantRedirect("/register/resume")
	})
	t.Run("and so does a new request", func(t *testing.T) {
		// Its assertion names the first request; only the college can sign another.
		fresh := app.Browser()
		fresh.AskCollege(apptest.CPSO)
		wantRefused(t, fresh.Return(apptest.CPSO, response), "other_browser")
	})
	if app.Rows("drafts", "") != 1 || app.Rows("evidences", "") != 1 {
		t.Errorf("%d drafts, %d evidences, want one of each", app.Rows("drafts", ""), app.Rows("evidences", ""))
	}
}

func TestAnAssertionIsUsedOnceEvenInAnswersToTwoRequests(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	one, other := app.Browser(), app.Browser()
	answer := app.Answer(one.AskCollege(apptest.CPSO), apptest.Randy())
	answer.AssertionID = saml.NewID()
	one.Return(apptest.CPSO, app.CPSO().Respond(answer)).WantRedirect("/register/policies")

	again := app.Answer(other.AskCollege(apptest.CPSO), apptest.Randy())
	again.AssertionID = answer.AssertionID
	wantRefused(t, other.Return(apptest.CPSO, app.CPSO().Respond(again)), "used")
}

func TestOfManyAtOnceOnTwoProcessesOneOpensTheWizard(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	nodes := []*apptest.App{app, app.Node()}
	b := app.Browser()
	response := app.CPSO().Respond(app.Answer(b.AskCollege(apptest.CPSO), apptest.Randy()))
	const tries = 6
	var tokens []string
	for range tries {
		posted := b.SendAcross("/college/cpso/acs", url.Values{"SAMLResponse": {response}})
		tokens = append(tokens, posted.To())
	}
	// One browser has one jar: copies hold the same cookie, and none waits for another.
	pages := make([]*apptest.Page, tries)
	var all sync.WaitGroup
	for i, token := range tokens {
		copied := b.Steal().On(nodes[i%2])
		all.Go(func() { pages[i] = copied.Get(token) })
	}
	all.Wait()

	opened := 0
	for _, p := range pages {
		switch {
		case p.Status == http.StatusSeeOther && p.To() == "/register/policies":
			opened++
		case p.Status != http.StatusForbidden:
			t.Errorf("answered %d to %q:\n%s", p.Status, p.To(), p.Text())
		}
	}
	if opened != 1 || app.Rows("drafts", "") != 1 || app.Rows("evidences", "") != 1 {
		t.Errorf("%d wizards opened, %d drafts, %d evidences; want one of each", opened, app.Rows("drafts", ""), app.Rows("evidences", ""))
	}
	app.WantIntact()
}

func TestACollegeThatIsNotTrustedIsRefusedAtEveryDoor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, undo, code string }{
		{"switched off", "UPDATE college_providers SET enabled = false", "college_off"},
		{"without keys", "UPDATE college_providers SET enabled = false, certificates = '{}'", "college_off"},
		{"removed", "DELETE FROM college_providers", "college_unknown"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t)
			b, late := app.Browser(), app.Browser()
			response := app.CPSO().Respond(app.Answer(b.AskCollege(apptest.CPSO), apptest.Randy()))
			lateResponse := app.CPSO().Respond(app.Answer(late.AskCollege(apptest.CPSO), apptest.Randy()))
			posted := late.SendAcross("/college/cpso/acs", url.Values{"SAMLResponse": {lateResponse}})

			app.Exec(test.undo)

			wantRefused(t, app.Browser().Get("/register?college=cpso"), test.code)
			wantRefused(t, b.Return(apptest.CPSO, response), test.code)
			wantRefused(t, posted.Follow(), test.code)
			if n := app.Rows("college_responses", ""); n != 1 {
				t.Errorf("%d answers kept, want only the one from before", n)
			}
			wantNothingSaved(t, app)
		})
	}
}

func TestOnlyPinnedKeysAreTrusted(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	// The metadata still holds the college's key; what is pinned is another.
	app.Exec("UPDATE college_providers SET certificates = ARRAY['\\x" + hexOf(samltest.StrangerKey().Certificate.Raw) + "'::bytea]")
	b := app.Browser()
	wantRefused(t, b.HandOver(apptest.Randy()), string(saml.BadSignature))
	wantNothingSaved(t, app)
}

func TestACollegeCannotBeSwitchedOnWithoutKeys(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	if _, err := app.DB.ExecContext(t.Context(), "UPDATE college_providers SET certificates = '{}'"); err == nil {
		t.Error("the database lets an enabled college be without keys")
	}
}

func TestAnUnsolicitedAnswerOpensNothingAndIsBouncedOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	unsolicited := func(b *apptest.Browser) string {
		return app.CPSO().Respond(samltest.Answer{
			ACSURL: apptest.Base + "/college/cpso/acs", Audience: apptest.Base + "/college/metadata",
			Attributes: app.Answer(apptest.Asked{}, apptest.Randy()).Attributes,
			Edit: func(r *etree.Element) {
				r.RemoveAttr("InResponseTo")
				r.FindElement("//SubjectConfirmationData").RemoveAttr("InResponseTo")
			},
		})
	}
	b := app.Browser()
	bounced := b.Return(apptest.CPSO, unsolicited(b)).WantRedirect("/register?college=cpso").Follow()
	if !strings.HasPrefix(bounced.To(), "https://portal.cpso.example.ca/sso?") {
		t.Fatalf("bounced to %q, want the college", bounced.To())
	}
	wantNothingSaved(t, app)

	// The college answers our request with another unsolicited one: no loop.
	wantRefused(t, b.Return(apptest.CPSO, unsolicited(b)), string(saml.Unsolicited))
	wantNothingSaved(t, app)

	t.Run("an honest answer to the bounce's request is taken", func(t *testing.T) {
		b.HandOver(apptest.Randy()).WantRedirect("/register/policies")
	})
}

func TestTheAddressOfAnAnswerIsWorthNothingElsewhere(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	victim, attacker := app.Browser(), app.Browser()
	response := app.CPSO().Respond(app.Answer(attacker.AskCollege(apptest.CPSO), apptest.Randy()))
	planted := attacker.SendAcross("/college/cpso/acs", url.Values{"SAMLResponse": {response}}).To()

	wantRefused(t, victim.Get(planted), "other_browser")
	wantRefused(t, attacker.Get(planted), "used")
	wantRefused(t, app.Browser().Get("/college/cpso/return?r=made-up"), "used")
	wantNothingSaved(t, app)
}

func TestAnAnswerWaitsOnlyForItsRedirect(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := app.Browser()
	response := app.CPSO().Respond(app.Answer(b.AskCollege(apptest.CPSO), apptest.Randy()))
	posted := b.SendAcross("/college/cpso/acs", url.Values{"SAMLResponse": {response}})
	app.Clock.Advance(5*time.Minute + time.Second)
	wantRefused(t, posted.Follow(), "used")
}

func TestAnUnknownCollegeIsRefused(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := app.Browser()
	wantRefused(t, b.Get("/register?college=cmo"), "college_unknown")
	wantRefused(t, b.Get("/register?college=nowhere"), "college_unknown")
	b.SendAcross("/college/nowhere/acs", url.Values{"SAMLResponse": {"x"}}).WantStatus(403)
	b.SendAcross("/college/cpso/acs", url.Values{}).WantStatus(400)
	b.SendAcross("/college/cpso/acs", url.Values{"SAMLResponse": {"a", "b"}}).WantStatus(400)
	b.SendAcross("/college/cpso/acs", url.Values{"SAMLResponse": {strings.Repeat("A", 300<<10)}}).WantStatus(413)
	wantNothingSaved(t, app)
}

func TestARefusalThatCannotBeWrittenDownIsNotShown(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.BreakAudit(audit.CollegeEvidenceRefused)
	page := app.Browser().Get("/register?college=nowhere")
	if page.Status < 500 {
		t.Errorf("answered %d without an event, want an error", page.Status)
	}
}

func TestWithoutItsEventAHandOverDoesNotHappen(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.BreakAudit(audit.CollegeEvidenceAccepted)
	b := app.Browser()
	response := app.CPSO().Respond(app.Answer(b.AskCollege(apptest.CPSO), apptest.Randy()))
	if page := b.Return(apptest.CPSO, response); page.Status < 500 {
		t.Errorf("answered %d, want an error", page.Status)
	}
	wantNothingSaved(t, app)

	app.Exec("DROP TRIGGER broken ON audit_events")
	b.Return(apptest.CPSO, response).WantRedirect("/register/policies")
}
