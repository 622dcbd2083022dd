package release

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"oneid/app/internal/access"
	"oneid/app/internal/people"
	"oneid/app/internal/policy"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/saml"
)

// Book opens what is known about people and says it in services' words.
type Book struct {
	People *people.Book
	// EntityID is ours; it also qualifies names.
	EntityID string
	// LoginDomain ends login IDs, NameDomain the names of no stated format, and
	// Scope the subject identifiers.
	LoginDomain, NameDomain, Scope string
}

// Subject is whom an answer is about, and to whom it goes.
type Subject struct {
	Opening  *db.Opening
	Policy   policy.Policy // in effect now
	EntityID string        // of the service
	// Name is what the service knows the person by, or is to from now on.
	Name string
	// Format is how to name them.
	Format string
	// Authority is whose they act under; nil for nobody's.
	Authority *db.Authority
	Service   *db.Service
	Factors   []access.Factor
	Strong    bool // more than a password was asked for
}

// Why says what became of an attribute.
type Why string

// What can become of one.
const (
	Sent    Why = "sent"
	Empty   Why = "empty"   // nothing is known of this person
	Unknown Why = "unknown" // no such fact
)

// Item is one attribute of a policy and what would go out under it.
type Item struct {
	policy.Attribute
	Values []string
	Why    Why
}

// Released is what a service is told.
type Released struct {
	NameID saml.NameID
	Items  []Item
}

// Attributes are those that go out, in the policy's order.
func (r *Released) Attributes() []saml.Attribute {
	out := make([]saml.Attribute, 0, len(r.Items))
	for _, i := range r.Items {
		if i.Why == Sent {
			out = append(out, saml.Attribute{Name: i.Name, Values: i.Values, NameFormat: i.NameFormat, FriendlyName: i.FriendlyName})
		}
	}
	return out
}

// Names of the subject identifier attributes.
const (
	nameSubjectID  = "urn:oasis:names:tc:SAML:attribute:subject-id"
	namePairwiseID = "urn:oasis:names:tc:SAML:attribute:pairwise-id"
)

// Tell puts together what a service is told about a person.
func (b *Book) Tell(ctx context.Context, s Subject) (*Released, error) {
	known, err := b.values(ctx, s)
	if err != nil {
		return nil, err
	}
	wanted := s.Policy.Release
	switch s.Policy.SubjectID {
	case policy.SubjectPairwise:
		wanted = append(wanted[:len(wanted):len(wanted)], policy.Attribute{Fact: policy.FactPairwiseID, Name: namePairwiseID, NameFormat: policy.FormatURI, FriendlyName: "pairwise-id"})
	case policy.SubjectGeneral:
		wanted = append(wanted[:len(wanted):len(wanted)], policy.Attribute{Fact: policy.FactSubjectID, Name: nameSubjectID, NameFormat: policy.FormatURI, FriendlyName: "subject-id"})
	}
	told := &Released{NameID: b.name(s, known), Items: make([]Item, 0, len(wanted))}
	for _, a := range wanted {
		item := Item{Attribute: a, Values: known[a.Fact], Why: Sent}
		item.NameFormat = s.Policy.FormatOf(a)
		switch {
		case !a.Fact.Known():
			item.Why = Unknown
		case len(item.Values) == 0:
			item.Why = Empty
		}
		told.Items = append(told.Items, item)
	}
	return told, nil
}

// name is the person's name toward the service. One of no stated format looks
// like the federation's (DOMAIN.md 9.2): one fixed case, in our domain.
func (b *Book) name(s Subject, known map[policy.Fact][]string) saml.NameID {
	name := saml.NameID{Format: s.Format, NameQualifier: b.EntityID}
	switch s.Format {
	case policy.NameTransient:
		name.Value, name.SPNameQualifier = FreshName(), s.EntityID
	case policy.NameUnspecified:
		name.Value = b.key(s)
	case policy.NameEmail:
		name.NameQualifier = ""
		if email := known[policy.FactEmail]; len(email) > 0 {
			name.Value = email[0]
		}
	default:
		name.Value, name.SPNameQualifier = s.Name, s.EntityID
	}
	return name
}

// key is the permanent name: the very one in a NameID that lasts.
func (b *Book) key(s Subject) string {
	if s.Format == policy.NameUnspecified {
		return s.Name + "@" + b.NameDomain
	}
	return s.Name
}

// NeedsName tells whether the service learns a lasting name of the person at
// all: otherwise none has to be made.
func NeedsName(p policy.Policy, format string) bool {
	return format == policy.NamePersistent || format == policy.NameUnspecified ||
		p.SubjectID == policy.SubjectPairwise || p.Releases(policy.FactPairwiseID) || p.Releases(policy.FactKey)
}

// FreshName is 32 lower-case hex digits: services that ignore case can't mix two
// people up.
func FreshName() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

func (b *Book) licences(ctx context.Context, s Subject) (rids, numbers []string, err error) {
	for _, l := range s.Opening.Licences {
		number, err := b.People.Sealer.Open(ctx, secret.Place{Table: "designations", Column: "number", Row: string(l.ID)}, l.Number)
		if err != nil {
			return nil, nil, fmt.Errorf("open licence of account %s: %w", s.Opening.Account.ID, err)
		}
		rids = append(rids, saml.RID(l.RidSystem, string(number), standing(l)))
		if l.Source != db.DesignationStated {
			numbers = append(numbers, string(l.College)+":"+string(number))
		}
	}
	if len(rids) == 0 {
		rids = []string{unregulated}
	}
	return rids, numbers, nil
}

// unregulated stands for the licence of somebody who belongs to no college.
const unregulated = "URP"

func standing(l db.Licence) saml.LicenceStatus {
	switch {
	case l.Source == db.DesignationStated:
		return saml.LicenceUnverified
	case l.Status == db.LicenceActive:
		return saml.LicenceActive
	case l.Status == db.LicenceSuspended:
		return saml.LicenceSuspended
	}
	return saml.LicenceInactive
}
