package access

import (
	"context"
	"fmt"
	"time"

	"oneid/app/internal/departure"
	"oneid/db"
)

// Open is one of an account's live sessions, as its owner sees them.
type Open struct {
	ID      string // Session.ID
	Begun   time.Time
	SeenAt  time.Time
	Address string
	Agent   string // the browser's own description
	Device  db.DeviceID
	Here    bool // the session that asks
}

// OpenSessions lists the sessions in which the person of the current one is
// signed in: this one first, then by last use. One that still owes a second
// factor is not among them.
func (m *Manager) OpenSessions(ctx context.Context) ([]Open, error) {
	var list []Open
	err := m.eachSession(ctx, m.db, func(row db.Session, s Session) {
		if !s.SignedIn() {
			return
		}
		open := Open{
			ID: s.ID, Begun: s.Begun, SeenAt: row.SeenAt, Address: row.Address, Agent: row.Agent, Device: s.Device,
			Here: row.TokenHash == m.Hash(ctx),
		}
		if open.Here {
			list = append([]Open{open}, list...)
		} else {
			list = append(list, open)
		}
	})
	return list, err
}

// EndOpen ends one other session of the current one's account by its ID. It
// reports whether there was one.
func (m *Manager) EndOpen(ctx context.Context, tx db.Tx, id string) (bool, error) {
	var hash string
	err := m.eachSession(ctx, tx, func(row db.Session, s Session) {
		if s.ID == id && row.TokenHash != m.Hash(ctx) {
			hash = row.TokenHash
		}
	})
	if err != nil || hash == "" {
		return false, err
	}
	if err := db.EndSession(ctx, tx, hash, EndedElsewhere, tx.At); err != nil {
		return false, err
	}
	return true, departure.Tell(ctx, tx, m.Outbox, id)
}

// EndOthers ends all sessions of the current one's account but itself, and
// returns how many.
func (m *Manager) EndOthers(ctx context.Context, tx db.Tx) (int, error) {
	return departure.EndAll(ctx, tx, m.Outbox, m.Current(ctx).Who.Account, m.Hash(ctx), EndedElsewhere)
}

func (m *Manager) eachSession(ctx context.Context, q db.Querier, see func(db.Session, Session)) error {
	rows, err := db.SessionsOf(ctx, q, m.Current(ctx).Who.Account, m.db.Clock.Now())
	if err != nil {
		return err
	}
	for _, row := range rows {
		content, err := m.store.sealer.Open(ctx, place(row.TokenHash), row.Data)
		if err != nil {
			return fmt.Errorf("open session: %w", err)
		}
		s, err := contentOf(content)
		if err != nil {
			return fmt.Errorf("read session: %w", err)
		}
		see(row, s)
	}
	return nil
}
