package access

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/layout"
	view "oneid/views/session"
)

// Mount adds the pages about the session itself.
func (m *Manager) Mount(r gin.IRoutes, site *web.Site) {
	r.GET("/language/:lang", site.Handle(m.getLanguage))
	r.POST("/session/extend", site.Handle(m.postExtend))
	r.GET("/session/ended", site.Handle(m.getEnded))
}

// postExtend keeps a session alive: being asked is use enough. It answers with
// the new end, or with 401 when there is nothing left to extend.
func (m *Manager) postExtend(c *gin.Context) error {
	ctx := c.Request.Context()
	s, v := m.Current(ctx), visitOf(ctx)
	if v == nil || v.row == nil || s.Kind == db.SessionAnonymous {
		c.Status(http.StatusUnauthorized)
		return nil
	}
	now := m.db.Clock.Now()
	v.idleUntil = now.Add(m.idleOf(s))
	if err := db.TouchSession(ctx, m.db, v.hash, now, v.idleUntil); err != nil {
		return err
	}
	return web.RenderBare(c, http.StatusOK, layout.TimeoutState(m.timeout(s, v)))
}

// getEnded says why a session ended and what is still there.
func (m *Manager) getEnded(c *gin.Context) error {
	return web.Render(c, http.StatusOK, view.Ended(c.Query("why")))
}
