package access

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/web"
	"oneid/db"
)

// Where a request without the session it needs is led.
const (
	signinPath  = "/signin"
	signoutPath = "/signout"
	endedPath   = "/session/ended"
	portalPath  = "/register"
	pausePath   = "/register/pause"
	pausedPath  = "/register/paused"
)

// Account lets only a signed-in person pass. Others are led to sign in, and
// come back to the page they wanted.
func (m *Manager) Account(site *web.Site) gin.HandlerFunc {
	return site.Handle(func(c *gin.Context) error {
		ctx := c.Request.Context()
		if m.Current(ctx).SignedIn() {
			return nil
		}
		c.Abort()
		if c.Request.Method == http.MethodGet && c.GetHeader("HX-Request") != "true" {
			if err := m.ReturnTo(ctx, c.Request.URL.RequestURI()); err != nil {
				return err
			}
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
