package access

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/web"
	"oneid/db"
)

// Where a request without the session it needs is led.
const (
	signinPath    = "/signin"
	challengePath = "/challenge"
	expiredPath   = "/password/expired"
	signoutPath   = "/signout"
	endedPath     = "/session/ended"
	portalPath    = "/register"
	pausePath     = "/register/pause"
	pausedPath    = "/register/paused"
)

// Account lets only a signed-in person pass. Others are led to sign in, and
// come back to the page they wanted.
func (m *Manager) Account(site *web.Site) gin.HandlerFunc {
	return site.Handle(func(c *gin.Context) error {
		ctx := c.Request.Context()
		session := m.Current(ctx)
		if session.SignedIn() {
			return nil
		}
		c.Abort()
		switch {
		case session.HalfWay():
			return m.lost(c, challengePath)
		case session.MustChange():
			return m.lost(c, expiredPath)
		}
		if c.Request.Method == http.MethodGet && c.GetHeader("HX-Request") != "true" {
			m.ReturnTo(ctx, c.Request.URL.RequestURI())
		}
		last, err := m.last(c)
		if err != nil {
			return err
		}
		if last != nil && last.Kind == db.SessionAccount && last.EndedWhy != EndedSignedOut && last.EndedWhy != EndedRenewed {
			return m.lost(c, endedPath+"?why="+why(last))
		}
		return m.lost(c, signinPath)
	})
}

// Registering lets only a browser with an open registration pass.
func (m *Manager) Registering(site *web.Site) gin.HandlerFunc {
	return site.Handle(func(c *gin.Context) error {
		if m.Current(c.Request.Context()).Kind == db.SessionRegistration {
			return nil
		}
		c.Abort()
		last, err := m.last(c)
		if err != nil {
			return err
		}
		if last != nil && last.Kind == db.SessionRegistration && last.EndedAt == nil {
			return m.lost(c, pausedPath)
		}
		return m.lost(c, portalPath)
	})
}

// lost leaves for another page. A part that htmx asked for can't hold it, and
// the answer must not look like a success.
func (m *Manager) lost(c *gin.Context, path string) error {
	if c.GetHeader("HX-Request") == "true" {
		c.Header("HX-Redirect", path)
		c.Header("Cache-Control", "no-store")
		c.AbortWithStatus(http.StatusUnauthorized)
		return nil
	}
	return web.Next(c, path)
}

// last returns the session that the browser's token once named, or nil.
func (m *Manager) last(c *gin.Context) (*db.Session, error) {
	hash := m.Hash(c.Request.Context())
	if hash == "" {
		return nil, nil
	}
	s, err := db.LastSession(c.Request.Context(), m.db, hash)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	return s, err
}

// why tells, in one word for an address, how a session ended.
func why(s *db.Session) string {
	switch {
	case s.EndedAt != nil:
		return "elsewhere"
	case s.ExpiresAt.Before(s.IdleUntil):
		return "cap"
	}
	return "idle"
}

// freshFor is how long a proof counts as fresh for a sensitive change
// (SECURITY.md 5.3).
const freshFor = 10 * time.Minute

// Fresh lets only a signed-in person pass who has lately proven something that
// they hold. Others are asked for it, and come back to this page with what they
// had typed, secrets excepted. It stands behind Account.
//
// Who holds nothing yet must be able to add something: they prove the most that
// they have, their questions, or with none the password.
func (m *Manager) Fresh(site *web.Site, secrets ...string) gin.HandlerFunc {
	return site.Handle(func(c *gin.Context) error {
		ctx := c.Request.Context()
		fresh, err := m.provenLately(ctx)
		if err != nil {
			return err
		}
		if fresh {
			return nil
		}
		c.Abort()
		path, back := c.Request.URL.Path, c.Request.URL.RequestURI()
		var kept *KeptForm
		if c.Request.Method == http.MethodPost {
			values, err := web.Values(c)
			if err != nil {
				return err
			}
			back = path
			kept = &KeptForm{Path: path, Values: map[string][]string{}}
			for name, v := range values {
				if !slices.Contains(secrets, name) {
					kept.Values[name] = v
				}
			}
		}
		m.Demand(ctx, Sensitive, back, kept)
		return web.Leave(c, challengePath)
	})
}

// askedAtOnce is how many questions prove something: fewer can't be asked.
const askedAtOnce = 2

func (m *Manager) provenLately(ctx context.Context) (bool, error) {
	s, since := m.Current(ctx), m.db.Clock.Now().Add(-freshFor)
	if s.Fresh(since) {
		return true, nil
	}
	means, err := db.MeansOf(ctx, m.db, s.Who.Account, m.db.Clock.Now())
	switch {
	case err != nil || means.Holds():
		return false, err
	case means.Questions >= askedAtOnce:
		return !s.Proven(FactorQuestions).Before(since), nil
	}
	return !s.Proven(FactorPassword).Before(since), nil
}
