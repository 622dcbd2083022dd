package delivery

import (
	"oneid/app/internal/outbox"
	"oneid/views/i18n"
)

// warningOf says what will break for a service, and what to do before.
func warningOf(m outbox.ServiceWarning) i18n.Msg {
	on := i18n.AsDate(m.On)
	switch m.What {
	case "metadata_ends":
		return i18n.M("mail.service_warning.metadata", "Service", m.Service, "Date", on)
	case "metadata_ended":
		return i18n.M("mail.service_warning.metadata_ended", "Service", m.Service, "Date", on)
	case "signing_ends":
		return i18n.M("mail.service_warning.signing", "Service", m.Service, "Date", on)
	case "encryption_ends":
		return i18n.M("mail.service_warning.encryption", "Service", m.Service, "Date", on)
	case "exception_ends":
		return i18n.M("mail.service_warning.exception", "Service", m.Service, "Item", excepted(m.Item), "Date", on)
	case "fetch_trouble":
		return i18n.M("mail.service_warning.fetch", "Service", m.Service, "Date", on)
	}
	return i18n.M("mail.service_warning.clock", "Service", m.Service, "Number", m.Number)
}

// excepted names what an exception is for.
func excepted(what string) i18n.Msg {
	switch what {
	case "sha1":
		return i18n.M("services.policy.except_sha1")
	case "cbc":
		return i18n.M("services.policy.except_cbc")
	case "clear":
		return i18n.M("services.policy.except_clear")
	}
	return i18n.M("services.policy.except_email")
}
