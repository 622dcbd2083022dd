package audit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"oneid/app/internal/audit"
	"oneid/db"
)

// writeBut writes rows as a caller of Append does, but refuses some of them.
func (w *trail) writeBut(refused func(*db.AuditEvent) string, turns *[]int) audit.Write {
	return func(ctx context.Context, _ []int, rows []*db.AuditEvent) ([]string, error) {
		*turns = append(*turns, len(rows))
		became := make([]string, len(rows))
		return became, db.InTx(ctx, w.db, func(ctx context.Context, tx db.Tx) error {
			for i, row := range rows {
				if became[i] = refused(row); became[i] != "" {
					if became[i] == "spoilt" {
						return errSpoilt
					}
					continue
				}
				head, err := db.LockAuditHead(ctx, tx, row.Chain)
				if err != nil {
					return err
				}
				if became[i] = db.QuickMoved; head.Seq != row.Seq-1 || !bytes.Equal(head.Hash, row.Before) {
					continue
				}
				became[i] = db.QuickWritten
				if err := db.AppendAudit(ctx, tx, row); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

var errSpoilt = errors.New("spoilt")

func pending(t *testing.T, n int) []audit.Pending {
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var list []audit.Pending
	for i := range n {
		// Two chains, mixed.
		list = append(list, audit.Pend(t.Context(), at, audit.Event{
			Kind: audit.SSOAssertionIssued, Subject: []string{"ada", "grace"}[i%2], Details: map[string]string{"n": fmt.Sprint(i)},
		}))
	}
	return list
}

func TestEventsThatAreWrittenTogetherFormTheChains(t *testing.T) {
	t.Parallel()
	w := record(t, 1)
	var turns []int
	for _, result := range w.log.Append(t.Context(), w.db, pending(t, 6), w.writeBut(func(*db.AuditEvent) string { return "" }, &turns)) {
		if result.Err != nil || result.Became != db.QuickWritten {
			t.Errorf("result = %+v", result)
		}
	}
	if !slices.Equal(turns, []int{6}) {
		t.Errorf("written in turns of %v", turns)
	}
	w.add(1) // the chain goes on by itself, which Append does not know
	for _, result := range w.log.Append(t.Context(), w.db, pending(t, 2), w.writeBut(func(*db.AuditEvent) string { return "" }, &turns)) {
		if result.Err != nil || result.Became != db.QuickWritten {
			t.Errorf("after a chain moved: %+v", result)
		}
	}
	if report := w.verify(nil); report.Events != 10 || len(report.Faults) != 0 {
		t.Errorf("report = %+v", report)
	}
}

func TestARefusedEventLeavesNoGapAndASpoiltOneSpoilsNoOther(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		says string
		err  error
	}{"refused": {says: db.QuickRefused}, "spoilt": {says: "spoilt", err: errSpoilt}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := record(t, 1)
			var turns []int
			results := w.log.Append(t.Context(), w.db, pending(t, 6), w.writeBut(func(e *db.AuditEvent) string {
				if e.Details == `{"n":"2"}` {
					return test.says
				}
				return ""
			}, &turns))
			for i, result := range results {
				if i == 2 {
					if !errors.Is(result.Err, test.err) || result.Became == db.QuickWritten {
						t.Errorf("%d: %+v", i, result)
					}
				} else if result.Err != nil || result.Became != db.QuickWritten {
					t.Errorf("%d: %+v", i, result)
				}
			}
			if report := w.verify(nil); report.Events != 6 || len(report.Faults) != 0 {
				t.Errorf("report = %+v", report)
			}
		})
	}
}
