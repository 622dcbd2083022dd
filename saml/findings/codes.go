package findings

import "time"

// Weight says what a finding means for the import.
type Weight string

// The weights.
const (
	Refused Weight = "refused" // it can't be imported like this
	Warning Weight = "warning" // people will notice, sooner or later
	Advice  Weight = "advice"  // it would be better otherwise
)

// Code names a finding. The values are stable.
type Code string

// Of the document as a text.
const (
	Empty        Code = "empty"
	WebPage      Code = "web_page"
	TooLarge     Code = "too_large"
	NotUTF8      Code = "not_utf8"
	NotXML       Code = "not_xml"
	DTD          Code = "dtd"
	Instruction  Code = "instruction"
	CDATA        Code = "cdata"
	TooComplex   Code = "too_complex"
	Namespace    Code = "namespace"
	NoPrefix     Code = "no_prefix"
	Foreign      Code = "foreign"
	TwiceID      Code = "twice_id"
	Twice        Code = "twice"
	Ambiguous    Code = "ambiguous"
	PrivateKey   Code = "private_key"
	Other        Code = "other"
	WrongRoot    Code = "wrong_root"
	OtherRole    Code = "other_role"
	NoService    Code = "no_service"
	SeveralOfIt  Code = "several"
	NotSAML2     Code = "not_saml2"
	NotAFlag     Code = "not_a_flag"
	NoEntityID   Code = "no_entity_id"
	LongEntityID Code = "long_entity_id"
	PaddedID     Code = "padded_entity_id"
	EntityNoURI  Code = "entity_id_no_uri"
)

// Of its dates.
const (
	BadDate  Code = "bad_date"
	Expired  Code = "expired"
	EndsSoon Code = "ends_soon"
	EndsLate Code = "ends_late"
	NoEnd    Code = "no_end"
)

// Of its addresses.
const (
	NoReply       Code = "no_reply"
	NoPostReply   Code = "no_post_reply"
	RedirectReply Code = "redirect_reply"
	PlainHTTP     Code = "plain_http"
	LocalHTTP     Code = "local_http"
	BadScheme     Code = "bad_scheme"
	NoHost        Code = "no_host"
	UserInfo      Code = "user_info"
	Fragment      Code = "fragment"
	OddHost       Code = "odd_host"
	LongAddress   Code = "long_address"
	BadIndex      Code = "bad_index"
	TwiceIndex    Code = "twice_index"
	NoIndex       Code = "no_index"
	TwoDefaults   Code = "two_defaults"
	SeveralHosts  Code = "several_hosts"
	NoLogout      Code = "no_logout"
	IPAddress     Code = "ip_address"
	LoopbackHost  Code = "loopback_host"
	PrivateHost   Code = "private_host"
	Wildcard      Code = "wildcard"
	// DefaultNotPost: requests that name no address are answered elsewhere.
	DefaultNotPost Code = "default_not_post"
	LogoutBinding  Code = "logout_binding"
)

// Of its keys.
const (
	BadUse         Code = "bad_use"
	Armoured       Code = "armoured"
	NotBase64      Code = "not_base64"
	NoCertificate  Code = "no_certificate"
	BadCertificate Code = "bad_certificate"
	WeakRSA        Code = "weak_rsa"
	WeakCurve      Code = "weak_curve"
	OddKey         Code = "odd_key"
	CertEnded      Code = "certificate_ended"
	CertEndsSoon   Code = "certificate_ends_soon"
	CertEarly      Code = "certificate_early"
	SignsNoKey     Code = "signs_no_key"
	NoSigningKey   Code = "no_signing_key"
	NoEncryption   Code = "no_encryption_key"
	OnlyCBC        Code = "only_cbc"
	OnlyRSA15      Code = "only_rsa15"
	// EllipticKey: we encrypt by RSA alone.
	EllipticKey   Code = "elliptic_encryption"
	SHA1Signature Code = "sha1_signature"
)

// Of what people read.
const (
	NoName       Code = "no_name"
	OneLanguage  Code = "one_language"
	NoContact    Code = "no_contact"
	NoMail       Code = "no_mail"
	NameIDMail   Code = "name_id_email"
	NameIDOthers Code = "name_id_others"
)

// Codes lists every code.
func Codes() []Code {
	return []Code{
		Empty, WebPage, TooLarge, NotUTF8, NotXML, DTD, Instruction, CDATA, TooComplex, Namespace, NoPrefix, Foreign, TwiceID, Twice,
		Ambiguous, PrivateKey, Other, WrongRoot, OtherRole, NoService, SeveralOfIt, NotSAML2, NotAFlag, NoEntityID, LongEntityID,
		PaddedID, EntityNoURI, BadDate, Expired, EndsSoon, EndsLate, NoEnd, NoReply, NoPostReply, RedirectReply, PlainHTTP, LocalHTTP,
		BadScheme, NoHost, UserInfo, Fragment, OddHost, LongAddress, BadIndex, TwiceIndex, NoIndex, TwoDefaults, SeveralHosts, NoLogout,
		IPAddress, LoopbackHost, PrivateHost, Wildcard, DefaultNotPost, LogoutBinding, OnlyRSA15, EllipticKey, SHA1Signature,
		BadUse, Armoured, NotBase64, NoCertificate, BadCertificate, WeakRSA, WeakCurve, OddKey, CertEnded, CertEndsSoon, CertEarly,
		SignsNoKey, NoSigningKey, NoEncryption, OnlyCBC, NoName, OneLanguage, NoContact, NoMail, NameIDMail, NameIDOthers,
	}
}

// Finding is one thing that is wrong or unwise.
type Finding struct {
	Code   Code
	Weight Weight
	Line   int // from 1; 0 when it is about something that is not there
	// Item quotes the document, shortened; Number counts; Date is a day in it.
	Item   string
	Number int
	Date   time.Time
}

// Stops tells whether any of the findings keeps the metadata out.
func Stops(list []Finding) bool {
	for _, f := range list {
		if f.Weight == Refused {
			return true
		}
	}
	return false
}
