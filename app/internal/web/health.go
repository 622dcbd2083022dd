package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Live answers whether the process is up, which it is when it answers. It looks
// at nothing else: a restart would not mend a database.
func Live() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeHealth(w, http.StatusOK, health{Status: "ok"})
	})
}

// Check is one thing that must hold before requests are sent here.
type Check struct {
	Name string
	Run  func(context.Context) error
	// Warns has a failure only be shown: requests can still be sent here. Whoever
	// checks says in the log what is wrong.
	Warns bool
}

// Readiness answers whether requests should be sent here. Anybody may ask as
// often as they like: the checks run at most once in readyFor, one at a time.
type Readiness struct {
	// Serving is false before the server accepts and while it drains.
	Serving *atomic.Bool
	Checks  []Check
	Log     *slog.Logger

	mu   sync.Mutex // guards what follows
	at   time.Time
	last health
}

const (
	readyFor  = time.Second
	readySlow = 2 * time.Second // a check that takes longer counts as failed
)

type health struct {
	Status string            `json:"status"`
	Checks map[string]string `json:"checks,omitempty"`
}

// ServeHTTP answers 200 when all holds, else 503 with the names of what does
// not. Why it does not is in the log: it may name hosts.
func (h *Readiness) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.Serving.Load() {
		writeHealth(w, http.StatusServiceUnavailable, health{Status: "draining"})
		return
	}
	found := h.look(r.Context())
	status := http.StatusOK
	if found.Status != "ok" {
		status = http.StatusServiceUnavailable
	}
	writeHealth(w, status, found)
}

func (h *Readiness) look(ctx context.Context) health {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.at) < readyFor {
		return h.last
	}
	// Who asks may leave; others wait for the same answer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readySlow)
	defer cancel()
	found := health{Status: "ok", Checks: make(map[string]string, len(h.Checks))}
	for _, c := range h.Checks {
		found.Checks[c.Name] = "ok"
		switch err := c.Run(ctx); {
		case err != nil && c.Warns:
			found.Checks[c.Name] = "warning"
		case err != nil:
			found.Status, found.Checks[c.Name] = "not ready", "failed"
			h.Log.LogAttrs(ctx, slog.LevelError, "not ready", slog.String("check", c.Name), slog.String("error", err.Error()))
		}
	}
	h.at, h.last = time.Now(), found
	return found
}

func writeHealth(w http.ResponseWriter, status int, found health) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	// The asker may have gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(found)
}
