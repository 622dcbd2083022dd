package access

import (
	"context"

	"oneid/views/layout"
)

// warn tells the page when its session ends, so that it can say so in time.
func (m *Manager) warn(ctx context.Context, s Session, v *visit) context.Context {
	return layout.WithTimeout(ctx, m.timeout(s, v))
}

func (m *Manager) timeout(s Session, v *visit) *layout.Timeout {
	t := &layout.Timeout{At: v.idleUntil, Warn: m.settings.Warning, Leave: signoutPath, Ended: endedPath}
	if v.row.ExpiresAt.Before(t.At) {
		t.At, t.Capped = v.row.ExpiresAt, true
	}
	if s.Draft != "" {
		t.Leave, t.Ended = pausePath, pausedPath
	}
	t.Left = t.At.Sub(m.db.Clock.Now())
	return t
}
