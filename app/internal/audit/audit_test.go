package audit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"oneid/app/internal/audit"
	"oneid/app/internal/clock"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/db/dbtest"
)

// trail is an audit trail with events of some subjects.
type trail struct {
	*testing.T
	log *audit.Log
	db  *db.DB
}

func record(t *testing.T, events int) *trail {
	t.Helper()
	dir := t.TempDir()
	if err := secret.CreateKeys(dir, true); err != nil {
		t.Fatal(err)
	}
	ring, err := secret.LoadKeyRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := &trail{T: t, log: &audit.Log{Keys: ring}, db: dbtest.New(t, dbtest.WithClock(clock.System{}))}
	w.add(events)
	return w
}

// add records events about one subject, so that they form one chain.
func (w *trail) add(events int) {
	w.Helper()
	ctx := audit.WithOrigin(w.Context(), audit.Origin{RequestID: "req", Address: "192.0.2.7"})
	err := db.InTx(ctx, w.db, func(ctx context.Context, tx db.Tx) error {
		for n := range events {
			err := w.log.Record(ctx, tx, audit.Event{
				Kind: audit.SigninPasswordPassed, Subject: "ada", Actor: "cli", Reference: "K7Q-42M", Service: "otnhub",
				Details: map[string]string{"n": fmt.Sprint(n)},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
}

// tamper does as a superuser would who wants to leave no trace.
func (w *trail) tamper(statements ...string) {
	w.Helper()
	for _, statement := range append([]string{"ALTER TABLE audit_events DISABLE TRIGGER ALL"}, statements...) {
		if _, err := w.db.ExecContext(w.Context(), statement); err != nil {
			w.Fatalf("%s: %v", statement, err)
		}
	}
}

func (w *trail) verify(heads []db.AuditHead) audit.Report {
	w.Helper()
	report, err := w.log.Verify(w.Context(), w.db, heads)
	if err != nil {
		w.Fatal(err)
	}
	return report
}

func TestATrailThatNobodyTouchedIsIntact(t *testing.T) {
	t.Parallel()
	w := record(t, 12)
	if report := w.verify(nil); report.Events != 12 || len(report.Faults) != 0 {
		t.Errorf("report = %+v, want 12 events and no fault", report)
	}
}

func TestAnyChangeIsNamedToTheEvent(t *testing.T) {
	t.Parallel()
	for column, change := range map[string]string{
		"at": "at + interval '1 microsecond'", "kind": "'signin.password.failed'", "actor": "'eve'", "subject": "'eve'", "service": "''",
		"request_id": "'x'", "address": "'192.0.2.8'", "reference": "''", "details": "replace(details, '5', '6')",
		"hash": "set_byte(hash, 0, get_byte(hash, 0) # 1)", "key_version": "key_version + 1",
	} {
		t.Run(column, func(t *testing.T) {
			t.Parallel()
			w := record(t, 9)
			w.tamper("UPDATE audit_events SET " + column + " = " + change + " WHERE seq = 6")
			faults := w.verify(nil).Faults
			if len(faults) != 1 || !strings.Contains(faults[0], "event 6") {
				t.Errorf("faults = %q, want event 6 to be named", faults)
			}
		})
	}
}

func TestMissingAndMovedEventsAreNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ statement, want string }{
		"one deleted":         {"DELETE FROM audit_events WHERE seq = 4", "event 4 is missing"},
		"one deleted, closed": {"DELETE FROM audit_events WHERE seq = 4; UPDATE audit_events SET seq = seq - 1 WHERE seq > 4 AND seq < 6; UPDATE audit_events SET seq = seq - 1 WHERE seq > 5", "event 4 was changed"},
		"two swapped":         {"UPDATE audit_events SET seq = CASE seq WHEN 3 THEN 103 ELSE 104 END WHERE seq IN (3, 4); UPDATE audit_events SET seq = CASE seq WHEN 103 THEN 4 ELSE 3 END WHERE seq > 100", "event 3 was changed"},
		"one repeated":        {"INSERT INTO audit_events SELECT chain, 10, at, kind, actor, subject, service, request_id, address, reference, details, key_version, hash FROM audit_events WHERE seq = 9; UPDATE audit_heads SET seq = 10 WHERE seq = 9", "event 10 was changed"},
		"all deleted":         {"DELETE FROM audit_events", "ends at event 0, its head says 9"},
		"the tail":            {"DELETE FROM audit_events WHERE seq > 5", "ends at event 5, its head says 9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := record(t, 9)
			w.tamper(strings.Split(test.statement, "; ")...)
			faults := w.verify(nil).Faults
			if len(faults) != 1 || !strings.Contains(faults[0], test.want) {
				t.Errorf("faults = %q, want %q", faults, test.want)
			}
		})
	}
}

func TestACheckpointFindsACutTail(t *testing.T) {
	t.Parallel()
	w := record(t, 9)
	current, err := db.AuditHeads(t.Context(), w.db)
	if err != nil {
		t.Fatal(err)
	}
	line, err := w.log.Checkpoint(current, w.db.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.add(3) // after the checkpoint the trail goes on
	checkpoint, err := w.log.ReadCheckpoint(append([]byte("{\"an\":\"older one\"}\n"), append(line, '\n')...))
	if err != nil {
		t.Fatal(err)
	}
	heads, err := checkpoint.Promised()
	if err != nil {
		t.Fatal(err)
	}
	if report := w.verify(heads); report.Events != 12 || len(report.Faults) != 0 {
		t.Errorf("intact, the report is %+v", report)
	}

	// Cut by somebody who also sets the head right.
	w.tamper("DELETE FROM audit_events WHERE seq > 7",
		"UPDATE audit_heads h SET seq = 7, hash = (SELECT hash FROM audit_events e WHERE e.chain = h.chain AND e.seq = 7) WHERE h.seq = 12")
	if faults := w.verify(nil).Faults; len(faults) != 0 {
		t.Fatalf("the cut is found without a checkpoint: %q", faults)
	}
	faults := w.verify(heads).Faults
	if len(faults) != 1 || !strings.Contains(faults[0], "ends at event 7, the checkpoint had 9") {
		t.Errorf("faults = %q, want the cut to be named", faults)
	}

	// Grown again to the same length, with other events.
	w.add(5)
	faults = w.verify(heads).Faults
	if len(faults) != 1 || !strings.Contains(faults[0], "event 9 is not the one of the checkpoint") {
		t.Errorf("faults = %q, want the replaced event to be named", faults)
	}

	t.Run("and is not to be forged", func(t *testing.T) {
		forged := bytes.Replace(line, []byte(`"seq":9`), []byte(`"seq":7`), 1)
		if _, err := w.log.ReadCheckpoint(forged); !errors.Is(err, audit.ErrForgedCheckpoint) {
			t.Errorf("err = %v, want %v", err, audit.ErrForgedCheckpoint)
		}
		if _, err := w.log.ReadCheckpoint([]byte("half a li")); !errors.Is(err, audit.ErrForgedCheckpoint) {
			t.Errorf("err = %v, want %v", err, audit.ErrForgedCheckpoint)
		}
		if none, err := w.log.ReadCheckpoint(nil); none != nil || err != nil {
			t.Errorf("of nothing: %v, %v", none, err)
		}
	})
}

func TestAWholeChainThatIsGoneIsFound(t *testing.T) {
	t.Parallel()
	w := record(t, 3)
	heads, err := db.AuditHeads(t.Context(), w.db)
	if err != nil {
		t.Fatal(err)
	}
	w.tamper("DELETE FROM audit_events", "DELETE FROM audit_heads")
	if faults := w.verify(heads).Faults; len(faults) == 0 {
		t.Error("with its head deleted, the chain's loss goes unnoticed")
	}
}

func TestTheDatabaseItselfRefusesToChangeEvents(t *testing.T) {
	t.Parallel()
	w := record(t, 2)
	for _, statement := range []string{"UPDATE audit_events SET kind = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events"} {
		if _, err := w.db.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s went through", statement)
		}
	}
}

func TestAnEventLivesAndDiesWithItsTransaction(t *testing.T) {
	t.Parallel()
	w := record(t, 1)
	undone := errors.New("undone")
	err := db.InTx(t.Context(), w.db, func(ctx context.Context, tx db.Tx) error {
		if err := w.log.Record(ctx, tx, audit.Event{Kind: audit.SigninPasswordPassed, Subject: "ada"}); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if report := w.verify(nil); report.Events != 1 || len(report.Faults) != 0 {
		t.Errorf("report = %+v, want the first event alone", report)
	}
}

func TestManyAtOnceFormOneChain(t *testing.T) {
	t.Parallel()
	w := record(t, 0)
	errs := make(chan error, 12)
	for range cap(errs) {
		go func() {
			errs <- db.InTx(t.Context(), w.db, func(ctx context.Context, tx db.Tx) error {
				return w.log.Record(ctx, tx, audit.Event{Kind: audit.SigninPasswordPassed, Subject: "ada"})
			})
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if report := w.verify(nil); report.Events != int64(cap(errs)) || len(report.Faults) != 0 {
		t.Errorf("report = %+v", report)
	}
}
