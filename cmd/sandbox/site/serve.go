package site

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Client returns an HTTP client that reaches .localhost names on the loopback
// address, whatever the machine's resolver thinks of them. It follows no
// redirects to other schemes and gives up after the timeout.
func Client(timeout time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 8,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				host, port, err := net.SplitHostPort(address)
				if err == nil && strings.HasSuffix(host, ".localhost") {
					address = net.JoinHostPort(Loopback, port)
				}
				return dialer.DialContext(ctx, network, address)
			},
		},
	}
}

// Server is a running site.
type Server struct {
	http *http.Server
	done chan error
}

// Serve starts to answer for a place and returns once it listens. Requests
// for another host name are answered 421, save for the extra names given.
func Serve(p Place, h http.Handler, extra ...string) (*Server, error) {
	l, err := net.Listen("tcp", p.Listen())
	if err != nil {
		return nil, fmt.Errorf("%s cannot listen on %s (is another sandbox running?): %w", p.Name, p.Listen(), err)
	}
	s := &Server{
		http: &http.Server{Handler: only(p, extra, h), ReadHeaderTimeout: 10 * time.Second},
		done: make(chan error, 1),
	}
	go func() { s.done <- s.http.Serve(l) }()
	return s, nil
}

// Close lets requests under way finish until ctx ends, then cuts them off.
func (s *Server) Close(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		s.http.Close()
	}
	if err := <-s.done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func only(p Place, extra []string, h http.Handler) http.Handler {
	allowed := map[string]bool{p.Authority(): true}
	for _, name := range extra {
		allowed[name] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed[strings.ToLower(r.Host)] {
			http.Error(w, "This is "+p.Base()+" and answers for no other name.", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Secure sets the headers every page carries. forms lists the origins beside
// its own that a page may post to, also by way of redirects. Posts from other
// sites are refused, except on the paths given in open.
func Secure(h http.Handler, forms []string, open ...string) http.Handler {
	guard := http.NewCrossOriginProtection()
	for _, pattern := range open {
		guard.AddInsecureBypassPattern(pattern)
	}
	policy := "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"frame-src 'self'; base-uri 'none'; frame-ancestors 'self'; form-action 'self' " + strings.Join(forms, " ")
	guarded := guard.Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", strings.TrimSpace(policy))
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "same-origin")
		head.Set("Cache-Control", "no-store")
		guarded.ServeHTTP(w, r)
	})
}
