package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Limits of the web server (SECURITY.md 5.5 sets them).
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 15 * time.Second
	idleTimeout       = 60 * time.Second
	maxHeaderBytes    = 16 << 10
)

// server answers HTTP until its context ends, and then leaves in order: it says
// that it is not ready, keeps answering while load balancers notice, refuses
// new connections, and lets the requests in flight end.
type server struct {
	Listen  string
	Handler http.Handler
	// Ready is what /readyz answers. The server raises and lowers it.
	Ready *atomic.Bool
	// Drain is how long it answers on after it has said that it is not ready.
	Drain time.Duration
	// Grace bounds how long requests in flight may take after that.
	Grace time.Duration
	Log   *slog.Logger
}

// run returns once the last request has ended or Grace is over. A context that
// ends is no error.
func (s *server) run(ctx context.Context) error {
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.Listen, err)
	}
	return s.serve(ctx, listener)
}

func (s *server) serve(ctx context.Context, listener net.Listener) error {
	h := &http.Server{
		Handler:           s.Handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(listener) }()
	s.Ready.Store(true)
	s.Log.Info("serving", "listen", listener.Addr().String())

	select {
	case err := <-ended:
		s.Ready.Store(false)
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.Ready.Store(false)
	s.Log.Info("stopping", "drain", s.Drain, "grace", s.Grace)
	if s.Drain > 0 {
		timer := time.NewTimer(s.Drain)
		defer timer.Stop()
		select {
		case err := <-ended:
			return fmt.Errorf("serve: %w", err)
		case <-timer.C:
		}
	}
	// The context that told us to stop has ended; the farewell has its own.
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Grace)
	defer cancel()
	if err := h.Shutdown(grace); err != nil {
		return errors.Join(fmt.Errorf("requests still in flight after %s: %w", s.Grace, err), h.Close())
	}
	return nil
}
