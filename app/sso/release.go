package sso

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"oneid/app/internal/people"
	"oneid/app/internal/policy"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/saml"
)

// Facts are what is the same in every assertion.
type Facts struct {
	AssertingParty string
	LoginDomain    string
	Sealer         interface {
		Open(ctx context.Context, at secret.Place, sealed []byte) ([]byte, error)
	}
}

// Levels of identity assurance: somebody a college or another registry vouched
// for, and somebody who only said so.
const (
	levelVouched = "AL2"
	levelStated  = "AL1"
)

// nameID names the person to the service: the persistent name it has always
// known them by, or one for this time only.
func (r *Rules) nameID(ctx context.Context, tx db.Tx, p *party, account *db.Account, q saml.Request) (saml.NameID, error) {
	format := p.policy.NameID(q.NameIDFormat)
	name := saml.NameID{Format: format, Value: freshName(), NameQualifier: r.IDP.EntityID, SPNameQualifier: p.row.EntityID}
	if format == saml.NameIDTransient {
		return name, nil
	}
	var err error
	name.Value, err = db.NameIDFor(ctx, tx, account.ID, p.row.EntityID, name.Value)
	return name, err
}

// freshName is 32 lower-case hex digits: services that ignore case can't mix
// two people up.
func freshName() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

// attributes are the facts the service's policy releases, in its order. A fact
// without a value is left out.
func (r *Rules) attributes(ctx context.Context, tx db.Tx, p *party, account *db.Account, name saml.NameID) ([]saml.Attribute, error) {
	person, err := r.People.Open(ctx, account)
	if err != nil {
		return nil, err
	}
	contact, err := r.People.Contact(ctx, account)
	if err != nil {
		return nil, err
	}
	rids, level, err := r.licences(ctx, tx, account)
	if err != nil {
		return nil, err
	}
	values := r.values(person, contact, account, name, rids, level)
	var released []saml.Attribute
	for _, a := range p.policy.Release {
		if v := values[a.Fact]; len(v) > 0 {
			released = append(released, saml.Attribute{Name: a.Name, Values: v})
		}
	}
	return released, nil
}

func (r *Rules) values(person people.Person, contact people.Contact, account *db.Account, name saml.NameID, rids []string, level string) map[policy.Fact][]string {
	values := map[policy.Fact][]string{policy.FactRID: rids}
	put := func(fact policy.Fact, value string) {
		if value != "" {
			values[fact] = []string{value}
		}
	}
	put(policy.FactDisplayName, person.DisplayName())
	put(policy.FactFirstName, person.PreferredFirst)
	put(policy.FactLastName, person.PreferredLast)
	put(policy.FactEmail, contact.Email)
	put(policy.FactPhone, contact.Phone)
	put(policy.FactLoginID, account.LoginID+"@"+r.Facts.LoginDomain)
	put(policy.FactKey, name.Value)
	put(policy.FactParty, r.Facts.AssertingParty)
	put(policy.FactProvider, saml.IdentityProviderOID)
	put(policy.FactLevel, level)
	put(policy.FactProtected, "false")
	put(policy.FactStrong, "false")
	return values
}

// licences are the person's registration numbers as services read them, with
// their standing, and how surely we know the person.
func (r *Rules) licences(ctx context.Context, tx db.Tx, account *db.Account) (rids []string, level string, err error) {
	designations, err := db.DesignationsOf(ctx, tx, account.ID)
	if err != nil {
		return nil, "", err
	}
	level = levelStated
	for _, d := range designations {
		number, err := r.Facts.Sealer.Open(ctx, secret.Place{Table: "designations", Column: "number", Row: string(d.ID)}, d.Number)
		if err != nil {
			return nil, "", fmt.Errorf("open licence of account %s: %w", account.ID, err)
		}
		college, err := db.CollegeByCode(ctx, tx, d.College)
		if err != nil {
			return nil, "", err
		}
		if d.Source != db.DesignationStated {
			level = levelVouched
		}
		rids = append(rids, saml.RID(college.RidSystem, string(number), standing(d)))
	}
	return rids, level, nil
}

func standing(d db.Designation) saml.LicenceStatus {
	switch {
	case d.Source == db.DesignationStated:
		return saml.LicenceUnverified
	case d.Status == db.LicenceActive:
		return saml.LicenceActive
	case d.Status == db.LicenceSuspended:
		return saml.LicenceSuspended
	}
	return saml.LicenceInactive
}
