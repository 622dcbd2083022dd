package app

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/college"
	"oneid/app/credentials"
	"oneid/app/home"
	"oneid/app/internal/delivery"
	"oneid/app/internal/fault"
	"oneid/app/internal/journey"
	"oneid/app/internal/password"
	"oneid/app/internal/throttle"
	"oneid/app/internal/web"
	"oneid/app/metadata"
	"oneid/app/sso"
	"oneid/db"
	"oneid/static"
	"oneid/views/layout"
)

// routes mounts everything the product answers.
//
// Outermost, without a session: files and health. Then the addresses that other
// sites and carriers reach, which never read a session and stand outside the
// guard against cross-site requests. Then all else: guarded, with a session; a
// route is open, for somebody registering, for somebody who is asked for a second
// factor, or for somebody signed in.
func (a *App) routes() (http.Handler, error) {
	across := a.engine()
	pages := a.engine()
	open := pages.Group("/")
	registering := pages.Group("/", a.sessions.Registering(a.site))
	signedIn := pages.Group("/", a.sessions.Account(a.site))
	challenged := pages.Group("/", a.sessions.Challenged(a.site))
	readable := readOptions(a.cfg)
	wizard, err := a.wizard()
	if err != nil {
		return nil, err
	}
	wizard.Mount(registering, open)
	a.sessions.Mount(open, a.site)
	(&home.Handlers{
		Rules: &home.Rules{DB: a.db, People: a.people}, Sessions: a.sessions, Site: a.site,
	}).Mount(open, signedIn)
	(&credentials.Handlers{
		Rules: &credentials.Rules{
			DB: a.db, People: a.people, Outbox: a.outbox, Throttle: a.throttle, Audit: a.audit, BaseURL: a.cfg.BaseURL,
		},
		Sessions: a.sessions, Site: a.site,
	}).Mount(open, signedIn)
	a.signin().Mount(open, signedIn)
	a.challenge().Mount(open, challenged)
	forgotten := a.recovery()
	forgotten.Mount(open)
	(&password.Handlers{
		Common: a.newPasswords.Common, Site: a.site,
		Whose: map[string]password.Whose{
			password.RegisterCheck: wizard.Choosing,
			password.AccountCheck:  a.newPasswords.SignedIn(a.sessions),
			password.RecoveryCheck: forgotten.Choosing,
		},
	}).Mount(open)
	a.ownPasskeys().Mount(signedIn)
	keys, err := a.keys()
	if err != nil {
		return nil, err
	}
	keys.Mount(signedIn)
	own, err := a.profile()
	if err != nil {
		return nil, err
	}
	own.Mount(signedIn)
	a.console().Mount(pages.Group("/", a.sessions.Account(a.site), a.sessions.Staff(a.site, db.ServiceAdministrator)))

	colleges := &college.Handlers{
		Rules: &college.Rules{
			DB: a.db, Sealer: a.sealer, Index: a.ring.Index, Drafts: a.drafts, Audit: a.audit, SP: a.sp,
			ACS:      func(code db.CollegeCode) string { return a.cfg.BaseURL + "/college/" + string(code) + "/acs" },
			Metadata: readable,
		},
		Sessions: a.sessions, Site: a.site,
	}
	colleges.Mount(open)
	colleges.MountCrossSite(across)

	services := &sso.Handlers{
		Rules: &sso.Rules{
			DB: a.db, IDP: a.idp, Keys: a.samlKeys, Release: a.releases(), Audit: a.audit, Words: a.catalogue, Outbox: a.outbox, Seal: a.sealer,
			Metadata: readable,
		},
		Sessions: a.sessions, Site: a.site,
	}
	services.Mount(open)
	services.MountCrossSite(across)
	described := a.metadataHandlers()
	described.Mount(open)
	described.MountCrossSite(across)
	logouts := a.logoutHandlers(services)
	logouts.Mount(open)
	logouts.MountCrossSite(across)

	(&delivery.Handlers{
		DB: a.db, Codes: a.codes, Catalogue: a.catalogue, Base: a.cfg.BaseURL, Tokens: a.carrierTokens(), Log: a.log,
	}).Mount(across)

	for _, e := range []*gin.Engine{across, pages} {
		e.NoRoute(a.site.Handle(func(*gin.Context) error { return fault.New(fault.NotFound, nil) }))
		e.NoMethod(a.site.Handle(func(*gin.Context) error { return fault.New(fault.Method, nil) }))
	}
	a.mounted = append(mounted(across, true), mounted(pages, false)...)
	return a.stack(across, pages, services)
}

// Route is one thing the product answers.
type Route struct {
	Method, Path string
	// CrossSite routes may be reached from other sites' pages; they never read
	// a session.
	CrossSite bool
}

// Routes lists all that is mounted behind the engines, for whoever walks them.
func (a *App) Routes() []Route { return a.mounted }

func mounted(e *gin.Engine, crossSite bool) []Route {
	var all []Route
	for _, r := range e.Routes() {
		all = append(all, Route{Method: r.Method, Path: r.Path, CrossSite: crossSite})
	}
	return all
}

// engine is a gin engine without its defaults: no trusted proxies, no own
// recovery and logging, which the stack has.
func (a *App) engine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	_ = e.SetTrustedProxies(nil) // nil can't be refused
	e.Use(a.metrics.Route())
	return e
}

// crossSite are the beginnings of the addresses that other sites, services and
// carriers reach.
var crossSite = []string{"/saml/", "/college/metadata", "/carrier/"}

func isCrossSite(r *http.Request) bool {
	if r.URL.Path == metadata.ErrorPath {
		return false // a page for people, in their language
	}
	if r.Method == http.MethodGet && (r.URL.Path == sso.RequestPath || r.URL.Path == journey.LaunchPath) {
		return false // a browser brings its cookie along, and is answered at once
	}
	for _, prefix := range crossSite {
		if len(r.URL.Path) >= len(prefix) && r.URL.Path[:len(prefix)] == prefix {
			return true
		}
	}
	return r.Method == http.MethodPost && collegeAnswer(r.URL.Path)
}

// stack stands the layers around the two engines.
func (a *App) stack(across, pages *gin.Engine, services *sso.Handlers) (http.Handler, error) {
	s := &web.Stack{
		BaseURL: a.base, TrustedProxies: a.cfg.TrustedProxies, Log: a.log, Refuse: a.refuse,
		Frame: layout.FrameInfo{Environment: string(a.cfg.Mode), Version: a.version},
	}
	guarded := s.SameSite(a.sessions.Load(pages))
	spoken := a.spoken(across)
	dynamic, err := web.Compressed(a.metrics.Wrap(a.limited(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isCrossSite(r) {
			spoken.ServeHTTP(w, r)
			return
		}
		if r.URL.Path == sso.RequestPath {
			services.Ahead(w, r, guarded)
			return
		}
		guarded.ServeHTTP(w, r)
	}))))
	if err != nil {
		return nil, err
	}
	files := static.Handler(false)
	public := http.NewServeMux()
	public.Handle("/", dynamic)
	public.Handle(static.Prefix, files)
	public.Handle("/sw.js", files)
	public.Handle("/favicon.ico", files)
	(&home.Still{
		Catalogue: a.catalogue, BaseURL: a.cfg.BaseURL, SecurityContact: a.securityContact(), Now: a.db.Clock.Now,
	}).Mount(public)
	public.Handle("/csp-report", &web.PolicyReports{Log: a.log, Routes: patterns(pages), Metrics: a.metrics})
	// Probes and scrapers come by address, not by our name. No ServeMux stands
	// out here: it would answer odd paths by itself, without host check and
	// headers.
	probes := map[string]http.Handler{
		"/healthz": web.Live(),
		"/readyz":  &web.Readiness{Serving: &a.ready, Checks: a.checks(), Log: a.log},
		"/metrics": a.metrics.Handler(a.cfg.MetricsAllow, a.cfg.TrustedProxies),
	}
	served := s.Wrap(public)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if probe := probes[r.URL.Path]; probe != nil && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			probe.ServeHTTP(w, r)
			return
		}
		served.ServeHTTP(w, r)
	}), nil
}

// checks are what must hold before requests are sent here.
func (a *App) checks() []web.Check {
	return []web.Check{
		{Name: "database", Run: a.db.PingContext},
		{Name: "schema", Run: func(ctx context.Context) error { return db.CheckSchema(ctx, a.db) }},
		// A node without a next key serves on; without the current one it signs by
		// the one before.
		{Name: "saml_keys", Run: func(ctx context.Context) error { return a.samlKeys.Check(ctx, a.db) }, Warns: true},
	}
}

// patterns lists the routes of an engine.
func patterns(e *gin.Engine) []string {
	var all []string
	for _, route := range e.Routes() {
		all = append(all, route.Path)
	}
	return all
}

// requestTimeout bounds the work on one request (SECURITY.md 5.5).
const requestTimeout = 10 * time.Second

// limited refuses networks that ask for too much, and bounds the time of one
// request's work.
func (a *App) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		r = r.WithContext(ctx)
		from, ok := web.Network(ctx)
		if ok {
			verdict, err := a.flood(from).Request(ctx, a.db, from)
			if err != nil {
				a.refuse(w, r, fault.New(fault.Unavailable, err))
				return
			}
			if !verdict.Allowed {
				a.refuse(w, r, fault.WaitUntil(verdict.RetryAt))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// flood is what counts the requests of a network: shared ones, such as a
// hospital's, may ask for more.
func (a *App) flood(from netip.Addr) *throttle.Lots {
	for _, network := range a.cfg.FloodNetworks {
		if network.Contains(from) {
			return a.shared
		}
	}
	return a.requests
}
