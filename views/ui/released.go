package ui

import "oneid/views/i18n"

// ReleasedKind puts one line of a notice of what a service receives into words.
func ReleasedKind(kind string) i18n.Msg {
	switch kind {
	case "name":
		return i18n.M("sso.attribute.name")
	case "login_id":
		return i18n.M("sso.attribute.login_id")
	case "email":
		return i18n.M("sso.attribute.email")
	case "phone":
		return i18n.M("sso.attribute.phone")
	case "language":
		return i18n.M("sso.attribute.language")
	case "licence":
		return i18n.M("sso.attribute.licence")
	case "authority":
		return i18n.M("sso.attribute.authority")
	case "entitlements":
		return i18n.M("sso.attribute.entitlements")
	case "level":
		return i18n.M("sso.attribute.level")
	}
	return i18n.M("sso.attribute.opaque")
}
