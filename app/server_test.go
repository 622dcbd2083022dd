package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// serving runs a server on a free port.
func serving(t *testing.T, s *server) (base string, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Ready, s.Log = &atomic.Bool{}, slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx, listener) }()
	return "http://" + listener.Addr().String(), cancel, done
}

func TestARequestInFlightEndsBeforeTheServerDoes(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	s := &server{Grace: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-leave
		_, _ = io.WriteString(w, "whole") // the client below judges it
	})}
	base, stop, ended := serving(t, s)
	answer := make(chan string, 1)
	go func() {
		res, err := http.Get(base)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answer <- string(body)
	}()
	<-entered
	if !s.Ready.Load() {
		t.Error("not ready while serving")
	}

	stop()
	select {
	case err := <-ended:
		t.Fatalf("ended with a request in flight: %v", err)
	case <-time.After(50 * time.Millisecond): // proves a negative
	}
	close(leave)

	if got := <-answer; got != "whole" {
		t.Errorf("answer = %q, want %q", got, "whole")
	}
	if err := <-ended; err != nil {
		t.Errorf("err = %v, want none", err)
	}
	if s.Ready.Load() {
		t.Error("still ready after the end")
	}
}

func TestRequestsAreAnsweredWhileDraining(t *testing.T) {
	t.Parallel()
	s := &server{Drain: 300 * time.Millisecond, Grace: time.Second}
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.Ready.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	base, stop, ended := serving(t, s)
	stop()
	status := http.StatusOK
	for status == http.StatusOK { // until readiness is off
		res, err := http.Get(base)
		if err != nil {
			t.Fatalf("refused while draining: %v", err)
		}
		res.Body.Close()
		status = res.StatusCode
	}
	if status != http.StatusServiceUnavailable {
		t.Errorf("status = %d, want 503", status)
	}
	if err := <-ended; err != nil {
		t.Errorf("err = %v, want none", err)
	}
}

func TestARequestThatOutlivesTheGraceIsCutOff(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	s := &server{Grace: 20 * time.Millisecond, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	})}
	base, stop, ended := serving(t, s)
	go func() {
		if res, err := http.Get(base); err == nil {
			res.Body.Close()
		}
	}()
	<-entered
	stop()
	if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v, want %v", err, context.DeadlineExceeded)
	}
}
