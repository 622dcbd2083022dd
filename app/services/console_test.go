package services_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"oneid/app/config"
	"oneid/app/internal/apptest"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/views/ui"
)

func TestTheConsoleIsForServiceAdministrators(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	ada := w.SignedIn(w.Account(apptest.Holder{}))
	for _, r := range w.Routes() {
		if !strings.HasPrefix(r.Path, "/services") {
			continue
		}
		path := strings.NewReplacer(":service", "otnhub", ":import", "x").Replace(r.Path)
		ask := func(b *apptest.Browser) *apptest.Page {
			if r.Method == http.MethodPost {
				return b.Post(path, "x", "y")
			}
			return b.Get(path)
		}
		ask(ada).WantStatus(http.StatusForbidden).WantText("this page is for another role")
		ask(w.Browser()).WantRedirect("/signin")
		if p := ask(sade); p.Status >= 500 {
			t.Errorf("%s %s answers %d", r.Method, path, p.Status)
		}
	}
	if menu := ada.Get("/home").Find(`.menu a[href="/services"]`).Length(); menu != 0 {
		t.Error("the menu of somebody without the role has the console")
	}
	if menu := sade.Get("/home").Find(`.menu a[href="/services"]`).Length(); menu != 1 {
		t.Error("the administrator's menu lacks the console")
	}
	sade.Get("/services").WantStatus(http.StatusOK).WantText("ConnectingOntario", "ClinicalConnect", "OTN", "Live")
	w.Exec("DELETE FROM staff_roles")
	sade.Get("/services").WantStatus(http.StatusForbidden)
}

func TestInProductionTheConsoleOpensWithAPasskeyOnly(t *testing.T) {
	t.Parallel()
	w, _, _ := staffed(t, func(_ map[string]string, cfg *config.Config) { cfg.Mode = config.Production })
	sade := again(w, "SADE.OKOYE")
	for _, path := range []string{"/services", "/services/keys", "/services/otnhub/policy"} {
		sade.Get(path).WantStatus(http.StatusForbidden).WantText("opens with a passkey only", "Add a passkey").WantNever("ConnectingOntario")
	}
	if sade.Get("/services").Find(`main a.btn[href="/profile/passkeys"]`).Length() != 1 {
		t.Error("nothing leads to where a passkey is added")
	}
	sade.Post("/services/otnhub", "do", "off").WantStatus(http.StatusForbidden)
	sade.Get("/language/fr?back=/services")
	sade.Get("/services").WantStatus(http.StatusForbidden).WantText("clé d’accès")

	// Who has a passkey and came with the password is asked for it, and let in.
	device := w.Device()
	sade.AddPasskey(device, "Laptop").WantRedirect("/profile/passkeys")
	sade = again(w, "SADE.OKOYE")
	sade.Get("/services/keys").WantRedirect("/challenge")
	sade.UsePasskey(device, "/challenge/passkey").WantRedirect("/services/keys")
	sade.Get("/services/keys").WantStatus(http.StatusOK)

	// So is who came with the passkey in the first place.
	b := w.Browser()
	b.UsePasskey(device, "/signin/passkey").WantRedirect("/home")
	b.Get("/services").WantStatus(http.StatusOK)
	if got := w.Rows("services", "NOT enabled"); got != 0 {
		t.Error("a session without a passkey switched a service off")
	}
}

func TestANewServiceWaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	review := paste(sade, sound()).WantText("Nothing to mend", "A new server receives answers", "Needs a second person", "https://viewer.example")
	after := propose(review, "start", "https://viewer.example/").WantSaid(ui.Info, "waits for a second person").WantText("Someone else has to approve it")
	number := waitingNumber(after)

	viewer := samltest.NewViewer(viewerID, "https://viewer.example/acs", w.Clock.Now)
	ada := w.SignedIn(w.Account(apptest.Holder{}))
	ada.Begin(viewer, samltest.Ask{}).WantStatus(http.StatusForbidden)
	sade.Post("/services/approve", "entity", viewerID, "number", number).Rest().WantSaid(ui.Warn, "You proposed this yourself")
	ada.Begin(viewer, samltest.Ask{}).WantStatus(http.StatusForbidden)

	luc.Get("/services").WantText("Waiting for a second person", "Proposed by SADE.OKOYE")
	luc.Get("/services/viewer-example-saml/metadata").WantText("Approve and put in force")
	luc.Post("/services/approve", "entity", viewerID, "number", number).Rest().WantSaid(ui.OK, "Approved. The metadata is in force.")
	luc.Post("/services/approve", "entity", viewerID, "number", number).Rest().WantText("Somebody else has decided")
	luc.Get("/services/viewer-example-saml").WantText("Maple Viewer", "Live", viewerID)
	if got := w.Rows("audit_events", "kind = 'services.provider.approved' AND service = 'viewer-example-saml'"); got != 1 {
		t.Errorf("%d approvals are on record", got)
	}
	sade.Get("/services/viewer-example-saml/history").WantText("Metadata was approved", "By LUC.ROY", "By SADE.OKOYE")
}

func TestSmallChangesNeedNobodyAndGraveOnesDo(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	approve := func(p *apptest.Page) {
		luc.Post("/services/approve", "entity", viewerID, "number", waitingNumber(p)).Rest().WantText("Approved")
	}
	approve(propose(paste(sade, sound())))

	renamed := strings.Replace(sound(), "Maple Viewer", "Maple Reader", 1)
	propose(paste(sade, renamed).WantText("Its own name").WantNever("Needs a second person")).WantText("The metadata is in force")
	sade.Get("/services/viewer-example-saml/metadata").WantNever("Approve and put in force")

	moved := strings.Replace(renamed, "https://viewer.example/acs", "https://new.viewer.example/acs", 1)
	page := propose(paste(sade, moved).WantText("A new server receives answers", "https://new.viewer.example")).WantText("waits for a second person")
	other := strings.ReplaceAll(renamed, "https://viewer.example/slo", "https://viewer.example/logout")
	propose(paste(sade, other)).WantText("The metadata is in force")
	luc.Post("/services/approve", "entity", viewerID, "number", waitingNumber(page)).Rest().WantText("Somebody else has decided")

	// People trust the place that we lead them to.
	at := func() string {
		var address string
		err := w.DB.NewSelect().Table("services").Column("start_url").Where("id = 'viewer-example-saml'").Scan(t.Context(), &address)
		if err != nil {
			t.Fatal(err)
		}
		return address
	}
	propose(paste(sade, other), "start", "https://viewer.example/open").WantText("The metadata is in force")
	page = propose(paste(sade, other), "start", "https://phishing.example/").WantText("waits for a second person", "People open it on a server that is new", "https://phishing.example/")
	if got := at(); got != "https://viewer.example/open" {
		t.Errorf("people open the service at %s before anybody agreed", got)
	}
	luc.Post("/services/withdraw", "entity", viewerID, "number", waitingNumber(page)).Rest()

	rekeyed := strings.ReplaceAll(renamed, certificate(samltest.ViewerKey()), certificate(samltest.StrangerKey()))
	page = propose(paste(sade, rekeyed).WantText("A new key for signing", "A new key for encryption")).WantText("waits for a second person")
	luc.Post("/services/withdraw", "entity", viewerID, "number", waitingNumber(page)).Rest().WantText("Withdrawn. Nothing has changed.")
	page = propose(paste(sade, rekeyed))
	approve(page)

	// Back to a version with the old key: that key is new again.
	back := sade.Post("/services/viewer-example-saml/metadata", "do", "back", "number", "1").Rest().WantText("waits for a second person")
	approve(back)
	sade.Get("/services/viewer-example-saml/metadata").WantText("An earlier version again", "https://viewer.example/slo")
}

func certificate(key saml.SigningKey) string {
	var b strings.Builder
	for _, line := range strings.Split(string(saml.EncodeCertificate(key.Certificate)), "\n") {
		if !strings.HasPrefix(line, "-") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func TestBrokenMetadataIsExplainedAndNeverTaken(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	plain := strings.Replace(sound(), "https://viewer.example/acs", "http://viewer.example/acs", 1)
	review := paste(sade, plain).WantText("Has to be mended", "Line 23", "uses http without encryption", "Serve the address by https")
	if review.Find("#take").Length() != 0 {
		t.Error("the page offers to take it")
	}
	if p := propose(review); !strings.HasPrefix(p.Path, "/services/import/") {
		t.Errorf("it was taken: %s", p.Path)
	}
	if got := w.Rows("metadata_versions", "entity_id = '"+viewerID+"'"); got != 0 {
		t.Errorf("%d versions came of it", got)
	}
	sade.Language = "fr-CA"
	sade.Get("/language/fr?back=/services")
	paste(sade, plain).WantText("À corriger", "Ligne 23", "emploie http, sans chiffrement")
	for _, how := range [][]string{{"how", "paste"}, {"how", "address"}, {"how", "upload"}, {"how", "else"}, {"how", "paste", "text", "x", "signer", "zz"}} {
		sade.Post("/services/import", how...).WantStatus(http.StatusUnprocessableEntity)
	}
	sade.Post("/services/import", "how", "address", "address", "http://10.0.0.1/").WantStatus(http.StatusUnprocessableEntity).WantError("address", "adresse https")
	sade.Post("/services/import", "how", "address", "address", "https://10.0.0.1/").WantStatus(http.StatusUnprocessableEntity).WantError("address", "réseau privé")
}

func TestOneOfSeveralServicesIsChosenAndItsSignerHeldTo(t *testing.T) {
	t.Parallel()
	_, sade, _ := staffed(t)
	one := sound()[strings.Index(sound(), "<md:"):]
	group := `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_g1">` + one +
		strings.ReplaceAll(one, "viewer.example", "other.example") + `</md:EntitiesDescriptor>`
	review := paste(sade, group).WantText("Which service do you want?", "https://other.example/saml")
	propose(sade.Get(review.Path + "?entity=https%3A%2F%2Fother.example%2Fsaml").WantText("https://other.example/saml")).WantText("waits for a second person")

	tree := samltest.Tree([]byte(group))
	samltest.SignElement(tree.Root(), samltest.CollegeKey(), "")
	signed := string(samltest.Bytes(tree))
	pin := saml.Fingerprint(samltest.CollegeKey().Certificate)
	paste(sade, signed, "signer", pin).WantText("Signed by the key you named", "Which service do you want?")
	paste(sade, signed).WantText("The metadata is signed. To rely on that")
	paste(sade, group, "signer", pin).WantText("The metadata is not signed, and you named a signer").WantNever("Which service")
	paste(sade, signed, "signer", saml.Fingerprint(samltest.StrangerKey().Certificate)).WantText("signed by another key").WantNever("Which service")
	paste(sade, strings.Replace(signed, "https://viewer.example/acs", "https://evil.example/acs", 1), "signer", pin).
		WantText("The signature over the metadata does not hold").WantNever("Which service")
}

func TestAReviewRemembersTheServiceWhoseMetadataIsRenewed(t *testing.T) {
	t.Parallel()
	_, sade, _ := staffed(t)
	const renewing = "/services/import?for=otnhub"
	back := func(p *apptest.Page) {
		t.Helper()
		if got := p.Find("a.back").AttrOr("href", ""); got != renewing {
			t.Errorf("%s %s (%d) leads back to %q, want %q", p.Method, p.Path, p.Status, got, renewing)
		}
	}
	sade.Get(renewing).WantField("for", "otnhub")
	review := paste(sade, sound(), "for", "otnhub")
	back(review)
	form := review.Form("#take")
	form.Set("start", "no address")
	refused := sade.Send(review.Find("#take").AttrOr("action", ""), form).WantStatus(http.StatusUnprocessableEntity)
	back(refused)

	broken := paste(sade, "<html>not metadata</html>", "for", "otnhub")
	back(broken)
	if got := broken.Find("main .btn").AttrOr("href", ""); got != renewing {
		t.Errorf("bringing it again leads to %q", got)
	}
	one := sound()[strings.Index(sound(), "<md:"):]
	several := paste(sade, `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">`+one+
		strings.ReplaceAll(one, "viewer.example", "other.example")+`</md:EntitiesDescriptor>`, "for", "otnhub")
	back(several)
	chosen := several.Form("#choose")
	chosen.Set("entity", "https://other.example/saml")
	back(sade.Get(several.Find("#choose").AttrOr("action", "") + "?" + chosen.Encode()).WantText("https://other.example/saml"))

	if got := paste(sade, sound()).Find("a.back").AttrOr("href", ""); got != "/services/import" {
		t.Errorf("a review for no service leads back to %q", got)
	}
}

func TestASwitchedOffServiceCanBeOpenedByNobody(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	ada := w.SignedIn(w.Account(apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}))
	sade.Post("/services/otnhub", "do", "off").Rest().WantText("The service is off")
	ada.Open(w.Viewer(apptest.OTNHub), samltest.Ask{}).WantStatus(http.StatusForbidden)
	sade.Post("/services/otnhub", "do", "on").Rest().WantText("The service is live")
	ada.Open(w.Viewer(apptest.OTNHub), samltest.Ask{}).WantStatus(http.StatusOK)
}

func TestTheOverviewTellsHowAServiceFares(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	ada := w.SignedIn(w.Account(apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}))
	viewer := w.Viewer(apptest.OTNHub)
	ada.Open(viewer, samltest.Ask{}).WantStatus(http.StatusOK)
	ada.Open(viewer, samltest.Ask{}).WantStatus(http.StatusOK)
	ada.Begin(viewer, samltest.Ask{IssuedAt: w.Clock.Now().Add(-9 * time.Minute)}).WantStatus(http.StatusForbidden)
	page := sade.Get("/services/otnhub").WantText("66.7%", "The request was too old when it came", "Most in one hour: 3", "Certificates", "Figures as a table")
	if bars := page.Find("svg.chart.wide rect.a").Length(); bars < 1 {
		t.Errorf("%d bars", bars)
	}
	// Counted by the hour it says the same.
	w.Clock.Advance(2 * time.Hour)
	w.Round("services_hours")
	if got := w.Rows("service_hours", "service_id = 'otnhub'"); got != 2 {
		t.Errorf("%d hours are counted", got)
	}
	sade = admin(w, "Noor", "Haddad")
	sade.Get("/services/otnhub").WantText("66.7%")
	sade.Get("/services").WantText("1 refused")
}

func TestAnUploadIsReadAsItIs(t *testing.T) {
	t.Parallel()
	_, sade, _ := staffed(t)
	upload(sade, []byte(sound())).Rest().WantText("Nothing to mend")
	upload(sade, nil).WantStatus(http.StatusUnprocessableEntity).WantError("file", "Choose the metadata file")
	upload(sade, make([]byte, 512<<10+1)).WantStatus(http.StatusUnprocessableEntity).WantError("file", "at most 512 kilobytes")
	upload(sade, []byte("\xff\xfe<\x00")).Rest().WantText("not written in plain UTF-8")
}
