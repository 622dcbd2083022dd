package access

import (
	"context"
	"errors"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/web"
	"oneid/db"
)

// frozenPath says that the account was frozen meanwhile.
const frozenPath = challengePath + "/frozen"

// DemandFor asks for a proof of a level because a service wants it. The person
// comes back to the address given.
func (m *Manager) DemandFor(ctx context.Context, service db.ServiceID, level Level, back string) {
	m.Demand(ctx, ForService, back, nil)
	s := m.Current(ctx)
	s.WantedBy, s.WantedLevel = service, level
	m.put(ctx, s)
}

// AskFresh is Fresh for the one thing among those that a page can do which wants
// it: true says that it may be done. Else the person is asked for proof and comes
// back to the address given, where they do it again; the answer is sent.
func (m *Manager) AskFresh(c *gin.Context, back string) (bool, error) {
	ctx := c.Request.Context()
	fresh, err := m.provenLately(ctx)
	if fresh || err != nil {
		return fresh, err
	}
	m.Demand(ctx, Sensitive, back, nil)
	return false, web.Leave(c, challengePath)
}

// Forgo drops a demand: the person would rather not give the proof. Where it
// would have led is forgotten too.
func (m *Manager) Forgo(ctx context.Context) {
	s := m.Current(ctx)
	s.Wanted, s.WantedBy, s.WantedLevel, s.Return, s.Kept = "", "", None, "", nil
	m.put(ctx, s)
}

// Challenged lets only a session of an account pass, signed in or half-way: it
// stands before the pages that ask for a second factor, which see for themselves
// whether one is wanted.
func (m *Manager) Challenged(site *web.Site) gin.HandlerFunc {
	return site.Handle(func(c *gin.Context) error {
		ctx := c.Request.Context()
		if m.Current(ctx).Kind == db.SessionAccount {
			return nil
		}
		c.Abort()
		last, err := m.last(c)
		switch {
		case err != nil:
			return err
		case last == nil || last.Kind != db.SessionAccount || last.EndedWhy == EndedSignedOut:
			return m.lost(c, signinPath)
		}
		account, err := db.AccountByID(ctx, m.db, last.AccountID)
		switch {
		case err != nil && !errors.Is(err, db.ErrNotFound):
			return err
		case err == nil && account.Status == db.AccountFrozen:
			return m.lost(c, frozenPath)
		}
		return m.lost(c, endedPath+"?why="+why(last))
	})
}
