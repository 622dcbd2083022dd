package app

import (
	"time"

	"oneid/app/internal/check"
	"oneid/app/internal/password"
	"oneid/app/signin"
)

// passwordRules are what every place that sets a password shares.
func (a *App) passwordRules() (*password.Rules, error) {
	common, err := check.OpenCommon(a.cfg.CommonPasswordsFile)
	if err != nil {
		return nil, err
	}
	return &password.Rules{DB: a.db, Passwords: a.passwords(), People: a.people, Common: common}, nil
}

// passwordMaxAge is when a password must be changed; 0 means never.
func (a *App) passwordMaxAge() time.Duration {
	return time.Duration(a.cfg.PasswordMaxAgeDays) * day
}

// signin builds signing in and out.
func (a *App) signin() *signin.Handlers {
	life := &signin.Life{MaxAge: a.passwordMaxAge(), Common: a.newPasswords.Common}
	rules := &signin.Rules{
		DB: a.db, Passwords: a.passwords(), People: a.people, Throttle: a.throttle, Outbox: a.outbox, Audit: a.audit, Life: life,
		Devices:     a.devices(),
		LoginDomain: a.cfg.LoginDomain, MaxSessions: a.cfg.Session.Parallel,
	}
	return &signin.Handlers{
		Rules: rules, Passkeys: &signin.PasskeyRules{Rules: rules, Keys: a.passkeys},
		Expired:  &signin.Expired{DB: a.db, Life: life, New: a.newPasswords, Notices: a.notices, Audit: a.audit},
		Sessions: a.sessions, Site: a.site, Metrics: a.metrics,
	}
}
