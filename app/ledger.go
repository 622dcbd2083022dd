package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"oneid/app/config"
	"oneid/db"
)

// ErrLedgerBroken means that the ledger and the audit trail disagree.
var ErrLedgerBroken = errors.New("the ledger and the audit trail disagree")

// ShowAssertion writes what the ledger holds of an assertion, and whether the
// audit trail has its event with the same digests. An assertion that a service
// holds and the ledger does not was not issued by us.
func ShowAssertion(ctx context.Context, cfg config.Config, id string, w io.Writer) error {
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	a, err := db.AssertionByID(ctx, g.db, id)
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("the ledger has no assertion %s: it was not issued here", id)
	}
	if err != nil {
		return err
	}
	for _, line := range [][2]string{
		{"Assertion", a.ID}, {"Response", a.ResponseID}, {"Issued", a.IssuedAt.UTC().Format("2006-01-02 15:04:05 MST")},
		{"Service", fmt.Sprintf("%s, %s", a.ServiceID, a.EntityID)}, {"Account", string(a.AccountID)},
		{"Name there", a.NameID}, {"Context", a.Context}, {"Authority", string(a.OrganizationID)},
		{"Attributes", strings.Join(a.Attributes, " ")}, {"Session", a.SessionIndex},
		{"Response SHA-256", fmt.Sprintf("%x", a.SHA256)}, {"Assertion SHA-256", fmt.Sprintf("%x", a.AssertionSHA256)},
		{"Signed by key", a.KeyFingerprint}, {"With", a.Algorithm}, {"Encrypted with", a.Encryption},
	} {
		if line[1] != "" {
			fmt.Fprintf(w, "%-18s %s\n", line[0], line[1])
		}
	}
	agrees, err := db.LedgerAgrees(ctx, g.db, a)
	if err != nil {
		return err
	}
	if !agrees {
		fmt.Fprintln(w, "BROKEN: the audit trail has no event with these digests.")
		return ErrLedgerBroken
	}
	fmt.Fprintln(w, "The audit trail has its event, with the same digests.")
	return nil
}
