package credentials_test

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

	"oneid/app/credentials"
	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/clock"
	"oneid/app/internal/fault"
	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/db/dbtest"
	"oneid/views/i18n"
)

var noon = time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)

const base = "https://oneid.example"

type world struct {
	d       *db.DB
	clock   *clock.Fixed
	sealer  *secret.Sealer
	server  *httptest.Server
	account db.AccountID
}

// setUp is Ada with an account and an address that has not answered.
func setUp(t *testing.T) *world {
	t.Helper()
	w := &world{clock: clock.At(noon), account: db.NewID[db.AccountID]()}
	w.d = dbtest.New(t, dbtest.WithClock(w.clock))
	dir := t.TempDir()
	if err := secret.CreateKeys(dir, true); err != nil {
		t.Fatal(err)
	}
	ring, err := secret.LoadKeyRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	w.sealer = secret.NewSealer(ring, &dataKeys{})
	jobs, err := outbox.NewJobs(w.d.Pool)
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.New(i18n.Standing{Brand: "ONE ID", DeskPhone: "+18662501554", DeskEmail: "desk@example.ca"})
	if err != nil {
		t.Fatal(err)
	}
	words.Strict = true
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	sessions := access.New(w.d, w.sealer, words, log, access.Settings{
		Idle: 12 * time.Hour, Absolute: 12 * time.Hour, WizardIdle: time.Hour, AnonymousFor: time.Hour,
	}, func(rw http.ResponseWriter, _ *http.Request, f *fault.Fault) {
		http.Error(rw, f.Error(), http.StatusInternalServerError)
	})
	site := &web.Site{Reference: secret.NewReference, Log: log}
	book := &people.Book{Sealer: w.sealer, Index: ring.Index}

	gin.SetMode(gin.TestMode)
	engine := gin.New()
	(&credentials.Handlers{
		Rules: &credentials.Rules{
			DB: w.d, People: book, Outbox: &outbox.Outbox{Seal: w.sealer, Jobs: jobs},
			Throttle: &throttle.Throttle{Clock: w.clock, Hash: ring.Index}, Audit: &audit.Log{Keys: ring}, BaseURL: base,
		},
		Sessions: sessions, Site: site,
	}).Mount(engine, engine.Group("/", sessions.Account(site)))
	engine.GET("/test/signin", site.Handle(func(c *gin.Context) error {
		who := access.Who{Account: w.account, Name: "Ada Byron"}
		_, err := sessions.Begin(c.Request.Context(), access.Beginning{Who: who, Proof: access.Factor{Kind: access.FactorPassword, At: w.clock.Now()}})
		return err
	}))
	w.server = httptest.NewServer(sessions.Load(engine))
	t.Cleanup(w.server.Close)

	a := &db.Account{
		ID: w.account, Subject: "s-1", LoginID: "ADA.BYRON", Status: db.AccountActive, StatusAt: noon,
		Language: "fr", SecondFactor: true, CreatedAt: noon, UpdatedAt: noon,
	}
	ada := people.Person{PreferredFirst: "Ada", PreferredLast: "Byron", LegalFirst: "Ada", LegalLast: "Byron", BirthDate: "1980-12-10"}
	if err := book.Fill(t.Context(), a, ada, people.Contact{Email: "ada@example.ca", Phone: "+14165550123"}); err != nil {
		t.Fatal(err)
	}
	w.write(t, func(ctx context.Context, tx db.Tx) error { return db.InsertAccount(ctx, tx, a) })
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

func (w *world) write(t *testing.T, fn func(context.Context, db.Tx) error) {
	t.Helper()
	if err := db.InTx(t.Context(), w.d, fn); err != nil {
		t.Fatal(err)
	}
}

// link is the path of a link as registration makes it.
func (w *world) link(t *testing.T) string {
	t.Helper()
	token, hash := secret.NewToken()
	w.write(t, func(ctx context.Context, tx db.Tx) error {
		return db.InsertLink(ctx, tx, &db.Link{
			TokenHash: hash, Purpose: db.LinkEmail, AccountID: w.account, CreatedAt: tx.At, ExpiresAt: tx.At.Add(outbox.LinkLife),
		})
	})
	return outbox.ConfirmPath + token.Reveal()
}

func (w *world) confirmed(t *testing.T) bool {
	t.Helper()
	a, err := db.AccountByID(t.Context(), w.d, w.account)
	if err != nil {
		t.Fatal(err)
	}
	return a.EmailVerifiedAt != nil
}

// recorded counts audit events of a kind about Ada.
func (w *world) recorded(t *testing.T, kind audit.Kind) int {
	t.Helper()
	events, err := db.AuditOf(t.Context(), w.d, string(w.account), 100)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range events {
		if e.Kind == string(kind) {
			n++
		}
	}
	return n
}

// mails are the messages that wait for Ada.
func (w *world) mails(t *testing.T) []outbox.Opened {
	t.Helper()
	var rows []db.Message
	if err := w.d.NewSelect().Model(&rows).Where("account_id = ?", w.account).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all []outbox.Opened
	for i := range rows {
		opened, err := outbox.Open(t.Context(), w.sealer, &rows[i])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, opened)
	}
	return all
}

// browser follows no redirects by itself.
type browser struct {
	t      *testing.T
	w      *world
	client *http.Client
}

func (w *world) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, w, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (w *world) signedIn(t *testing.T) *browser {
	t.Helper()
	b := w.browser(t)
	b.send(http.MethodGet, "/test/signin")
	return b
}

// answer is a status, where it leads, and the page's main part.
type answer struct {
	status   int
	location string
	main     *goquery.Selection
}

func (a answer) said() string { return strings.Join(strings.Fields(a.main.Text()), " ") }

func (b *browser) send(method, path string) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.w.server.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header.Get("Location"), doc.Find("main")}
}

func TestFollowingTheLinkConfirmsNothingAndTheButtonDoes(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	path, scanner := w.link(t), w.browser(t)
	for range 3 {
		seen := scanner.send(http.MethodGet, path)
		button := seen.main.Find("form[method=post][action='" + path + "'] button[type=submit]")
		if seen.status != http.StatusOK || strings.TrimSpace(button.Text()) != "Confirm ada@example.ca" {
			t.Fatalf("got %d, button %q; the page says %q", seen.status, button.Text(), seen.said())
		}
	}
	if w.confirmed(t) {
		t.Fatal("following the link confirmed the address")
	}

	ada := w.browser(t)
	if got := ada.send(http.MethodPost, path); got.status != http.StatusSeeOther || got.location != path {
		t.Errorf("got %d to %q, want 303 to the link", got.status, got.location)
	}
	if !w.confirmed(t) || w.recorded(t, audit.CredentialsEmailSet) != 1 {
		t.Errorf("confirmed %t, recorded %d times", w.confirmed(t), w.recorded(t, audit.CredentialsEmailSet))
	}
	// Again, later, and with the button of a page left open: all is well.
	ada.send(http.MethodPost, path)
	w.clock.Advance(25 * time.Hour)
	again := w.browser(t).send(http.MethodGet, path)
	if again.status != http.StatusOK || !strings.Contains(again.said(), "ada@example.ca is confirmed") {
		t.Errorf("following it again: got %d %q", again.status, again.said())
	}
	if got := again.main.Find("a.btn").AttrOr("href", ""); got != "/signin" {
		t.Errorf("signed out, the way on leads to %q", got)
	}
	if n := w.recorded(t, audit.CredentialsEmailSet); n != 1 {
		t.Errorf("recorded %d times, want once", n)
	}
}

func TestParallelButtonsConfirmOnce(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	path := w.link(t)
	var all sync.WaitGroup
	for range 8 {
		b := w.browser(t)
		all.Go(func() {
			if got := b.send(http.MethodPost, path); got.status != http.StatusSeeOther {
				t.Errorf("got %d, want 303", got.status)
			}
		})
	}
	all.Wait()
	if n := w.recorded(t, audit.CredentialsEmailSet); n != 1 || !w.confirmed(t) {
		t.Errorf("recorded %d times, confirmed %t", n, w.confirmed(t))
	}
}

func TestALinkThatEndedOffersANewOneAndTellsNothing(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	old := w.link(t)
	w.clock.Advance(outbox.LinkLife)
	for name, path := range map[string]string{"expired": old, "made up": outbox.ConfirmPath + "AAAA"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			b := w.browser(t)
			got := b.send(method, path)
			if method == http.MethodPost {
				got = b.send(http.MethodGet, got.location)
			}
			if got.status != http.StatusGone || !strings.Contains(got.said(), "This link has ended. We can send you a new one.") || strings.Contains(got.said(), "ada@") {
				t.Errorf("%s, %s: got %d %q", name, method, got.status, got.said())
			}
			if href := got.main.Find("a.btn").AttrOr("href", ""); href != "/profile/email/confirm" {
				t.Errorf("%s: the way on leads to %q", name, href)
			}
		}
	}
	if w.confirmed(t) {
		t.Error("the address is confirmed")
	}
}

func TestANewLinkGoesToTheAddressAndWorks(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	ada := w.signedIn(t)
	page := ada.send(http.MethodGet, "/profile/email/confirm")
	if !strings.Contains(page.said(), "ada@example.ca") || page.main.Find("form[method=post][action='/profile/email/confirm'] button").Length() != 1 {
		t.Fatalf("got %d %q", page.status, page.said())
	}
	sent := ada.send(http.MethodPost, "/profile/email/confirm")
	if sent.status != http.StatusSeeOther || sent.location != "/profile/email/sent" {
		t.Fatalf("got %d to %q", sent.status, sent.location)
	}
	if got := ada.send(http.MethodGet, sent.location); !strings.Contains(got.said(), "A new message is on its way to ada@example.ca.") {
		t.Errorf("got %q", got.said())
	}
	mails := w.mails(t)
	if len(mails) != 1 || w.recorded(t, audit.CredentialsEmailAsk) != 1 {
		t.Fatalf("sent %d, recorded %d, want 1 each", len(mails), w.recorded(t, audit.CredentialsEmailAsk))
	}
	message, ok := mails[0].Message.(outbox.EmailConfirm)
	if !ok || mails[0].To != "ada@example.ca" || message.To.Name != "Ada Byron" {
		t.Errorf("sent %T to %s", mails[0].Message, mails[0].To)
	}
	path, ok := strings.CutPrefix(message.Link, base)
	if !ok || !strings.HasPrefix(path, outbox.ConfirmPath) {
		t.Fatalf("the link is %q", message.Link)
	}
	ada.send(http.MethodPost, path)
	if !w.confirmed(t) {
		t.Error("the new link does not confirm")
	}
	if got := ada.send(http.MethodPost, "/profile/email/confirm"); got.location != "/profile/email/confirm" || len(w.mails(t)) != 1 {
		t.Errorf("confirmed, yet asked again: led to %q, %d messages", got.location, len(w.mails(t)))
	}
	if got := ada.send(http.MethodGet, "/profile/email/sent"); got.location != "/profile/email/confirm" {
		t.Errorf("confirmed, yet a message is said to be on its way: %q", got.said())
	}
}

func TestNobodyElseCanHaveMessagesSentAndNobodyEndlessly(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	if got := w.browser(t).send(http.MethodPost, "/profile/email/confirm"); got.location != "/signin" || len(w.mails(t)) != 0 {
		t.Errorf("signed out: led to %q, %d messages", got.location, len(w.mails(t)))
	}
	ada := w.signedIn(t)
	for range 3 {
		if got := ada.send(http.MethodPost, "/profile/email/confirm"); got.status != http.StatusSeeOther {
			t.Fatalf("got %d", got.status)
		}
	}
	refused := ada.send(http.MethodPost, "/profile/email/confirm")
	if refused.status != http.StatusTooManyRequests || !strings.Contains(refused.said(), "You can ask for another one at 1 p.m.") {
		t.Errorf("the fourth in an hour: got %d %q", refused.status, refused.said())
	}
	if n := len(w.mails(t)); n != 3 {
		t.Errorf("sent %d messages, want 3", n)
	}
	w.clock.Advance(time.Hour)
	if got := ada.send(http.MethodPost, "/profile/email/confirm"); got.location != "/profile/email/sent" {
		t.Errorf("an hour later: got %d to %q", got.status, got.location)
	}
}
