package apptest

import (
	"context"
	"strings"

	"oneid/db"
)

// Sponsors has organizations answer for a person in a service. Each organization
// is named after its id, in both languages.
func (a *App) Sponsors(who Account, service db.ServiceID, organizations ...db.OrganizationID) {
	a.Helper()
	a.Write(func(ctx context.Context, tx db.Tx) error {
		for i, id := range organizations {
			name := strings.ToUpper(string(id[:1])) + string(id[1:])
			err := db.PutOrganizations(ctx, tx, []db.Organization{{
				ID: id, Kind: "clinic", NameEn: name + " Clinic", NameFr: "Clinique " + name, Town: "Oakville", Enabled: true,
				UAO: "2.16.840.1.113883.3.239.9:" + string(id), UAOType: db.UAOOrganization, CreatedAt: tx.At, UpdatedAt: tx.At,
				Services: []db.ServiceID{service},
			}})
			if err != nil {
				return err
			}
			if err := db.Sponsor(ctx, tx, who.ID, id); err != nil {
				return err
			}
			err = db.PutEntitlement(ctx, tx, &db.Entitlement{
				AccountID: who.ID, OrganizationID: id, ServiceID: service, Roles: []string{"physician"}, CreatedAt: tx.At,
				Grants: []db.Grant{{Name: "OLIS", Attributes: []db.GrantAttribute{{Name: "scope", Value: "user/DiagnosticReport.read"}}}}[:1-i%2],
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
