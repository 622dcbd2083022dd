package home_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"oneid/db"
)

const start = "https://viewer.example/start"

func viewer(rule string) db.Service {
	return db.Service{
		ID: "connectingontario", NameEn: "ConnectingOntario", NameFr: "ConnectingOntario", TaglineEn: "See records", TaglineFr: "Voir les dossiers",
		StartURL: start, Rule: rule, RuleCollege: "cpso",
	}
}

// opensPortal lets physicians register through their college.
func (w *world) opensPortal(t *testing.T) {
	t.Helper()
	w.write(t, func(ctx context.Context, tx db.Tx) error {
		return db.PutCollegeProvider(ctx, tx, &db.CollegeProvider{
			College: "cpso", EntityID: "urn:cpso", Metadata: []byte("<x/>"), Certificates: [][]byte{{1}}, Mapping: []byte(`{}`),
			PortalURL: "https://portal.example/", Enabled: true, BounceUnsolicited: true, UpdatedAt: tx.At,
		})
	})
}

func TestTheLandingPageShowsEveryWayIn(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.opensPortal(t)
	cases := map[string]struct{ title, signin, portal, id, password, other string }{
		"en": {"One sign-in for Ontario’s digital health services", "Sign in", "Go to the CPSO member portal", "Forgot Login ID", "Forgot Password", "Local Registration Authority (LRA)"},
		"fr": {"Une seule connexion", "Se connecter", "Aller au portail des membres de l’OMCO", "Identifiant de connexion oublié", "Mot de passe oublié", "autorité locale d’inscription (ALI)"},
	}
	for lang, c := range cases {
		main := w.visitor(t, lang).page("/").Find("main")
		wantSaid(t, main.Find("h1"), c.title)
		wantSaid(t, main, c.other)
		for name, want := range map[string]string{
			c.signin: "/signin", c.portal: "https://portal.example/", c.id: "/recovery/login-id", c.password: "/recovery/password",
		} {
			if got := link(t, main, name); got != want {
				t.Errorf("%s: %s leads to %q, want %q", lang, name, got, want)
			}
		}
	}
}

func TestWithoutACollegeNoPortalIsNamed(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	for _, path := range []string{"/", "/help"} {
		main := w.visitor(t, "en").page(path).Find("main")
		if strings.Contains(said(main), "member portal") {
			t.Errorf("%s names a portal: %q", path, said(main))
		}
	}
}

func TestWhoIsSignedInIsLedPastTheLandingPage(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.account(t)
	res := w.signedIn(t, "en").ask("/")
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != "/home" {
		t.Errorf("got %d to %q, want 303 to /home", res.StatusCode, got)
	}
	res = w.visitor(t, "en").ask("/home")
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != "/signin" {
		t.Errorf("signed out: got %d to %q, want 303 to /signin", res.StatusCode, got)
	}
}

func tile(t *testing.T, doc *goquery.Document, name string) *goquery.Selection {
	t.Helper()
	found := doc.Find(".tile").FilterFunction(func(_ int, s *goquery.Selection) bool { return said(s.Find("h2")) == name })
	if found.Length() != 1 {
		t.Fatalf("found %d tiles named %s, want 1", found.Length(), name)
	}
	return found
}

func TestAServiceThatIsOpenCanBeOpened(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	a := w.account(t)
	w.onlyServices(t, viewer(db.RuleEveryone))
	ada := w.signedIn(t, "en")

	open := tile(t, ada.page("/home"), "ConnectingOntario")
	wantSaid(t, open, "Ready", "See records")
	button := open.Find("a.btn")
	if got := said(button); got != "Open ConnectingOntario" {
		t.Errorf("button: got %q", got)
	}
	if got := button.AttrOr("href", ""); got != start {
		t.Errorf("button leads to %q, want %q", got, start)
	}
	if rel := button.AttrOr("rel", ""); !strings.Contains(rel, "noopener") {
		t.Errorf("rel: got %q, want noopener", rel)
	}
	if strings.Contains(said(open), "Last opened") {
		t.Errorf("never opened, but: %q", said(open))
	}

	w.write(t, func(ctx context.Context, tx db.Tx) error {
		_, err := tx.ExecContext(ctx, "SET LOCAL session_replication_role = replica")
		if err != nil {
			return err
		}
		return db.InsertAssertion(ctx, tx, &db.Assertion{
			ID: "_a", ResponseID: "_r", JourneyID: "j", AccountID: a.ID, ServiceID: "connectingontario", EntityID: "urn:v", Session: "s",
			SessionIndex: "i", NameID: "n", Context: "c", Attributes: []string{}, SHA256: []byte{1}, KeyFingerprint: "f", IssuedAt: noon.Add(-4 * time.Hour),
		})
	})
	wantSaid(t, tile(t, ada.page("/home"), "ConnectingOntario"), "Last opened today at 8 a.m.")
	w.clock.Advance(10 * time.Minute)
	french := w.signedIn(t, "fr")
	wantSaid(t, tile(t, french.page("/home"), "ConnectingOntario"), "Dernière ouverture : aujourd’hui à 8 h", "Disponible", "Voir les dossiers")
	w.clock.Advance(12 * time.Hour)
	wantSaid(t, tile(t, w.signedIn(t, "en").page("/home"), "ConnectingOntario"), "Last opened on November 21, 2026 at 8 a.m.")
}

func TestAClosedServiceSaysWhatIsMissingAndWhoMendsIt(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	a := w.account(t)
	named := viewer(db.RuleNamed)
	named.ID, named.NameEn, named.NameFr, named.Contact = "cco", "CCO", "CCO", "cco@example.ca"
	suspended := viewer(db.RuleNamed)
	suspended.ID, suspended.NameEn, suspended.NameFr = "otnhub", "OTN Hub", "OTN Hub"
	w.onlyServices(t, viewer(db.RuleLicence), named, suspended)
	w.write(t, func(ctx context.Context, tx db.Tx) error {
		return db.InsertEnrolment(ctx, tx, &db.Enrolment{
			AccountID: a.ID, ServiceID: "otnhub", Status: db.EnrolmentSuspended, StatusAt: tx.At, CreatedAt: tx.At,
		})
	})
	doc := w.signedIn(t, "en").page("/home")

	licence := tile(t, doc, "ConnectingOntario")
	wantSaid(t, licence, "Not available", "What is missing, and who fixes it", "Your account is active",
		"An active registration with the College of Physicians and Surgeons of Ontario", "416-967-2606")
	if got := link(t, licence, "416-967-2606"); got != "tel:+14169672606" {
		t.Errorf("the college's number leads to %q", got)
	}
	wantSaid(t, tile(t, doc, "CCO"), "A sponsor: an organization that asks for your access", "Local Registration Authority (LRA)", "cco@example.ca")
	wantSaid(t, tile(t, doc, "OTN Hub"), "Your access to OTN Hub is suspended.")
	if doc.Find(".tile a[href='"+start+"']").Length() > 0 {
		t.Error("a closed service can be opened")
	}
	wantSaid(t, doc.Find(".notice"), "You have no services yet")
	wantSaid(t, w.signedIn(t, "fr").page("/home").Find("main"), "Ce qui manque, et qui peut y remédier",
		"Une inscription active à l’Ordre des médecins et chirurgiens de l’Ontario", "Non disponible")
}

func TestTheEmailAddressIsToDoUntilItIsConfirmed(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	a := w.account(t)
	w.onlyServices(t, viewer(db.RuleEveryone))
	ada := w.signedIn(t, "en")
	main := ada.page("/home").Find("main")
	wantSaid(t, main.Find("h1"), "Welcome, Ada Byron")
	wantSaid(t, main, "To do", "Confirm your email address", "ada@example.ca")
	if got := link(t, main, "Get a new message"); got != "/profile/email/confirm" {
		t.Errorf("leads to %q", got)
	}
	if got := link(t, main.Find("nav"), "My services"); got != "/home" {
		t.Errorf("My services leads to %q", got)
	}
	w.write(t, func(ctx context.Context, tx db.Tx) error { return db.SetEmailVerified(ctx, tx, a.ID) })
	if main = ada.page("/home").Find("main"); strings.Contains(said(main), "To do") {
		t.Errorf("still to do: %q", said(main))
	}
}

func TestHelpLeadsOnlyToPagesAndPlacesThatExist(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.opensPortal(t)
	// Of other capabilities; their own tests see to them.
	elsewhere := map[string]bool{"/signin": true, "/recovery/login-id": true, "/recovery/password": true, "/language/fr": true, "/language/en": true}
	for _, lang := range []string{"en", "fr"} {
		v := w.visitor(t, lang)
		pages := []string{"/", "/help", "/help/guide", "/help/accessibility", "/help/privacy", "/help/terms"}
		places := map[string]*goquery.Document{}
		for _, path := range pages {
			places[path] = v.page(path)
			if n := places[path].Find("h1").Length(); n != 1 {
				t.Errorf("%s has %d first headings", path, n)
			}
		}
		for from, doc := range places {
			doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
				href := a.AttrOr("href", "")
				path, fragment, _ := strings.Cut(href, "#")
				path, _, _ = strings.Cut(path, "?")
				if path == "" {
					path = from
				}
				switch target := places[path]; {
				case !strings.HasPrefix(path, "/") || elsewhere[path]:
				case target == nil:
					t.Errorf("%s: %q leads to %s, which is no page", from, said(a), href)
				case fragment != "" && target.Find("#"+fragment).Length() != 1:
					t.Errorf("%s: %q leads to %s, which is no place there", from, said(a), href)
				}
			})
		}
		for _, id := range []string{"contact", "about", "guide"} {
			if places["/help"].Find("#"+id).Length() != 1 {
				t.Errorf("help has no place %s", id)
			}
		}
	}
}

func TestHelpNamesWhomToAskAndNeverToTell(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.opensPortal(t)
	main := w.visitor(t, "en").page("/help").Find("main")
	wantSaid(t, main, "1-866-250-1554", "desk@example.ca", "agents@example.ca", "416-967-2606", "will ever ask for your password")
	for name, want := range map[string]string{
		"1-866-250-1554": "tel:+18662501554", "desk@example.ca": "mailto:desk@example.ca", "agents@example.ca": "mailto:agents@example.ca",
	} {
		if got := link(t, main, name); got != want {
			t.Errorf("%s leads to %q, want %q", name, got, want)
		}
	}
}

func TestPrivacyAndTermsShowTheTextsInForce(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	for lang, want := range map[string][2]string{
		"en": {"Notice of Collection", "Physician Agreement"},
		"fr": {"Avis de collecte", "Entente avec les médecins"},
	} {
		v := w.visitor(t, lang)
		for i, path := range []string{"/help/privacy", "/help/terms"} {
			section := v.page(path).Find("main section").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Find("h2").Text() == want[i] })
			if section.Length() != 1 || section.Find("p").Length() < 4 {
				t.Errorf("%s %s: found %d sections %q with %d paragraphs", lang, path, section.Length(), want[i], section.Find("p").Length())
			}
			wantSaid(t, section, "Version ")
		}
	}
}
