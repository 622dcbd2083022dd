package strictxml

import (
	"net/url"
	"strings"
)

const (
	assertionNS = "urn:oasis:names:tc:SAML:2.0:assertion"
	protocolNS  = "urn:oasis:names:tc:SAML:2.0:protocol"
	metadataNS  = "urn:oasis:names:tc:SAML:2.0:metadata"
	signatureNS = "http://www.w3.org/2000/09/xmldsig#"
	xmlNS       = "http://www.w3.org/XML/1998/namespace"
	xmlnsNS     = "http://www.w3.org/2000/xmlns/"
)

// homeOf returns the namespaces in which an element of this local name may
// appear, nil for names we do not guard. A SAML name from another namespace is
// never an accident: lax parsers read it as the real one.
func homeOf(local string) []string {
	switch local {
	case "Assertion", "EncryptedAssertion", "Issuer", "Subject", "NameID", "EncryptedID", "SubjectConfirmation",
		"SubjectConfirmationData", "Conditions", "AudienceRestriction", "Audience", "AuthnStatement",
		"AuthnContext", "AuthnContextClassRef", "AttributeStatement", "AttributeValue":
		return []string{assertionNS}
	case "Attribute":
		return []string{assertionNS, metadataNS}
	case "Response", "AuthnRequest", "LogoutRequest", "LogoutResponse", "Status", "StatusCode", "StatusMessage",
		"NameIDPolicy", "RequestedAuthnContext":
		return []string{protocolNS}
	case "EntityDescriptor", "EntitiesDescriptor", "SPSSODescriptor", "IDPSSODescriptor", "KeyDescriptor",
		"AssertionConsumerService", "SingleSignOnService", "SingleLogoutService", "ContactPerson", "Organization":
		return []string{metadataNS}
	case "Signature", "SignedInfo", "SignatureValue", "Reference", "X509Certificate":
		return []string{signatureNS}
	default:
		return nil
	}
}

// singleton reports elements that may occur once within one parent: with two
// of them, parsers disagree on whether the first or the last one counts.
func singleton(space, local string) bool {
	switch space {
	case assertionNS:
		switch local {
		case "Issuer", "Subject", "NameID", "EncryptedID", "BaseID", "SubjectConfirmationData", "Conditions",
			"Advice", "AuthnContext", "SubjectLocality", "AuthnContextClassRef":
			return true
		}
	case protocolNS:
		switch local {
		case "Status", "StatusCode", "StatusMessage", "StatusDetail", "NameIDPolicy", "RequestedAuthnContext",
			"Scoping", "Extensions":
			return true
		}
	case metadataNS:
		switch local {
		case "Extensions", "Organization", "Company", "GivenName", "SurName":
			return true
		}
	case signatureNS:
		switch local {
		case "Signature", "SignedInfo", "SignatureValue", "KeyInfo", "CanonicalizationMethod", "SignatureMethod",
			"Transforms", "DigestMethod", "DigestValue":
			return true
		}
	}
	return false
}

// manyAllowed names the parents in which an otherwise single element may
// repeat: a request lists several acceptable classes.
func manyAllowed(parentSpace, parentLocal, local string) bool {
	return local == "AuthnContextClassRef" && parentSpace == protocolNS && parentLocal == "RequestedAuthnContext"
}

// samlAttribute reports the local names that mean something to SAML when they
// stand without a prefix. With a prefix they mean nothing, except to a parser
// that ignores prefixes, and that is what an attacker would want.
func samlAttribute(local string) bool {
	switch local {
	case "ID", "Id", "id", "Version", "IssueInstant", "Destination", "Consent", "InResponseTo", "ForceAuthn", "IsPassive",
		"ProtocolBinding", "AssertionConsumerServiceIndex", "AssertionConsumerServiceURL",
		"AttributeConsumingServiceIndex", "ProviderName", "Format", "NameQualifier", "SPNameQualifier",
		"SPProvidedID", "AllowCreate", "Comparison", "NotBefore", "NotOnOrAfter", "Recipient", "Address",
		"Method", "AuthnInstant", "SessionIndex", "SessionNotOnOrAfter", "Name", "NameFormat", "Value",
		"Algorithm", "URI", "entityID", "validUntil", "Binding", "Location", "ResponseLocation", "index",
		"isDefault", "use", "protocolSupportEnumeration", "AuthnRequestsSigned", "WantAssertionsSigned",
		"WantAuthnRequestsSigned":
		return true
	default:
		return false
	}
}

// absolute accepts the namespace names that canonicalization is defined for:
// a relative or empty one makes some libraries canonicalize to nothing.
func absolute(uri string) bool {
	if uri == "" || strings.TrimSpace(uri) != uri {
		return false
	}
	u, err := url.Parse(uri)
	return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "")
}
