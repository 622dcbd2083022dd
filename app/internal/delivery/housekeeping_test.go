package delivery_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"oneid/app/internal/audit"
	"oneid/app/internal/code"
	"oneid/app/internal/delivery"
	"oneid/app/internal/outbox"
	"oneid/app/internal/throttle"
	"oneid/db"
	"oneid/views/i18n"
)

func (w *world) sweep(t *testing.T, what string) {
	t.Helper()
	if err := w.keeper.Work(t.Context(), &river.Job[delivery.Sweep]{Args: delivery.Sweep{What: what}}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) rows(t *testing.T, table string) int {
	t.Helper()
	n, err := w.d.NewSelect().Table(table).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

func TestADraftNobodyCameBackToIsErasedWithWhatBelongsToIt(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.start(t, db.MethodText, code.Test)
	kept := w.aDraft(t, noon.Add(8*24*time.Hour))
	_, err := w.d.ExecContext(t.Context(), `INSERT INTO evidences (id, college, issuer, assertion_id, request_id, number_index, message, sha256, key_fingerprint, algorithm, issued_at, received_at, draft_id)
		VALUES (?, 'cpso', 'i', 'a', 'r', '\x01', '\x02', '\x03', '', '', ?, ?, ?)`, db.NewID[db.EvidenceID](), noon, noon, w.draft)
	if err != nil {
		t.Fatal(err)
	}

	w.clock.Advance(7*24*time.Hour - time.Second)
	w.sweep(t, delivery.SweepDrafts)
	if n := w.rows(t, "drafts"); n != 2 {
		t.Fatalf("a second early: got %d drafts, want both", n)
	}
	w.clock.Advance(time.Second)
	w.sweep(t, delivery.SweepDrafts)

	if _, err := db.DraftByID(t.Context(), w.d, kept); err != nil || w.rows(t, "drafts") != 1 {
		t.Errorf("got %d drafts, %v, want only the younger", w.rows(t, "drafts"), err)
	}
	if n := w.rows(t, "codes"); n != 0 {
		t.Errorf("got %d codes of the erased draft, want none", n)
	}
	var emptied int
	if err := w.d.NewRaw("SELECT count(*) FROM evidences WHERE message = ''").Scan(t.Context(), &emptied); err != nil || emptied != 1 {
		t.Errorf("got %d emptied evidences, %v, want 1", emptied, err)
	}
	events, err := db.AuditOf(t.Context(), w.d, string(w.draft), 1)
	if err != nil || len(events) != 1 || events[0].Kind != string(audit.RegisterDraftExpired) {
		t.Errorf("got events %v, %v, want the erasure", events, err)
	}
}

func TestWhatIsOverForADayIsDeleted(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.start(t, db.MethodText, code.Test)
	live := noon.Add(48 * time.Hour)
	ended := noon
	for _, s := range []db.Session{
		{TokenHash: "live", IdleUntil: live, ExpiresAt: live},
		{TokenHash: "ended", IdleUntil: live, ExpiresAt: live, EndedAt: &ended},
		{TokenHash: "idle", IdleUntil: noon, ExpiresAt: live},
		{TokenHash: "expired", IdleUntil: live, ExpiresAt: noon},
	} {
		s.Kind, s.Data, s.CreatedAt, s.SeenAt = db.SessionAnonymous, []byte{}, noon, noon
		if _, err := w.d.NewInsert().Model(&s).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.Advance(24*time.Hour - time.Second)
	w.sweep(t, delivery.SweepEnded)
	if s, c := w.rows(t, "sessions"), w.rows(t, "codes"); s != 4 || c != 1 {
		t.Fatalf("a second early: got %d sessions and %d codes, want all", s, c)
	}
	w.clock.Advance(10*time.Minute + time.Second)
	w.sweep(t, delivery.SweepEnded)
	if s, c := w.rows(t, "sessions"), w.rows(t, "codes"); s != 1 || c != 0 {
		t.Errorf("got %d sessions and %d codes, want the live session only", s, c)
	}
}

func TestCountsThatHaveEndedAreDeleted(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	for _, l := range []throttle.Limit{throttle.NumberPause, throttle.NumberDay} {
		if _, err := w.codes.Throttle.Spend(t.Context(), w.d, l, phone); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.Advance(30 * time.Second)
	w.sweep(t, delivery.SweepCounts)
	if n := w.rows(t, "counters"); n != 1 {
		t.Errorf("got %d counters, want the one of the day", n)
	}
}

func TestAMessageWhoseJobWasLostDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.start(t, db.MethodText, code.Test)
	id := w.newest(t)
	w.clock.Advance(10*time.Minute + time.Hour)
	w.sweep(t, delivery.SweepMessages)
	if row := w.message(t, id); row.State != db.MessageFailed || row.Recipient != nil {
		t.Errorf("got %+v, want it failed and emptied", row)
	}
}

func TestTheWorkersTakeWhatTheOutboxQueues(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	delivered := w.workers(t)

	id := w.send(t, letters(i18n.EN)["welcome"])

	delivered()
	if row := w.message(t, id); row.State != db.MessageSent || len(w.mail.all()) != 1 {
		t.Errorf("got %s and %d mails, want it sent", row.State, len(w.mail.all()))
	}
}

func TestTheJobOfAWorkerThatWasKilledIsTakenUpByAnother(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	id := w.send(t, letters(i18n.EN)["welcome"])
	// What a killed process leaves behind: a job that it will never finish.
	_, err := w.d.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1,
		attempted_at = now() - interval '31 seconds', attempted_by = '{killed}'`)
	if err != nil {
		t.Fatal(err)
	}

	w.workers(t)()

	if row := w.message(t, id); row.State != db.MessageSent || len(w.mail.all()) != 1 {
		t.Errorf("got %s and %d mails, want it sent", row.State, len(w.mail.all()))
	}
}

// workers starts the product's own workers and returns a func that waits until
// they have done one delivery.
func (w *world) workers(t *testing.T) func() {
	t.Helper()
	client, err := delivery.NewClient(w.d.Pool, w.deliverer, w.keeper, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	done, cancel := client.Subscribe(river.EventKindJobCompleted)
	t.Cleanup(cancel)
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The pool is closed by the test's clean-up: the workers must be gone first.
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := client.StopAndCancel(ctx); err != nil {
			t.Error(err)
		}
	})
	return func() {
		for event := range done {
			if event.Job.Kind == (outbox.Job{}).Kind() {
				return
			}
		}
	}
}
