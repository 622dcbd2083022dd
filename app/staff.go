package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"oneid/app/config"
	"oneid/app/internal/audit"
	"oneid/db"
)

// AddStaff gives an account a staff role. Having it already is no error.
func AddStaff(ctx context.Context, cfg config.Config, loginID, role string) error {
	if !slices.Contains(db.StaffRoles(), role) {
		return fmt.Errorf("there is no role %q: choose %s", role, strings.Join(db.StaffRoles(), ", "))
	}
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	account, err := g.account(ctx, loginID)
	if err != nil {
		return err
	}
	return db.InTx(ctx, g.db, func(ctx context.Context, tx db.Tx) error {
		if err := db.AddStaffRole(ctx, tx, account.ID, role); err != nil {
			return err
		}
		return g.audit.Record(ctx, tx, audit.Event{
			Kind: audit.StaffRoleAdded, Actor: "cli", Subject: string(account.ID), Details: map[string]string{"role": role},
		})
	})
}
