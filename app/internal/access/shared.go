package access

import (
	"context"
	"net/http"
	"time"

	"oneid/db"
)

// sharedFor is how long a browser stays known as a shared workstation's.
const sharedFor = 365 * 24 * time.Hour

// Shared tells whether this browser stands where many people work: whoever opens
// a service there is asked each time who they are, sessions are short, and
// nothing is remembered.
func (m *Manager) Shared(r *http.Request) bool {
	c, err := r.Cookie(m.sharedCookie())
	return err == nil && c.Value == "yes"
}

// KeepShared makes the browser a shared workstation's, or one person's again. A
// shared one is forgotten as a device, and the session that is open in it becomes
// short; a session that was begun there stays so.
func (m *Manager) KeepShared(ctx context.Context, w http.ResponseWriter, shared bool) {
	c := &http.Cookie{Name: m.sharedCookie(), Value: "yes", Path: "/", MaxAge: int(sharedFor.Seconds()), Secure: m.settings.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if !shared {
		c.Value, c.MaxAge = "", -1
		http.SetCookie(w, c)
		return
	}
	http.SetCookie(w, c)
	m.KeepDevices(w, nil, 0)
	s := m.Current(ctx)
	if s.Kind != db.SessionAccount {
		return
	}
	s.Shared, s.Offer, s.Device = true, false, ""
	if end := m.db.Clock.Now().Add(m.settings.SharedAbsolute); end.Before(s.Until) {
		s.Until = end
		m.scs.SetDeadline(ctx, end)
	}
	m.put(ctx, s)
}

// SharedLife is how long a session lasts at a shared workstation, idle and in all.
func (m *Manager) SharedLife() (idle, whole time.Duration) {
	return m.settings.SharedIdle, m.settings.SharedAbsolute
}

func (m *Manager) sharedCookie() string {
	if m.settings.Secure {
		return "__Host-shared"
	}
	return "shared"
}

// atShared tells whether the request under ctx came from a shared workstation.
func (m *Manager) atShared(ctx context.Context) bool {
	v := visitOf(ctx)
	return v != nil && v.shared
}
