package register

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/check"
	"oneid/app/internal/clock"
	"oneid/app/internal/draft"
	"oneid/app/internal/fault"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/db/dbtest"
	"oneid/db/reference"
	"oneid/views/i18n"
)

var noon = time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)

// world is the wizard on a database of its own. Its first three steps are real;
// those after them only note that they were done.
type world struct {
	*testing.T
	rules  *Rules
	db     *db.DB
	clock  *clock.Fixed
	server *httptest.Server
}

func randy() draft.Facts {
	return draft.Facts{
		Number: "100093", First: "RANDY", Middle: "JAMES", Last: "BURT", Gender: "M", BirthDate: "1965-03-14",
		Class: "independent_practice", Status: "active", Language: "en", ConsentedAt: noon, ReceivedAt: noon,
	}
}

func setUp(t *testing.T) *world {
	t.Helper()
	gin.SetMode(gin.TestMode)
	now := clock.At(noon)
	d := dbtest.New(t, dbtest.WithClock(now))
	dir := t.TempDir()
	if err := secret.CreateKeys(dir, true); err != nil {
		t.Fatal(err)
	}
	ring, err := secret.LoadKeyRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := outbox.NewJobs(d.Pool)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.InTx(t.Context(), d, reference.Load); err != nil {
		t.Fatal(err)
	}
	known, err := reference.Open()
	if err != nil {
		t.Fatal(err)
	}
	names, err := check.NewLoginNames()
	if err != nil {
		t.Fatal(err)
	}
	seal := secret.NewSealer(ring, &dataKeys{})
	log := &audit.Log{Keys: ring}
	policies := &Policies{DB: d, Audit: log}
	personal := &Personal{DB: d, Names: names, Reference: known, Domain: "ONEID.ON.CA"}
	drafts := &draft.Drafts{Sealer: seal}
	steps := Steps{policies, personal, &Profession{DB: d}}
	for _, slug := range []string{"questions", "phone", "mail", "review", "password"} {
		steps = append(steps, noted{slug, drafts})
	}
	w := &world{T: t, db: d, clock: now, rules: &Rules{
		DB: d, Drafts: drafts, Audit: log, Outbox: &outbox.Outbox{Seal: seal, Jobs: jobs}, Steps: steps,
	}}
	catalogue, err := i18n.New(i18n.Standing{
		Brand: "ONE ID", Agency: map[i18n.Lang]string{i18n.EN: "Ontario Health", i18n.FR: "Santé Ontario"},
		DeskPhone: "+18662501554", DeskEmail: "desk@example.ca", AgentEmail: "agents@example.ca",
	})
	if err != nil {
		t.Fatal(err)
	}
	catalogue.Strict = true
	w.serve(catalogue, seal, policies, personal)
	return w
}

func (w *world) serve(catalogue *i18n.Catalogue, seal *secret.Sealer, policies *Policies, personal *Personal) {
	quiet := slog.New(slog.DiscardHandler)
	site := &web.Site{Reference: secret.NewReference, Log: quiet}
	sessions := access.New(w.db, seal, catalogue, quiet, access.Settings{
		Idle: 15 * time.Minute, Absolute: 12 * time.Hour, WizardIdle: 30 * time.Minute, AnonymousFor: time.Hour,
	}, func(rw http.ResponseWriter, _ *http.Request, f *fault.Fault) {
		http.Error(rw, f.Error(), http.StatusInternalServerError)
	})
	engine := gin.New()
	open := engine.Group("/")
	open.GET("/test/begin/:draft", site.Handle(func(c *gin.Context) error {
		return sessions.BeginDraft(c.Request.Context(), db.DraftID(c.Param("draft")))
	}))
	(&Handlers{
		Rules: w.rules, Policies: policies, Personal: personal, Sessions: sessions, Site: site, Idle: 30 * time.Minute,
	}).Mount(engine.Group("/", sessions.Registering(site)), open)
	w.server = httptest.NewServer(sessions.Load(engine))
	w.Cleanup(w.server.Close)
}

// open opens the draft of a licence.
func (w *world) open(facts draft.Facts) db.DraftID {
	w.Helper()
	var id db.DraftID
	err := db.InTx(w.Context(), w.db, func(ctx context.Context, tx db.Tx) error {
		d, _, err := w.rules.Drafts.Open(ctx, tx, "cpso", db.Index(facts.Number), facts)
		id = d.ID
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

func (w *world) read(id db.DraftID) *draft.Draft {
	w.Helper()
	d, err := w.rules.Drafts.Read(w.Context(), w.db, id)
	if err != nil {
		w.Fatal(err)
	}
	return d
}

// audited counts the events of a kind.
func (w *world) audited(kind audit.Kind) int {
	w.Helper()
	n, err := w.db.NewSelect().Table("audit_events").Where("kind = ?", string(kind)).Count(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return int(n)
}

// browser is a person's browser in the wizard, without script.
type browser struct {
	*world
	client *http.Client
	id     db.DraftID
}

func (w *world) browse(facts draft.Facts) *browser {
	w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	b := &browser{world: w, id: w.open(facts), client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	b.get("/test/begin/" + string(b.id))
	return b
}

// page is an answer.
type page struct {
	*testing.T
	status int
	to     string // where it leads
	body   string
}

func (b *browser) get(path string) page {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.server.URL+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	return b.do(req)
}

func (b *browser) do(req *http.Request) page {
	b.Helper()
	res, err := b.client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	return page{b.T, res.StatusCode, res.Header.Get("Location"), string(body)}
}

// post sends the fields, names and values in turn, as they are.
func (b *browser) post(path string, fields ...string) page {
	b.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

// fill opens a step and sends its form with the fields changed.
func (b *browser) fill(slug string, fields ...string) page {
	b.Helper()
	shown := b.get(root + slug)
	if shown.status != http.StatusOK {
		b.Fatalf("%s answered %d and leads to %q", slug, shown.status, shown.to)
	}
	return b.post(root+slug, append(shown.hidden(), fields...)...)
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// hidden are the fields that the step's form sends by itself.
func (p page) hidden() []string {
	_, form, _ := strings.Cut(p.body, `<form id="step"`)
	var fields []string
	for _, m := range hiddenField.FindAllStringSubmatch(form, -1) {
		fields = append(fields, m[1], html.UnescapeString(m[2]))
	}
	return fields
}

var tag = regexp.MustCompile(`<[^>]*>`)

func (p page) text() string {
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(p.body, " "))), " ")
}

func (p page) wantText(texts ...string) page {
	p.Helper()
	for _, text := range texts {
		if !strings.Contains(p.text(), text) {
			p.Errorf("the page (%d) does not say %q:\n%s", p.status, text, p.text())
		}
	}
	return p
}

func (p page) wantNot(text string) page {
	p.Helper()
	if strings.Contains(p.text(), text) {
		p.Errorf("the page says %q", text)
	}
	return p
}

func (p page) wantStatus(status int) page {
	p.Helper()
	if p.status != status {
		p.Errorf("answered %d (to %q), want %d:\n%s", p.status, p.to, status, p.text())
	}
	return p
}

func (p page) wantGo(path string) page {
	p.Helper()
	if p.status != http.StatusSeeOther || p.to != path {
		p.Errorf("answered %d to %q, want %d to %q:\n%s", p.status, p.to, http.StatusSeeOther, path, p.text())
	}
	return p
}

// wantValue wants a field with this value.
func (p page) wantValue(name, value string) page {
	p.Helper()
	field := regexp.MustCompile(fmt.Sprintf(`<input id="[^"]*" name="%s"[^>]* value="([^"]*)"`, name))
	m := field.FindStringSubmatch(p.body)
	if m == nil {
		p.Errorf("no field %s", name)
		return p
	}
	if got := html.UnescapeString(m[1]); got != value {
		p.Errorf("field %s holds %q, want %q", name, got, value)
	}
	return p
}

// The forms as RANDY BURT fills them in.
func personalFields(changed ...string) []string {
	fields := []string{
		"title", "dr", "preferred_first", "Randy", "middle", "James", "preferred_last", "Burt",
		"email", "randy@example.ca", "phone", "416-555-0100", "extension", "12", "language", "en",
	}
	for i := 0; i+1 < len(changed); i += 2 {
		for j := 0; j+1 < len(fields); j += 2 {
			if fields[j] == changed[i] {
				fields[j+1] = changed[i+1]
			}
		}
	}
	return fields
}

// through does the steps up to and with one.
func (b *browser) through(slug string) *browser {
	b.Helper()
	for _, step := range b.rules.Steps {
		switch step.Slug() {
		case "policies":
			b.fill("policies", "agree", "yes").wantGo("/register/personal")
		case "personal":
			b.fill("personal", personalFields()...).wantGo("/register/profession")
		default:
			if p := b.fill(step.Slug()); p.status != http.StatusSeeOther {
				b.Fatalf("%s answered %d", step.Slug(), p.status)
			}
		}
		if step.Slug() == slug {
			break
		}
	}
	return b
}
