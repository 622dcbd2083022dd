package release

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"oneid/app/internal/access"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
)

// Levels of identity assurance: somebody a college or another registry vouched
// for, and somebody who only said so.
const (
	levelVouched = "AL2"
	levelStated  = "AL1"
)

// notAuthorized is what services read that use no authorization of ours
// (DOMAIN.md 9.5).
const notAuthorized = "Not Authorized"

// values are all facts of a person that have a value.
func (b *Book) values(ctx context.Context, s Subject) (map[policy.Fact][]string, error) {
	o := s.Opening
	person, err := b.People.Open(ctx, &o.Account)
	if err != nil {
		return nil, err
	}
	contact, err := b.People.Contact(ctx, &o.Account)
	if err != nil {
		return nil, err
	}
	values := make(map[policy.Fact][]string, 26)
	put := func(fact policy.Fact, value string) {
		if value != "" {
			values[fact] = []string{value}
		}
	}
	if values[policy.FactRID], values[policy.FactLicence], err = b.licences(ctx, s); err != nil {
		return nil, err
	}
	put(policy.FactDisplayName, person.DisplayName())
	put(policy.FactFirstName, person.PreferredFirst)
	put(policy.FactLastName, person.PreferredLast)
	put(policy.FactEmail, contact.Email)
	put(policy.FactPhone, contact.Phone)
	put(policy.FactLanguage, o.Account.Language)
	put(policy.FactLoginID, o.Account.LoginID+"@"+b.LoginDomain)
	if s.Name != "" {
		put(policy.FactKey, b.key(s))
		put(policy.FactPairwiseID, s.Name+"@"+b.Scope)
	}
	put(policy.FactSubjectID, o.Account.Subject+"@"+b.Scope)
	put(policy.FactParty, b.EntityID)
	put(policy.FactProvider, saml.IdentityProviderOID)
	put(policy.FactProtected, "false")
	put(policy.FactStrong, strconv.FormatBool(s.Strong))
	put(policy.FactDelegate, "false")
	put(policy.FactLevel, levelOf(o))
	values[policy.FactAssurance] = assurance(o)
	b.factors(values, s.Factors)
	return values, b.authority(values, s)
}

func levelOf(o *db.Opening) string {
	if o.Vouched() {
		return levelVouched
	}
	return levelStated
}

// assurance is how REFEDS' Assurance Framework 2 says it: a licence that a
// college vouched for stands for a document that was seen.
func assurance(o *db.Opening) []string {
	const refeds = "https://refeds.org/assurance"
	all := []string{refeds, refeds + "/version/2", refeds + "/ID/unique", refeds + "/IAP/low"}
	if o.Vouched() {
		all = append(all, refeds+"/IAP/medium")
	}
	return all
}

// factors say what a person signed in with, in the federation's older words.
func (b *Book) factors(values map[policy.Fact][]string, factors []access.Factor) {
	names := map[string]string{
		access.FactorText: "OneTimePassword", access.FactorCall: "Telephone", access.FactorRecovery: "RecoveryCode",
		access.FactorQuestions: "Questions", access.FactorPasskey: "Passkey",
	}
	for i, f := range factors {
		switch {
		case i == 0 && f.Kind == access.FactorPassword:
			values[policy.FactPrimaryFactor] = []string{"Password"}
		case i == 0:
			values[policy.FactPrimaryFactor] = []string{names[f.Kind]}
		case names[f.Kind] != "":
			values[policy.FactFactors] = append(values[policy.FactFactors], names[f.Kind])
		}
	}
}

// entitlements is the shape of ServiceEntitlements; its key for a name to read
// is spelled as services spell it.
type entitlements struct {
	UAO []entitled `json:"UAO"`
}

type entitled struct {
	Type       string     `json:"type"`
	ID         string     `json:"id"`
	FriendName string     `json:"friendName"`
	Service    []db.Grant `json:"service"`
}

// authority says under whose authority the person acts, exactly one, and what
// that lets them do.
func (b *Book) authority(values map[policy.Fact][]string, s Subject) error {
	if s.Authority == nil {
		values[policy.FactUAO], values[policy.FactEntitlements] = []string{notAuthorized}, []string{notAuthorized}
		return nil
	}
	a := s.Authority
	name := a.NameEn
	if s.Opening.Account.Language == "fr" && a.NameFr != "" {
		name = a.NameFr
	}
	grants := make([]db.Grant, 0, len(a.Grants))
	for _, g := range a.Grants {
		if g.Attributes == nil {
			g.Attributes = []db.GrantAttribute{}
		}
		grants = append(grants, g)
	}
	if len(grants) == 0 && s.Service != nil {
		grants = []db.Grant{{Name: s.Service.NameEn, Attributes: []db.GrantAttribute{}}}
	}
	text, err := marshal(entitlements{UAO: []entitled{{Type: a.UAOType, ID: a.UAO, FriendName: name, Service: grants}}})
	if err != nil {
		return fmt.Errorf("write entitlements of account %s: %w", s.Opening.Account.ID, err)
	}
	values[policy.FactUAO], values[policy.FactUAOType], values[policy.FactUAOName] = []string{a.UAO}, []string{a.UAOType}, []string{name}
	values[policy.FactEntitlements] = []string{base64.StdEncoding.EncodeToString(text)}
	values[policy.FactRoles] = a.Roles
	return nil
}

// marshal writes JSON as it stands: services compare its text.
func marshal(v any) ([]byte, error) {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(out.String(), "\n")), nil
}
