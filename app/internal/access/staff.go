package access

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/fault"
	"oneid/app/internal/web"
	"oneid/db"
	"oneid/views/i18n"
	"oneid/views/layout"
)

// passkeysPath is where people add a passkey.
const passkeysPath = "/profile/passkeys"

// Staff lets only people with a role pass; it stands behind Account. The role is
// looked up for every request: one that was taken away is gone at once. Where the
// product is in production, the session must have been proven by a passkey.
func (m *Manager) Staff(site *web.Site, role string) gin.HandlerFunc {
	return site.Handle(func(c *gin.Context) error {
		ctx := c.Request.Context()
		s := m.Current(ctx)
		roles, err := db.StaffRolesOf(ctx, m.db, s.Who.Account)
		if err != nil {
			return err
		}
		if !slices.Contains(roles, role) {
			return fault.New(fault.Denied, nil)
		}
		if m.settings.StaffPasskey && s.Level() < Passkey {
			c.Abort()
			return m.demandPasskey(c, s)
		}
		if !s.Who.Staff {
			if s, err = m.appointed(ctx, s, roles); err != nil {
				return err
			}
		}
		c.Request = c.Request.WithContext(layout.WithViewer(ctx, m.viewer(s, roles)))
		return nil
	})
}

// appointed makes the session of somebody who got a role since they signed in one
// of staff: shorter, and with a new token.
func (m *Manager) appointed(ctx context.Context, s Session, roles []string) (Session, error) {
	s.Who.Staff, s.Roles = true, roles
	if end := s.Begun.Add(m.settings.StaffAbsolute); end.Before(s.Until) {
		s.Until = end
	}
	return s, m.renew(ctx, s)
}

func (m *Manager) demandPasskey(c *gin.Context, s Session) error {
	ctx := c.Request.Context()
	means, err := db.MeansOf(ctx, m.db, s.Who.Account, m.db.Clock.Now())
	if err != nil {
		return err
	}
	if means.Passkeys == 0 {
		f := fault.New(fault.Denied, nil)
		f.Body, f.Step = i18n.M("access.staff.passkey_body"), i18n.M("access.staff.passkey_step")
		f.Next, f.NextPath = i18n.M("credentials.passkeys.add"), passkeysPath
		return f
	}
	back := c.Request.URL.Path
	if c.Request.Method == http.MethodGet {
		back = c.Request.URL.RequestURI()
	}
	m.Demand(ctx, Console, back, nil)
	return web.Leave(c, challengePath)
}

// viewer is who pages are drawn for: their menu has the consoles of their roles.
func (m *Manager) viewer(s Session, roles []string) layout.Viewer {
	v := layout.Viewer{Name: s.Who.Name, LoginID: s.Who.LoginID, SignedIn: true, Menu: slices.Clone(m.Menu)}
	for _, role := range roles {
		if console, ok := m.Consoles[role]; ok {
			v.Menu = append(v.Menu, console)
		}
	}
	return v
}

// rolesAt are the roles that an account has as it signs in: what its menu shows.
// Guards ask again.
func (m *Manager) rolesAt(ctx context.Context, account db.AccountID) ([]string, error) {
	return db.StaffRolesOf(ctx, m.db, account)
}
