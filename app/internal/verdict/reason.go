package verdict

import (
	"oneid/saml"
	"oneid/views/i18n"
)

// Code names a check and how it came out: for the log, the audit trail and the
// words below.
type Code string

// The checks. The first of each group are outcomes that let a request pass.
const (
	NameChosen     Code = "name_chosen"      // About: the format
	NameNotOffered Code = "name_not_offered" // About: the format asked for
	NameOfAnother  Code = "name_of_another"  // About: the other service

	SubjectHere          Code = "subject_here"
	SubjectElsewhere     Code = "subject_elsewhere"
	SubjectUnknown       Code = "subject_unknown"
	SubjectUnreadable    Code = "subject_unreadable"
	SubjectOfAnotherForm Code = "subject_of_another_form" // About: the format it is named in

	EmailUnverified Code = "email_unverified"

	ContextKnown      Code = "context_known"        // About: the comparison
	ContextUnknown    Code = "context_unknown"      // About: the comparison
	ContextMet        Code = "context_met"          // About: the class that is said
	ContextOutOfReach Code = "context_out_of_reach" // About: the comparison

	SomebodySignedIn   Code = "signed_in"
	NobodySignedIn     Code = "signed_out"
	FreshWanted        Code = "fresh_wanted"
	ProofTooOld        Code = "proof_too_old"
	PassiveNeedsPerson Code = "passive_needs_person"

	MayOpen    Code = "may_open"
	MayNotOpen Code = "may_not_open" // About: what is missing, as package journey names it

	StrongerForService Code = "stronger_for_service" // About: the level, as policy.Minimum names it
	StrongerForRequest Code = "stronger_for_request" // About: the level

	PersonConfirmed Code = "person_confirmed"
	PersonChanged   Code = "person_changed"
	SharedBrowser   Code = "shared_browser"

	AuthorityOnly    Code = "authority_only"
	AuthorityChosen  Code = "authority_chosen"
	AuthorityNotUsed Code = "authority_not_used"
	AuthorityOpen    Code = "authority_open"
	NoAuthority      Code = "no_authority"

	NoticeSeen Code = "notice_seen"
	NoticeOwed Code = "notice_owed" // About: the first kind of fact that is new

	NotEncryptable Code = "not_encryptable"

	// What keeps a request from being decided at all, where its service is told.
	BindingWanted   Code = "binding_wanted"
	ClockAhead      Code = "clock_ahead"
	FormUnclear     Code = "form_unclear"
	IDTooShort      Code = "id_too_short"
	RelayTooLong    Code = "relay_too_long"
	PackedOtherwise Code = "packed_otherwise"
	VersionUnknown  Code = "version_unknown"

	// Declined and Cancelled are the person's own: no check makes them.
	Declined  Code = "declined"
	Cancelled Code = "cancelled"
)

// Reason is one check and how it came out.
type Reason struct {
	Code   Code
	About  string
	Passed bool
}

// Msg is the reason in words, for operators.
func (r Reason) Msg() i18n.Msg {
	if m, ok := words()[r.Code]; ok {
		return i18n.M(m, "About", r.About)
	}
	return i18n.Msg{}
}

// words are the sentences of the codes.
func words() map[Code]string {
	return map[Code]string{
		NameChosen: "sso.verdict.name_chosen", NameNotOffered: "sso.verdict.name_not_offered", NameOfAnother: "sso.verdict.name_of_another",
		SubjectHere: "sso.verdict.subject_here", SubjectElsewhere: "sso.verdict.subject_elsewhere", SubjectUnknown: "sso.verdict.subject_unknown",
		SubjectUnreadable: "sso.verdict.subject_unreadable", SubjectOfAnotherForm: "sso.verdict.subject_of_another_form",
		EmailUnverified: "sso.verdict.email_unverified",
		ContextKnown:    "sso.verdict.context_known", ContextUnknown: "sso.verdict.context_unknown",
		ContextMet: "sso.verdict.context_met", ContextOutOfReach: "sso.verdict.context_out_of_reach",
		SomebodySignedIn: "sso.verdict.signed_in", NobodySignedIn: "sso.verdict.signed_out",
		FreshWanted: "sso.verdict.fresh_wanted", ProofTooOld: "sso.verdict.proof_too_old", PassiveNeedsPerson: "sso.verdict.passive_needs_person",
		MayOpen: "sso.verdict.may_open", MayNotOpen: "sso.verdict.may_not_open",
		StrongerForService: "sso.verdict.stronger_for_service", StrongerForRequest: "sso.verdict.stronger_for_request",
		PersonConfirmed: "sso.verdict.person_confirmed", PersonChanged: "sso.verdict.person_changed", SharedBrowser: "sso.verdict.shared_browser",
		AuthorityOnly: "sso.verdict.authority_only", AuthorityChosen: "sso.verdict.authority_chosen",
		AuthorityNotUsed: "sso.verdict.authority_not_used", AuthorityOpen: "sso.verdict.authority_open", NoAuthority: "sso.verdict.no_authority",
		NoticeSeen: "sso.verdict.notice_seen", NoticeOwed: "sso.verdict.notice_owed",
		NotEncryptable: "sso.verdict.not_encryptable",
		BindingWanted:  "sso.verdict.binding_wanted", ClockAhead: "sso.verdict.clock_ahead", FormUnclear: "sso.verdict.form_unclear",
		IDTooShort: "sso.verdict.id_too_short", RelayTooLong: "sso.verdict.relay_too_long",
		PackedOtherwise: "sso.verdict.packed_otherwise", VersionUnknown: "sso.verdict.version_unknown",
		Declined: "sso.verdict.declined", Cancelled: "sso.verdict.cancelled",
	}
}

// Ended is the decision of a person who would rather not go on: declined is that
// they saw what would be sent and would not have it so.
func Ended(declined bool) Decision {
	if declined {
		return Decision{Act: Refuse, Status: saml.StatusResponder, Substatus: saml.StatusRequestDenied, Explain: []Reason{{Code: Declined}}}
	}
	return Decision{Act: Refuse, Status: saml.StatusResponder, Substatus: saml.StatusAuthnFailed, Explain: []Reason{{Code: Cancelled}}}
}

// Unprotected turns an answer into a refusal: the service has no key that an
// assertion could be hidden from others with, and may not have it in clear.
func Unprotected(d Decision) Decision {
	d.Act, d.Status, d.Substatus = Refuse, saml.StatusResponder, saml.StatusRequestDenied
	d.Explain = append(d.Explain, Reason{Code: NotEncryptable})
	return d
}
