package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"oneid/app/config"
	"oneid/app/internal/access"
	"oneid/app/internal/clock"
	"oneid/app/internal/code"
	"oneid/app/internal/delivery"
	"oneid/app/internal/draft"
	"oneid/app/internal/fault"
	"oneid/app/internal/journey"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/passkey"
	"oneid/app/internal/password"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/app/internal/web"
	"oneid/app/sso"
	"oneid/db"
	"oneid/saml"
	"oneid/views/i18n"
	"oneid/views/layout"
)

// day is the unit of the settings that count in days.
const day = 24 * time.Hour

// Options are what differs between the product and a test of it.
type Options struct {
	Version string
	// Clock holds time still in a test; nil follows the database's.
	Clock clock.Clock
	// Lines are the carriers by channel; nil makes them from the configuration.
	Lines map[string]*delivery.Line
	// Log receives the log lines; nil writes them to standard error.
	Log *slog.Logger
	// Strict makes a missing message panic.
	Strict bool
}

// App is the whole product, built and not yet serving.
type App struct {
	*ground
	version   string
	log       *slog.Logger
	base      *url.URL
	catalogue *i18n.Catalogue
	metrics   *web.Metrics
	ready     atomic.Bool

	throttle *throttle.Throttle
	requests *throttle.Lots // of one network
	shared   *throttle.Lots // of networks that many share
	outbox   *outbox.Outbox
	notices  *notice.Teller
	codes    *code.Rules
	drafts   *draft.Drafts
	passkeys *passkey.Keys
	// newPasswords judges and sets passwords, wherever one is chosen.
	newPasswords *password.Rules
	workers      *river.Client[pgx.Tx]
	lines        map[string]*delivery.Line

	site     *web.Site
	sessions *access.Manager
	idp      saml.IDP
	logouts  *sso.Logouts
	sp       saml.SP
	// toColleges are the keys that colleges know us by; the first signs.
	toColleges []collegeKey

	mounted []Route
	handler http.Handler
}

// New builds the product from its configuration.
func New(ctx context.Context, cfg config.Config, o Options) (*App, error) {
	g, err := openGround(ctx, cfg, o.Clock)
	if err != nil {
		return nil, err
	}
	a := &App{ground: g, version: o.Version, log: o.Log, lines: o.Lines}
	if a.log == nil {
		a.log = newLogger(cfg)
	}
	if err := a.build(o); err != nil {
		return nil, errors.Join(err, g.close())
	}
	return a, nil
}

func (a *App) build(o Options) error {
	var err error
	if a.base, err = url.Parse(a.cfg.BaseURL); err != nil {
		return fmt.Errorf("read base address: %w", err)
	}
	a.catalogue, err = i18n.New(i18n.Standing{
		Brand: a.cfg.Brand.Name, Agency: map[i18n.Lang]string{i18n.EN: a.cfg.Brand.AgencyEN, i18n.FR: a.cfg.Brand.AgencyFR},
		DeskPhone: a.cfg.Brand.DeskPhone, DeskEmail: a.cfg.Brand.DeskEmail, AgentEmail: a.cfg.Brand.AgentEmail,
		PortalURL: a.cfg.Brand.PortalURL, DeviceDays: a.cfg.DeviceDays, PasswordDays: a.cfg.PasswordMaxAgeDays,
	})
	if err != nil {
		return err
	}
	a.catalogue.Strict = o.Strict
	if err := a.buildMessages(); err != nil {
		return err
	}
	if a.passkeys, err = passkey.New(a.db, a.audit, a.notices.Tell, a.base, a.cfg.Brand.Name); err != nil {
		return err
	}
	if err := a.buildParties(); err != nil {
		return err
	}
	a.metrics = web.NewMetrics(a.version, func() web.PoolStat { return a.db.Pool.Stat() })
	a.site = &web.Site{Busy: busy, Reference: secret.NewReference, Now: a.db.Clock.Now, Log: a.log}
	a.drafts = &draft.Drafts{Sealer: a.sealer, For: time.Duration(a.cfg.DraftDays) * day}
	if a.newPasswords, err = a.passwordRules(); err != nil {
		return err
	}
	a.sessions = access.New(a.db, a.sealer, a.catalogue, a.log, access.Settings{
		Idle: a.cfg.Session.Idle, Absolute: a.cfg.Session.Absolute,
		StaffIdle: a.cfg.Session.StaffIdle, StaffAbsolute: a.cfg.Session.StaffAbsolute,
		SharedIdle: a.cfg.Session.SharedIdle, SharedAbsolute: a.cfg.Session.SharedAbsolute, WizardIdle: a.cfg.WizardIdle,
		AnonymousFor: a.cfg.WizardIdle, WeakAbsolute: a.cfg.Session.WeakAbsolute, Warning: a.cfg.Session.Warning,
		Secure: a.base.Scheme == "https", StaffPasskey: a.cfg.Mode == config.Production,
	}, a.refuse)
	a.sessions.Menu, a.sessions.Outbox = sections(), a.outbox
	a.sessions.Consoles = consoles()
	a.handler, err = a.routes()
	return err
}

// sections are the parts of an account, in the order of the menu.
func sections() []layout.MenuItem {
	return []layout.MenuItem{
		{Label: i18n.M("layout.header.services"), Href: journey.HomePath, Icon: "grid"},
		{Label: i18n.M("layout.header.profile"), Href: "/profile", Icon: "user"},
		{Label: i18n.M("credentials.home.title"), Href: "/profile/security", Icon: "lock", Within: []string{
			"/profile/password", "/profile/questions", "/profile/phones", "/profile/passkeys", "/profile/codes", "/profile/devices",
			"/profile/sessions", "/profile/email",
		}},
	}
}

// consoles are what staff see beside their own sections, by role.
func consoles() map[string]layout.MenuItem {
	return map[string]layout.MenuItem{
		db.ServiceAdministrator: {Label: i18n.M("services.list.title"), Href: "/services", Icon: "building"},
	}
}

// buildMessages makes the way out for mails, texts and calls.
func (a *App) buildMessages() error {
	a.throttle = &throttle.Throttle{Clock: a.db.Clock, Hash: a.ring.Index, Requests: a.cfg.FloodLimit}
	a.requests = &throttle.Lots{Throttle: a.throttle}
	a.shared = &throttle.Lots{Throttle: &throttle.Throttle{Clock: a.db.Clock, Hash: a.ring.Index, Requests: a.cfg.FloodNetworkLimit}}
	jobs, err := outbox.NewJobs(a.db.Pool)
	if err != nil {
		return err
	}
	a.outbox = &outbox.Outbox{Seal: a.sealer, Jobs: jobs}
	a.notices = &notice.Teller{Outbox: a.outbox, People: a.people, Throttle: a.throttle, BaseURL: a.cfg.BaseURL}
	a.codes = &code.Rules{
		DB: a.db, Seal: a.sealer, Ring: a.ring, Throttle: a.throttle, Outbox: a.outbox, Audit: a.audit,
		Freeze: a.freezeByCall,
	}
	if a.lines == nil {
		a.lines = a.carriers()
	}
	a.workers, err = delivery.NewClient(a.db.Pool,
		&delivery.Deliverer{
			DB: a.db, Seal: a.sealer, Ring: a.ring, Catalogue: a.catalogue, Lines: a.lines, Domain: a.base.Hostname(),
			Errands: a.errands(),
		},
		&delivery.Keeper{
			DB: a.db, Audit: a.audit, Log: a.log,
			Reminder: &delivery.Reminder{DB: a.db, People: a.people, Outbox: a.outbox, MaxAge: a.passwordMaxAge()},
			Rounds:   a.rounds(),
		}, quiet(a.log))
	return err
}

// carriers are the configured ways out, by channel.
func (a *App) carriers() map[string]*delivery.Line {
	mail := &delivery.SMTP{
		Host: a.cfg.SMTP.Host, Port: a.cfg.SMTP.Port, TLS: delivery.TLS(a.cfg.SMTP.TLS),
		User: a.cfg.SMTP.User, Password: a.cfg.SMTP.Password.Reveal(),
		From: a.cfg.SMTP.From, Brand: a.cfg.Brand.Name, ReplyTo: a.cfg.SMTP.ReplyTo, Domain: a.base.Hostname(),
	}
	var texts, calls []delivery.Carrier
	for _, c := range a.cfg.Carriers() {
		account := delivery.Account{
			Label: c.Name, URL: c.URL, SID: c.Account, Token: c.Token.Reveal(), From: c.From, Base: a.cfg.BaseURL,
		}
		texts = append(texts, delivery.SMS{Account: account})
		calls = append(calls, delivery.Voice{Account: account})
	}
	return map[string]*delivery.Line{
		db.ChannelMail: delivery.NewLine(a.db.Clock, mail),
		db.ChannelSMS:  delivery.NewLine(a.db.Clock, texts...),
		db.ChannelCall: delivery.NewLine(a.db.Clock, calls...),
	}
}

// buildParties makes our two SAML roles.
func (a *App) buildParties() error {
	a.samlKeys.Log = a.log
	// The key of the start is for whoever names no other.
	toServices, err := a.samlKeys.SignerOf(context.Background(), a.db, &db.ServiceProvider{}, false)
	if err != nil {
		return err
	}
	if a.toColleges, err = collegeKeys(a.cfg.KeysDir); err != nil {
		return err
	}
	a.idp = saml.IDP{
		EntityID: a.cfg.BaseURL + "/saml/metadata", SSOURL: a.cfg.BaseURL + "/saml/sso",
		SLOURL: a.cfg.BaseURL + sso.LogoutPath, SOAPURL: a.cfg.BaseURL + sso.LogoutDirectPath,
		Key: toServices, Now: a.db.Clock.Now,
	}
	a.sp = saml.SP{EntityID: a.cfg.BaseURL + "/college/metadata", Key: a.toColleges[0].key, Now: a.db.Clock.Now}
	return nil
}

// Handler answers the product's requests.
func (a *App) Handler() http.Handler { return a.handler }

// Close ends what New opened.
func (a *App) Close() error { return a.close() }

// refuse answers a request that never reached a handler with its page.
func (a *App) refuse(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
	a.site.Refuse(w, r, a.catalogue, f)
}

// quiet keeps the job queue's own chatter out of the log.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(slog.NewTextHandler(io.Discard, nil)).With("from", log)
}
