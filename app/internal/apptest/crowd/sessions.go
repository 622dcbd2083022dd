package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/fault"
	"oneid/db"
	"oneid/views/i18n"
)

// hands is how many sessions are made at once.
const hands = 4

// sessions signs browsers in until there are n, and writes their cookies.
func (m *maker) sessions(ctx context.Context, n int, out io.Writer) error {
	live, err := m.count(ctx, "sessions WHERE kind = 'account' AND ended_at IS NULL")
	if err != nil || live >= n {
		return err
	}
	all, err := m.crowd(ctx, live, n)
	if err != nil {
		return err
	}
	opener, err := m.opener()
	if err != nil {
		return err
	}
	var (
		mu     sync.Mutex
		faults []error
		work   = make(chan access.Who)
		done   sync.WaitGroup
	)
	for range hands {
		done.Go(func() {
			for who := range work {
				cookie, err := opener.open(ctx, who)
				mu.Lock()
				if err == nil {
					_, err = fmt.Fprintln(out, cookie)
				}
				faults = append(faults, err)
				mu.Unlock()
			}
		})
	}
	for _, who := range all {
		work <- who
	}
	close(work)
	done.Wait()
	_, err = m.db.Pool.Exec(ctx, "VACUUM ANALYZE sessions")
	return errors.Join(append(faults, err)...)
}

// crowd reads the accounts from one number up to another.
func (m *maker) crowd(ctx context.Context, from, to int) ([]access.Who, error) {
	var rows []db.Account
	err := m.db.NewSelect().Model(&rows).Column("id", "subject", "login_id", "language").
		Where("login_id >= ? AND login_id < ?", crowdID(from), crowdID(to)).Order("login_id").Scan(ctx)
	all := make([]access.Who, len(rows))
	for i, a := range rows {
		all[i] = access.Who{Account: a.ID, Subject: a.Subject, LoginID: a.LoginID, Name: "Crowd Member", Language: a.Language}
	}
	return all, err
}

// opener signs in as the product does, without asking for anything.
type opener struct {
	manager *access.Manager
	now     func() time.Time
}

func (m *maker) opener() (opener, error) {
	words, err := i18n.New(i18n.Standing{Brand: m.cfg.Brand.Name})
	if err != nil {
		return opener{}, err
	}
	failed := func(w http.ResponseWriter, _ *http.Request, f *fault.Fault) {
		http.Error(w, f.Error(), http.StatusInternalServerError)
	}
	s := m.cfg.Session
	return opener{now: m.db.Clock.Now, manager: access.New(m.db, m.sealer, words, slog.Default(), access.Settings{
		Idle: s.Absolute, Absolute: s.Absolute, WeakAbsolute: s.WeakAbsolute, WizardIdle: m.cfg.WizardIdle,
		AnonymousFor: m.cfg.WizardIdle, Warning: s.Warning, Secure: strings.HasPrefix(m.cfg.BaseURL, "https:"),
	}, failed)}, nil
}

// open begins a session with a password and returns its cookie.
func (o opener) open(ctx context.Context, who access.Who) (string, error) {
	var fault error
	begin := func(_ http.ResponseWriter, r *http.Request) {
		_, fault = o.manager.Begin(r.Context(), access.Beginning{Who: who, Proof: access.Factor{Kind: access.FactorPassword, At: o.now()}})
	}
	answer := httptest.NewRecorder()
	o.manager.Load(http.HandlerFunc(begin)).ServeHTTP(answer, httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	if fault != nil {
		return "", fault
	}
	for _, c := range answer.Result().Cookies() {
		return c.Name + "=" + c.Value, nil
	}
	return "", fmt.Errorf("no session was begun: %d %s", answer.Code, answer.Body)
}
