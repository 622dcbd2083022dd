package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"oneid/app/internal/fault"
	"oneid/db"
	"oneid/views/i18n"
	"oneid/views/layout"
)

// Why a session ended, as kept with it.
const (
	EndedRenewed   = "renewed"
	EndedSignedOut = "signed-out"
	EndedElsewhere = "elsewhere"
	EndedTooMany   = "too-many"
)

// Settings are the lifetimes of sessions (SECURITY.md 5.3).
type Settings struct {
	Idle         time.Duration // account sessions
	Absolute     time.Duration
	WizardIdle   time.Duration // registration sessions
	AnonymousFor time.Duration
	Warning      time.Duration // how long before the end the page says so
	// Secure is false only where the product is served over plain http on one
	// machine: the cookie then can't carry the __Host- prefix.
	Secure bool
}

// Manager loads, begins and ends sessions.
type Manager struct {
	// Menu are the sections of the account, for every page of whoever is
	// signed in.
	Menu []layout.MenuItem

	settings Settings
	db       *db.DB
	scs      *scs.SessionManager
	store    *store
	catalog  *i18n.Catalogue
	log      *slog.Logger
}

// New returns a manager of sessions kept in d, sealed by sealer. failed answers
// a request whose session can't be read.
func New(d *db.DB, sealer Sealer, catalog *i18n.Catalogue, log *slog.Logger, settings Settings, failed func(http.ResponseWriter, *http.Request, *fault.Fault)) *Manager {
	m := &Manager{settings: settings, db: d, catalog: catalog, log: log}
	m.store = &store{db: d, sealer: sealer, idle: m.idleOf}
	sm := scs.New()
	sm.Store = m.store
	sm.Codec = codec{}
	sm.HashTokenInStore = true
	sm.Lifetime = settings.Absolute
	// The cookie goes with the browser; expiry is decided by the row.
	sm.Cookie.Persist = false
	sm.Cookie.Name = "sid"
	sm.Cookie.HttpOnly = true
	sm.Cookie.SameSite = http.SameSiteLaxMode
	sm.Cookie.Path = "/"
	if settings.Secure {
		sm.Cookie.Name = "__Host-sid"
		sm.Cookie.Secure = true
	}
	sm.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		say := func(w http.ResponseWriter) {
			failed(w, r, fault.New(fault.Unavailable, fmt.Errorf("session: %w", err)))
		}
		if a, ok := w.(*answer); ok {
			a.fail(say)
			return
		}
		say(w)
	}
	m.scs = sm
	return m
}

func (m *Manager) idleOf(kind string) time.Duration {
	switch kind {
	case db.SessionAccount:
		return m.settings.Idle
	case db.SessionRegistration:
		return m.settings.WizardIdle
	}
	return m.settings.AnonymousFor
}

// Load puts the session, the language and the viewer under each request, and
// writes the session back when it changed.
func (m *Manager) Load(next http.Handler) http.Handler {
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := m.Current(r.Context())
		ctx := m.speak(w, r, session)
		if session.SignedIn() {
			ctx = layout.WithViewer(ctx, layout.Viewer{Name: session.Who.Name, LoginID: session.Who.LoginID, SignedIn: true, Menu: m.Menu})
		}
		if v := visitOf(ctx); v != nil && v.row != nil && session.Kind != "" && session.Kind != db.SessionAnonymous {
			ctx = m.warn(ctx, session, v)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
	loaded := m.scs.LoadAndSave(inner)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The language is known before the session is, for error pages.
		ctx := i18n.With(r.Context(), m.catalog, m.languageOf(r, Session{}))
		loaded.ServeHTTP(&answer{ResponseWriter: w}, r.WithContext(context.WithValue(ctx, visitKey{}, new(visit))))
	})
}

// Current returns the session under ctx; its Kind is empty when there is none.
func (m *Manager) Current(ctx context.Context) Session {
	var s Session
	if text := m.scs.GetString(ctx, contentKey); text != "" {
		// Only this package writes it; what can't be read is no session.
		_ = json.Unmarshal([]byte(text), &s)
	}
	return s
}

func (m *Manager) put(ctx context.Context, s Session) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	m.scs.Put(ctx, contentKey, string(text))
	return nil
}

// Browser returns a hash that ties what is started now to this browser, through
// sign-in and out again. It opens an anonymous session when there is none.
func (m *Manager) Browser(ctx context.Context) ([]byte, error) {
	s := m.Current(ctx)
	if s.Browser == "" {
		s.Browser = random()
		if s.Kind == "" {
			s.Kind = db.SessionAnonymous
			m.scs.SetDeadline(ctx, m.db.Clock.Now().Add(m.settings.AnonymousFor))
		}
		if err := m.put(ctx, s); err != nil {
			return nil, err
		}
	}
	hash := sha256.Sum256([]byte(s.Browser))
	return hash[:], nil
}

// Begin signs a person in: a new token, the proof, the absolute end. What the
// browser started before (a sign-in toward a service) stays tied to it.
func (m *Manager) Begin(ctx context.Context, who Who, proof Factor) (Session, error) {
	before := m.Current(ctx)
	now := m.db.Clock.Now()
	s := Session{
		Kind: db.SessionAccount, ID: random(), Who: who, Factors: []Factor{proof},
		Begun: now, Until: now.Add(m.settings.Absolute), Browser: before.Browser,
	}
	if s.Browser == "" {
		// Now, not at first need: two tabs that need it at once would each make
		// their own, and one would lose what it had started.
		s.Browser = random()
	}
	return s, m.renew(ctx, s)
}

// BeginDraft opens a registration session for a draft, with a new token.
func (m *Manager) BeginDraft(ctx context.Context, draft db.DraftID) error {
	before := m.Current(ctx)
	now := m.db.Clock.Now()
	return m.renew(ctx, Session{
		Kind: db.SessionRegistration, Draft: draft, Begun: now, Until: now.Add(m.settings.Absolute), Browser: before.Browser,
	})
}

// Raise adds a proof to a signed-in session and gives it a new token.
func (m *Manager) Raise(ctx context.Context, proof Factor) error {
	s := m.Current(ctx)
	s.Factors = append(s.Factors, proof)
	return m.renew(ctx, s)
}

func (m *Manager) renew(ctx context.Context, s Session) error {
	if err := m.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	m.scs.SetDeadline(ctx, s.Until)
	return m.put(ctx, s)
}

// End ends the session; the browser forgets its cookie.
func (m *Manager) End(ctx context.Context, why string) error {
	if v := visitOf(ctx); v != nil && v.hash != "" {
		if err := db.EndSession(ctx, m.db, v.hash, why, m.db.Clock.Now()); err != nil {
			return err
		}
	}
	if err := m.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// LastDraft returns the registration that this browser's session is or was for,
// even if the session has ended; empty for none. It opens nothing: it only tells
// a page about the end what to say.
func (m *Manager) LastDraft(ctx context.Context) (db.DraftID, error) {
	hash := m.Hash(ctx)
	if hash == "" {
		return "", nil
	}
	s, err := db.LastSession(ctx, m.db, hash)
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return s.DraftID, nil
}

// Hash is the stored name of the session that the browser sent; empty for none.
func (m *Manager) Hash(ctx context.Context) string {
	if v := visitOf(ctx); v != nil {
		return v.hash
	}
	return ""
}

// ReturnTo remembers a page of ours to come back to after sign-in.
func (m *Manager) ReturnTo(ctx context.Context, path string) error {
	if _, err := m.Browser(ctx); err != nil {
		return err
	}
	s := m.Current(ctx)
	s.Return = path
	return m.put(ctx, s)
}

// TakeReturn returns the remembered page once; empty for none.
func (m *Manager) TakeReturn(ctx context.Context) (string, error) {
	s := m.Current(ctx)
	path := s.Return
	if path == "" {
		return "", nil
	}
	s.Return = ""
	return path, m.put(ctx, s)
}

func random() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}
