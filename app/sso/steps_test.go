package sso_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

// mostStatements is what a request with a live session may ask of the database.
const mostStatements = 7

// do presses a button of a page on the way.
func do(p *apptest.Page, what string, fields ...string) *apptest.Page {
	p.Helper()
	j, _ := p.Value("j")
	return p.Browser.Post("/sso/continue", append([]string{"j", j, "do", what}, fields...)...)
}

func TestALiveSessionIsAnsweredInOneExchangeAndOneTransaction(t *testing.T) {
	t.Parallel()
	app, statements := apptest.Counted(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	for range 2 { // metadata is parsed, the person gets a name, the head of the chain is known
		wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
	}
	events := app.Rows("audit_events", "")
	var page *apptest.Page
	// The session; the service, the person, their licences, authorities and what is
	// known of them; and one that writes.
	n := statements.Count(func() { page = b.Begin(viewer, samltest.Ask{RelayState: "here"}) })
	if n > mostStatements {
		t.Errorf("%d statements, at most %d", n, mostStatements)
	}
	wantSigned(t, page, viewer)
	page.WantField("RelayState", "here")
	if app.Rows("audit_events", "") != events+1 {
		t.Error("more than one event")
	}
	if n := app.Rows("assertions", "request_id IS NOT NULL"); n != 3 {
		t.Errorf("%d requests kept, want 3", n)
	}
	app.WantIntact()
}

func TestTheSameRequestIsAnsweredOnceAlsoAtOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	b, ask := doctor(app), samltest.Ask{ID: saml.NewID()}
	wantSigned(t, b.Begin(viewer, ask), viewer)
	wantRefused(t, b.Begin(viewer, ask), "used")
	wantRefused(t, b.BeginPosted(viewer, ask), "used")
	wantRefused(t, app.Browser().Begin(viewer, ask), "used")
	begun := samltest.Ask{ID: saml.NewID()}
	waits := b.BeginPosted(viewer, begun)
	b.Begin(viewer, begun).WantRedirect(waits.To())
	if n := app.Rows("assertions", ""); n != 1 {
		t.Errorf("%d assertions", n)
	}
}

func TestWhatChangedMeanwhileCountsAtOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	other := app.Node()
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
	wantSigned(t, b.On(other).Begin(viewer, samltest.Ask{}), viewer)
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) {
		p.Release, p.Requests = p.Release[:1], policy.RequestsRequired
	})
	for _, b := range []*apptest.Browser{b, b.On(other)} {
		wantRefused(t, b.Begin(viewer, samltest.Ask{Unsigned: true}), string(saml.NotSigned))
		if seen := wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer); len(seen.Attributes) != 1 {
			t.Errorf("released %v", seen.Attributes)
		}
	}
	app.Exec("UPDATE services SET enabled = false")
	wantRefused(t, b.Begin(viewer, samltest.Ask{}), "closed")
}

func TestTheFirstTimePeopleSeeWhatIsSent(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Notice, p.Release = true, p.Release[:3] })
	app.Exec("UPDATE services SET operator_en = 'Lakeshore', authority_en = 'PHIPA, 2004'")
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)

	page := b.Open(viewer, samltest.Ask{}).WantStatus(200).WantText("What ConnectingOntario will receive", "Your name", "A code that stands for you", "Under: PHIPA, 2004", "Operated by Lakeshore")
	wantDeclined(t, b.Open(viewer, samltest.Ask{IsPassive: true}), viewer, saml.StatusNoPassive)
	wantSigned(t, do(page, "accept"), viewer)
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
	app.WantAudit(audit.SSONoticeAccepted, 1)
	b.Get("/profile/services").WantText("ConnectingOntario", "Your name", "When you opened services", "Answer _")

	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) {
		p.Release = append(p.Release, policy.Attribute{Fact: policy.FactEmail, Name: "urn:x:mail"})
	})
	page = b.Open(viewer, samltest.Ask{}).WantText("The list has changed since", "Your email address new")
	wantDeclined(t, do(page, "decline"), viewer, saml.StatusRequestDenied)
	b.Open(viewer, samltest.Ask{}).WantText("The list has changed since")
	app.WantIntact()
}

func TestAPersonWhoCancelsIsTakenBackWithAStatus(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.OTNHub)
	signin := app.Browser().Open(viewer, samltest.Ask{RelayState: "x"}).WantText("Cancel and go back to OTN Hub")
	back := do(signin, "leave")
	wantDeclined(t, back, viewer, saml.StatusAuthnFailed)
	back.WantField("RelayState", "x")

	closed := doctor(app).Open(viewer, samltest.Ask{}).WantStatus(http.StatusForbidden).WantText("Go back to OTN Hub")
	wantDeclined(t, do(closed, "leave"), viewer, saml.StatusAuthnFailed)
	wantRefused(t, do(closed, "leave"), "used")
}

func TestAPersonWhoWouldRatherNotProveMoreIsTakenBack(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ClinicalConnect)
	b := app.SignedIn(app.Account(apptest.Holder{Services: []db.ServiceID{apptest.ClinicalConnect}}))
	b.Open(viewer, samltest.Ask{}).WantText("ClinicalConnect asks for one more check")
	wantDeclined(t, b.Post("/challenge/stop").Rest(), viewer, saml.StatusAuthnFailed)
	b.Get("/home").WantStatus(200)
}

func TestOneAuthorityIsChosenSilentlyAndSeveralByThePerson(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Licence: "100093"})
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := app.SignedIn(ada)
	uao := func(p *apptest.Page) string {
		return strings.Join(wantSigned(t, p, viewer).Attributes[saml.AttrUAO], " ")
	}
	const root = "2.16.840.1.113883.3.239.9:"

	if got := uao(b.Begin(viewer, samltest.Ask{})); got != "Not Authorized" {
		t.Errorf("without an organization: %q", got)
	}
	app.Sponsors(ada, apptest.ConnectingOntario, "birch")
	seen := wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
	entitlements, err := base64.StdEncoding.DecodeString(strings.Join(seen.Attributes[saml.AttrServiceEntitlements], " "))
	want := `{"UAO":[{"type":"Organization","id":"` + root + `birch","friendName":"Birch Clinic","service":[{"name":"OLIS","attribute":[{"name":"scope","value":"user/DiagnosticReport.read"}]}]}]}`
	if err != nil || string(entitlements) != want {
		t.Errorf("entitled to %s, %v, want %s", entitlements, err, want)
	}
	for name, value := range map[string]string{
		saml.AttrUAO: root + "birch", saml.AttrUAOType: "Organization", saml.AttrUAOName: "Birch Clinic", saml.AttrRoles: "physician",
	} {
		if got := seen.Attributes[name]; !slices.Equal(got, []string{value}) {
			t.Errorf("%s is %v, want %s", name, got, value)
		}
	}

	app.Sponsors(ada, apptest.ConnectingOntario, "cedar")
	wantDeclined(t, b.Begin(viewer, samltest.Ask{IsPassive: true}), viewer, saml.StatusNoPassive)
	page := b.Open(viewer, samltest.Ask{}).WantStatus(200).WantText("Under whose authority are you working?", "Birch Clinic", "Cedar Clinic", "Oakville")
	page = do(page, "authority").WantStatus(422).WantText("Choose an organization or person from the list.")
	page = do(page, "authority", "authority", "elsewhere").WantStatus(422)
	if got := uao(do(page, "authority", "authority", "cedar")); got != root+"cedar" {
		t.Errorf("chose cedar, sent %q", got)
	}
	page = b.Open(viewer, samltest.Ask{}).WantText("Used last time")
	if got := uao(do(page, "authority", "authority", "birch", "remember", "yes")); got != root+"birch" {
		t.Errorf("chose birch, sent %q", got)
	}
	if got := uao(b.Begin(viewer, samltest.Ask{})); got != root+"birch" {
		t.Errorf("remembered birch, sent %q", got)
	}
	b.Get("/home").WantText("You work under the authority of Birch Clinic there.")
	app.Exec("UPDATE sponsorships SET status = 'ended' WHERE organization_id = 'birch'")
	app.Sponsors(ada, apptest.ConnectingOntario, "dogwood")
	b.Open(viewer, samltest.Ask{}).WantText("You can no longer work under Birch Clinic")
	b.Post("/sso/authority", "service", string(apptest.ConnectingOntario)).Rest().WantText("Under whose authority")
	if n := app.Rows("assertions", "organization_id = 'cedar'"); n != 1 {
		t.Errorf("the ledger names cedar %d times", n)
	}
	app.WantIntact()
}

func TestWhereAnAuthorityIsAMustNobodyGetsInWithout(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Authority = true })
	ada := app.Account(apptest.Holder{Licence: "100093"})
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := app.SignedIn(ada)
	b.Open(viewer, samltest.Ask{}).WantStatus(http.StatusForbidden).WantText("No organization or person has given you authority for ConnectingOntario.")
	app.Sponsors(ada, apptest.ConnectingOntario, "birch")
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
}

func TestASharedWorkstationAsksWhoIsThere(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	b.Get("/workstation").WantText("set up for one person")
	b.Post("/workstation", "shared", "yes").Rest().WantText("set up as a shared workstation")

	page := b.Open(viewer, samltest.Ask{}).WantText("Continue as Ada Byron?", "Shared workstation")
	wantSigned(t, do(page, "confirm"), viewer)
	b.Open(viewer, samltest.Ask{}).WantText("Continue as Ada Byron?")
	wantDeclined(t, b.Open(viewer, samltest.Ask{IsPassive: true}), viewer, saml.StatusNoPassive)

	ida := app.Account(apptest.Holder{First: "Ida", Licence: "100094"})
	page = b.Open(viewer, samltest.Ask{})
	j, _ := page.Value("j")
	do(page, "other")
	b.Get("/home").WantStatus(http.StatusSeeOther)
	app.Clock.Advance(time.Second)
	waits := b.BeginPosted(viewer, samltest.Ask{}).To()
	app.Clock.Advance(time.Second)
	// Who has just signed in for it is not asked again, but whoever comes later is.
	wantSigned(t, b.Post("/signin", "loginid", ida.LoginID, "password", ida.Password, "j", j).Rest(), viewer)
	app.Clock.Advance(2 * time.Minute)
	b.Get(waits).WantText("Continue as Ida Byron?")
	if n := app.Rows("assertions", "account_id = '"+string(ida.ID)+"'"); n != 1 {
		t.Errorf("Ida opened it %d times", n)
	}
	b.Post("/workstation").Rest().WantText("set up for one person")
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
}

func TestSomebodyElseIsAskedWhetherTheRequestIsTheirs(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Notice = true })
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	page := b.Open(viewer, samltest.Ask{}).WantText("What ConnectingOntario will receive")
	ida := app.Account(apptest.Holder{First: "Ida", Licence: "100094"})
	app.Clock.Advance(time.Second)
	b.Get("/signin?again=yes").WantStatus(200)
	b.SignIn(ida)
	do(page, "accept").WantText("Continue as Ida Byron?", "Another person was signed in here when this request began.")
	if n := app.Rows("assertions", ""); n != 0 {
		t.Errorf("%d assertions", n)
	}
}

func TestAProofThatIsTooOldForTheServiceIsAskedForAgain(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.MaxAge = 20 })
	viewer := app.Viewer(apptest.ConnectingOntario)
	ada := app.Account(apptest.Holder{Licence: "100093"})
	b := app.SignedIn(ada)
	app.Clock.Advance(10 * time.Minute)
	wantSigned(t, b.Begin(viewer, samltest.Ask{}), viewer)
	app.Clock.Advance(10*time.Minute + time.Second)
	wantDeclined(t, b.Begin(viewer, samltest.Ask{IsPassive: true}), viewer, saml.StatusNoPassive)
	j, _ := b.Open(viewer, samltest.Ask{}).WantText("Sign in to open ConnectingOntario").Value("j")
	app.Clock.Advance(time.Second)
	wantSigned(t, b.Post("/signin", "loginid", ada.LoginID, "password", ada.Password, "j", j).Rest(), viewer)
}

func TestAServiceIsLaunchedFromOurSideWhereItsPolicyAllows(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	const door = "/saml/launch?sp=https%3A%2F%2Fconnectingontario.example%2Fmetadata"
	ada := app.Account(apptest.Holder{Licence: "100093"})
	b := app.SignedIn(ada)
	if href, _ := b.Get("/home").Find("a[href^='/saml/launch']").Attr("href"); href != door {
		t.Errorf("the tile leads to %q", href)
	}
	for _, to := range []string{"", "/patients/7", "a token", "https://connectingontario.example/patients"} {
		page := b.Get(door + "&RelayState=" + url.QueryEscape(to))
		if seen := wantSigned(t, page, viewer); seen.InResponseTo != "" {
			t.Errorf("answers %q", seen.InResponseTo)
		}
		if to != "" {
			page.WantField("RelayState", to)
		}
	}
	for _, to := range []string{"https://evil.example/", "//evil.example", "javascript:alert(1)", "https:evil.example", "\\\\evil.example", "/\\evil.example", "https://connectingontario.example@evil.example/"} {
		wantRefused(t, b.Get(door+"&RelayState="+url.QueryEscape(to)), "astray")
	}
	wantRefused(t, b.Get("/saml/launch?sp=https%3A%2F%2Fnobody.example"), "unknown")
	wantRefused(t, b.Get("/saml/launch"), "unknown")

	stranger := app.Browser()
	j, _ := stranger.Get(door).Rest().WantText("Sign in to open ConnectingOntario").Value("j")
	app.Clock.Advance(time.Second)
	wantSigned(t, stranger.Post("/signin", "loginid", ada.LoginID, "password", ada.Password, "j", j).Rest(), viewer)
	left := app.Browser().Get(door).Rest()
	do(left, "leave").WantRedirect("/home")

	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Unsolicited = false })
	wantRefused(t, b.Get(door), "unasked")
	if n := b.Get("/home").Find("a[href^='/saml/launch']").Length(); n != 0 {
		t.Error("the tile still launches")
	}
}

func TestAStalePageLeadsBackToWhereTheServiceBegins(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Exec("UPDATE services SET start_url = 'https://connectingontario.example/start'")
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := app.Browser()
	begun := b.Begin(viewer, samltest.Ask{})
	begun.Rest()
	app.Clock.Advance(31 * time.Minute)
	page := b.Get(begun.To()).WantStatus(http.StatusForbidden).WantText("too old", "Go to the start page of ConnectingOntario")
	if href, _ := page.Find("main a.btn").Attr("href"); href != "https://connectingontario.example/start" {
		t.Errorf("leads to %q", href)
	}
}

func TestNamesAreGivenInTheFormTheServiceHas(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Licence: "100093", Email: "ada@example.ca", Services: []db.ServiceID{apptest.OTNHub}})
	b := app.SignedIn(ada)
	open := func(id db.ServiceID, change func(*policy.Policy)) *samltest.Seen {
		t.Helper()
		app.Treat(id, change)
		return wantSigned(t, b.Begin(app.Viewer(id), samltest.Ask{Edit: func(r *etree.Element) { r.SelectElement("NameIDPolicy").CreateAttr("Format", saml.NameIDUnspecified) }}), app.Viewer(id))
	}
	const co, hub = apptest.ConnectingOntario, apptest.OTNHub
	province := func(p *policy.Policy) {
		p.NameIDs, p.Group = []string{policy.NameUnspecified}, "ontario"
	}
	one, other := open(co, province), open(hub, province)
	if one.NameID != other.NameID || !strings.HasSuffix(one.NameID, "@oneidfed.on.ca") || len(one.NameID) != 32+len("@oneidfed.on.ca") {
		t.Errorf("in one group the names are %q and %q", one.NameID, other.NameID)
	}
	if got := one.Attributes[saml.AttrPrincipalFedKey]; !slices.Equal(got, []string{one.NameID}) {
		t.Errorf("the key is %v", got)
	}
	pairwise := func(p *policy.Policy) {
		p.NameIDs, p.Group, p.SubjectID = []string{policy.NameTransient}, "", policy.SubjectPairwise
	}
	const name = "urn:oasis:names:tc:SAML:attribute:pairwise-id"
	first, again, elsewhere := open(co, pairwise), open(co, pairwise), open(hub, pairwise)
	if first.NameID == again.NameID || !slices.Equal(first.Attributes[name], again.Attributes[name]) || slices.Equal(first.Attributes[name], elsewhere.Attributes[name]) {
		t.Errorf("transient %q, %q; pairwise %v, %v, %v", first.NameID, again.NameID, first.Attributes[name], again.Attributes[name], elsewhere.Attributes[name])
	}
	if !strings.HasSuffix(strings.Join(first.Attributes[name], ""), "@oneid.on.ca") {
		t.Errorf("pairwise id %v", first.Attributes[name])
	}
	byMail := open(co, func(p *policy.Policy) {
		p.NameIDs = []string{policy.NameEmail}
		p.Exceptions = []policy.Exception{{What: policy.ExceptEmail, Owner: "A. Lee", Reason: "old", Until: app.Clock.Now().Add(time.Minute)}}
	})
	if byMail.NameID != "ada@example.ca" {
		t.Errorf("named %q by mail", byMail.NameID)
	}
	app.Clock.Advance(time.Minute)
	wantDeclined(t, b.Begin(app.Viewer(co), samltest.Ask{}), app.Viewer(co), saml.StatusInvalidNameIDPolicy) // the exception has ended
}
