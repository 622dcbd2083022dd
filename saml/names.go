package saml

import (
	"time"

	"oneid/saml/xmlsig"
)

// Names of SAML 2.0 that callers need.
const (
	BindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	BindingPost     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
	BindingSOAP     = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"

	NameIDPersistent  = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	NameIDTransient   = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
	NameIDUnspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
	NameIDEmail       = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"

	// Authentication contexts, weakest first: a password; a password and
	// something else that is known, which no standard names; two kinds of proof
	// (REFEDS MFA); and one that withstands phishing.
	ContextPassword          = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
	ContextKnowledge         = "urn:oneid:ac:knowledge2"
	ContextMFA               = "https://refeds.org/profile/mfa"
	ContextPhishingResistant = "http://schemas.openid.net/pape/policies/2007/06/phishing-resistant"

	// Other names for a password, said only to services that ask by them.
	ContextUnspecified  = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"
	ContextBarePassword = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
	ContextSingleFactor = "https://refeds.org/profile/sfa"

	// How surely we know the person: by their own word, or by a college's. And
	// the federal four levels, which join that with how they signed in.
	ContextAL1  = "urn:oneid:ac:al1"
	ContextAL2  = "urn:oneid:ac:al2"
	ContextLoA1 = "urn:gc-ca:cyber-auth:assurance:loa1"
	ContextLoA2 = "urn:gc-ca:cyber-auth:assurance:loa2"
	ContextLoA3 = "urn:gc-ca:cyber-auth:assurance:loa3"
	ContextLoA4 = "urn:gc-ca:cyber-auth:assurance:loa4"

	StatusSuccess             = "urn:oasis:names:tc:SAML:2.0:status:Success"
	StatusRequester           = "urn:oasis:names:tc:SAML:2.0:status:Requester"
	StatusResponder           = "urn:oasis:names:tc:SAML:2.0:status:Responder"
	StatusAuthnFailed         = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"
	StatusInvalidNameIDPolicy = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy"
	StatusNoAuthnContext      = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext"
	StatusNoPassive           = "urn:oasis:names:tc:SAML:2.0:status:NoPassive"
	StatusPartialLogout       = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"
	StatusRequestDenied       = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"
	StatusRequestUnsupported  = "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported"
	StatusRequestTooHigh      = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooHigh"
	StatusRequestTooLow       = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooLow"
	StatusUnsupportedBinding  = "urn:oasis:names:tc:SAML:2.0:status:UnsupportedBinding"
	StatusVersionMismatch     = "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch"
	StatusUnknownPrincipal    = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal"
)

// RSASHA1 is the SignatureMethod of products that know no better; see
// AnswerOptions.Algorithm.
const RSASHA1 = xmlsig.LegacyRSASHA1

// How attributes are named.
const (
	AttrFormatURI         = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
	AttrFormatBasic       = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
	AttrFormatUnspecified = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
)

// What a Response says about the person's consent (SAML Core 8.4).
const (
	ConsentUnspecified  = "urn:oasis:names:tc:SAML:2.0:consent:unspecified"
	ConsentObtained     = "urn:oasis:names:tc:SAML:2.0:consent:obtained"
	ConsentPrior        = "urn:oasis:names:tc:SAML:2.0:consent:prior"
	ConsentImplicit     = "urn:oasis:names:tc:SAML:2.0:consent:current-implicit"
	ConsentExplicit     = "urn:oasis:names:tc:SAML:2.0:consent:current-explicit"
	ConsentUnavailable  = "urn:oasis:names:tc:SAML:2.0:consent:unavailable"
	ConsentInapplicable = "urn:oasis:names:tc:SAML:2.0:consent:inapplicable"
)

const (
	protocolNS  = "urn:oasis:names:tc:SAML:2.0:protocol"
	assertionNS = "urn:oasis:names:tc:SAML:2.0:assertion"
	metadataNS  = "urn:oasis:names:tc:SAML:2.0:metadata"
	signatureNS = "http://www.w3.org/2000/09/xmldsig#"

	encryptionNS   = "http://www.w3.org/2001/04/xmlenc#"
	encryption11NS = "http://www.w3.org/2009/xmlenc11#"
	uiNS           = "urn:oasis:names:tc:SAML:metadata:ui"
	entityAttrNS   = "urn:oasis:names:tc:SAML:metadata:attribute"
	algorithmNS    = "urn:oasis:names:tc:SAML:metadata:algsupport"
	registrationNS = "urn:oasis:names:tc:SAML:metadata:rpi"
	initiatorNS    = "urn:oasis:names:tc:SAML:profiles:SSO:request-init"
	shibbolethNS   = "urn:mace:shibboleth:metadata:1.0"

	subjectIDReq = "urn:oasis:names:tc:SAML:profiles:subject-id:req"

	methodBearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	formatEntity = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
)

// What we allow between two clocks, and how long messages live.
const (
	Skew          = 180 * time.Second // either way (SAML2int G01)
	MaxRequestAge = 5 * time.Minute
	MaxAnswerAge  = 5 * time.Minute
	// AssertionLife is how long what we issue can be presented.
	AssertionLife = 5 * time.Minute
	assertionLead = 60 * time.Second // NotBefore lies this far back, for viewers whose clock is slow

	// DefaultAuthnAge is how long ago a member may have signed in at the
	// college when the college's configuration does not say otherwise.
	DefaultAuthnAge = 8 * time.Hour

	// MaxRelayState is longer than the 80 bytes of the standard: products in the
	// field send whole addresses.
	MaxRelayState = 2048
	maxEntityID   = 256
)
