package reference_test

import (
	"context"
	"errors"
	"regexp"
	"testing"

	"oneid/db"
	"oneid/db/dbtest"
	"oneid/db/reference"
)

func load(t *testing.T, d *db.DB, r *reference.Reference) error {
	t.Helper()
	return db.InTx(t.Context(), d, func(ctx context.Context, tx db.Tx) error { return r.Load(ctx, tx) })
}

func open(t *testing.T) *reference.Reference {
	t.Helper()
	r, err := reference.Open()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheListsAreWhole(t *testing.T) {
	t.Parallel()
	r := open(t)
	if len(r.Colleges) != 27 || len(r.Services) != 4 || len(r.Titles) != 9 || len(r.Genders) != 4 || len(r.Documents) != 6 || len(r.Organizations) != 12 {
		t.Errorf("%d colleges, %d services, %d titles, %d genders, %d documents", len(r.Colleges), len(r.Services), len(r.Titles), len(r.Genders), len(r.Documents))
	}
	kinds := map[string]string{}
	for _, q := range r.Questions {
		if other, ok := kinds[q.ID]; ok {
			t.Errorf("question %s is both %s and %s", q.ID, other, q.Kind)
		}
		kinds[q.ID] = q.Kind
		if q.TextEn == "" || q.TextFr == "" || len(q.Weak) == 0 {
			t.Errorf("question %s lacks a text or its lists", q.ID)
		}
	}
	for _, c := range r.Colleges {
		if c.NameEn == "" || c.NameFr == "" || c.ShortEn == "" || c.ShortFr == "" || c.RidSystem == "" {
			t.Errorf("college %s lacks a text", c.Code)
		}
		pattern, err := regexp.Compile(c.NumberPattern)
		if err != nil || !pattern.MatchString(c.NumberExample) {
			t.Errorf("college %s: its example %q does not fit %q: %v", c.Code, c.NumberExample, c.NumberPattern, err)
		}
	}
}

func TestLoadingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for range 2 {
		if err := load(t, d, open(t)); err != nil {
			t.Fatal(err)
		}
	}
	colleges, err := db.Colleges(t.Context(), d)
	if err != nil || len(colleges) != 27 {
		t.Fatalf("%d colleges, %v", len(colleges), err)
	}
	cpso, err := db.CollegeByCode(t.Context(), d, "cpso")
	if err != nil {
		t.Fatal(err)
	}
	if cpso.Contact == nil || cpso.Contact.Desk["fr"] != "le Service de consultation des médecins de l’Ordre" || cpso.Contact.TollFree["en"] != "1-800-268-7096 ext. 606" {
		t.Errorf("CPSO's contact is %+v", cpso.Contact)
	}
	if colleges[0].Contact != nil {
		t.Errorf("a college that hands nobody over has the contact %+v", colleges[0].Contact)
	}
	documents, err := db.DocumentsInForce(t.Context(), d, "fr", d.Clock.Now(), db.DocumentNotice, db.DocumentAgreement)
	if err != nil || len(documents) != 2 || documents[0].Title != "Avis de collecte" {
		t.Errorf("documents in force: %d, %v", len(documents), err)
	}
	service, err := db.ServiceByID(t.Context(), d, "connectingontario")
	if err != nil || service.Rule != db.RuleLicence || service.RuleCollege != "cpso" || !service.CreatedAt.Equal(service.UpdatedAt) {
		t.Errorf("ConnectingOntario: %+v, %v", service, err)
	}
}

func TestAPublishedPolicyNeverChanges(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	if err := load(t, d, open(t)); err != nil {
		t.Fatal(err)
	}
	changed := open(t)
	changed.Documents[0].Body += "And one thing more.\n"
	changed.Colleges[0].NameEn = "Renamed"
	if err := load(t, d, changed); !errors.Is(err, db.ErrPublished) {
		t.Errorf("a changed text under the same version: %v, want ErrPublished", err)
	}
	if colleges, err := db.Colleges(t.Context(), d); err != nil || colleges[0].NameEn == "Renamed" {
		t.Errorf("half of the lists were loaded: %v", err)
	}
	changed.Documents[0].Version = "1.1"
	if err := load(t, d, changed); err != nil {
		t.Errorf("a new version: %v", err)
	}
	old := open(t).Documents[0]
	if held, err := db.DocumentVersion(t.Context(), d, old.Name, old.Version, old.Language); err != nil || held.Body != old.Body {
		t.Errorf("the old version can no longer be read: %v", err)
	}
}

func TestAWithdrawnQuestionIsKeptAndNotOffered(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	r := open(t)
	if err := load(t, d, r); err != nil {
		t.Fatal(err)
	}
	withdrawn := r.Questions[0].ID
	r.Questions = r.Questions[1:]
	r.Questions[0].TextEn = "New words?"
	if err := load(t, d, r); err != nil {
		t.Fatal(err)
	}
	questions, err := db.ChallengeQuestions(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if questions[0].ID != withdrawn || questions[0].Offered {
		t.Errorf("the withdrawn question: %+v", questions[0])
	}
	if questions[1].TextEn != "New words?" || !questions[1].Offered || questions[1].Weak[0] != "generic" {
		t.Errorf("the reworded question: %+v", questions[1])
	}
}

func TestAServiceKeepsWhatTheOperatorSet(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	r := open(t)
	if err := load(t, d, r); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ExecContext(t.Context(), "UPDATE services SET rule = 'named', rule_college = NULL, start_url = 'https://viewer.example.ca', enabled = false, minimum = 'passkey' WHERE id = 'connectingontario'"); err != nil {
		t.Fatal(err)
	}
	r.Services[0].TaglineFr = "Nouveau"
	if err := load(t, d, r); err != nil {
		t.Fatal(err)
	}
	service, err := db.ServiceByID(t.Context(), d, "connectingontario")
	if err != nil {
		t.Fatal(err)
	}
	if service.Rule != db.RuleNamed || service.StartURL != "https://viewer.example.ca" || service.Enabled || service.Minimum != "passkey" {
		t.Errorf("the operator's settings were lost: %+v", service)
	}
	if service.TaglineFr != "Nouveau" {
		t.Errorf("the text was not refreshed: %q", service.TaglineFr)
	}
}

func TestTitlesAndGendersAreShownInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	r := open(t)
	for _, offered := range r.TitlesIn("en") {
		if offered.ID == "dre" || offered.ID == "pre" {
			t.Errorf("%s is offered in English", offered.ID)
		}
	}
	if title, ok := r.Title("dre"); !ok || title.In("en") != "Dr." || title.In("fr") != "Dre" {
		t.Errorf("dre is %+v, %v", title, ok)
	}
	if _, ok := r.Title("king"); ok {
		t.Error("an unknown title was found")
	}
	for sent, want := range map[string]string{"F": "Féminin", "f": "Féminin", " Male ": "Masculin", "2": "Féminin", "": "Non précisé", "Two-spirit": "Two-spirit"} {
		if got := r.GenderShown(sent, "fr"); got != want {
			t.Errorf("gender %q is shown as %q, want %q", sent, got, want)
		}
	}
}
