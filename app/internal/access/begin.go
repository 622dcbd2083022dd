package access

import (
	"context"
	"fmt"

	"oneid/db"
)

// Beginning is what a sign-in opens a session with.
type Beginning struct {
	Who   Who
	Proof Factor
	// Owed asks for a second factor before anything else; empty asks nothing.
	Owed Reason
	// PasswordEnded asks for a new password after that.
	PasswordEnded bool
	// Device is the recognised device, if any.
	Device db.DeviceID
	// Offer has a passkey offered before the person goes on.
	Offer bool
}

// Begin signs a person in: a new token, the proof, the absolute end. What the
// browser started before (a sign-in toward a service, the page to come back to)
// stays tied to it. The same person keeps the name of their session; where another
// was signed in, the caller sees to the services that they had opened.
func (m *Manager) Begin(ctx context.Context, b Beginning) (Session, error) {
	before, shared := m.Current(ctx), m.atShared(ctx)
	now := m.db.Clock.Now()
	s := Session{
		Kind: db.SessionAccount, ID: random(), Who: b.Who, Factors: []Factor{b.Proof}, Owed: b.Owed, Device: b.Device,
		PasswordEnded: b.PasswordEnded, Shared: shared,
		Begun: now, Until: now.Add(m.absoluteOf(b.Who, shared)), Browser: before.Browser, Return: before.Return, Offer: b.Offer && !shared,
	}
	if before.Kind == db.SessionAccount && before.ID != "" && before.Who.Account == b.Who.Account {
		// The same person again: what was opened is still theirs to sign out of, unless
		// the old session has just made room for this one.
		goesOn, err := db.SessionGoesOn(ctx, m.db, before.ID, b.Who.Account)
		if err != nil {
			return Session{}, fmt.Errorf("begin session: %w", err)
		}
		if goesOn {
			s.ID = before.ID
		}
	}
	if s.Browser == "" {
		// Now, not at first need: two tabs that need it at once would each make
		// their own, and one would lose what it had started.
		s.Browser = random()
	}
	var err error
	if s.Roles, err = m.rolesAt(ctx, b.Who.Account); err != nil {
		return Session{}, err
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
