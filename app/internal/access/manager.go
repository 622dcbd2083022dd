package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/alexedwards/scs/v2"

	"oneid/app/internal/fault"
	"oneid/app/internal/outbox"
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
	Idle     time.Duration // account sessions
	Absolute time.Duration
	// StaffIdle and StaffAbsolute hold instead for whoever has a staff role.
	StaffIdle     time.Duration
	StaffAbsolute time.Duration
	// SharedIdle and SharedAbsolute hold, where they are shorter, at a shared
	// workstation.
	SharedIdle     time.Duration
	SharedAbsolute time.Duration
	// WeakAbsolute bounds sessions raised by questions only.
	WeakAbsolute time.Duration
	WizardIdle   time.Duration // registration sessions
	AnonymousFor time.Duration
	Warning      time.Duration // how long before the end the page says so
	// Secure is false only where the product is served over plain http on one
	// machine: the cookie then can't carry the __Host- prefix.
	Secure bool
	// StaffPasskey opens staff consoles only to sessions proven by a passkey.
	StaffPasskey bool
}

// Manager loads, begins and ends sessions.
type Manager struct {
	// Menu are the sections of the account, for every page of whoever is
	// signed in.
	Menu []layout.MenuItem
	// Consoles are the staff consoles, by the role that opens each.
	Consoles map[string]layout.MenuItem
	// Outbox takes word for the services of sessions that end elsewhere.
	Outbox *outbox.Outbox

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
		// There may be no session to know the language from.
		r = r.WithContext(i18n.With(r.Context(), catalog, m.languageOf(r, Session{})))
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

func (m *Manager) idleOf(s Session) time.Duration {
	switch s.Kind {
	case db.SessionAccount:
		idle := m.settings.Idle
		if s.Who.Staff {
			idle = m.settings.StaffIdle
		}
		if s.Shared {
			idle = min(idle, m.settings.SharedIdle)
		}
		return idle
	case db.SessionRegistration:
		return m.settings.WizardIdle
	}
	return m.settings.AnonymousFor
}

func (m *Manager) absoluteOf(who Who, shared bool) time.Duration {
	longest := m.settings.Absolute
	if who.Staff {
		longest = m.settings.StaffAbsolute
	}
	if shared {
		longest = min(longest, m.settings.SharedAbsolute)
	}
	return longest
}

// Load puts the session, the language and the viewer under each request, and
// writes the session back when it changed.
func (m *Manager) Load(next http.Handler) http.Handler {
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := m.Current(r.Context())
		ctx := m.speak(w, r, session)
		if session.SignedIn() {
			ctx = layout.WithViewer(ctx, m.viewer(session, session.Roles))
		}
		if v := visitOf(ctx); v != nil && v.row != nil && session.Kind != "" && session.Kind != db.SessionAnonymous {
			ctx = m.warn(ctx, session, v)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
		if err := m.store.touchLate(ctx); err != nil {
			m.log.ErrorContext(ctx, "a session's use not written down", "error", err)
		}
	})
	loaded := m.scs.LoadAndSave(inner)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		loaded.ServeHTTP(&answer{ResponseWriter: w}, r.WithContext(context.WithValue(r.Context(), visitKey{}, &visit{shared: m.Shared(r)})))
	})
}

// Current returns the session under ctx; its Kind is empty when there is none.
func (m *Manager) Current(ctx context.Context) Session {
	s, _ := m.scs.Get(ctx, contentKey).(Session)
	s.Factors = slices.Clip(s.Factors) // whoever adds one must not add it for others
	return s
}

func (m *Manager) put(ctx context.Context, s Session) { m.scs.Put(ctx, contentKey, s) }

// Browser returns a hash that ties what is started now to this browser, through
// sign-in and out again. It opens an anonymous session when there is none, and
// keeps one that is there from ending in the middle of what was started.
func (m *Manager) Browser(ctx context.Context) []byte {
	s, now := m.Current(ctx), m.db.Clock.Now()
	fresh := s.Browser == ""
	if fresh {
		s.Browser = random()
	}
	if fresh && s.Kind == "" {
		s.Kind = db.SessionAnonymous
	}
	if s.Kind == db.SessionAnonymous && (fresh || m.scs.Deadline(ctx).Before(now.Add(m.settings.AnonymousFor/2))) {
		m.scs.SetDeadline(ctx, now.Add(m.settings.AnonymousFor))
	}
	if fresh {
		m.put(ctx, s)
	}
	hash := sha256.Sum256([]byte(s.Browser))
	return hash[:]
}

// Raise adds a proof to a session of an account and gives it a new token;
// nothing is owed any more. A session raised by questions ends after an hour.
func (m *Manager) Raise(ctx context.Context, proof Factor) (Session, error) {
	s := m.Current(ctx)
	s.Factors = append(s.Factors, proof)
	s.Owed, s.Wanted, s.WantedBy, s.WantedLevel = "", "", "", None
	if proof.Kind == FactorQuestions {
		if end := m.db.Clock.Now().Add(m.settings.WeakAbsolute); s.Level() == Knowledge && end.Before(s.Until) {
			s.Until = end
		}
	}
	return s, m.renew(ctx, s)
}

// PasswordChanged gives the session a new token: its person has just chosen a
// new password, and none is owed any more.
func (m *Manager) PasswordChanged(ctx context.Context) (Session, error) {
	s := m.Current(ctx)
	s.PasswordEnded = false
	return s, m.renew(ctx, s)
}

// Recognise notes the device that the session runs on.
func (m *Manager) Recognise(ctx context.Context, device db.DeviceID) {
	s := m.Current(ctx)
	s.Device = device
	m.put(ctx, s)
}

// Offered notes that a passkey was offered: the person goes on from here.
func (m *Manager) Offered(ctx context.Context) {
	s := m.Current(ctx)
	if !s.Offer {
		return
	}
	s.Offer = false
	m.put(ctx, s)
}

// Demand asks for a further proof of a signed-in session. The page that asked,
// with what was typed in it, is kept to come back to.
func (m *Manager) Demand(ctx context.Context, why Reason, back string, form *KeptForm) {
	s := m.Current(ctx)
	s.Return, s.Kept = back, form
	s.Wanted = why
	m.put(ctx, s)
}

// TakeKept returns the form kept for a page, once; nil when there is none.
func (m *Manager) TakeKept(ctx context.Context, path string) map[string][]string {
	s := m.Current(ctx)
	if s.Kept == nil || s.Kept.Path != path {
		return nil
	}
	values := s.Kept.Values
	s.Kept = nil
	m.put(ctx, s)
	return values
}

func (m *Manager) renew(ctx context.Context, s Session) error {
	if err := m.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	m.scs.SetDeadline(ctx, s.Until)
	m.put(ctx, s)
	return nil
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
func (m *Manager) ReturnTo(ctx context.Context, path string) {
	m.Browser(ctx)
	s := m.Current(ctx)
	s.Return = path
	m.put(ctx, s)
}

// TakeReturn returns the remembered page once; empty for none.
func (m *Manager) TakeReturn(ctx context.Context) string {
	s := m.Current(ctx)
	path := s.Return
	if path == "" {
		return ""
	}
	s.Return = ""
	m.put(ctx, s)
	return path
}

func random() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}
