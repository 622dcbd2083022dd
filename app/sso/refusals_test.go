package sso_test

import (
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/policy"
	"oneid/app/internal/verdict"
	"oneid/saml"
	"oneid/saml/samltest"
)

// promised are the statuses that the page about SAML promises, by code; an empty
// one is a page of ours.
func promised(t *testing.T) map[string][2]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/saml.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "| code | what the person sees | status told |\n| --- | --- | --- |\n")
	if !found {
		t.Fatal("docs/saml.md has no table of refusals")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	const prefix = "urn:oasis:names:tc:SAML:2.0:status:"
	all := map[string][2]string{}
	for line := range strings.Lines(table + "\n") {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "| "), " | ")
		code, status := strings.Trim(cells[0], "`"), [2]string{}
		if !strings.HasPrefix(cells[2], "none: ") {
			for i, s := range strings.Split(cells[2], " / ") {
				status[i] = prefix + strings.Trim(s, "`")
			}
		}
		all[code] = status
	}
	return all
}

func TestEveryRefusalIsToldWhereTheReplyAddressIsTrusted(t *testing.T) {
	t.Parallel()
	table := promised(t)
	app := apptest.New(t)
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Requests = policy.RequestsWhenPresent })
	app.Treat(apptest.OTNHub, func(p *policy.Policy) { p.Requests = policy.RequestsRequired })
	viewer, strict := app.Viewer(apptest.ConnectingOntario), app.Viewer(apptest.OTNHub)
	stranger, forged := samltest.NewViewer("https://nobody.example", viewer.ACSURL, app.Clock.Now), viewer
	forged.Key = samltest.StrangerKey()
	type begin = func(*apptest.Browser, samltest.Viewer, samltest.Ask) *apptest.Page
	both := []begin{(*apptest.Browser).Begin, (*apptest.Browser).BeginPosted}
	raw := func(query string) []begin {
		return []begin{func(b *apptest.Browser, _ samltest.Viewer, _ samltest.Ask) *apptest.Page {
			return b.Get("/saml/sso?" + query)
		}}
	}
	packed := func(b *apptest.Browser, v samltest.Viewer, a samltest.Ask) *apptest.Page {
		a.Destination = b.Base + "/saml/sso"
		query, _ := url.ParseQuery(v.Redirect(a))
		return b.SendAcross("/saml/sso", url.Values{"SAMLRequest": query["SAMLRequest"]})
	}
	plain := func(b *apptest.Browser, v samltest.Viewer, a samltest.Ask) *apptest.Page {
		a.Destination = b.Base + "/saml/sso"
		return b.Get("/saml/sso?SAMLRequest=" + url.QueryEscape(v.Post(a)))
	}
	again := func(b *apptest.Browser, v samltest.Viewer, a samltest.Ask) *apptest.Page {
		b.Begin(v, a)
		return b.Begin(v, a)
	}
	const artifact = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"
	for code, c := range map[string]struct {
		from samltest.Viewer
		ask  samltest.Ask
		by   []begin
	}{
		string(saml.BindingUnsupported): {viewer, samltest.Ask{Edit: attr("ProtocolBinding", artifact)}, both},
		string(saml.ClockAhead):         {viewer, samltest.Ask{IssuedAt: app.Clock.Now().Add(time.Hour)}, both},
		string(saml.Malformed):          {viewer, samltest.Ask{Edit: attr("ForceAuthn", "maybe")}, both},
		string(saml.BadID):              {viewer, samltest.Ask{ID: "_1"}, both[:1]},
		string(saml.RelayTooLong):       {viewer, samltest.Ask{RelayState: strings.Repeat("r", saml.MaxRelayState+1)}, both},
		string(saml.BadVersion):         {viewer, samltest.Ask{Edit: attr("Version", "two")}, both},
		string(saml.VersionTooLow):      {viewer, samltest.Ask{Edit: attr("Version", "1.1")}, both},
		string(saml.VersionTooHigh):     {viewer, samltest.Ask{Edit: attr("Version", "2.1")}, both},
		string(saml.PackedPost):         {viewer, samltest.Ask{}, []begin{packed}},
		string(saml.PlainRedirect):      {viewer, samltest.Ask{}, []begin{plain}},

		"used":                        {viewer, samltest.Ask{ID: saml.NewID()}, []begin{again}},
		"unknown":                     {stranger, samltest.Ask{}, both},
		string(saml.StaleRequest):     {viewer, samltest.Ask{IssuedAt: app.Clock.Now().Add(-time.Hour)}, both},
		string(saml.ACSNotRegistered): {viewer, samltest.Ask{Edit: attr("AssertionConsumerServiceURL", "https://evil.example/")}, both},
		string(saml.WrongDestination): {viewer, samltest.Ask{Destination: "https://other.example/"}, both},
		string(saml.NotSigned):        {strict, samltest.Ask{Unsigned: true}, both},
		string(saml.BadSignature):     {forged, samltest.Ask{}, both},
		string(saml.UnknownAlgorithm): {viewer, samltest.Ask{}, raw(strings.Replace(viewer.Redirect(samltest.Ask{}), "rsa-sha256", "rsa-sha1", 1))},
		string(saml.MalformedQuery):   {viewer, samltest.Ask{}, raw("SAMLRequest=a&SAMLRequest=b")},
		string(saml.UnexpectedKind):   {viewer, samltest.Ask{Edit: func(r *etree.Element) { r.Tag = "Response" }}, both},
		string(saml.BadEncoding):      {viewer, samltest.Ask{}, raw("SAMLRequest=AAAA")},
		"xml_*":                       {viewer, samltest.Ask{Edit: func(r *etree.Element) { r.CreateComment("x") }}, both},
	} {
		status, known := table[code]
		if !known {
			t.Errorf("docs/saml.md does not list %s", code)
		}
		for i, ask := range c.by {
			b := doctor(app)
			page := ask(b, c.from, c.ask)
			if status[0] == "" {
				if code == "xml_*" {
					code = "xml_comment"
				}
				wantRefused(t, page, code)
				continue
			}
			seen := page.WantStatus(200).Seen(c.from)
			if seen.Status != status[0] || seen.Substatus != status[1] || seen.NameID != "" || seen.InResponseTo == "" {
				t.Errorf("%s, %d: told %q, %q, want %q", code, i, seen.Status, seen.Substatus, status)
			}
			page.WantText("without signing you in")
			if relay, _ := page.Value("RelayState"); relay != "" {
				t.Errorf("%s, %d: brings back %d bytes", code, i, len(relay))
			}
			written := ""
			for _, e := range page.Audited(audit.SSORequestRefused) {
				if strings.Contains(seen.Message, e.Reference) {
					written = details(t, e.Details)["code"]
				}
			}
			if written != code {
				t.Errorf("%s, %d: told %q, written down as %q", code, i, seen.Message, written)
			}
		}
	}
	if n := app.Rows("assertions", ""); n != 1 { // of the request that was used
		t.Errorf("%d assertions", n)
	}
	app.WantIntact()
}

func TestARefusalIsToldOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	ask := samltest.Ask{ID: saml.NewID(), Edit: attr("ProtocolBinding", "urn:oasis:names:tc:SAML:2.0:bindings:PAOS"), RelayState: "where I was"}
	b := app.Browser() // nobody has to be signed in for it
	page := b.BeginPosted(viewer, ask)
	wantDeclined(t, page, viewer, saml.StatusUnsupportedBinding)
	page.WantField("RelayState", ask.RelayState)
	wantRefused(t, b.BeginPosted(viewer, ask), "used")
	wantRefused(t, doctor(app).Begin(viewer, ask), "used")
}

// That no reason of a refusal is left out of the table.
func TestThePageListsEveryCodeOfARequest(t *testing.T) {
	t.Parallel()
	table := promised(t)
	elsewhere := map[saml.Code]bool{ // of colleges' answers, of logouts, of metadata, of answers of ours
		saml.StatusNotSuccess: true, saml.EncryptedAssertion: true, saml.AssertionCount: true, saml.WrongRecipient: true,
		saml.WrongAudience: true, saml.Unsolicited: true, saml.WrongRequest: true, saml.NotBearer: true, saml.Expired: true,
		saml.NotYetValid: true, saml.WindowTooLong: true, saml.AuthnTooOld: true, saml.UnknownCondition: true,
		saml.RepeatedAttribute: true, saml.UndecryptableName: true, saml.MetadataRole: true, saml.MetadataEntityID: true,
		saml.MetadataEndpoint: true, saml.MetadataNoEndpoint: true, saml.MetadataKey: true, saml.MetadataNoKey: true,
		saml.EncryptionUnavailable: true,
	}
	for _, code := range saml.Codes() {
		row, listed := table[string(code)]
		if listed == elsewhere[code] && !strings.HasPrefix(string(code), "xml_") {
			t.Errorf("%s: in the table is %t", code, listed)
		}
		d, told := verdict.Told(code)
		if told != (row[0] != "") || d.Status != row[0] || d.Substatus != row[1] {
			t.Errorf("%s: decided as %q, %q, and the table says %q", code, d.Status, d.Substatus, row)
		}
		if told && d.Why().Msg().Zero() {
			t.Errorf("no words for %s", code)
		}
	}
}
