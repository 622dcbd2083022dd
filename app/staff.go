package app

import (
	"context"
	"errors"
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
	id := strings.TrimSuffix(strings.ToUpper(loginID), "@"+strings.ToUpper(cfg.LoginDomain))
	account, err := db.AccountByLogin(ctx, g.db, id)
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("there is no account %s", id)
	}
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
