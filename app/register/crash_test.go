package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/uptrace/bun"
)

// stopper ends a request's context before its nth statement, as a crash would.
type stopper struct {
	after int
	seen  int
	stop  context.CancelCauseFunc
	armed bool
}

var errCrash = errors.New("crash")

func (s *stopper) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if !s.armed {
		return ctx
	}
	if s.seen++; s.seen > s.after {
		s.stop(errCrash)
	}
	return ctx
}

func (s *stopper) AfterQuery(context.Context, *bun.QueryEvent) {}

func TestACrashBetweenAnyTwoStatementsLeavesNothing(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	id := w.ready(randy(), "Randy", "Burt")
	hook := &stopper{}
	w.db.DB = w.db.WithQueryHook(hook) // for whoever holds w.db
	before := w.inventory()
	typed := map[string][]string{"password": {goodPassword}, "confirm": {goodPassword}}
	for n := 0; ; n++ {
		if n > 200 {
			t.Fatal("it never finishes")
		}
		ctx, stop := context.WithCancelCause(w.here())
		hook.after, hook.seen, hook.stop, hook.armed = n, 0, stop, true
		_, err := w.rules.Submit(ctx, id, passwordSlug, typed)
		hook.armed = false
		stop(nil)
		if err == nil {
			if n < 20 {
				t.Errorf("finished after %d statements: not all were tried", n)
			}
			break
		}
		if got := w.inventory(); got != before {
			t.Fatalf("stopped before statement %d it leaves\n%s\nwant\n%s", n+1, got, before)
		}
	}
	w.only()
}

func TestAnOutboxThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	id := w.ready(randy(), "Randy", "Burt")
	before := w.inventory()
	if _, err := w.db.ExecContext(t.Context(), "ALTER TABLE river_job RENAME TO river_job_away"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.finishNow(id); err == nil {
		t.Fatal("it finished without its mail")
	}
	if got := w.inventory(); got != before {
		t.Errorf("it leaves\n%s\nwant\n%s", got, before)
	}
	d := w.read(id)
	if d.Account != "" || len(d.Questions) != 5 {
		t.Error("the draft is not what it was")
	}
}

// inventory counts the rows of every table that Finish writes.
func (w *whole) inventory() string {
	w.Helper()
	var b bytes.Buffer
	for _, table := range []string{
		"accounts", "login_ids", "passwords", "password_history", "challenge_answers", "challenge_phones", "designations", "agreements",
		"messages", "links", "audit_events",
	} {
		fmt.Fprintf(&b, "%s %d\n", table, w.rows(table))
	}
	finished, err := w.db.NewSelect().Table("drafts").Where("account_id IS NOT NULL").Count(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	fmt.Fprintf(&b, "finished drafts %d\n", finished)
	return b.String()
}
