package policy

// Preset is a profile that a policy begins as.
type Preset string

// The presets.
const (
	SAML2int Preset = "saml2int" // Kantara's deployment profile
	CATS3    Preset = "cats3"    // Sign in Canada's deployment profile
	Ontario  Preset = "ontario"  // the province's viewers
	Legacy   Preset = "legacy"   // products that know none of these
)

// Presets lists the presets, the one for new services first.
func Presets() []Preset { return []Preset{Ontario, SAML2int, CATS3, Legacy} }

// Known tells whether there is such a preset.
func (p Preset) Known() bool { return p == SAML2int || p == CATS3 || p == Ontario || p == Legacy }

// Policy is what a preset sets. A name that is none gets the province's.
func (p Preset) Policy() Policy {
	switch p {
	case SAML2int:
		return saml2int()
	case CATS3:
		return cats3()
	case Legacy:
		return legacy()
	}
	return ontario()
}

// ontario speaks as the province's federation does (DOMAIN.md 9.2 to 9.6): its
// services know a person by one name, of no stated format.
func ontario() Policy {
	const prefix = "urn:ehealth:names:idm:attribute:"
	named := func(fact Fact, name string) Attribute { return Attribute{Fact: fact, Name: prefix + name} }
	return Policy{
		Preset: Ontario, Sign: SignBoth, SignatureAlgorithm: RSASHA256, Encrypt: EncryptWhenPossible, Requests: RequestsWhenPresent,
		ExpiredKeys: true, NameIDs: []string{NameUnspecified, NamePersistent, NameTransient}, Group: "ontario", SubjectID: SubjectNone, Notice: true,
		Vocabulary: VocabularySAML, Unsolicited: true, SessionEnds: true, NameFormat: FormatURI,
		Release: []Attribute{
			named(FactDisplayName, "DisplayName"), named(FactFirstName, "FirstName"), named(FactLastName, "LastName"),
			named(FactEmail, "Email"), named(FactPhone, "TelephoneNumber"), named(FactLoginID, "UserLoginName"),
			named(FactRID, "RID"), named(FactKey, "PrincipalFedKey"),
			named(FactParty, "AssertingParty"), named(FactProvider, "IdentityProvider"),
			named(FactLevel, "AuthenticationLevel"), named(FactLevel, "IdentityVerificationSchemeRef"),
			named(FactLevel, "CredentialManagementSchemeRef"),
			named(FactProtected, "ProtectedNetwork"), named(FactStrong, "StrongAuthenticationRequest"),
			named(FactDelegate, "grantByDelegateMeritOnly"), named(FactRoles, "Roles"),
			named(FactEntitlements, "ServiceEntitlements"),
			named(FactUAO, "UAO"), named(FactUAOType, "uaoType"), named(FactUAOName, "uaoName"),
		},
	}
}

// saml2int follows Kantara's SAML2int 2.0: encrypted, transient, and known
// again by the pairwise identifier.
func saml2int() Policy {
	return Policy{
		Preset: SAML2int, Sign: SignResponse, SignatureAlgorithm: RSASHA256, Encrypt: EncryptRequired, Requests: RequestsWhenPresent,
		ExpiredKeys: true, NameIDs: []string{NameTransient, NamePersistent}, SubjectID: SubjectPairwise, Notice: true,
		Vocabulary: VocabularySAML, SessionEnds: true, NameFormat: FormatURI,
		Release: []Attribute{
			{Fact: FactDisplayName, Name: "urn:oid:2.16.840.1.113730.3.1.241", FriendlyName: "displayName"},
			{Fact: FactFirstName, Name: "urn:oid:2.5.4.42", FriendlyName: "givenName"},
			{Fact: FactLastName, Name: "urn:oid:2.5.4.4", FriendlyName: "sn"},
			{Fact: FactEmail, Name: "urn:oid:0.9.2342.19200300.100.1.3", FriendlyName: "mail"},
			{Fact: FactAssurance, Name: "urn:oid:1.3.6.1.4.1.5923.1.1.1.11", FriendlyName: "eduPersonAssurance"},
		},
	}
}

// cats3 follows Sign in Canada's CATS 3: the assertion alone is signed, names
// are persistent, and nothing is stated about a proof older than 20 minutes.
func cats3() Policy {
	return Policy{
		Preset: CATS3, Sign: SignAssertion, SignatureAlgorithm: RSASHA256, Encrypt: EncryptRequired, Requests: RequestsRequired,
		NameIDs: []string{NamePersistent}, SubjectID: SubjectNone, Notice: true,
		Vocabulary: VocabularyFour, MaxAge: 20, NameFormat: FormatBasic,
		Release: []Attribute{
			{Fact: FactFirstName, Name: "given_name"}, {Fact: FactLastName, Name: "family_name"},
			{Fact: FactEmail, Name: "email"}, {Fact: FactLanguage, Name: "locale"},
		},
	}
}

// legacy suits products configured by hand, which know attributes by the names
// that Active Directory made common.
func legacy() Policy {
	const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
	return Policy{
		Preset: Legacy, Sign: SignBoth, SignatureAlgorithm: RSASHA256, Encrypt: EncryptWhenPossible, Requests: RequestsWhenPresent,
		ExpiredKeys: true, NameIDs: []string{NamePersistent, NameTransient}, SubjectID: SubjectNone, Notice: true,
		Vocabulary: VocabularySAML, Unsolicited: true, SessionEnds: true, NameFormat: FormatUnspecified,
		Release: []Attribute{
			{Fact: FactFirstName, Name: claims + "givenname"}, {Fact: FactLastName, Name: claims + "surname"},
			{Fact: FactEmail, Name: claims + "emailaddress"}, {Fact: FactLoginID, Name: claims + "upn"},
			{Fact: FactRID, Name: "RID"},
		},
	}
}
