package policy

// Fact is something we know about a person, their sign-in or ourselves that a
// service can be given.
type Fact string

// The facts.
const (
	FactDisplayName Fact = "display_name"
	FactFirstName   Fact = "first_name"
	FactLastName    Fact = "last_name"
	FactEmail       Fact = "email"
	FactPhone       Fact = "phone"
	FactLanguage    Fact = "language"
	FactLoginID     Fact = "login_id"
	FactRID         Fact = "rid"     // licences: naming system, number, standing
	FactLicence     Fact = "licence" // licences as college:number

	FactKey        Fact = "key" // the permanent name that this service knows the person by
	FactSubjectID  Fact = "subject_id"
	FactPairwiseID Fact = "pairwise_id"

	FactLevel         Fact = "level" // assurance that the person is who they say: AL1, AL2
	FactAssurance     Fact = "assurance"
	FactPrimaryFactor Fact = "primary_factor"
	FactFactors       Fact = "compensating_factors"
	FactStrong        Fact = "strong_authentication_request"
	FactProtected     Fact = "protected_network"
	FactParty         Fact = "asserting_party"
	FactProvider      Fact = "identity_provider"

	FactUAO          Fact = "uao"
	FactUAOType      Fact = "uao_type"
	FactUAOName      Fact = "uao_name"
	FactEntitlements Fact = "service_entitlements"
	FactRoles        Fact = "roles"
	FactDelegate     Fact = "delegate_merit_only"
)

// Kind is what a fact is to the person it is about: the line of the release
// notice under which it falls.
type Kind string

// The kinds, in the order in which a notice lists them.
const (
	KindName         Kind = "name"
	KindLoginID      Kind = "login_id"
	KindEmail        Kind = "email"
	KindPhone        Kind = "phone"
	KindLanguage     Kind = "language"
	KindLicence      Kind = "licence"
	KindAuthority    Kind = "authority"
	KindEntitlements Kind = "entitlements"
	KindLevel        Kind = "level"
	KindOpaque       Kind = "opaque"
)

// Kinds lists the kinds in the order of a notice.
func Kinds() []Kind {
	return []Kind{
		KindName, KindLoginID, KindEmail, KindPhone, KindLanguage, KindLicence, KindAuthority, KindEntitlements, KindLevel, KindOpaque,
	}
}

var kinds = map[Fact]Kind{
	FactDisplayName: KindName, FactFirstName: KindName, FactLastName: KindName,
	FactEmail: KindEmail, FactPhone: KindPhone, FactLanguage: KindLanguage, FactLoginID: KindLoginID,
	FactRID: KindLicence, FactLicence: KindLicence,
	FactKey: KindOpaque, FactSubjectID: KindOpaque, FactPairwiseID: KindOpaque,
	FactLevel: KindLevel, FactAssurance: KindLevel, FactPrimaryFactor: KindLevel, FactFactors: KindLevel,
	FactStrong: KindLevel, FactProtected: KindLevel, FactParty: KindLevel, FactProvider: KindLevel, FactDelegate: KindLevel,
	FactUAO: KindAuthority, FactUAOType: KindAuthority, FactUAOName: KindAuthority,
	FactEntitlements: KindEntitlements, FactRoles: KindEntitlements,
}

// Kind is what the fact is to the person; empty for one that we do not have.
func (f Fact) Kind() Kind { return kinds[f] }

// Known tells whether there is such a fact.
func (f Fact) Known() bool { return kinds[f] != "" }

// Facts lists all that can be released.
func Facts() []Fact {
	return []Fact{
		FactDisplayName, FactFirstName, FactLastName, FactEmail, FactPhone, FactLanguage, FactLoginID, FactRID, FactLicence,
		FactKey, FactSubjectID, FactPairwiseID,
		FactLevel, FactAssurance, FactPrimaryFactor, FactFactors, FactStrong, FactProtected, FactParty, FactProvider,
		FactUAO, FactUAOType, FactUAOName, FactEntitlements, FactRoles, FactDelegate,
	}
}

// Released lists the kinds of what a policy releases, in the order of a notice.
// The name that people are known by is part of every answer.
func (p Policy) Released() []Kind {
	found := map[Kind]bool{KindOpaque: true}
	for _, a := range p.Release {
		found[a.Fact.Kind()] = true
	}
	if len(p.NameIDs) > 0 && p.NameIDs[0] == NameEmail {
		found[KindEmail] = true
	}
	var list []Kind
	for _, k := range Kinds() {
		if found[k] {
			list = append(list, k)
		}
	}
	return list
}

// SubjectIDFor is the subject identifier for a service whose metadata states a
// requirement (SAML Subject Identifier Attributes 5). One that will take any gets
// the one by which no two services can compare people.
func SubjectIDFor(requirement string) SubjectID {
	switch requirement {
	case "pairwise-id", "any":
		return SubjectPairwise
	case "subject-id":
		return SubjectGeneral
	}
	return SubjectNone
}
