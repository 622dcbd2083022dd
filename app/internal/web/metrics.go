package web

import (
	"context"
	"net/http"
	"net/netip"
	"runtime"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what operators watch. Labels come from short fixed lists and
// route patterns, never from what a stranger sends: no address, no person, and
// no way to fill the memory.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	inFlight prometheus.Gauge
	signIns  *prometheus.CounterVec
	reports  prometheus.Counter
}

// PoolStat is what a pool of database connections says of itself; that of pgx
// does.
type PoolStat interface {
	AcquiredConns() int32
	IdleConns() int32
	TotalConns() int32
	MaxConns() int32
	AcquireCount() int64
	EmptyAcquireCount() int64
	CanceledAcquireCount() int64
	AcquireDuration() time.Duration
}

// NewMetrics starts all counts at zero. pool is asked at every reading; nil
// leaves the database out.
func NewMetrics(version string, pool func() PoolStat) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "oneid_http_requests_total", Help: "Requests answered, by route pattern, method and status.",
		}, []string{"route", "method", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "oneid_http_request_seconds", Help: "Time to answer a request, by route pattern and method.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "method"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "oneid_http_in_flight", Help: "Requests being answered now.",
		}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "oneid_signins_total", Help: "Passwords and passkeys given to sign in, by outcome.",
		}, []string{"outcome"}),
		reports: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "oneid_csp_reports_total", Help: "Violations of the content policy that browsers reported.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "oneid_build_info", Help: "The release that runs; the value is always 1.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.took, m.inFlight, m.signIns, m.reports, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if pool != nil {
		m.registry.MustRegister(poolCollector{pool})
	}
	// A series that appears with its first event can't be alerted on.
	for _, outcome := range []SignInOutcome{SignInPassed, SignInFailed, SignInWaited, SignInBlocked} {
		m.signIns.WithLabelValues(string(outcome))
	}
	return m
}

// SignInOutcome is how a sign-in ended.
type SignInOutcome string

// The outcomes of a sign-in.
const (
	SignInPassed  SignInOutcome = "passed"
	SignInFailed  SignInOutcome = "failed"  // wrong, or nobody of that name
	SignInWaited  SignInOutcome = "waited"  // not judged: too many tries
	SignInBlocked SignInOutcome = "blocked" // right, but the account is not open
)

// SignIn counts a sign-in.
func (m *Metrics) SignIn(outcome SignInOutcome) { m.signIns.WithLabelValues(string(outcome)).Inc() }

type routeKey struct{}

// noRoute stands for requests that no route answers: their addresses are
// anybody's invention.
const noRoute = "none"

// Wrap counts and times every request that passes through. It belongs outside
// of all that answers, and Route inside, where the router has decided.
func (m *Metrics) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.inFlight.Inc()
		defer m.inFlight.Dec()
		started := time.Now()
		route := new(string)
		inner := r.WithContext(context.WithValue(r.Context(), routeKey{}, route))
		out := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(out, inner)
		pattern := *route
		if pattern == "" {
			pattern = inner.Pattern // of a plain handler in a ServeMux
		}
		if pattern == "" {
			pattern = noRoute
		}
		method := knownMethod(r.Method)
		m.requests.WithLabelValues(pattern, method, strconv.Itoa(out.status)).Inc()
		m.took.WithLabelValues(pattern, method).Observe(time.Since(started).Seconds())
	})
}

// Route notes which route answers, for Wrap.
func (m *Metrics) Route() gin.HandlerFunc {
	return func(c *gin.Context) {
		if route, ok := c.Request.Context().Value(routeKey{}).(*string); ok {
			if *route = c.FullPath(); *route == "" {
				*route = noRoute
			}
		}
		c.Next()
	}
}

func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions:
		return method
	}
	return "other"
}

// Handler shows the counts to the networks in allow and refuses everyone else.
// A request that came through a proxy which is not trusted is refused too: the
// proxy's own address, often this machine's, would speak for a stranger.
func (m *Metrics) Handler(allow, trustedProxies []netip.Prefix) http.Handler {
	show := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		from, err := netip.ParseAddr(clientAddress(r, trustedProxies))
		if err != nil || !isTrusted(from.Unmap(), allow) || viaStranger(r, trustedProxies) {
			http.Error(w, "Metrics are not shown to this network.", http.StatusForbidden)
			return
		}
		show.ServeHTTP(w, r)
	})
}

// viaStranger tells whether a proxy passed the request on that we don't trust.
func viaStranger(r *http.Request, trusted []netip.Prefix) bool {
	if r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == "" && r.Header.Get("Via") == "" {
		return false
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err != nil || !isTrusted(peer.Addr().Unmap(), trusted)
}
