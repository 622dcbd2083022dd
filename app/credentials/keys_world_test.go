package credentials_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/credentials"
	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/check"
	"oneid/app/internal/clock"
	"oneid/app/internal/code"
	"oneid/app/internal/device"
	"oneid/app/internal/fault"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/password"
	"oneid/app/internal/people"
	"oneid/app/internal/question"
	"oneid/app/internal/recoverycode"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/db/dbtest"
	"oneid/db/reference"
	"oneid/views/i18n"
)

// keys is Ada with a password, one confirmed phone that takes texts, and the
// pages of her keys.
type keys struct {
	*world
	t         *testing.T
	ring      *secret.KeyRing
	people    *people.Book
	passwords *secret.Passwords
	codes     *code.Rules
	devices   *device.Book
	recovery  *recoverycode.Codes
	questions *question.Book
	sessions  *access.Manager
}

const (
	adasPassword = "Correct 4 Horses"
	adasPhone    = "+14165550123"
)

func withKeys(t *testing.T) *keys {
	t.Helper()
	k := &keys{t: t, world: &world{clock: clock.At(noon), account: db.NewID[db.AccountID]()}}
	k.d = dbtest.New(t, dbtest.WithClock(k.clock))
	k.write(t, reference.Load)
	dir := t.TempDir()
	if err := secret.CreateKeys(dir, true); err != nil {
		t.Fatal(err)
	}
	var err error
	if k.ring, err = secret.LoadKeyRing(dir); err != nil {
		t.Fatal(err)
	}
	k.sealer = secret.NewSealer(k.ring, &dataKeys{})
	k.people = &people.Book{Sealer: k.sealer, Index: k.ring.Index}
	hasher := secret.NewHasher(secret.Cost{Time: 1, Memory: 64, Threads: 1})
	k.passwords = secret.NewPasswords(k.ring, hasher)
	k.serve(secret.NewAnswers(k.ring, hasher))
	k.insertAda()
	return k
}

func (k *keys) serve(answers *secret.Answers) {
	jobs, err := outbox.NewJobs(k.d.Pool)
	if err != nil {
		k.t.Fatal(err)
	}
	words, err := i18n.New(i18n.Standing{Brand: "ONE ID", DeskPhone: "+18662501554", DeskEmail: "desk@example.ca"})
	if err != nil {
		k.t.Fatal(err)
	}
	words.Strict = true
	weak, err := check.NewAnswers()
	if err != nil {
		k.t.Fatal(err)
	}
	common, err := check.OpenCommon("")
	if err != nil {
		k.t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	k.sessions = access.New(k.d, k.sealer, words, log, access.Settings{
		Idle: 12 * time.Hour, Absolute: 12 * time.Hour, WeakAbsolute: time.Hour, WizardIdle: time.Hour, AnonymousFor: time.Hour,
	}, func(rw http.ResponseWriter, _ *http.Request, f *fault.Fault) {
		http.Error(rw, f.Error(), http.StatusInternalServerError)
	})
	site := &web.Site{Reference: secret.NewReference, Log: log}
	events := &audit.Log{Keys: k.ring}
	limits := &throttle.Throttle{Clock: k.clock, Hash: k.ring.Index}
	sender := &outbox.Outbox{Seal: k.sealer, Jobs: jobs}
	k.sessions.Outbox = sender
	notices := &notice.Teller{Outbox: sender, People: k.people, Throttle: limits, BaseURL: base}
	k.codes = &code.Rules{DB: k.d, Seal: k.sealer, Ring: k.ring, Throttle: limits, Outbox: sender, Audit: events}
	k.devices = &device.Book{DB: k.d, Ring: k.ring, Audit: events, Notices: notices, Life: 30 * 24 * time.Hour}
	k.recovery = &recoverycode.Codes{Keys: k.ring}
	k.questions = &question.Book{DB: k.d, Answers: answers, Index: k.ring.Index, Audit: events}

	gin.SetMode(gin.TestMode)
	engine := gin.New()
	(&credentials.KeyHandlers{
		Security: &credentials.Security{DB: k.d, PasswordAge: 365 * 24 * time.Hour},
		Password: &credentials.Password{
			DB: k.d, New: &password.Rules{DB: k.d, Passwords: k.passwords, People: k.people, Common: common},
			Throttle: limits, Devices: k.devices, Notices: notices, Audit: events,
		},
		Questions: &credentials.Questions{
			DB: k.d, Form: &question.Form{DB: k.d, Answers: answers, Check: weak}, Book: k.questions, People: k.people,
			Notices: notices, Audit: events,
		},
		Phones:   &credentials.Phones{DB: k.d, Codes: k.codes, People: k.people, Notices: notices, Audit: events},
		Codes:    &credentials.Codes{DB: k.d, Codes: k.recovery, Notices: notices, Audit: events},
		Devices:  &credentials.Devices{DB: k.d, Book: k.devices, Notices: notices},
		Open:     &credentials.Sessions{DB: k.d, Manager: k.sessions, Notices: notices, Audit: events},
		Sessions: k.sessions, Site: site,
	}).Mount(engine.Group("/", k.sessions.Account(site)))
	engine.GET("/test/signin", site.Handle(func(c *gin.Context) error {
		who := access.Who{Account: k.account, Name: "Ada Byron", LoginID: "ADA.BYRON@ONEID.ON.CA", Language: "fr"}
		if other := c.Query("account"); other != "" {
			who.Account = db.AccountID(other)
		}
		_, err := k.sessions.Begin(c.Request.Context(), access.Beginning{
			Who: who, Proof: access.Factor{Kind: access.FactorPassword, At: k.clock.Now()}, Owed: access.Reason(c.Query("owed")),
		})
		return err
	}))
	engine.GET("/test/prove/:kind", site.Handle(func(c *gin.Context) error {
		_, err := k.sessions.Raise(c.Request.Context(), access.Factor{Kind: c.Param("kind"), At: k.clock.Now()})
		return err
	}))
	k.server = httptest.NewServer(k.sessions.Load(engine))
	k.t.Cleanup(k.server.Close)
}

func (k *keys) insertAda() {
	k.t.Helper()
	k.insertPerson(k.account, "ADA.BYRON", "fr")
	hashed, err := k.passwords.Hash(k.t.Context(), adasPassword)
	if err != nil {
		k.t.Fatal(err)
	}
	k.write(k.t, func(ctx context.Context, tx db.Tx) error {
		return db.SetPassword(ctx, tx, db.Password{AccountID: k.account, Hash: hashed.Hash, PepperVersion: hashed.PepperVersion})
	})
	k.clock.Advance(time.Minute)
	k.addPhone(adasPhone, true)
}

func (k *keys) insertPerson(id db.AccountID, login, language string) {
	k.t.Helper()
	a := &db.Account{
		ID: id, Subject: login, LoginID: login, Status: db.AccountActive, StatusAt: noon,
		Language: language, SecondFactor: true, CreatedAt: noon, UpdatedAt: noon,
	}
	ada := people.Person{PreferredFirst: "Ada", PreferredLast: "Byron", LegalFirst: "Ada", LegalLast: "Byron", BirthDate: "1980-12-10"}
	if err := k.people.Fill(k.t.Context(), a, ada, people.Contact{Email: "ada@example.ca", Phone: "+14165550199"}); err != nil {
		k.t.Fatal(err)
	}
	k.write(k.t, func(ctx context.Context, tx db.Tx) error { return db.InsertAccount(ctx, tx, a) })
}

// stranger is a browser in which somebody else is signed in, who has just
// proven that they hold something.
func (k *keys) stranger() *visitor {
	k.t.Helper()
	id := db.NewID[db.AccountID]()
	k.insertPerson(id, "BOB."+string(id), "en")
	v := k.ada()
	v.get("/test/signin?account=" + string(id))
	v.prove(access.FactorText)
	return v
}

func (k *keys) addPhone(number string, confirmed bool) db.PhoneID {
	k.t.Helper()
	have := k.phones()
	now := k.clock.Now()
	p := db.ChallengePhone{
		ID: db.NewID[db.PhoneID](), AccountID: k.account, Position: len(have) + 1, Method: db.MethodText, CreatedAt: now,
	}
	if confirmed {
		p.ConfirmedAt = &now
	}
	if err := k.people.FillPhone(k.t.Context(), &p, number); err != nil {
		k.t.Fatal(err)
	}
	k.write(k.t, func(ctx context.Context, tx db.Tx) error {
		return db.InsertChallengePhones(ctx, tx, []db.ChallengePhone{p})
	})
	return p.ID
}

func (k *keys) phones() []db.ChallengePhone {
	k.t.Helper()
	phones, err := db.ChallengePhonesOf(k.t.Context(), k.d, k.account)
	if err != nil {
		k.t.Fatal(err)
	}
	return phones
}

// ends are the last two digits of Ada's phones, in their order.
func (k *keys) ends() string {
	var ends []string
	for _, p := range k.phones() {
		ends = append(ends, p.LastTwo)
	}
	return strings.Join(ends, " ")
}

func (k *keys) run(query string, args ...any) {
	k.t.Helper()
	if _, err := k.d.ExecContext(k.t.Context(), query, args...); err != nil {
		k.t.Fatal(err)
	}
}

// told lists whom news of a kind went to.
func (k *keys) told(kind outbox.Kind) []string {
	k.t.Helper()
	var to []string
	for _, m := range k.mails(k.t) {
		if n, ok := m.Message.(outbox.Notice); ok && n.News.Kind() == kind {
			to = append(to, m.To)
		}
	}
	return to
}

func (k *keys) wantTold(kind outbox.Kind, want ...string) {
	k.t.Helper()
	got := k.told(kind)
	if len(got) != len(want) {
		k.t.Errorf("news %s went to %v, want %v", kind, got, want)
		return
	}
	for _, w := range want {
		if !strings.Contains(" "+strings.Join(got, " ")+" ", " "+w+" ") {
			k.t.Errorf("news %s went to %v, want %v", kind, got, want)
		}
	}
}

// digits are what the newest code's text says.
func (k *keys) digits() string {
	k.t.Helper()
	c := k.newestCode()
	text, err := code.Text(k.ring, c)
	if err != nil {
		k.t.Fatal(err)
	}
	return text
}

func (k *keys) newestCode() *db.Code {
	k.t.Helper()
	c := new(db.Code)
	if err := k.d.NewSelect().Model(c).Order("created_at DESC", "id DESC").Limit(1).Scan(k.t.Context()); err != nil {
		k.t.Fatal(err)
	}
	return c
}

// passes tells whether this is Ada's password now.
func (k *keys) passes(typed string) bool {
	k.t.Helper()
	kept, err := db.PasswordOf(k.t.Context(), k.d, k.account)
	if err != nil {
		k.t.Fatal(err)
	}
	matched, _, err := k.passwords.Match(k.t.Context(), typed, secret.HashedPassword{Hash: kept.Hash, PepperVersion: kept.PepperVersion})
	if err != nil {
		k.t.Fatal(err)
	}
	return matched
}
