package services

import (
	"context"
	"errors"
	"strings"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/exchange"
	"oneid/app/internal/journey"
	"oneid/app/internal/policy"
	"oneid/app/internal/release"
	"oneid/app/internal/verdict"
	"oneid/db"
	"oneid/saml"
)

// Preview is what would go to a service about a person who signed in as strongly
// as they can, masked.
type Preview struct {
	LoginID      string
	NameIDFormat string
	NameID       string
	Items        []release.Item
	Decision     verdict.Decision
}

// PreviewFor tells what would go to a service about the person of a login ID. It
// is on record that somebody looked. db.ErrNotFound: there is no such person.
func (r *Rules) PreviewFor(ctx context.Context, who string, s Service, loginID string) (Preview, error) {
	p, err := PolicyOf(s)
	if err != nil {
		return Preview{}, err
	}
	p = p.Effective(r.DB.Clock.Now())
	name, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(loginID)), "@")
	account, err := db.AccountByLogin(ctx, r.DB, name)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{LoginID: account.LoginID}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		opening, err := db.OpeningOf(ctx, tx, account.ID, s.ID, s.Row.EntityID, p.NamedIn(s.Row.EntityID))
		if err != nil {
			return err
		}
		means, err := db.MeansOf(ctx, tx, account.ID, tx.At)
		if err != nil {
			return err
		}
		out.Decision = verdict.Decide(saml.Request{Service: s.Row.EntityID}, p, strongest(s, opening, means, p))
		told, err := r.Release.Tell(ctx, subject(s, opening, means, p, out.Decision))
		if err != nil {
			return err
		}
		out.take(told)
		return r.note(ctx, tx, audit.ServicePreviewed, who, s.ID, map[string]string{"account": string(account.ID)})
	})
	return out, err
}

// strongest are the facts of a session in which the person has proven the most
// that they can, and answered what they are asked on the way.
func strongest(s Service, o *db.Opening, means db.Means, p policy.Policy) verdict.Facts {
	level := access.Basic
	switch {
	case means.Passkeys > 0:
		level = access.Passkey
	case means.Holds():
		level = access.Possession
	case means.Questions > 1:
		level = access.Knowledge
	}
	f := verdict.Facts{
		SignedIn: true, Level: level, Reach: level, Vouched: o.Vouched(), Minimum: s.Minimum,
		Missing:       journey.Lacks(o.Account.Status, &s.Service, o.Holds(s.RuleCollege), o.Enrolment),
		EmailVerified: o.Account.EmailVerifiedAt != nil, Confirmed: true, Authorities: len(o.Authorities), Chosen: true,
	}
	for _, k := range p.Released() {
		f.Shown = append(f.Shown, string(k))
	}
	return f
}

func subject(s Service, o *db.Opening, means db.Means, p policy.Policy, d verdict.Decision) release.Subject {
	format := d.NameFormat
	if format == "" {
		format = p.NameID("")
	}
	about := release.Subject{
		Opening: o, Policy: p, EntityID: s.Row.EntityID, Name: o.Name, Format: format, Service: &s.Service,
		Factors: []access.Factor{{Kind: access.FactorPassword}}, Strong: verdict.Strong(s.Minimum, p.Minimum),
	}
	if about.Name == "" {
		// One would be made at the first sign-in; this one is shown and forgotten.
		about.Name = release.FreshName()
	}
	switch {
	case means.Passkeys > 0:
		about.Factors = []access.Factor{{Kind: access.FactorPasskey}}
	case means.Phones > 0:
		about.Factors = append(about.Factors, access.Factor{Kind: access.FactorText})
	}
	for i := range o.Authorities {
		if about.Authority == nil || o.Authorities[i].ID == o.LastAuthority {
			about.Authority = &o.Authorities[i]
		}
	}
	return about
}

// take keeps what would go out, masked.
func (p *Preview) take(told *release.Released) {
	p.NameIDFormat, p.NameID = told.NameID.Format, exchange.Value(policy.FactKey, told.NameID.Value)
	if told.NameID.Format == policy.NameEmail {
		p.NameID = exchange.Mask(told.NameID.Value)
	}
	for _, i := range told.Items {
		values := make([]string, len(i.Values))
		for j, v := range i.Values {
			values[j] = exchange.Value(i.Fact, v)
		}
		i.Values = values
		p.Items = append(p.Items, i)
	}
}

// errNoProvider: the service has no SAML side.
var errNoProvider = errors.New("no provider")
