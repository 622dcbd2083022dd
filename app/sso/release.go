package sso

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/saml"
)

// Release is which facts a service gets, and under which names. Services differ
// in the names and spellings they expect.
type Release struct {
	Attributes []ReleasedAttribute `json:"attributes"`
}

// ReleasedAttribute is one fact under one name.
type ReleasedAttribute struct {
	Fact string `json:"fact"`
	Name string `json:"name"`
}

// DefaultRelease is the core that Ontario's services expect (DOMAIN.md 9.3).
func DefaultRelease() Release {
	return Release{Attributes: []ReleasedAttribute{
		{factDisplayName, saml.AttrDisplayName},
		{factFirstName, saml.AttrFirstName},
		{factLastName, saml.AttrLastName},
		{factEmail, saml.AttrEmail},
		{factPhone, saml.AttrTelephoneNumber},
		{factLoginID, saml.AttrUserLoginName},
		{factRID, saml.AttrRID},
		{factKey, saml.AttrPrincipalFedKey},
		{factParty, saml.AttrAssertingParty},
		{factProvider, saml.AttrIdentityProvider},
		{factLevel, saml.AttrAuthenticationLevel},
		{factLevel, saml.AttrIdentityVerificationSchemeRef},
		{factLevel, saml.AttrCredentialManagementSchemeRef},
		{factProtected, saml.AttrProtectedNetwork},
		{factStrong, saml.AttrStrongAuthenticationRequest},
	}}
}

// The facts that can be released.
const (
	factDisplayName = "display_name"
	factFirstName   = "first_name"
	factLastName    = "last_name"
	factEmail       = "email"
	factPhone       = "phone"
	factLoginID     = "login_id"
	factRID         = "rid"
	factKey         = "key"
	factParty       = "asserting_party"
	factProvider    = "identity_provider"
	factLevel       = "level"
	factProtected   = "protected_network"
	factStrong      = "strong_authentication_request"
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
	format := q.NameIDFormat
	if format == "" || format == saml.NameIDUnspecified {
		format = p.row.NameIDFormat
	}
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
	var policy Release
	if err := json.Unmarshal(p.row.Release, &policy); err != nil {
		return nil, fmt.Errorf("read release policy of %s: %w", p.service.ID, err)
	}
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
	for _, a := range policy.Attributes {
		if v := values[a.Fact]; len(v) > 0 {
			released = append(released, saml.Attribute{Name: a.Name, Values: v})
		}
	}
	return released, nil
}

func (r *Rules) values(person people.Person, contact people.Contact, account *db.Account, name saml.NameID, rids []string, level string) map[string][]string {
	values := map[string][]string{factRID: rids}
	put := func(fact, value string) {
		if value != "" {
			values[fact] = []string{value}
		}
	}
	put(factDisplayName, person.DisplayName())
	put(factFirstName, person.PreferredFirst)
	put(factLastName, person.PreferredLast)
	put(factEmail, contact.Email)
	put(factPhone, contact.Phone)
	put(factLoginID, account.LoginID+"@"+r.Facts.LoginDomain)
	put(factKey, name.Value)
	put(factParty, r.Facts.AssertingParty)
	put(factProvider, saml.IdentityProviderOID)
	put(factLevel, level)
	put(factProtected, "false")
	put(factStrong, "false")
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
