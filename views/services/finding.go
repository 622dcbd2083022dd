package services

import (
	"time"

	"oneid/views/i18n"
)

// Finding is something wrong or unwise in metadata.
type Finding struct {
	Code   string // of package saml/findings
	Weight string // refused, warning or advice
	Line   int    // 0 when it is about something that is not there
	Item   string // quotes the metadata
	Number int
	Date   time.Time
}

// Said is a finding in words.
type Said struct{ What, Why, Mend i18n.Msg }

// Explain puts a finding into words.
func Explain(f Finding) Said {
	keys, known := explained[f.Code]
	if !known {
		keys = explained["other"]
	}
	args := []any{"Item", f.Item, "Number", f.Number, "Date", i18n.AsDate(f.Date)}
	return Said{i18n.M(keys[0], args...), i18n.M(keys[1], args...), i18n.M(keys[2], args...)}
}

// explained are the messages of each code: what it is, why it matters, how to
// mend it.
var explained = map[string][3]string{
	"empty":                 {"services.finding.empty_what", "services.finding.empty_why", "services.finding.empty_mend"},
	"web_page":              {"services.finding.web_page_what", "services.finding.web_page_why", "services.finding.web_page_mend"},
	"too_large":             {"services.finding.too_large_what", "services.finding.too_large_why", "services.finding.too_large_mend"},
	"not_utf8":              {"services.finding.not_utf8_what", "services.finding.not_utf8_why", "services.finding.not_utf8_mend"},
	"not_xml":               {"services.finding.not_xml_what", "services.finding.not_xml_why", "services.finding.not_xml_mend"},
	"dtd":                   {"services.finding.dtd_what", "services.finding.dtd_why", "services.finding.dtd_mend"},
	"instruction":           {"services.finding.instruction_what", "services.finding.instruction_why", "services.finding.instruction_mend"},
	"cdata":                 {"services.finding.cdata_what", "services.finding.cdata_why", "services.finding.cdata_mend"},
	"too_complex":           {"services.finding.too_complex_what", "services.finding.too_complex_why", "services.finding.too_complex_mend"},
	"namespace":             {"services.finding.namespace_what", "services.finding.namespace_why", "services.finding.namespace_mend"},
	"no_prefix":             {"services.finding.no_prefix_what", "services.finding.no_prefix_why", "services.finding.no_prefix_mend"},
	"foreign":               {"services.finding.foreign_what", "services.finding.foreign_why", "services.finding.foreign_mend"},
	"twice_id":              {"services.finding.twice_id_what", "services.finding.twice_id_why", "services.finding.twice_id_mend"},
	"twice":                 {"services.finding.twice_what", "services.finding.twice_why", "services.finding.twice_mend"},
	"ambiguous":             {"services.finding.ambiguous_what", "services.finding.ambiguous_why", "services.finding.ambiguous_mend"},
	"private_key":           {"services.finding.private_key_what", "services.finding.private_key_why", "services.finding.private_key_mend"},
	"other":                 {"services.finding.other_what", "services.finding.other_why", "services.finding.other_mend"},
	"wrong_root":            {"services.finding.wrong_root_what", "services.finding.wrong_root_why", "services.finding.wrong_root_mend"},
	"other_role":            {"services.finding.other_role_what", "services.finding.other_role_why", "services.finding.other_role_mend"},
	"no_service":            {"services.finding.no_service_what", "services.finding.no_service_why", "services.finding.no_service_mend"},
	"several":               {"services.finding.several_what", "services.finding.several_why", "services.finding.several_mend"},
	"not_saml2":             {"services.finding.not_saml2_what", "services.finding.not_saml2_why", "services.finding.not_saml2_mend"},
	"not_a_flag":            {"services.finding.not_a_flag_what", "services.finding.not_a_flag_why", "services.finding.not_a_flag_mend"},
	"no_entity_id":          {"services.finding.no_entity_id_what", "services.finding.no_entity_id_why", "services.finding.no_entity_id_mend"},
	"long_entity_id":        {"services.finding.long_entity_id_what", "services.finding.long_entity_id_why", "services.finding.long_entity_id_mend"},
	"padded_entity_id":      {"services.finding.padded_entity_id_what", "services.finding.padded_entity_id_why", "services.finding.padded_entity_id_mend"},
	"entity_id_no_uri":      {"services.finding.entity_id_no_uri_what", "services.finding.entity_id_no_uri_why", "services.finding.entity_id_no_uri_mend"},
	"bad_date":              {"services.finding.bad_date_what", "services.finding.bad_date_why", "services.finding.bad_date_mend"},
	"expired":               {"services.finding.expired_what", "services.finding.expired_why", "services.finding.expired_mend"},
	"ends_soon":             {"services.finding.ends_soon_what", "services.finding.ends_soon_why", "services.finding.ends_soon_mend"},
	"ends_late":             {"services.finding.ends_late_what", "services.finding.ends_late_why", "services.finding.ends_late_mend"},
	"no_end":                {"services.finding.no_end_what", "services.finding.no_end_why", "services.finding.no_end_mend"},
	"no_reply":              {"services.finding.no_reply_what", "services.finding.no_reply_why", "services.finding.no_reply_mend"},
	"no_post_reply":         {"services.finding.no_post_reply_what", "services.finding.no_post_reply_why", "services.finding.no_post_reply_mend"},
	"redirect_reply":        {"services.finding.redirect_reply_what", "services.finding.redirect_reply_why", "services.finding.redirect_reply_mend"},
	"plain_http":            {"services.finding.plain_http_what", "services.finding.plain_http_why", "services.finding.plain_http_mend"},
	"local_http":            {"services.finding.local_http_what", "services.finding.local_http_why", "services.finding.local_http_mend"},
	"bad_scheme":            {"services.finding.bad_scheme_what", "services.finding.bad_scheme_why", "services.finding.bad_scheme_mend"},
	"no_host":               {"services.finding.no_host_what", "services.finding.no_host_why", "services.finding.no_host_mend"},
	"user_info":             {"services.finding.user_info_what", "services.finding.user_info_why", "services.finding.user_info_mend"},
	"fragment":              {"services.finding.fragment_what", "services.finding.fragment_why", "services.finding.fragment_mend"},
	"odd_host":              {"services.finding.odd_host_what", "services.finding.odd_host_why", "services.finding.odd_host_mend"},
	"long_address":          {"services.finding.long_address_what", "services.finding.long_address_why", "services.finding.long_address_mend"},
	"bad_index":             {"services.finding.bad_index_what", "services.finding.bad_index_why", "services.finding.bad_index_mend"},
	"twice_index":           {"services.finding.twice_index_what", "services.finding.twice_index_why", "services.finding.twice_index_mend"},
	"no_index":              {"services.finding.no_index_what", "services.finding.no_index_why", "services.finding.no_index_mend"},
	"two_defaults":          {"services.finding.two_defaults_what", "services.finding.two_defaults_why", "services.finding.two_defaults_mend"},
	"several_hosts":         {"services.finding.several_hosts_what", "services.finding.several_hosts_why", "services.finding.several_hosts_mend"},
	"no_logout":             {"services.finding.no_logout_what", "services.finding.no_logout_why", "services.finding.no_logout_mend"},
	"bad_use":               {"services.finding.bad_use_what", "services.finding.bad_use_why", "services.finding.bad_use_mend"},
	"armoured":              {"services.finding.armoured_what", "services.finding.armoured_why", "services.finding.armoured_mend"},
	"not_base64":            {"services.finding.not_base64_what", "services.finding.not_base64_why", "services.finding.not_base64_mend"},
	"no_certificate":        {"services.finding.no_certificate_what", "services.finding.no_certificate_why", "services.finding.no_certificate_mend"},
	"bad_certificate":       {"services.finding.bad_certificate_what", "services.finding.bad_certificate_why", "services.finding.bad_certificate_mend"},
	"weak_rsa":              {"services.finding.weak_rsa_what", "services.finding.weak_rsa_why", "services.finding.weak_rsa_mend"},
	"weak_curve":            {"services.finding.weak_curve_what", "services.finding.weak_curve_why", "services.finding.weak_curve_mend"},
	"odd_key":               {"services.finding.odd_key_what", "services.finding.odd_key_why", "services.finding.odd_key_mend"},
	"certificate_ended":     {"services.finding.certificate_ended_what", "services.finding.certificate_ended_why", "services.finding.certificate_ended_mend"},
	"certificate_ends_soon": {"services.finding.certificate_ends_soon_what", "services.finding.certificate_ends_soon_why", "services.finding.certificate_ends_soon_mend"},
	"certificate_early":     {"services.finding.certificate_early_what", "services.finding.certificate_early_why", "services.finding.certificate_early_mend"},
	"signs_no_key":          {"services.finding.signs_no_key_what", "services.finding.signs_no_key_why", "services.finding.signs_no_key_mend"},
	"no_signing_key":        {"services.finding.no_signing_key_what", "services.finding.no_signing_key_why", "services.finding.no_signing_key_mend"},
	"no_encryption_key":     {"services.finding.no_encryption_key_what", "services.finding.no_encryption_key_why", "services.finding.no_encryption_key_mend"},
	"ip_address":            {"services.finding.ip_address_what", "services.finding.ip_address_why", "services.finding.ip_address_mend"},
	"loopback_host":         {"services.finding.loopback_host_what", "services.finding.loopback_host_why", "services.finding.loopback_host_mend"},
	"private_host":          {"services.finding.private_host_what", "services.finding.private_host_why", "services.finding.private_host_mend"},
	"wildcard":              {"services.finding.wildcard_what", "services.finding.wildcard_why", "services.finding.wildcard_mend"},
	"default_not_post":      {"services.finding.default_not_post_what", "services.finding.default_not_post_why", "services.finding.default_not_post_mend"},
	"logout_binding":        {"services.finding.logout_binding_what", "services.finding.logout_binding_why", "services.finding.logout_binding_mend"},
	"only_rsa15":            {"services.finding.only_rsa15_what", "services.finding.only_rsa15_why", "services.finding.only_rsa15_mend"},
	"elliptic_encryption":   {"services.finding.elliptic_encryption_what", "services.finding.elliptic_encryption_why", "services.finding.elliptic_encryption_mend"},
	"sha1_signature":        {"services.finding.sha1_signature_what", "services.finding.sha1_signature_why", "services.finding.sha1_signature_mend"},
	"only_cbc":              {"services.finding.only_cbc_what", "services.finding.only_cbc_why", "services.finding.only_cbc_mend"},
	"no_name":               {"services.finding.no_name_what", "services.finding.no_name_why", "services.finding.no_name_mend"},
	"one_language":          {"services.finding.one_language_what", "services.finding.one_language_why", "services.finding.one_language_mend"},
	"no_contact":            {"services.finding.no_contact_what", "services.finding.no_contact_why", "services.finding.no_contact_mend"},
	"no_mail":               {"services.finding.no_mail_what", "services.finding.no_mail_why", "services.finding.no_mail_mend"},
	"name_id_email":         {"services.finding.name_id_email_what", "services.finding.name_id_email_why", "services.finding.name_id_email_mend"},
	"name_id_others":        {"services.finding.name_id_others_what", "services.finding.name_id_others_why", "services.finding.name_id_others_mend"},
}
