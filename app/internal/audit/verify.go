package audit

import (
	"context"
	"fmt"

	"oneid/db"
)

// verifyBatch bounds the memory that verifying takes.
const verifyBatch = 5000

// Report is the outcome of verifying the chains.
type Report struct {
	Events int64
	// Faults name each broken place; an intact log has none.
	Faults []string
}

// Verify walks every chain and recomputes its links. heads are the newest
// checkpoint's, or nil: a chain shorter than its checkpoint has lost its tail.
func (l *Log) Verify(ctx context.Context, d *db.DB, heads []db.AuditHead) (Report, error) {
	var report Report
	current, err := db.AuditHeads(ctx, d)
	if err != nil {
		return report, err
	}
	// The heads lie in the database too: a chain whose head is gone is not one
	// less to walk, but a fault.
	for chain := range chains {
		head, promised := headOf(current, chain), headOf(heads, chain)
		if head == nil {
			report.Faults = append(report.Faults, fmt.Sprintf("chain %d: its head is missing", chain))
			continue
		}
		n, fault, err := l.verifyChain(ctx, d, *head, promised)
		if err != nil {
			return report, err
		}
		report.Events += n
		if fault != "" {
			report.Faults = append(report.Faults, fault)
		}
	}
	return report, nil
}

func headOf(heads []db.AuditHead, chain int) *db.AuditHead {
	for i := range heads {
		if heads[i].Chain == chain {
			return &heads[i]
		}
	}
	return nil
}

// verifyChain returns how many events were read and the first fault, if any:
// past a broken link nothing more can be said.
func (l *Log) verifyChain(ctx context.Context, d *db.DB, head db.AuditHead, promised *db.AuditHead) (int64, string, error) {
	previous, seq := []byte{}, int64(0)
	for {
		events, err := db.AuditChain(ctx, d, head.Chain, seq, verifyBatch)
		if err != nil {
			return seq, "", err
		}
		if len(events) == 0 {
			break
		}
		for i := range events {
			e := &events[i]
			if e.Seq > head.Seq {
				// Added after the heads were read: the next run checks it.
				break
			}
			if e.Seq != seq+1 {
				return seq, fmt.Sprintf("chain %d: event %d is missing", head.Chain, seq+1), nil
			}
			want, err := l.link(previous, e)
			if err != nil {
				return seq, fmt.Sprintf("chain %d: event %d: %v", head.Chain, e.Seq, err), nil
			}
			if !same(want, e.Hash) {
				return seq, fmt.Sprintf("chain %d: event %d was changed, or one before it was replaced", head.Chain, e.Seq), nil
			}
			previous, seq = e.Hash, e.Seq
			if promised != nil && promised.Seq == seq && !same(promised.Hash, e.Hash) {
				return seq, fmt.Sprintf("chain %d: event %d is not the one of the checkpoint", head.Chain, seq), nil
			}
		}
		if events[len(events)-1].Seq >= head.Seq {
			break
		}
	}
	switch {
	case seq != head.Seq || !same(previous, head.Hash):
		return seq, fmt.Sprintf("chain %d: ends at event %d, its head says %d", head.Chain, seq, head.Seq), nil
	case promised != nil && promised.Seq > seq:
		return seq, fmt.Sprintf("chain %d: ends at event %d, the checkpoint had %d: its tail was cut off", head.Chain, seq, promised.Seq), nil
	}
	return seq, "", nil
}
