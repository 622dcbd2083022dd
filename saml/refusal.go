package saml

import (
	"errors"
	"fmt"
	"strings"

	"oneid/saml/strictxml"
	"oneid/saml/xmlsig"
)

// Code is the reason of a refusal. The values are stable: they choose the page
// a person sees and are kept in audit events.
type Code string

// Reasons of the wire and of the message itself. The gate's reasons
// (strictxml.Codes) and the signature's (xmlsig.Codes) are passed on under
// their own names.
const (
	TooLarge          Code = "too_large"       // parameter or body over its limit
	BadEncoding       Code = "bad_encoding"    // not base64, not DEFLATE
	RelayTooLong      Code = "relay_too_long"  // RelayState over MaxRelayState
	PackedPost        Code = "packed_post"     // compressed as for a redirect, but posted
	PlainRedirect     Code = "plain_redirect"  // not compressed, as for a POST, but in an address
	Malformed         Code = "malformed"       // required content absent or of the wrong form
	UnexpectedKind    Code = "unexpected_kind" // another SAML message than expected
	BadVersion        Code = "bad_version"     // not SAML 2.0
	VersionTooLow     Code = "version_too_low"
	VersionTooHigh    Code = "version_too_high"
	BadID             Code = "bad_id"        // ID absent, too short, too long or not an NCName
	NotSigned         Code = "not_signed"    // a signature is required
	BadSignature      Code = "bad_signature" // no known key made it
	BadSignatureShape Code = "bad_signature_shape"
	UnknownAlgorithm  Code = "unknown_algorithm" // SHA-1 and everything else not allowed
	NoKey             Code = "no_key"            // signed, but no key of the signer is known
	MalformedQuery    Code = "malformed_query"
	WrongIssuer       Code = "wrong_issuer"
	WrongDestination  Code = "wrong_destination"
	ProviderExpired   Code = "metadata_expired" // the party's metadata is past its validUntil
)

// Reasons concerning a request to sign someone in.
const (
	ACSNotRegistered   Code = "acs_not_registered"
	BindingUnsupported Code = "binding_not_supported"
	StaleRequest       Code = "stale_request"
	ClockAhead         Code = "clock_ahead" // dated in our future beyond the allowed skew
)

// Reasons concerning a college's answer.
const (
	StatusNotSuccess   Code = "status_not_success" // Status and Substatus say what the college said
	EncryptedAssertion Code = "encrypted_assertion"
	AssertionCount     Code = "assertion_count" // none or several
	WrongRecipient     Code = "wrong_recipient"
	WrongAudience      Code = "wrong_audience"
	Unsolicited        Code = "unsolicited"     // answers no request
	WrongRequest       Code = "wrong_request"   // answers another request
	NotBearer          Code = "not_bearer"      // no single bearer confirmation
	Expired            Code = "expired"         // past its NotOnOrAfter, or issued too long ago
	NotYetValid        Code = "not_yet_valid"   // before its NotBefore
	WindowTooLong      Code = "window_too_long" // valid for longer than we believe
	AuthnTooOld        Code = "authn_too_old"   // the member signed in there too long ago
	UnknownCondition   Code = "unknown_condition"
	RepeatedAttribute  Code = "attribute_repeated"
)

// Reasons concerning logout.
const (
	UndecryptableName Code = "undecryptable_name"
)

// Reasons concerning metadata.
const (
	MetadataRole       Code = "metadata_role" // not exactly one provider of the kind wanted
	MetadataEntityID   Code = "metadata_entity_id"
	MetadataEndpoint   Code = "metadata_endpoint" // an address that is not https, has userinfo or a fragment
	MetadataNoEndpoint Code = "metadata_no_endpoint"
	MetadataKey        Code = "metadata_key" // a certificate that cannot be read or is too weak
	MetadataNoKey      Code = "metadata_no_key"
	// EncryptionUnavailable: no key we may encrypt for, where clear is not allowed.
	EncryptionUnavailable Code = "encryption_unavailable"
)

// Codes lists every code a Refusal can carry.
func Codes() []Code {
	all := []Code{
		TooLarge, BadEncoding, RelayTooLong, PackedPost, PlainRedirect, Malformed, UnexpectedKind, BadVersion, VersionTooLow, VersionTooHigh, BadID, WrongIssuer, WrongDestination,
		ProviderExpired, ACSNotRegistered, BindingUnsupported, StaleRequest, ClockAhead, StatusNotSuccess,
		EncryptedAssertion, AssertionCount, WrongRecipient, WrongAudience, Unsolicited, WrongRequest, NotBearer,
		Expired, NotYetValid, WindowTooLong, AuthnTooOld, UnknownCondition, RepeatedAttribute, MetadataRole,
		UndecryptableName, MetadataEntityID, MetadataEndpoint, MetadataNoEndpoint, MetadataKey, MetadataNoKey,
		EncryptionUnavailable,
	}
	for _, c := range xmlsig.Codes() {
		all = append(all, Code(c))
	}
	for _, c := range strictxml.Codes() {
		all = append(all, Code(c))
	}
	return all
}

// Refusal is the error of everything we do not accept from others. Its code is
// fit for choosing a page and for audit; its detail is for operators and may
// quote names and addresses from the message, never a person's data.
type Refusal struct {
	Code   Code
	Detail string

	// Status and Substatus are what a college answered, for StatusNotSuccess.
	Status, Substatus string

	// To is the request that a service can be told the refusal of: all that proves
	// it to be the service's was found good, and so was the address that its answer
	// belongs at. It holds none of what was asked for. Nil for any other refusal.
	To *Request
}

// Error describes the refusal for a log.
func (r *Refusal) Error() string { return "saml: " + string(r.Code) + ": " + r.Detail }

// CodeOf returns the code of a refusal, or "" when the error is none.
func CodeOf(err error) Code {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func refuse(code Code, format string, args ...any) error {
	return &Refusal{Code: code, Detail: clip(fmt.Sprintf(format, args...))}
}

// clip keeps what a stranger may have us write into an audit event short, and
// fit for a database.
func clip(s string) string {
	const most = 300
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.ToValidUTF8(s, "")
}

// refusalOf turns the errors of the gate and of the signature wrapper into
// refusals; it returns any other error as it is.
func refusalOf(err error) error {
	var v *strictxml.Violation
	if errors.As(err, &v) {
		return &Refusal{Code: Code(v.Code), Detail: clip(v.Detail)}
	}
	var f *xmlsig.Fault
	if errors.As(err, &f) {
		return &Refusal{Code: Code(f.Code), Detail: clip(f.Detail)}
	}
	return err
}
