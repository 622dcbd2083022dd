package db

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// OrganizationID names an organization, for example "riverbend-family-health-team".
type OrganizationID string

// Kinds of custodian, as services are told them.
const (
	UAOOrganization = "Organization"
	UAOPerson       = "Person"
)

// Organization is a custodian under whose authority people work.
type Organization struct {
	bun.BaseModel `bun:"table:organizations"`

	ID          OrganizationID `bun:",pk"`
	Kind        string
	NameEn      string
	NameFr      string
	Town        string
	UAO         string `bun:"uao"` // its identifier toward services
	UAOType     string `bun:"uao_type"`
	Responsible string
	Phone       string
	LRAEmail    string `bun:"lra_email"`
	Enabled     bool
	CreatedAt   time.Time
	UpdatedAt   time.Time

	// Services are those that it signed for; only PutOrganizations reads them.
	Services []ServiceID `bun:"-"`
}

// Standing of a sponsorship.
const (
	SponsorshipActive    = "active"
	SponsorshipSuspended = "suspended"
	SponsorshipEnded     = "ended"
)

// Sponsorship is an organization answering for a person.
type Sponsorship struct {
	bun.BaseModel `bun:"table:sponsorships"`

	AccountID      AccountID      `bun:",pk"`
	OrganizationID OrganizationID `bun:",pk"`
	Status         string
	StatusAt       time.Time
	Reason         string
	CreatedAt      time.Time
}

// Entitlement is what a person may do in a service on an organization's
// authority.
type Entitlement struct {
	bun.BaseModel `bun:"table:entitlements"`

	AccountID      AccountID      `bun:",pk"`
	OrganizationID OrganizationID `bun:",pk"`
	ServiceID      ServiceID      `bun:",pk"`
	Roles          []string       `bun:",array"`
	Grants         []Grant        `bun:"type:jsonb"`
	CreatedAt      time.Time
}

// Grant is one entry of an entitlement, in the shape in which services read it.
type Grant struct {
	Name       string           `json:"name"`
	Attributes []GrantAttribute `json:"attribute"`
}

// GrantAttribute is a name and a value of a Grant.
type GrantAttribute struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Authority is an organization on whose authority a person may use a service
// now, and what for.
type Authority struct {
	ID      OrganizationID
	NameEn  string
	NameFr  string
	Town    string
	UAO     string
	UAOType string
	Roles   []string
	Grants  []Grant
}

// PutOrganizations adds organizations with the services they signed for, or
// brings the words about those that are there up to date.
func PutOrganizations(ctx context.Context, tx Tx, all []Organization) error {
	for i := range all {
		o := &all[i]
		_, err := tx.NewInsert().Model(o).On("CONFLICT (id) DO UPDATE").
			Set("kind = EXCLUDED.kind").Set("name_en = EXCLUDED.name_en").Set("name_fr = EXCLUDED.name_fr").Set("town = EXCLUDED.town").
			Set("responsible = EXCLUDED.responsible").Set("phone = EXCLUDED.phone").Set("lra_email = EXCLUDED.lra_email").
			Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
		if err != nil {
			return wrap(err, "put organization %s", o.ID)
		}
		for _, service := range o.Services {
			_, err := tx.NewRaw(`INSERT INTO organization_services (organization_id, service_id, created_at) VALUES (?, ?, ?)
				ON CONFLICT DO NOTHING`, o.ID, service, tx.At).Exec(ctx)
			if err != nil {
				return wrap(err, "sign organization %s up for %s", o.ID, service)
			}
		}
	}
	return nil
}

// OrganizationByID finds an organization.
func OrganizationByID(ctx context.Context, q bun.IDB, id OrganizationID) (*Organization, error) {
	o := new(Organization)
	err := q.NewSelect().Model(o).Where("id = ?", id).Scan(ctx)
	return o, wrap(err, "find organization %s", id)
}

// Sponsor has an organization answer for a person from now on.
func Sponsor(ctx context.Context, tx Tx, account AccountID, organization OrganizationID) error {
	s := &Sponsorship{AccountID: account, OrganizationID: organization, Status: SponsorshipActive, StatusAt: tx.At, CreatedAt: tx.At}
	_, err := tx.NewInsert().Model(s).On("CONFLICT (account_id, organization_id) DO UPDATE").
		Set("status = EXCLUDED.status").Set("status_at = EXCLUDED.status_at").Set("reason = ''").Exec(ctx)
	return wrap(err, "sponsor account %s by %s", account, organization)
}

// PutEntitlement lets a sponsored person do these things in a service. It is an
// error when the organization does not sponsor them or did not sign for the
// service.
func PutEntitlement(ctx context.Context, tx Tx, e *Entitlement) error {
	if e.Grants == nil {
		e.Grants = []Grant{}
	}
	if e.Roles == nil {
		e.Roles = []string{}
	}
	_, err := tx.NewInsert().Model(e).On("CONFLICT (account_id, organization_id, service_id) DO UPDATE").
		Set("roles = EXCLUDED.roles").Set("grants = EXCLUDED.grants").Exec(ctx)
	return wrap(err, "entitle account %s in %s", e.AccountID, e.ServiceID)
}

// ChooseAuthority keeps which authority a person used in a service, and whether
// they want to be asked again.
func ChooseAuthority(ctx context.Context, tx Tx, account AccountID, service ServiceID, organization OrganizationID, remember bool) error {
	_, err := tx.NewRaw(`INSERT INTO authority_choices (account_id, service_id, organization_id, remembered, chosen_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (account_id, service_id) DO UPDATE
		SET organization_id = EXCLUDED.organization_id, remembered = EXCLUDED.remembered, chosen_at = EXCLUDED.chosen_at`,
		account, service, organization, remember, tx.At).Exec(ctx)
	return wrap(err, "keep authority of account %s in %s", account, service)
}

// ForgetAuthority has a person asked again which authority they use in a service.
func ForgetAuthority(ctx context.Context, tx Tx, account AccountID, service ServiceID) error {
	_, err := tx.NewRaw(`UPDATE authority_choices SET remembered = false WHERE account_id = ? AND service_id = ?`, account, service).Exec(ctx)
	return wrap(err, "forget authority of account %s in %s", account, service)
}

// RememberedAuthorities are the organizations that a person's services open
// under without asking, by service: where there is a choice at all.
func RememberedAuthorities(ctx context.Context, q bun.IDB, account AccountID) (map[ServiceID]Organization, error) {
	var rows []struct {
		ServiceID ServiceID
		NameEn    string
		NameFr    string
	}
	err := q.NewRaw(`SELECT c.service_id, o.name_en, o.name_fr FROM authority_choices c JOIN organizations o ON o.id = c.organization_id
		WHERE c.account_id = ? AND c.remembered`, account).Scan(ctx, &rows)
	found := make(map[ServiceID]Organization, len(rows))
	for _, r := range rows {
		found[r.ServiceID] = Organization{NameEn: r.NameEn, NameFr: r.NameFr}
	}
	return found, wrap(err, "list remembered authorities of account %s", account)
}

// Receipt is what a person was shown before a service first received it.
type Receipt struct {
	bun.BaseModel `bun:"table:release_receipts"`

	ID         ReceiptID `bun:",pk"`
	AccountID  AccountID
	ServiceID  ServiceID
	EntityID   string
	Kinds      []string `bun:",array"`
	Attributes []string `bun:",array"`
	Language   string
	AcceptedAt time.Time
}

// ReceiptID identifies a receipt.
type ReceiptID string

// InsertReceipt keeps a receipt.
func InsertReceipt(ctx context.Context, tx Tx, r *Receipt) error {
	_, err := tx.NewInsert().Model(r).Exec(ctx)
	return wrap(err, "keep receipt of account %s", r.AccountID)
}

// ReceiptsOf lists a person's receipts, the newest first.
func ReceiptsOf(ctx context.Context, q bun.IDB, account AccountID) ([]Receipt, error) {
	var all []Receipt
	err := q.NewSelect().Model(&all).Where("account_id = ?", account).Order("accepted_at DESC", "id DESC").Scan(ctx)
	return all, wrap(err, "list receipts of account %s", account)
}

// readGrants reads an entitlement's entries.
func readGrants(raw []byte) ([]Grant, error) {
	var grants []Grant
	return grants, json.Unmarshal(raw, &grants)
}
