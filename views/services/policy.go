package services

import (
	"time"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// PolicyModel is how a service is treated, to be read and changed.
type PolicyModel struct {
	Head Head
	Form PolicyForm
	// Differences from the preset that it began as.
	Differences []Difference
	Waiting     *PolicyWaiting
	Errors      *form.Errors
}

// PolicyWaiting is a change that waits for a second person.
type PolicyWaiting struct {
	ID, By      string
	Mine        bool
	At          time.Time
	Differences []PolicyChange
}

// PolicyChange is one setting that would change.
type PolicyChange struct {
	Difference
	Grave bool // it weakens how people are protected
}

// PolicyForm is the policy as the form has it. Its fields are named as it is
// stored.
type PolicyForm struct {
	Preset                                        string
	Sign, SignatureAlgorithm, Encrypt, Requests   string
	ExpiredKeys                                   bool
	NameID                                        string          // the first format
	NameIDs                                       map[string]bool // further ones
	Group, SubjectID, Vocabulary, Minimum, MaxAge string
	Authority, Notice, Unsolicited, SessionEnds   bool
	FormOrigins, NameFormat                       string
	Exceptions                                    []ExceptionForm
}

// ExceptionForm is one thing that is weak and may be had for a time.
type ExceptionForm struct {
	What          string
	Owner, Reason string
	Until         string // a day, as browsers write it
	Open          bool
	On            time.Time
	Days          int
}

// Difference is one setting that the preset has otherwise.
type Difference struct{ Field, Was, Is string }

// Policy is the page.
func Policy(m PolicyModel) ui.Page {
	return m.Head.page(ui.Page{Body: policy(m), Errors: m.Errors, FormID: "policy"})
}

func presets() []ui.Option {
	return []ui.Option{
		{Value: "ontario", Label: i18n.M("services.policy.preset_ontario"), Hint: i18n.M("services.policy.preset_ontario_hint")},
		{Value: "saml2int", Label: i18n.M("services.policy.preset_saml2int"), Hint: i18n.M("services.policy.preset_saml2int_hint")},
		{Value: "cats3", Label: i18n.M("services.policy.preset_cats3"), Hint: i18n.M("services.policy.preset_cats3_hint")},
		{Value: "legacy", Label: i18n.M("services.policy.preset_legacy"), Hint: i18n.M("services.policy.preset_legacy_hint")},
	}
}

// choices are the values of a setting, in words.
func choices(field string) []ui.Option {
	switch field {
	case "sign":
		return []ui.Option{
			{Value: "both", Label: i18n.M("services.policy.sign_both")}, {Value: "response", Label: i18n.M("services.policy.sign_response")},
			{Value: "assertion", Label: i18n.M("services.policy.sign_assertion")},
		}
	case "signature_algorithm":
		return []ui.Option{
			{Value: "rsa-sha256", Label: i18n.M("services.policy.rsa_sha256")}, {Value: "ecdsa-sha256", Label: i18n.M("services.policy.ecdsa_sha256")},
			{Value: "rsa-sha1", Label: i18n.M("services.policy.rsa_sha1")},
		}
	case "encrypt":
		return []ui.Option{
			{Value: "required", Label: i18n.M("services.policy.encrypt_required")}, {Value: "when_possible", Label: i18n.M("services.policy.encrypt_when")},
			{Value: "never", Label: i18n.M("services.policy.encrypt_never")},
		}
	case "requests":
		return []ui.Option{
			{Value: "required", Label: i18n.M("services.policy.requests_required")}, {Value: "when_present", Label: i18n.M("services.policy.requests_when")},
			{Value: "off", Label: i18n.M("services.policy.requests_off")},
		}
	case "subject_id":
		return []ui.Option{
			{Value: "none", Label: i18n.M("services.policy.subject_none")}, {Value: "pairwise", Label: i18n.M("services.policy.subject_pairwise")},
			{Value: "general", Label: i18n.M("services.policy.subject_general")},
		}
	case "vocabulary":
		return []ui.Option{
			{Value: "saml", Label: i18n.M("services.policy.words_saml")}, {Value: "level", Label: i18n.M("services.policy.words_level")},
			{Value: "four", Label: i18n.M("services.policy.words_four")},
		}
	case "minimum":
		return []ui.Option{
			{Value: "", Label: i18n.M("services.policy.minimum_none")}, {Value: "knowledge", Label: i18n.M("services.policy.minimum_knowledge")},
			{Value: "possession", Label: i18n.M("services.policy.minimum_possession")}, {Value: "passkey", Label: i18n.M("services.policy.minimum_passkey")},
		}
	case "name_format":
		return []ui.Option{
			{Value: "urn:oasis:names:tc:SAML:2.0:attrname-format:uri", Label: i18n.M("services.policy.format_uri")},
			{Value: "urn:oasis:names:tc:SAML:2.0:attrname-format:basic", Label: i18n.M("services.policy.format_basic")},
			{Value: "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified", Label: i18n.M("services.policy.format_unspecified")},
		}
	}
	return []ui.Option{
		{Value: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", Label: i18n.M("services.policy.name_persistent")},
		{Value: "urn:oasis:names:tc:SAML:2.0:nameid-format:transient", Label: i18n.M("services.policy.name_transient")},
		{Value: "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", Label: i18n.M("services.policy.name_unspecified")},
		{Value: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", Label: i18n.M("services.policy.name_email")},
	}
}

// chosen is a value of a setting in words; the zero message for one that has
// none.
func chosen(field, value string) i18n.Msg {
	switch field {
	case "preset":
		for _, o := range presets() {
			if o.Value == value {
				return o.Label
			}
		}
	case "sign", "signature_algorithm", "encrypt", "requests", "subject_id", "vocabulary", "minimum", "name_format":
		for _, o := range choices(field) {
			if o.Value == value {
				return o.Label
			}
		}
	}
	return i18n.Msg{}
}

// setting names a setting in words.
func setting(field string) i18n.Msg {
	switch field {
	case "sign":
		return i18n.M("services.policy.sign")
	case "signature_algorithm":
		return i18n.M("services.policy.algorithm")
	case "encrypt":
		return i18n.M("services.policy.encrypt")
	case "requests":
		return i18n.M("services.policy.requests")
	case "expired_keys":
		return i18n.M("services.policy.expired_keys")
	case "name_ids":
		return i18n.M("services.policy.name_ids")
	case "group":
		return i18n.M("services.policy.group")
	case "subject_id":
		return i18n.M("services.policy.subject_id")
	case "vocabulary":
		return i18n.M("services.policy.vocabulary")
	case "minimum":
		return i18n.M("services.policy.minimum")
	case "max_age":
		return i18n.M("services.policy.max_age")
	case "authority":
		return i18n.M("services.policy.authority")
	case "notice":
		return i18n.M("services.policy.notice")
	case "unsolicited":
		return i18n.M("services.policy.unsolicited")
	case "session_ends":
		return i18n.M("services.policy.session_ends")
	case "form_origins":
		return i18n.M("services.policy.form_origins")
	case "name_format":
		return i18n.M("services.policy.name_format")
	case "release":
		return i18n.M("services.policy.release")
	case "exceptions":
		return i18n.M("services.policy.exceptions")
	case "preset":
		return i18n.M("services.policy.preset")
	case "contexts":
		return i18n.M("services.policy.contexts")
	}
	return i18n.Verbatim(field)
}

func (e ExceptionForm) filled() bool { return e.Owner != "" || e.Reason != "" || e.Until != "" }

func (e ExceptionForm) said() i18n.Msg {
	switch e.What {
	case "sha1":
		return i18n.M("services.policy.except_sha1")
	case "cbc":
		return i18n.M("services.policy.except_cbc")
	case "clear":
		return i18n.M("services.policy.except_clear")
	}
	return i18n.M("services.policy.except_email")
}

// PolicyFault says what is wrong with a setting.
func PolicyFault(code, detail string) i18n.Msg {
	switch code {
	case "no_name":
		return i18n.M("services.policy.fault_no_name")
	case "needs_exception":
		return i18n.M("services.policy.fault_needs_exception")
	case "exception_bare":
		return i18n.M("services.policy.fault_exception_bare")
	case "exception_long":
		return i18n.M("services.policy.fault_exception_long")
	case "attribute_bare":
		return i18n.M("services.policy.fault_attribute_bare")
	case "attribute_twice":
		return i18n.M("services.policy.fault_attribute_twice", "Item", detail)
	case "too_long":
		return i18n.M("services.policy.fault_too_long")
	case "no_origin":
		return i18n.M("services.policy.fault_no_origin", "Item", detail)
	case "bad_group":
		return i18n.M("services.policy.fault_bad_group")
	case "out_of_range":
		return i18n.M("services.policy.fault_max_age")
	}
	return i18n.M("services.policy.fault_unknown", "Item", detail)
}
