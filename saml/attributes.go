package saml

import "strings"

// attributePrefix begins the names Ontario's services know attributes by.
const attributePrefix = "urn:ehealth:names:idm:attribute:"

// Names of the attributes a service can be given. Services differ in the case
// they expect, so these are defaults; a service's release policy may name
// them otherwise.
const (
	AttrDisplayName                   = attributePrefix + "DisplayName"
	AttrFirstName                     = attributePrefix + "FirstName"
	AttrLastName                      = attributePrefix + "LastName"
	AttrEmail                         = attributePrefix + "Email"
	AttrRID                           = attributePrefix + "RID"
	AttrUserLoginName                 = attributePrefix + "UserLoginName"
	AttrTelephoneNumber               = attributePrefix + "TelephoneNumber"
	AttrStrongAuthenticationRequest   = attributePrefix + "StrongAuthenticationRequest"
	AttrPrincipalFedKey               = attributePrefix + "PrincipalFedKey"
	AttrAssertingParty                = attributePrefix + "AssertingParty"
	AttrAuthenticationLevel           = attributePrefix + "AuthenticationLevel"
	AttrCredentialManagementSchemeRef = attributePrefix + "CredentialManagementSchemeRef"
	AttrIdentityProvider              = attributePrefix + "IdentityProvider"
	AttrIdentityVerificationSchemeRef = attributePrefix + "IdentityVerificationSchemeRef"
	AttrProtectedNetwork              = attributePrefix + "ProtectedNetwork"
	AttrGrantByDelegateMeritOnly      = attributePrefix + "grantByDelegateMeritOnly"
	AttrRoles                         = attributePrefix + "Roles"
	AttrServiceEntitlements           = attributePrefix + "ServiceEntitlements"
	AttrUAO                           = attributePrefix + "UAO"
	AttrUAOType                       = attributePrefix + "uaoType"
	AttrUAOName                       = attributePrefix + "uaoName"
)

// IdentityProviderOID is the value by which services know ONE ID.
const IdentityProviderOID = "2.16.840.1.113883.3.239.35.3.1"

// LicenceStatus is the standing of a licence, as it is appended to an RID.
type LicenceStatus string

// The standings we state.
const (
	LicenceActive     LicenceStatus = "Active"
	LicenceInactive   LicenceStatus = "Inactive"
	LicenceSuspended  LicenceStatus = "Suspended"
	LicenceUnverified LicenceStatus = "Unverified"
)

// RID writes a licence the way the federation sends it out: the college's
// naming system, the number, the standing. A number is only ever a short
// token, so characters that separate the parts are dropped from it.
func RID(namingSystem, number string, status LicenceStatus) string {
	clean := strings.Map(func(r rune) rune {
		if r == '|' || r == ':' || r <= ' ' {
			return -1
		}
		return r
	}, number)
	return namingSystem + "|" + clean + ":" + string(status)
}
