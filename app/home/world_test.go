package home_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"oneid/app/home"
	"oneid/app/internal/access"
	"oneid/app/internal/clock"
	"oneid/app/internal/fault"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/db/dbtest"
	"oneid/db/reference"
	"oneid/views/i18n"
	"oneid/views/layout"
)

// noon in Ontario.
var noon = time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)

type world struct {
	d      *db.DB
	clock  *clock.Fixed
	people *people.Book
	server *httptest.Server
	who    access.Who // signed in by a visit to /test/signin
}

func setUp(t *testing.T) *world {
	t.Helper()
	w := &world{clock: clock.At(noon)}
	w.d = dbtest.New(t, dbtest.WithClock(w.clock))
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
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	words := catalogue(t)
	sessions := access.New(w.d, sealer, words, log, access.Settings{
		Idle: 15 * time.Minute, Absolute: 12 * time.Hour, WizardIdle: time.Hour, AnonymousFor: time.Hour,
	}, func(rw http.ResponseWriter, _ *http.Request, f *fault.Fault) {
		http.Error(rw, f.Error(), http.StatusInternalServerError)
	})
	sessions.Menu = []layout.MenuItem{{Label: i18n.M("layout.header.services"), Href: "/home", Icon: "grid"}}
	site := &web.Site{Reference: secret.NewReference, Log: log}

	gin.SetMode(gin.TestMode)
	engine := gin.New()
	(&home.Handlers{
		Rules: &home.Rules{DB: w.d, People: w.people}, Sessions: sessions, Site: site,
	}).Mount(engine, engine.Group("/", sessions.Account(site)))
	engine.GET("/test/signin", site.Handle(func(c *gin.Context) error {
		_, err := sessions.Begin(c.Request.Context(), access.Beginning{Who: w.who, Proof: access.Factor{Kind: access.FactorPassword, At: w.clock.Now()}})
		return err
	}))
	mux := http.NewServeMux()
	mux.Handle("/", sessions.Load(engine))
	(&home.Still{Catalogue: words, BaseURL: "https://oneid.example", Now: w.clock.Now}).Mount(mux)
	w.server = httptest.NewServer(mux)
	t.Cleanup(w.server.Close)
	w.write(t, reference.Load)
	return w
}

func catalogue(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.New(i18n.Standing{
		Brand: "ONE ID", Agency: map[i18n.Lang]string{i18n.EN: "Ontario Health", i18n.FR: "Santé Ontario"},
		DeskPhone: "+18662501554", DeskEmail: "desk@example.ca", AgentEmail: "agents@example.ca",
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Strict = true
	return c
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

func (w *world) write(t *testing.T, fn func(context.Context, db.Tx) error) {
	t.Helper()
	if err := db.InTx(t.Context(), w.d, fn); err != nil {
		t.Fatal(err)
	}
}

// account makes Ada's account; her address is not confirmed.
func (w *world) account(t *testing.T) *db.Account {
	t.Helper()
	a := &db.Account{
		ID: db.NewID[db.AccountID](), Subject: "s-1", LoginID: "ADA.BYRON", Status: db.AccountActive, StatusAt: noon,
		Language: "en", SecondFactor: true, CreatedAt: noon, UpdatedAt: noon,
	}
	ada := people.Person{PreferredFirst: "Ada", PreferredLast: "Byron", LegalFirst: "Ada", LegalLast: "Byron", BirthDate: "1980-12-10"}
	if err := w.people.Fill(t.Context(), a, ada, people.Contact{Email: "ada@example.ca", Phone: "+14165550123"}); err != nil {
		t.Fatal(err)
	}
	w.write(t, func(ctx context.Context, tx db.Tx) error { return db.InsertAccount(ctx, tx, a) })
	w.who = access.Who{Account: a.ID, Name: "Ada Byron", LoginID: "ADA.BYRON@ONEID.ON.CA"}
	return a
}

// onlyServices replaces the services of the reference list.
func (w *world) onlyServices(t *testing.T, services ...db.Service) {
	t.Helper()
	if _, err := w.d.ExecContext(t.Context(), "DELETE FROM services"); err != nil {
		t.Fatal(err)
	}
	w.write(t, func(ctx context.Context, tx db.Tx) error {
		for i := range services {
			s := services[i]
			s.Position, s.Enabled, s.Minimum, s.CreatedAt, s.UpdatedAt = i+1, true, "knowledge", noon, noon
			if err := db.PutService(ctx, tx, &s); err != nil {
				return err
			}
		}
		return nil
	})
}

// visitor is a browser.
type visitor struct {
	t      *testing.T
	client *http.Client
	base   string
	lang   string
}

func (w *world) visitor(t *testing.T, lang string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, base: w.server.URL, lang: lang, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (w *world) signedIn(t *testing.T, lang string) *visitor {
	t.Helper()
	v := w.visitor(t, lang)
	if res := v.ask("/test/signin"); res.StatusCode != http.StatusOK {
		t.Fatalf("sign in: got %d", res.StatusCode)
	}
	return v
}

type answer struct {
	*http.Response
	body string
}

func (v *visitor) ask(path string) answer {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.base+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Accept-Language", v.lang)
	res, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer{res, string(body)}
}

func (v *visitor) page(path string) *goquery.Document {
	v.t.Helper()
	res := v.ask(path)
	if res.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: got %d, want 200: %.200s", path, res.StatusCode, res.body)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(res.body))
	if err != nil {
		v.t.Fatal(err)
	}
	return doc
}

func said(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func wantSaid(t *testing.T, s *goquery.Selection, wanted ...string) {
	t.Helper()
	got := said(s)
	for _, want := range wanted {
		if !strings.Contains(got, want) {
			t.Errorf("page lacks %q; it says %q", want, got)
		}
	}
}

// link is the address behind the link with this name.
func link(t *testing.T, s *goquery.Selection, name string) string {
	t.Helper()
	found := s.Find("a").FilterFunction(func(_ int, a *goquery.Selection) bool { return said(a) == name })
	if found.Length() == 0 {
		t.Errorf("no link %q in %q", name, said(s))
	}
	return found.AttrOr("href", "")
}
