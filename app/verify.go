package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"oneid/app/college"
	"oneid/app/config"
	"oneid/db"
)

// ErrAuditBroken means that the audit trail was tampered with.
var ErrAuditBroken = errors.New("the audit trail is not intact")

// mostLedgerFaults is how many assertions a report names: one is bad enough.
const mostLedgerFaults = 20

// VerifyAudit recomputes every chain of the audit trail, compares it with the
// newest checkpoint and reports to w. ErrAuditBroken when anything is wrong.
func VerifyAudit(ctx context.Context, cfg config.Config, w io.Writer) error {
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	checkpoint, err := g.lastCheckpoint()
	if err != nil {
		return err
	}
	heads, err := checkpoint.Promised()
	if err != nil {
		return err
	}
	report, err := g.audit.Verify(ctx, g.db, heads)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d events read.\n", report.Events)
	if checkpoint != nil {
		fmt.Fprintf(w, "Compared with the checkpoint of %s.\n", checkpoint.At.Format("2006-01-02 15:04:05 MST"))
	}
	for _, fault := range report.Faults {
		fmt.Fprintln(w, "BROKEN:", fault)
	}
	// The ledger of assertions stands beside the trail, and the trail vouches for
	// it: each event has the digests of its row.
	assertions, err := db.LedgerFaults(ctx, g.db, mostLedgerFaults)
	if err != nil {
		return err
	}
	for _, id := range assertions {
		fmt.Fprintln(w, "BROKEN: the ledger and the trail disagree on assertion", id)
	}
	if len(report.Faults)+len(assertions) > 0 {
		return ErrAuditBroken
	}
	fmt.Fprintln(w, "The audit trail and the ledger of assertions are intact.")
	return nil
}

// VerifyEvidence checks the signature of a college's stored message again,
// with the keys that the college is trusted by now.
func VerifyEvidence(ctx context.Context, cfg config.Config, id string, w io.Writer) error {
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	rules := &college.Rules{DB: g.db, Sealer: g.sealer, Metadata: readOptions(cfg)}
	found, err := rules.Reverify(ctx, db.EvidenceID(id))
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Signed by %s, key %s, %s.\n", found.Issuer, found.KeyFingerprint, found.Algorithm)
	fmt.Fprintf(w, "Assertion %s of %s is as the college signed it.\n", found.AssertionID, found.IssueInstant.Format("2006-01-02 15:04:05 MST"))
	return nil
}
