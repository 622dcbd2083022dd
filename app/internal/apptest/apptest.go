package apptest

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"oneid/app"
	"oneid/app/config"
	"oneid/app/internal/clock"
	"oneid/app/internal/delivery"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/db"
)

// Noon is what the clock shows when a test begins.
func Noon() time.Time { return time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC) }

// Base is where the product is reached, unless a test says otherwise.
const Base = "https://oneid.example.ca"

// App is the product with the world around it. Its methods fail the test they
// were made for.
type App struct {
	testing.TB
	Clock  *clock.Fixed
	DB     *db.DB // the product's database, through a pool of the test's own
	Ring   *secret.KeyRing
	Sealer *secret.Sealer
	People *people.Book
	Config config.Config
	Base   string

	*Caught

	node *node
	log  *logged
}

// Caught is what was handed to the carriers.
type Caught struct {
	mu                  sync.Mutex
	mails, texts, calls []delivery.Parcel
}

// node is one process of the product.
type node struct {
	app     *app.App
	handler http.Handler
}

// Option changes what New builds.
type Option func(environ map[string]string, cfg *config.Config)

// Setting sets a variable of the configuration, named without its prefix.
func Setting(name, value string) Option {
	return func(environ map[string]string, _ *config.Config) { environ[config.Prefix+name] = value }
}

// Cost hashes passwords and answers at another cost than the cheapest.
func Cost(passes, memoryKiB uint32) Option {
	return func(_ map[string]string, cfg *config.Config) {
		cfg.Argon.Passes, cfg.Argon.MemoryKiB = passes, memoryKiB
	}
}

// configure reads a configuration as the commands do, and then does what no
// environment may ask for: hash cheaply.
func configure(environ map[string]string, options []Option) (config.Config, error) {
	for _, option := range options {
		option(environ, new(config.Config))
	}
	cfg, err := config.LoadFrom(environ)
	cfg.Argon = config.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1}
	for _, option := range options {
		option(map[string]string{}, &cfg)
	}
	return cfg, err
}

// New builds the product for one test.
func New(t testing.TB, options ...Option) *App {
	t.Helper()
	return build(t, prepared().URL(t), options...)
}

// Counted builds the product with its connections led through a counter of
// statements.
func Counted(t testing.TB, options ...Option) (*App, *Statements) {
	t.Helper()
	url := prepared().URL(t)
	counter, through := count(t, url)
	return build(t, url, append(options, Setting("DATABASE_URL", through))...), counter
}

func build(t testing.TB, url string, options ...Option) *App {
	t.Helper()
	a := &App{TB: t, Clock: clock.At(Noon()), Caught: &Caught{}, log: &logged{}}
	environ := environment(writeKeys(t))
	environ[config.Prefix+"DATABASE_URL"] = url
	var err error
	if a.Config, err = configure(environ, options); err != nil {
		t.Fatalf("apptest: %v", err)
	}
	a.Base = a.Config.BaseURL
	if a.DB, err = db.Open(t.Context(), url, a.Clock); err != nil {
		t.Fatalf("apptest: open database: %v", err)
	}
	t.Cleanup(func() { _ = a.DB.Close() }) // the database goes away with the test
	if a.Ring, err = secret.LoadKeyRing(a.Config.KeysDir); err != nil {
		t.Fatalf("apptest: %v", err)
	}
	a.Sealer = secret.NewSealer(a.Ring, dataKeys{a.DB})
	a.People = &people.Book{Sealer: a.Sealer, Index: a.Ring.Index}
	a.node = a.start(a.Config)
	return a
}

// Node is another process of the product on the same database, as after a
// restart or behind a load balancer.
func (a *App) Node(options ...Option) *App {
	a.Helper()
	other := *a
	environ := environment(a.Config.KeysDir)
	environ[config.Prefix+"DATABASE_URL"] = a.Config.Database.URL
	var err error
	if other.Config, err = configure(environ, options); err != nil {
		a.Fatalf("apptest: %v", err)
	}
	other.node = other.start(other.Config)
	return &other
}

func (a *App) start(cfg config.Config) *node {
	a.Helper()
	built, err := app.New(a.Context(), cfg, app.Options{
		Version: "test", Clock: a.Clock, Strict: true, Lines: a.lines(),
		Log: slog.New(slog.NewJSONHandler(a.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		a.Fatalf("apptest: build the product: %v", err)
	}
	a.Cleanup(func() { _ = built.Close() }) // the database goes away with the test
	return &node{app: built, handler: built.Handler()}
}

// Routes lists what the product answers.
func (a *App) Routes() []app.Route { return a.node.app.Routes() }

// Serve answers one request, as it would come from the network.
func (a *App) Serve(w http.ResponseWriter, r *http.Request) { a.node.handler.ServeHTTP(w, r) }

func environment(keys string) map[string]string {
	return maps.Clone(map[string]string{
		config.Prefix + "MODE": "development", config.Prefix + "BASE_URL": Base, config.Prefix + "KEYS_DIR": keys,
		config.Prefix + "SMTP_HOST": "localhost", config.Prefix + "SMTP_TLS": "none", config.Prefix + "SMTP_FROM": "oneid@example.ca",
		config.Prefix + "CARRIER_1_NAME": "fake", config.Prefix + "CARRIER_1_URL": "http://localhost:1",
		config.Prefix + "CARRIER_1_ACCOUNT": "AC1", config.Prefix + "CARRIER_1_FROM": "+14165550100",
		config.Prefix + "CARRIER_1_TOKEN_FILE": keys + "/carrier.token",
		config.Prefix + "DATABASE_POOL":        "4",
		config.Prefix + "FLOOD_LIMIT":          "100000",
		config.Prefix + "FLOOD_NETWORK_LIMIT":  "100000",
		config.Prefix + "WIZARD_IDLE":          "30m",
	})
}

// logged keeps the log's lines.
type logged struct {
	mu   sync.Mutex
	text []byte
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, line...)
	return len(line), nil
}

var _ io.Writer = (*logged)(nil)

// Logged is every line logged so far, at every level.
func (a *App) Logged() string {
	a.log.mu.Lock()
	defer a.log.mu.Unlock()
	return string(a.log.text)
}

// dataKeys are the data keys in the product's database.
type dataKeys struct{ db *db.DB }

func (k dataKeys) Load(ctx context.Context, scope string) ([]secret.WrappedKey, error) {
	rows, err := db.DataKeysOf(ctx, k.db, scope)
	if err != nil {
		return nil, err
	}
	keys := make([]secret.WrappedKey, len(rows))
	for i, r := range rows {
		keys[i] = secret.WrappedKey{Scope: r.Scope, Version: r.Version, KeyVersion: r.KeyVersion, Wrapped: r.Wrapped}
	}
	return keys, nil
}

// Add is never called: the product has made them all.
func (k dataKeys) Add(context.Context, secret.WrappedKey) error { return secret.ErrNoKey }
