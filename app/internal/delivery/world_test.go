package delivery_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"oneid/app/internal/audit"
	"oneid/app/internal/clock"
	"oneid/app/internal/code"
	"oneid/app/internal/delivery"
	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
	"oneid/db/dbtest"
	"oneid/views/i18n"
)

var noon = time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)

const (
	base  = "https://oneid.example.ca"
	token = "carrier-token"
	phone = "+14165550123"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	os.Exit(m.Run())
}

// world is delivery with its neighbours, and the carriers faked at the wire.
type world struct {
	d         *db.DB
	clock     *clock.Fixed
	outbox    *outbox.Outbox
	codes     *code.Rules
	deliverer *delivery.Deliverer
	keeper    *delivery.Keeper
	people    *people.Book
	handlers  *delivery.Handlers
	mail      *mailServer
	carrier   *carrier
	draft     db.DraftID
}

func setUp(t *testing.T) *world {
	t.Helper()
	w := &world{clock: clock.At(noon), mail: newMailServer(t), carrier: newCarrier(t)}
	w.d = dbtest.New(t, dbtest.WithClock(w.clock))
	ring, seal := keys(t)
	jobs, err := outbox.NewJobs(w.d.Pool)
	if err != nil {
		t.Fatal(err)
	}
	catalogue := catalogue(t)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	events := &audit.Log{Keys: ring}
	w.outbox = &outbox.Outbox{Seal: seal, Jobs: jobs}
	w.codes = &code.Rules{
		DB: w.d, Seal: seal, Ring: ring, Outbox: w.outbox, Audit: events,
		Throttle: &throttle.Throttle{Clock: w.clock, Hash: ring.Index},
	}
	account := delivery.Account{Label: "first", URL: w.carrier.URL, SID: "AC1", Token: token, From: "+14165550100", Base: base}
	w.deliverer = &delivery.Deliverer{
		DB: w.d, Seal: seal, Ring: ring, Catalogue: catalogue, Domain: "oneid.example.ca",
		Lines: map[string]*delivery.Line{
			db.ChannelMail: delivery.NewLine(w.clock, w.mail.carrier()),
			db.ChannelSMS:  delivery.NewLine(w.clock, delivery.SMS{Account: account}),
			db.ChannelCall: delivery.NewLine(w.clock, delivery.Voice{Account: account}),
		},
	}
	w.people = &people.Book{Sealer: seal, Index: ring.Index}
	w.keeper = &delivery.Keeper{
		DB: w.d, Audit: events, Log: log,
		Reminder: &delivery.Reminder{DB: w.d, People: w.people, Outbox: w.outbox, MaxAge: 365 * 24 * time.Hour},
	}
	w.handlers = &delivery.Handlers{DB: w.d, Codes: w.codes, Catalogue: catalogue, Base: base, Tokens: []string{"", "another", token}, Log: log}
	w.draft = w.aDraft(t, noon.Add(7*24*time.Hour))
	return w
}

func keys(t *testing.T) (*secret.KeyRing, *secret.Sealer) {
	t.Helper()
	dir := t.TempDir()
	if err := secret.CreateKeys(dir, true); err != nil {
		t.Fatal(err)
	}
	ring, err := secret.LoadKeyRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	return ring, secret.NewSealer(ring, &dataKeys{})
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

func catalogue(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.New(i18n.Standing{
		Brand: "ONE ID", Agency: map[i18n.Lang]string{i18n.EN: "Ontario Health", i18n.FR: "Santé Ontario"},
		DeskPhone: "+18662501554", DeskEmail: "servicedesk@ehealthontario.on.ca", AgentEmail: "agents@ontariohealth.ca",
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Strict = true
	return c
}

func (w *world) aDraft(t *testing.T, expires time.Time) db.DraftID {
	t.Helper()
	_, err := w.d.ExecContext(t.Context(), `INSERT INTO colleges (code, position, name_en, name_fr, short_en, short_fr, rid_system, number_pattern, number_example, number_known, registry_feed)
		VALUES ('cpso', 1, '', '', '', '', '', '', '', true, true) ON CONFLICT DO NOTHING`)
	if err != nil {
		t.Fatal(err)
	}
	id := db.NewID[db.DraftID]()
	_, err = w.d.NewInsert().Model(&db.Draft{
		ID: id, College: "cpso", NumberIndex: db.Index(id), Data: db.Sealed{1}, Version: 1,
		CreatedAt: noon, UpdatedAt: noon, ExpiresAt: expires,
	}).Exec(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// send puts a message into the outbox and returns its id.
func (w *world) send(t *testing.T, m outbox.Message) db.MessageID {
	t.Helper()
	err := db.InTx(t.Context(), w.d, func(ctx context.Context, tx db.Tx) error { return w.outbox.Send(ctx, tx, m) })
	if err != nil {
		t.Fatal(err)
	}
	return w.newest(t)
}

func (w *world) newest(t *testing.T) db.MessageID {
	t.Helper()
	var id db.MessageID
	if err := w.d.NewRaw("SELECT id FROM messages ORDER BY id DESC LIMIT 1").Scan(t.Context(), &id); err != nil {
		t.Fatal(err)
	}
	return id
}

// work runs the worker on a message as River would.
func (w *world) work(t *testing.T, id db.MessageID) error {
	t.Helper()
	return w.workIn(t.Context(), id)
}

func (w *world) workIn(ctx context.Context, id db.MessageID) error {
	return w.deliverer.Work(ctx, &river.Job[outbox.Job]{JobRow: &rivertype.JobRow{Attempt: 1, Queue: outbox.QueuePhone}, Args: outbox.Job{Message: id}})
}

func (w *world) message(t *testing.T, id db.MessageID) *db.Message {
	t.Helper()
	m, err := db.MessageByID(t.Context(), w.d, id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (w *world) start(t *testing.T, method string, purpose code.Purpose) code.Sent {
	t.Helper()
	sent, err := w.codes.Start(t.Context(), code.Ask{
		Purpose: purpose, Holder: w.holder(), Number: phone, Method: method, Language: i18n.EN, From: netip.MustParseAddr("192.0.2.1"),
	})
	if err != nil || sent.ID == "" {
		t.Fatalf("start a code: got %+v, %v", sent, err)
	}
	return sent
}

func (w *world) holder() code.Holder { return code.Holder{Draft: w.draft, Session: "session"} }

func (w *world) state(t *testing.T, id db.CodeID) string {
	t.Helper()
	s, err := w.codes.State(t.Context(), id, w.holder())
	if err != nil {
		t.Fatal(err)
	}
	return s.State
}

// report posts what a carrier would, signed with the given token.
func (w *world) report(path, with string, form url.Values) *httptest.ResponseRecorder {
	engine := gin.New()
	w.handlers.Mount(engine)
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", delivery.Signature(with, base+path, form))
	res := httptest.NewRecorder()
	engine.ServeHTTP(res, req)
	return res
}
