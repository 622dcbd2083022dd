package db

import (
	"context"

	"github.com/uptrace/bun"
)

// Roles that something here asks for.
const (
	ServiceAdministrator = "service-administrator" // runs the services
	ServiceDesk          = "service-desk"          // helps callers
)

// StaffRoles lists the roles that staff can have.
func StaffRoles() []string {
	return []string{ServiceDesk, "registration-agent", ServiceAdministrator, "auditor"}
}

// AddStaffRole gives an account a role; having it already is no error.
func AddStaffRole(ctx context.Context, tx Tx, id AccountID, role string) error {
	_, err := tx.NewRaw("INSERT INTO staff_roles (account_id, role, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id, role, tx.At).Exec(ctx)
	return wrap(err, "give account %s a role", id)
}

// IsStaff tells whether an account has any role.
func IsStaff(ctx context.Context, q bun.IDB, id AccountID) (bool, error) {
	has, err := q.NewSelect().Table("staff_roles").Where("account_id = ?", id).Exists(ctx)
	return has, wrap(err, "look for roles of account %s", id)
}

// StaffRolesOf lists the roles of an account.
func StaffRolesOf(ctx context.Context, q bun.IDB, id AccountID) ([]string, error) {
	var roles []string
	err := q.NewSelect().Table("staff_roles").Column("role").Where("account_id = ?", id).Order("role").Scan(ctx, &roles)
	return roles, wrap(err, "list roles of account %s", id)
}
