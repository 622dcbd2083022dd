package register

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/check"
	"oneid/app/internal/code"
	"oneid/app/internal/draft"
	"oneid/app/internal/fault"
	"oneid/app/internal/password"
	"oneid/app/internal/people"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/i18n"
)

// whole is a world in which every step is the real one.
type whole struct {
	*world
	ring      *secret.KeyRing
	finish    *Finish
	codes     *code.Rules
	phone     *Phone
	password  *Password
	answers   *secret.Answers
	passwords *secret.Passwords
}

// cheap keeps hashing from being what the tests wait for.
func cheap() *secret.Hasher { return secret.NewHasher(secret.Cost{Time: 1, Memory: 64, Threads: 1}) }

func setUpWhole(t *testing.T) *whole {
	t.Helper()
	w := &whole{world: setUp(t)}
	w.ring = w.rules.Audit.Keys.(*secret.KeyRing)
	seal := w.rules.Outbox.Seal
	hasher := cheap()
	w.answers, w.passwords = secret.NewAnswers(w.ring, hasher), secret.NewPasswords(w.ring, hasher)
	weak, err := check.NewAnswers()
	if err != nil {
		t.Fatal(err)
	}
	common, err := check.OpenCommon("")
	if err != nil {
		t.Fatal(err)
	}
	policies, personal := w.rules.Steps[0].(*Policies), w.rules.Steps[1].(*Personal)
	w.codes = &code.Rules{
		DB: w.db, Seal: seal, Ring: w.ring, Outbox: w.rules.Outbox, Audit: w.rules.Audit,
		Throttle: &throttle.Throttle{Clock: w.clock, Hash: w.ring.Index},
	}
	w.finish = &Finish{
		DB: w.db, Drafts: w.rules.Drafts, People: &people.Book{Sealer: seal, Index: w.ring.Index}, Ring: w.ring,
		Names: personal.Names, Outbox: w.rules.Outbox, Audit: w.rules.Audit,
		BaseURL: "https://oneid.example", Domain: "ONEID.ON.CA",
	}
	w.phone = &Phone{DB: w.db, Codes: w.codes}
	w.password = &Password{DB: w.db, Passwords: w.passwords, Common: common, Finish: w.finish}
	w.rules.Steps = Steps{
		policies, personal, w.rules.Steps[2],
		&Questions{DB: w.db, Drafts: w.rules.Drafts, Form: &question.Form{DB: w.db, Answers: w.answers, Check: weak}},
		w.phone, &Mail{Shown: true},
		&Review{DB: w.db, Names: personal.Names, Reference: personal.Reference, Domain: "ONEID.ON.CA"},
		w.password,
	}
	w.server.Close()
	catalogue, err := i18n.New(i18n.Standing{
		Brand: "ONE ID", Agency: map[i18n.Lang]string{i18n.EN: "Ontario Health", i18n.FR: "Santé Ontario"},
		DeskPhone: "+18662501554", DeskEmail: "desk@example.ca", AgentEmail: "agents@example.ca",
	})
	if err != nil {
		t.Fatal(err)
	}
	catalogue.Strict = true
	w.serveWhole(catalogue, seal, policies, personal)
	return w
}

func (w *whole) serveWhole(catalogue *i18n.Catalogue, seal *secret.Sealer, policies *Policies, personal *Personal) {
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
	wizard := &Handlers{
		Rules: w.rules, Policies: policies, Personal: personal, Phone: w.phone, Password: w.password,
		Sessions: sessions, Site: site, Idle: 30 * time.Minute,
	}
	wizard.Mount(engine.Group("/", sessions.Registering(site)), open)
	(&password.Handlers{
		Common: w.password.Common, Site: site, Whose: map[string]password.Whose{password.RegisterCheck: wizard.Choosing},
	}).Mount(open)
	w.server = httptest.NewServer(sessions.Load(engine))
	w.Cleanup(w.server.Close)
}

// The guide's own sample answers.
func answerFields(changed ...string) []string {
	return with([]string{
		"question_1", "first-car", "answer_1", "Honda Accord",
		"question_2", "first-childhood-friend", "answer_2", "John",
		"question_3", "first-award", "answer_3", "Math",
		"question_4", "sibling-middle-name", "answer_4", "Bob",
		"question_5", "father-middle-name", "answer_5", "Joe",
	}, changed...)
}

func with(fields []string, changed ...string) []string {
	for i := 0; i+1 < len(changed); i += 2 {
		found := false
		for j := 0; j+1 < len(fields); j += 2 {
			if fields[j] == changed[i] {
				fields[j+1], found = changed[i+1], true
			}
		}
		if !found {
			fields = append(fields, changed[i], changed[i+1])
		}
	}
	return fields
}

func phoneFields(changed ...string) []string {
	return with([]string{"phone_1_number", "416-555-0123", "phone_1_method", "text"}, changed...)
}

const goodPassword = "Maple tin 47 canoe"

func passwordFields() []string { return []string{"password", goodPassword, "confirm", goodPassword} }

// upTo does the steps before one.
func (b *browser) upTo(slug string) *browser {
	b.Helper()
	for _, step := range b.rules.Steps {
		if step.Slug() == slug {
			break
		}
		b.step(step.Slug())
	}
	return b
}

func (b *browser) step(slug string) page {
	b.Helper()
	var fields []string
	switch slug {
	case "policies":
		fields = []string{"agree", "yes"}
	case "personal":
		fields = personalFields()
	case "questions":
		fields = answerFields()
	case "phone":
		fields = phoneFields()
	case "password":
		fields = passwordFields()
	}
	p := b.fill(slug, fields...)
	if p.status != http.StatusSeeOther {
		b.Fatalf("%s answered %d:\n%s", slug, p.status, p.text())
	}
	return p
}

// ready is a draft of which only the password is missing, made without a
// browser.
func (w *whole) ready(facts draft.Facts, first, last string) db.DraftID {
	w.Helper()
	id := w.open(facts)
	hash := func(kind secret.AnswerKind, answer string) secret.HashedAnswer {
		h, err := w.answers.Hash(w.Context(), kind, answer)
		if err != nil {
			w.Fatal(err)
		}
		return h
	}
	documents, err := w.rules.Steps[0].(*Policies).accepted(w.Context(), w.inForce())
	if err != nil || documents == nil {
		w.Fatalf("no policies: %v", err)
	}
	w.change(id, func(d *draft.Draft) {
		d.Agreed = &draft.Agreed{Documents: documents, At: noon}
		d.Personal = &draft.Personal{
			Title: "dr", PreferredFirst: first, PreferredLast: last, Email: "someone@example.ca", Phone: "+14165550100", Language: "fr",
		}
		d.Designations = &[]draft.Stated{{College: "cmo", Number: "2207"}}
		for i, s := range question.Slots() {
			ids := []string{"first-car", "first-childhood-friend", "first-award", "sibling-middle-name", "father-middle-name"}
			said := []string{"Honda Accord", "John", "Math", "Bob", "Joe"}
			d.Questions = append(d.Questions, question.Kept{Kind: s.Kind, Position: s.Position, ID: ids[i], Answer: hash(s.Kind, said[i])})
		}
		d.Phones = &draft.Phones{List: []draft.Phone{{Number: "+14165550123", Method: "text", ConfirmedAt: noon}, {Number: "+14165550124", Method: "call"}}}
		d.MailRead, d.Reviewed = true, true
	})
	return id
}

func (w *whole) inForce() []string {
	w.Helper()
	documents, err := w.rules.Steps[0].(*Policies).inForce(w.Context(), i18n.EN)
	if err != nil {
		w.Fatal(err)
	}
	var names []string
	for _, d := range documents {
		names = append(names, shown(d))
	}
	return names
}

// change writes a draft as a step would.
func (w *whole) change(id db.DraftID, to func(*draft.Draft)) {
	w.Helper()
	err := db.InTx(w.Context(), w.db, func(ctx context.Context, tx db.Tx) error {
		d, err := w.rules.Drafts.Lock(ctx, tx, id)
		if err != nil {
			return err
		}
		to(d)
		return w.rules.Drafts.Save(ctx, tx, d)
	})
	if err != nil {
		w.Fatal(err)
	}
}

// here is a request's context.
func (w *whole) here() context.Context {
	return WithVisit(w.Context(), Visit{Session: "session", From: netip.MustParseAddr("192.0.2.7")})
}

// rows counts the rows of a table.
func (w *whole) rows(table string) int {
	w.Helper()
	n, err := w.db.NewSelect().Table(table).Count(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return int(n)
}

func (w *whole) only() *db.Account {
	w.Helper()
	var all []db.Account
	if err := w.db.NewSelect().Model(&all).Scan(w.Context()); err != nil {
		w.Fatal(err)
	}
	if len(all) != 1 {
		w.Fatalf("%d accounts, want 1", len(all))
	}
	return &all[0]
}

// wantNever wants none of the texts anywhere in the answer.
func (p page) wantNever(texts ...string) page {
	p.Helper()
	for _, text := range texts {
		if strings.Contains(p.body, text) {
			p.Errorf("the page (%d) holds %q", p.status, text)
		}
	}
	return p
}

type (
	draftOf    = draft.Draft
	draftFacts = draft.Facts
)
