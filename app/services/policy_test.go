package services_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml/samltest"
	"oneid/views/ui"
)

// saved is what the policy's form would send.
func saved(p *apptest.Page) url.Values {
	p.Helper()
	form := url.Values{}
	for _, field := range p.Find("#policy select, #policy input, #policy textarea").EachIter() {
		name := field.AttrOr("name", "")
		switch kind := field.AttrOr("type", ""); {
		case name == "":
		case kind == "checkbox":
			if _, ticked := field.Attr("checked"); ticked {
				form.Add(name, field.AttrOr("value", "yes"))
			}
		case field.Is("select"):
			form.Add(name, field.Find("option[selected]").AttrOr("value", ""))
		case field.Is("textarea"):
			form.Add(name, field.Text())
		default:
			form.Add(name, field.AttrOr("value", ""))
		}
	}
	return form
}

// approvePolicy has a second person approve the change that a page shows.
func approvePolicy(second *apptest.Browser, p *apptest.Page) {
	p.Helper()
	second.Post("/services/otnhub/policy", "do", "approve", "proposal", proposedPolicy(p)).Rest().WantText("Approved. The policy is in force.")
}

func proposedPolicy(p *apptest.Page) string {
	p.Helper()
	return p.Find(`#withdraw input[name="proposal"]`).AttrOr("value", "")
}

func TestAWeakerPolicyWaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	const path = "/services/otnhub/policy"
	form := saved(sade.Get(path))
	form.Set("requests", "off")
	form.Set("minimum", "passkey")
	mine := sade.Send(path, form).Rest().WantSaid(ui.Info, "weakens how people are protected").WantText("You proposed this", "Needs a second person")
	id := proposedPolicy(mine)
	if mine.Find("#approve").Length() != 0 {
		t.Error("whoever proposed it is offered to approve it")
	}
	sade.Post(path, "do", "approve", "proposal", id).Rest().WantText("You proposed this yourself")
	sade.Send(path, form).Rest().WantText("Have it approved or withdraw it first")
	w.WantAudit(audit.ServicePolicySet, 0)
	luc.Get("/services").WantText("OTN Hub, Policy", "Proposed by SADE.OKOYE")
	luc.Post("/services/connectingontario/policy", "do", "approve", "proposal", id).Rest().WantText("Somebody else has decided")

	// What has changed meanwhile by another road is not written over.
	w.Treat(apptest.OTNHub, func(p *policy.Policy) { p.SessionEnds = !p.SessionEnds })
	luc.Post(path, "do", "approve", "proposal", id).Rest().WantSaid(ui.Warn, "changed otherwise meanwhile")
	w.Treat(apptest.OTNHub, func(p *policy.Policy) { p.SessionEnds = !p.SessionEnds })
	approvePolicy(luc, luc.Get(path))
	luc.Post(path, "do", "withdraw", "proposal", id).Rest().WantText("Somebody else has decided")
	luc.Post(path, "do", "approve", "proposal", "x").WantStatus(http.StatusNotFound)
	sade.Get("/services/otnhub/history").WantText("By LUC.ROY", "Proposed by SADE.OKOYE")

	form.Set("form_origins", "https://further.example")
	id = proposedPolicy(luc.Send(path, form).Rest().WantText("You proposed this"))
	luc.Post(path, "do", "withdraw", "proposal", id).Rest().WantText("Withdrawn. Nothing has changed.")
	sade.Get("/services/otnhub/history").WantText("A proposed change of the policy was withdrawn")
}

func TestAPolicyIsChangedAndComparedWithItsPreset(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	page := sade.Get("/services/otnhub/policy").WantStatus(http.StatusOK)
	form := saved(page)
	sade.Send("/services/otnhub/policy", form).Rest().WantText("Saved")
	if got := w.Rows("audit_events", "kind = 'services.policy.changed'"); got != 0 {
		t.Errorf("saving it unchanged is %d changes", got)
	}
	form.Set("encrypt", "required")
	form.Set("minimum", "possession")
	sade.Send("/services/otnhub/policy", form).Rest().WantText("Saved", "Encryption of assertions Whenever the service has a key Always; refuse without a usable key")
	sade.Get("/services/otnhub/history").WantText("The policy was changed", "Whenever the service has a key → became Always; refuse without a usable key", "By SADE.OKOYE")

	form.Set("encrypt", "never")
	sade.Send("/services/otnhub/policy", form).WantStatus(http.StatusUnprocessableEntity).WantError("encrypt", "fill in its exception")
	form.Set("owner_clear", "A. Lee")
	form.Set("reason_clear", "Upgrade in May")
	sade.Send("/services/otnhub/policy", form).WantStatus(http.StatusUnprocessableEntity).WantText("Each exception needs an owner")
	form.Set("until_clear", w.Clock.Now().AddDate(2, 0, 0).Format(time.DateOnly))
	sade.Send("/services/otnhub/policy", form).WantStatus(http.StatusUnprocessableEntity).WantText("one year at most")
	form.Set("until_clear", w.Clock.Now().AddDate(0, 0, 10).Format(time.DateOnly))
	approvePolicy(luc, sade.Send("/services/otnhub/policy", form).Rest().WantText("so it waits for a second person"))
	sade.Get("/services/otnhub/policy").WantText("Closes in 10 days")
	sade.Get("/services").WantText("The exception “Assertions in clear” closes on")
	form.Set("form_origins", "http://evil.example/path")
	form.Set("group", "Upper Case")
	sade.Send("/services/otnhub/policy", form).WantStatus(http.StatusUnprocessableEntity).WantText("is not an origin", "Use small letters")
	form.Set("max_age", "soon")
	sade.Send("/services/otnhub/policy", form).WantStatus(http.StatusUnprocessableEntity)

	approvePolicy(luc, sade.Post("/services/otnhub/policy", "do", "preset", "preset", "saml2int").Rest().WantText("Needs a second person"))
	sade.Get("/services/otnhub/policy").WantText("It is the preset, unchanged")
	sade.Post("/services/otnhub/policy", "do", "preset", "preset", "other").WantStatus(http.StatusBadRequest)
}

func TestAPreviewSaysWhatWouldGoOutAndHidesThePerson(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	ada := w.Account(apptest.Holder{Licence: "7173406528", Services: []db.ServiceID{apptest.OTNHub}})
	path := "/services/otnhub/attributes"
	page := sade.Post(path, "do", "preview", "loginid", strings.ToLower(ada.LoginID)).WantStatus(http.StatusOK)
	page.WantText("ADA.BYRON, signed in as strongly as they can", "A•• B••••", "a••@e••••••.c•", "|••••••••••:", "AL2", "Goes out", "Nothing is known")
	page.WantNever("ada@example.ca", "7173406528", "4165550100")
	if got := w.Rows("audit_events", "kind = 'services.release.previewed' AND details LIKE '%"+string(ada.ID)+"%'"); got != 1 {
		t.Errorf("%d previews are on record", got)
	}
	sade.Post(path, "do", "preview", "loginid", "NOBODY").WantStatus(http.StatusUnprocessableEntity).WantError("loginid", "no account")
	bob := w.Account(apptest.Holder{First: "Bob", Email: "bob@example.ca"})
	if crossed := sade.Post(path, "do", "preview", "loginid", bob.LoginID).Find("#preview ~ ul.needs .bad, .needs .bad").Length(); crossed != 1 {
		t.Errorf("%d checks are crossed for somebody without access, want 1", crossed)
	}
}

func TestWhatAServiceReceivesIsEdited(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	path := "/services/otnhub/attributes"
	approvePolicy(luc, sade.Post(path, "do", "add", "fact", "language", "name", "urn:example:language", "friendly", "lang").Rest().WantText("so it waits for a second person", "urn:example:language"))
	sade.Get(path).WantText("urn:example:language")
	sade.Post(path, "do", "add", "fact", "language", "name", "urn:example:language").WantStatus(http.StatusUnprocessableEntity).WantError("name", "already an attribute")
	sade.Post(path, "do", "add", "fact", "language", "name", " ").WantStatus(http.StatusUnprocessableEntity).WantError("name", "Enter the name")
	sade.Post(path, "do", "add", "fact", "shoe size", "name", "urn:example:shoe").WantStatus(http.StatusUnprocessableEntity)

	ada := w.SignedIn(w.Account(apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}))
	viewer := w.Viewer(apptest.OTNHub)
	w.Treat(apptest.OTNHub, func(p *policy.Policy) { p.Notice = false })
	if got := ada.Open(viewer, samltest.Ask{}).Seen(viewer).Attributes["urn:example:language"]; len(got) != 1 || got[0] != "en" {
		t.Errorf("the service is told %q", got)
	}
	sade.Post(path, "do", "remove", "removed_fact", "language", "removed_name", "urn:example:language").Rest().WantNever("urn:example:language")
	if got := ada.Open(viewer, samltest.Ask{}).Seen(viewer).Attributes["urn:example:language"]; len(got) != 0 {
		t.Errorf("after its removal the service is told %q", got)
	}
}

func TestTheSetupPageHasOurLiveValues(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	page := sade.Get("/services/otnhub/setup").WantStatus(http.StatusOK)
	page.WantText("Shibboleth SP (mod_shib)", "mod_auth_mellon", "SimpleSAMLphp", "node-saml", "AD FS", w.Base+"/saml/sso", "https://otnhub.example/acs")
	address := strings.TrimPrefix(page.Find("#metadata").Text(), w.Base)
	w.Browser().Get(address).WantStatus(http.StatusOK)
}

// A service that says which subject identifier it needs gets that one and no other
// (SAML2int IDP17).
func TestANewServiceGetsTheSubjectIdentifierItAsksFor(t *testing.T) {
	t.Parallel()
	for asks, want := range map[string]policy.SubjectID{
		"pairwise-id": policy.SubjectPairwise, "any": policy.SubjectPairwise, "subject-id": policy.SubjectGeneral, "none": policy.SubjectNone, "what you like": policy.SubjectNone,
	} {
		w, sade, luc := staffed(t)
		asking := strings.Replace(sound(), "<md:SPSSODescriptor", `<md:Extensions><mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">`+
			`<saml:Attribute Name="urn:oasis:names:tc:SAML:profiles:subject-id:req" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"><saml:AttributeValue>`+asks+`</saml:AttributeValue></saml:Attribute>`+
			`</mdattr:EntityAttributes></md:Extensions><md:SPSSODescriptor`, 1)
		after := propose(paste(sade, asking))
		luc.Post("/services/approve", "entity", viewerID, "number", waitingNumber(after)).Rest().WantText("Approved")
		row, err := db.ServiceProviderByEntity(w.Context(), w.DB, viewerID)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := policy.Read(row.Policy); err != nil || p.SubjectID != want {
			t.Errorf("asked for %q it gets %q, %v, want %q", asks, p.SubjectID, err, want)
		}
	}
}

func TestARefusedPolicyKeepsWhatWasTypedAndSaysWhatIsWrongAtEachField(t *testing.T) {
	t.Parallel()
	_, sade, _ := staffed(t)
	const path = "/services/otnhub/policy"
	form := saved(sade.Get(path))
	form.Set("max_age", "twelve")
	form.Set("owner_cbc", "A. Lee")
	form.Set("until_cbc", "2026-12-01")
	form.Set("until_sha1", "2027-12-31")
	refused := sade.Send(path, form).WantStatus(http.StatusUnprocessableEntity)
	refused.WantField("max_age", "twelve").WantError("max_age", "Enter whole minutes")
	refused.WantField("owner_cbc", "A. Lee").WantError("reason_cbc", "Each exception needs")
	refused.WantField("until_sha1", "2027-12-31").WantError("owner_sha1", "Each exception needs")
	if shown := refused.Find(`[aria-labelledby="differences-h"]`).Text(); strings.Contains(shown, "A. Lee") {
		t.Errorf("what was refused is shown as what is in force: %s", shown)
	}

	// While another change waits, what was typed stays too.
	form = saved(sade.Get(path))
	form.Set("requests", "off")
	sade.Send(path, form).WantRedirect(path)
	form.Set("form_origins", "https://app.viewer.example")
	late := sade.Send(path, form).WantStatus(http.StatusConflict).WantText("Have it approved or withdraw it first")
	if got := late.Find("#form_origins").Text(); got != "https://app.viewer.example" {
		t.Errorf("the field holds %q", got)
	}
}

func TestAPolicysExceptionsAndAttributesAreSaidInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	w.Treat(apptest.OTNHub, func(p *policy.Policy) {
		end := time.Date(2026, 12, 2, 4, 59, 59, 0, time.UTC) // December 1 on Ontario's clock
		p.Exceptions = []policy.Exception{{What: policy.ExceptCBC, Owner: "A. Lee", Reason: "Ancien F5", Until: end}}
		p.Release = append(p.Release, policy.Attribute{Fact: policy.FactDisplayName, Name: "nomComplet"})
		p.NameIDs = []string{policy.NameTransient}
	})
	sade.Language = "fr-CA"
	sade.Get("/language/fr?back=/services")
	page := sade.Get("/services/otnhub/policy").WantText("Chiffrement avec AES-CBC, jusqu’au 1er décembre 2026. A. Lee: Ancien F5", "Nom complet nomComplet", "Transitoire")
	shown := page.Find(`[aria-labelledby="differences-h"]`).Text()
	for _, code := range []string{"until", "display_name", "nameid-format"} {
		if strings.Contains(shown, code) {
			t.Errorf("%s is shown as it is stored: %s", code, shown)
		}
	}
}
