package db

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
)

// Opening is what is true about a person who wants to open a service, read in
// one round trip. Expiries and rights are judged by whoever asked.
type Opening struct {
	// Party is the service, as it is now.
	Party    Party
	Account  Account
	Licences []Licence
	// Enrolment is its standing; empty when there is none.
	Enrolment string
	// Authorities are the organizations that let the person use the service now.
	Authorities []Authority
	// LastAuthority was used last, and Remembered tells that it is used again
	// without a question.
	LastAuthority OrganizationID
	Remembered    bool
	// Shown are the kinds of facts that the person was last shown as going to
	// the service, and ShownAt when; zero for never.
	Shown   []string
	ShownAt time.Time
	// Name is the name that the service knows the person by; empty when it has
	// none yet.
	Name string
}

// Party is a service with its provider, without the provider's metadata and
// policy: Version tells whether copies of those are still good.
type Party struct {
	Service  Service
	Provider ServiceProvider
	// Revision is another whenever a row of either was written: whoever remembers
	// the rest by it need not read it again. Provider.KeyRing is no part of it.
	Revision string
}

// Licence is a designation with what a service needs to read it.
type Licence struct {
	ID        DesignationID
	College   CollegeCode
	RidSystem string
	Number    Sealed
	Source    string
	Status    string
}

const (
	partyColumns = `s.id, s.name_en, s.name_fr, s.who_en, s.who_fr, s.start_url, s.rule, coalesce(s.rule_college, ''), s.minimum, s.contact,
			s.operator_en, s.operator_fr, s.authority_en, s.authority_fr, s.enabled,
			p.entity_id, p.version, p.enabled, coalesce(p.signing_key, ''), p.keep_old_until, p.recording_until, (SELECT version FROM saml_keyring), ` + partyRevision
	partyRevision  = `s.xmin::text || '-' || p.xmin::text`
	openParty      = `SELECT ` + partyColumns + ` FROM service_providers p JOIN services s ON s.id = p.service_id WHERE p.entity_id = $1`
	accountColumns = `a.id, a.subject, a.login_id, a.status, a.language, a.person, a.email, a.email_verified_at, a.contact_phone`
	openAccount    = `SELECT ` + accountColumns + ` FROM accounts a WHERE a.id = $1`
	openLicences   = `SELECT d.id, d.college, c.rid_system, d.number, d.source, d.status
		FROM designations d JOIN colleges c ON c.code = d.college WHERE d.account_id = $1 ORDER BY d.source, d.college`
	openAuthorities = `SELECT o.id, o.name_en, o.name_fr, o.town, o.uao, o.uao_type, e.roles, e.grants
		FROM entitlements e
		JOIN sponsorships s ON s.account_id = e.account_id AND s.organization_id = e.organization_id
		JOIN organizations o ON o.id = e.organization_id
		WHERE e.account_id = $1 AND e.service_id = $2 AND s.status = 'active' AND o.enabled ORDER BY o.name_en, o.id`
	knownColumns = `coalesce(n.status, ''), coalesce(c.organization_id, ''), coalesce(c.remembered, false), r.kinds, r.accepted_at, coalesce(i.value, '')`
	openKnown    = `SELECT ` + knownColumns + `
		FROM (SELECT $1::uuid AS account, $2::text AS service, $3::text AS name) k
		LEFT JOIN enrolments n ON n.account_id = k.account AND n.service_id = k.service
		LEFT JOIN authority_choices c ON c.account_id = k.account AND c.service_id = k.service
		LEFT JOIN name_ids i ON i.account_id = k.account AND i.entity_id = k.name
		LEFT JOIN LATERAL (SELECT kinds, accepted_at FROM release_receipts r
			WHERE r.account_id = k.account AND r.service_id = k.service ORDER BY accepted_at DESC LIMIT 1) r ON true`
)

// PartyOf reads a service by its provider's entity ID, enabled or not: the one
// check that it is lies with the caller.
func PartyOf(ctx context.Context, tx Tx, entityID string) (*Party, error) {
	p := new(Party)
	err := tx.together(ctx, p.statement(entityID))
	if err == nil && p.Provider.EntityID == "" {
		err = sql.ErrNoRows
	}
	return p, wrap(err, "find service provider")
}

func (p *Party) statement(entityID string) statement {
	return statement{sql: openParty, args: []any{entityID}, row: func(r pgx.Rows) error {
		err := r.Scan(p.fields()...)
		p.Provider.ServiceID = p.Service.ID
		return err
	}}
}

// fields take partyColumns.
func (p *Party) fields() []any {
	s, o := &p.Service, &p.Provider
	return []any{
		&s.ID, &s.NameEn, &s.NameFr, &s.WhoEn, &s.WhoFr, &s.StartURL, &s.Rule, &s.RuleCollege, &s.Minimum, &s.Contact,
		&s.OperatorEn, &s.OperatorFr, &s.AuthorityEn, &s.AuthorityFr, &s.Enabled,
		&o.EntityID, &o.Version, &o.Enabled, &o.SigningKey, &o.KeepOldUntil, &o.RecordingUntil, &o.KeyRing, &p.Revision,
	}
}

// fields take accountColumns.
func (a *Account) fields() []any {
	return []any{&a.ID, &a.Subject, &a.LoginID, &a.Status, &a.Language, (*[]byte)(&a.Person), (*[]byte)(&a.Email), &a.EmailVerifiedAt, (*[]byte)(&a.ContactPhone)}
}

// fields take knownColumns.
func (o *Opening) fields(shown **time.Time) []any {
	return []any{&o.Enrolment, &o.LastAuthority, &o.Remembered, &o.Shown, shown, &o.Name}
}

// OpeningOf reads what is true about a person and a service. named is the entity
// ID, or the group, under which the service's names for people are kept.
func OpeningOf(ctx context.Context, tx Tx, account AccountID, service ServiceID, entityID, named string) (*Opening, error) {
	o := new(Opening)
	err := tx.together(ctx, o.statements(account, service, entityID, named)...)
	return o, o.found(err, account, service)
}

// statements read all of it.
func (o *Opening) statements(account AccountID, service ServiceID, entityID, named string) []statement {
	return []statement{
		o.Party.statement(entityID),
		{sql: openAccount, args: []any{string(account)}, row: func(r pgx.Rows) error {
			return r.Scan(o.Account.fields()...)
		}},
		{sql: openLicences, args: []any{string(account)}, row: func(r pgx.Rows) error {
			var l Licence
			if err := r.Scan(&l.ID, &l.College, &l.RidSystem, (*[]byte)(&l.Number), &l.Source, &l.Status); err != nil {
				return err
			}
			o.Licences = append(o.Licences, l)
			return nil
		}},
		{sql: openAuthorities, args: []any{string(account), string(service)}, row: func(r pgx.Rows) error {
			var a Authority
			var grants []byte
			err := r.Scan(&a.ID, &a.NameEn, &a.NameFr, &a.Town, &a.UAO, &a.UAOType, &a.Roles, &grants)
			if err != nil {
				return err
			}
			a.Grants, err = readGrants(grants)
			o.Authorities = append(o.Authorities, a)
			return err
		}},
		{sql: openKnown, args: []any{string(account), string(service), named}, row: func(r pgx.Rows) error {
			var shown *time.Time
			err := r.Scan(o.fields(&shown)...)
			if shown != nil {
				o.ShownAt = *shown
			}
			return err
		}},
	}
}

// found is ErrNotFound when there is no such account or service.
func (o *Opening) found(err error, account AccountID, service ServiceID) error {
	if err == nil && (o.Account.ID == "" || o.Party.Provider.EntityID == "") {
		err = sql.ErrNoRows
	}
	return wrap(err, "read account %s toward %s", account, service)
}

// Holds tells whether the person holds an active licence of a college that
// somebody vouched for.
func (o *Opening) Holds(college CollegeCode) bool {
	for _, l := range o.Licences {
		if l.College == college && l.Source != DesignationStated && l.Status == LicenceActive {
			return true
		}
	}
	return false
}

// Vouched tells whether anybody but the person has said who they are.
func (o *Opening) Vouched() bool {
	for _, l := range o.Licences {
		if l.Source != DesignationStated {
			return true
		}
	}
	return false
}
