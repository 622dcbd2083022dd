package profile_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/clock"
	"oneid/app/internal/fault"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/app/internal/web"
	"oneid/app/profile"
	"oneid/db"
	"oneid/db/dbtest"
	"oneid/db/reference"
	"oneid/views/i18n"
)

var noon = time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)

type world struct {
	t       *testing.T
	d       *db.DB
	people  *people.Book
	server  *httptest.Server
	account db.AccountID
}

// setUp is Geneviève with a licence that her college vouches for, one that she
// states, and the agreements that are in force.
func setUp(t *testing.T) *world {
	t.Helper()
	now := clock.At(noon)
	w := &world{t: t, d: dbtest.New(t, dbtest.WithClock(now)), account: db.NewID[db.AccountID]()}
	w.write(reference.Load)
	dir := t.TempDir()
	if err := secret.CreateKeys(dir, true); err != nil {
		t.Fatal(err)
	}
	ring, err := secret.LoadKeyRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	sealer := secret.NewSealer(ring, &dataKeys{})
	w.people = &people.Book{Sealer: sealer, Index: ring.Index}
	words, err := i18n.New(i18n.Standing{Brand: "ONE ID", DeskPhone: "+18662501554", DeskEmail: "desk@example.ca"})
	if err != nil {
		t.Fatal(err)
	}
	words.Strict = true
	known, err := reference.Open()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	sessions := access.New(w.d, sealer, words, log, access.Settings{
		Idle: time.Hour, Absolute: 12 * time.Hour, WizardIdle: time.Hour, AnonymousFor: time.Hour,
	}, func(rw http.ResponseWriter, _ *http.Request, f *fault.Fault) {
		http.Error(rw, f.Error(), http.StatusInternalServerError)
	})
	site := &web.Site{Reference: secret.NewReference, Log: log}
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	(&profile.Handlers{
		Rules: &profile.Rules{DB: w.d, People: w.people, Reference: known}, Sessions: sessions, Site: site,
	}).Mount(engine.Group("/", sessions.Account(site)))
	engine.GET("/test/signin/:account", site.Handle(func(c *gin.Context) error {
		_, err := sessions.Begin(c.Request.Context(), access.Beginning{
			Who:   access.Who{Account: db.AccountID(c.Param("account")), LoginID: "GENEVIEVE.TREMBLAY@ONEID.ON.CA"},
			Proof: access.Factor{Kind: access.FactorPassword, At: noon},
		})
		return err
	}))
	w.server = httptest.NewServer(sessions.Load(engine))
	t.Cleanup(w.server.Close)
	w.insert(w.account)
	w.designate("cpso", "100093", db.DesignationEvidence, db.LicenceActive)
	w.designate("cno", "AB12345", db.DesignationStated, db.LicenceUnverified)
	return w
}

// dataKeys keeps wrapped keys in memory.
type dataKeys struct {
	mu   sync.Mutex
	kept []secret.WrappedKey
}

func (k *dataKeys) Load(_ context.Context, scope string) ([]secret.WrappedKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var found []secret.WrappedKey
	for _, key := range k.kept {
		if key.Scope == scope {
			found = append(found, key)
		}
	}
	return found, nil
}

func (k *dataKeys) Add(_ context.Context, key secret.WrappedKey) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = append(k.kept, key)
	return nil
}

func (w *world) write(fn func(context.Context, db.Tx) error) {
	w.t.Helper()
	if err := db.InTx(w.t.Context(), w.d, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) insert(id db.AccountID) {
	w.t.Helper()
	a := &db.Account{
		ID: id, Subject: string(id), LoginID: "GENEVIEVE." + string(id), Status: db.AccountActive, StatusAt: noon,
		Language: "fr", SecondFactor: true, CreatedAt: noon, UpdatedAt: noon,
	}
	p := people.Person{
		Title: "dr", PreferredFirst: "Geneviève", PreferredLast: "Tremblay",
		LegalFirst: "Geneviève", LegalMiddle: "Marie", LegalLast: "Tremblay-Okafor", Gender: "F", BirthDate: "1982-03-14",
	}
	if err := w.people.Fill(w.t.Context(), a, p, people.Contact{Email: "g.tremblay@lakeshore.example", Phone: "+19055550170;ext=12"}); err != nil {
		w.t.Fatal(err)
	}
	w.write(func(ctx context.Context, tx db.Tx) error { return db.InsertAccount(ctx, tx, a) })
}

func (w *world) designate(college db.CollegeCode, number, source, status string) {
	w.t.Helper()
	d := db.Designation{
		ID: db.NewID[db.DesignationID](), AccountID: w.account, College: college, NumberIndex: db.Index(number),
		Source: source, Status: status, CheckedAt: noon,
	}
	sealed, err := w.people.Sealer.Seal(w.t.Context(), secret.Place{Table: "designations", Column: "number", Row: string(d.ID)}, []byte(number))
	if err != nil {
		w.t.Fatal(err)
	}
	d.Number = sealed
	w.write(func(ctx context.Context, tx db.Tx) error { return db.InsertDesignations(ctx, tx, []db.Designation{d}) })
}

// agree accepts the agreement that is in force in a language, and returns its
// version.
func (w *world) agree(language string) string {
	w.t.Helper()
	found, err := db.DocumentsInForce(w.t.Context(), w.d, language, noon, db.DocumentAgreement)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(func(ctx context.Context, tx db.Tx) error {
		return db.InsertAgreements(ctx, tx, []db.Agreement{{
			AccountID: w.account, Name: found[0].Name, Version: found[0].Version, Language: language, SHA256: found[0].SHA256, AcceptedAt: noon,
		}})
	})
	return found[0].Version
}

// visit signs an account in and asks for a page in a language.
func (w *world) visit(id db.AccountID, lang, path string) (int, *goquery.Selection) {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	base, err := url.Parse(w.server.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	jar.SetCookies(base, []*http.Cookie{{Name: "lang", Value: lang, Path: "/"}})
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var status int
	var main *goquery.Selection
	for _, next := range []string{"/test/signin/" + string(id), path} {
		r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.server.URL+next, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		res, err := client.Do(r)
		if err != nil {
			w.t.Fatal(err)
		}
		doc, err := goquery.NewDocumentFromReader(res.Body)
		_ = res.Body.Close()
		if err != nil {
			w.t.Fatal(err)
		}
		status, main = res.StatusCode, doc.Find("main")
	}
	return status, main
}

// said is the text of a part, with a blank between its elements.
func said(s *goquery.Selection) string {
	html, _ := s.Html()
	spaced, err := goquery.NewDocumentFromReader(strings.NewReader(strings.NewReplacer("<wbr/>", "", "<", " <").Replace(html)))
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(spaced.Text()), " ")
}

func (w *world) wantSaid(main *goquery.Selection, wanted ...string) {
	w.t.Helper()
	got := said(main)
	for _, want := range wanted {
		if !strings.Contains(got, want) {
			w.t.Errorf("the page lacks %q; it says %q", want, got)
		}
	}
}

func TestAPersonSeesWhatTheirCollegeSaidAndWhatTheyToldUs(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.agree("fr")
	status, main := w.visit(w.account, "en", "/profile")
	if status != http.StatusOK {
		t.Fatalf("got %d", status)
	}
	w.wantSaid(main,
		"Geneviève Marie Tremblay-Okafor", "March 14, 1982", "100093", "Active registration", "CPSO, checked on November 21, 2026",
		"AB12345", "Not verified", "You told us. Nobody has checked it.",
		"GENEVIEVE.TREMBLAY@ONEID.ON.CA", "g.tremblay@lakeshore.example", "Not confirmed yet", "905-555-0170 ext. 12", "French",
		"Physician Agreement Version 1.0-sample, on November 21, 2026 at noon", "Only CPSO can correct these details. Call 416-967-2606",
	)
	if n := main.Find("input, textarea").Length(); n != 0 {
		t.Errorf("%d fields, want nothing to type", n)
	}

	_, french := w.visit(w.account, "fr", "/profile")
	w.wantSaid(french, "14 mars 1982", "Inscription active", "Non vérifiée", "905 555-0170, poste 12", "Seul l’OMCO peut corriger")
}

func TestTheChecklistCountsWhatIsThereAndLeadsToTheRest(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	_, main := w.visit(w.account, "en", "/profile")
	w.wantSaid(main, "0 of 4 done")
	for _, path := range []string{"/profile/phones/add", "/profile/questions", "/profile/codes", "/profile/passkeys/add", "/profile/security"} {
		if main.Find("a[href='"+path+"']").Length() != 1 {
			t.Errorf("nothing leads to %s", path)
		}
	}
	for _, query := range []string{
		`INSERT INTO challenge_phones (id, account_id, position, number, number_index, last_two, method, created_at)
			VALUES (gen_random_uuid(), ?, 1, 'x', 'x', '23', 'text', now())`,
		`INSERT INTO recovery_codes (account_id, position, hash, created_at) VALUES (?, 1, 'x', now())`,
		`INSERT INTO challenge_answers (account_id, kind, position, question_id, hash, pepper_version, normaliser, set_at)
			SELECT ?, kind, 1, id, 'x', 1, 1, now() FROM challenge_questions WHERE kind = 'online' LIMIT 1`,
	} {
		if _, err := w.d.ExecContext(t.Context(), query, w.account); err != nil {
			t.Fatal(err)
		}
	}
	_, main = w.visit(w.account, "en", "/profile")
	w.wantSaid(main, "3 of 4 done")
	if main.Find("a[href='/profile/passkeys/add']").Length() != 1 || main.Find("a[href='/profile/phones/add']").Length() != 0 {
		t.Errorf("the list leads elsewhere than to what is missing: %q", said(main))
	}
}

func TestAnAgreementIsReadAsItWasAcceptedAndByNobodyElse(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	path := "/profile/documents/" + db.DocumentAgreement + "/" + w.agree("fr")
	_, main := w.visit(w.account, "en", "/profile")
	if main.Find("a[href='"+path+"']").Length() != 1 {
		t.Errorf("nothing leads to %s", path)
	}
	status, page := w.visit(w.account, "en", path)
	if status != http.StatusOK || page.Find("[lang=fr] h1").Length() != 1 || page.Find("[lang=fr] h2").Length() == 0 {
		t.Errorf("got %d; the French text is not marked as such: %q", status, said(page))
	}
	w.wantSaid(page, "Version 1.0-sample, which you accepted on November 21, 2026 at noon")
	if page.Find("button[data-print]").Length() != 1 {
		t.Error("it can't be printed")
	}

	bob := db.NewID[db.AccountID]()
	w.insert(bob)
	for name, ask := range map[string]struct {
		who  db.AccountID
		path string
	}{
		"another person":   {bob, path},
		"another version":  {w.account, "/profile/documents/" + db.DocumentAgreement + "/0.9"},
		"another document": {w.account, "/profile/documents/" + db.DocumentNotice + "/1.0"},
	} {
		if status, _ := w.visit(ask.who, "en", ask.path); status != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", name, status)
		}
	}
}
