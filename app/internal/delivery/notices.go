package delivery

import (
	"context"
	"strings"
	"time"

	"oneid/app/internal/code"
	"oneid/app/internal/outbox"
	"oneid/views/i18n"
	"oneid/views/mail"
)

// security frames what a person should recognise as their own doing.
func security(to outbox.Person, e outbox.Event, subject, body i18n.Msg) mail.Model {
	m := told(to, e, subject, body)
	m.Security = true
	return m
}

// told frames what happened without a doing of the person's.
func told(to outbox.Person, e outbox.Event, subject, body i18n.Msg) mail.Model {
	return mail.Model{
		Name: to.Name, Subject: subject, Body: body,
		At: e.At, Device: e.Device, Place: e.Place, NotMe: e.NotMe, Reference: e.Reference, Never: true,
	}
}

// noticeLetter chooses the words of a notice by mail.
func noticeLetter(ctx context.Context, n outbox.Notice) (mail.Model, bool) {
	switch news := n.News.(type) {
	case outbox.PasswordChanged:
		return security(n.To, n.Event, i18n.M("mail.password_changed.subject"), i18n.M("mail.password_changed.body")), true
	case outbox.RecoveryStarted:
		return security(n.To, n.Event, i18n.M("mail.recovery_started.subject"), i18n.M("mail.recovery_started.body")), true
	case outbox.RecoveryDone:
		return security(n.To, n.Event, i18n.M("mail.recovery_done.subject"),
			i18n.M("mail.recovery_done.body", "Proofs", proofs(ctx, news.Proofs))), true
	case outbox.RecoveryDesk:
		m := security(n.To, n.Event, i18n.M("mail.recovery_desk.subject"),
			i18n.M("mail.recovery_desk.body", "Date", i18n.AsDate(news.Until), "Time", i18n.AsClock(news.Until)))
		m.Reference = news.Reference
		return m, true
	case outbox.QuestionsChanged:
		return security(n.To, n.Event, i18n.M("mail.questions_changed.subject"), i18n.M("mail.questions_changed.body")), true
	case outbox.PhoneAdded:
		return security(n.To, n.Event, i18n.M("mail.phone_added.subject"), i18n.M("mail.phone_added.body", "Last", news.Last)), true
	case outbox.PhoneRemoved:
		return security(n.To, n.Event, i18n.M("mail.phone_removed.subject"), i18n.M("mail.phone_removed.body", "Last", news.Last)), true
	case outbox.PasskeyAdded:
		return security(n.To, n.Event, i18n.M("mail.passkey_added.subject"), i18n.M("mail.passkey_added.body", "Item", news.Item)), true
	case outbox.PasskeyRemoved:
		return security(n.To, n.Event, i18n.M("mail.passkey_removed.subject"), i18n.M("mail.passkey_removed.body", "Item", news.Item)), true
	case outbox.PasskeyRefused:
		return told(n.To, n.Event, i18n.M("mail.passkey_refused.subject"), i18n.M("mail.passkey_refused.body", "Item", news.Item)), true
	case outbox.CodesMade:
		return security(n.To, n.Event, i18n.M("mail.codes_made.subject"), i18n.M("mail.codes_made.body")), true
	case outbox.CodeUsed:
		return security(n.To, n.Event, i18n.M("mail.code_used.subject"), i18n.M("mail.code_used.body", "Left", news.Left)), true
	case outbox.NewDevice:
		return security(n.To, n.Event, i18n.M("mail.new_device.subject"),
			i18n.M("mail.new_device.body", "Method", proofs(ctx, []outbox.Proof{news.Proof}))), true
	case outbox.QuestionsUsed:
		return security(n.To, n.Event, i18n.M("mail.questions_used.subject"), i18n.M("mail.questions_used.body")), true
	case outbox.ManyTries:
		return told(n.To, n.Event, i18n.M("mail.many_tries.subject"), i18n.M("mail.many_tries.body")), true
	case outbox.DeviceCopied:
		return told(n.To, n.Event, i18n.M("mail.device_copied.subject"), i18n.M("mail.device_copied.body", "Item", named(news.Item))), true
	case outbox.PasskeyRenamed:
		return security(n.To, n.Event, i18n.M("mail.passkey_renamed.subject"),
			i18n.M("mail.passkey_renamed.body", "Before", news.Before, "Item", news.Item)), true
	case outbox.PhonesOrdered:
		return security(n.To, n.Event, i18n.M("mail.phones_ordered.subject"), i18n.M("mail.phones_ordered.body", "Last", news.Last)), true
	case outbox.DeviceForgotten:
		return security(n.To, n.Event, i18n.M("mail.device_forgotten.subject"), i18n.M("mail.device_forgotten.body", "Item", named(news.Item))), true
	case outbox.DevicesForgotten:
		return security(n.To, n.Event, i18n.M("mail.devices_forgotten.subject"), i18n.M("mail.devices_forgotten.body")), true
	case outbox.DeviceRenamed:
		return security(n.To, n.Event, i18n.M("mail.device_renamed.subject"),
			i18n.M("mail.device_renamed.body", "Before", named(news.Before), "Item", named(news.Item))), true
	case outbox.SessionsEnded:
		return security(n.To, n.Event, i18n.M("mail.sessions_ended.subject"), i18n.M("mail.sessions_ended.body", "Count", news.Count)), true
	case outbox.Suspended:
		m := told(n.To, n.Event, i18n.M("mail.suspended.subject"), i18n.M("mail.suspended.body"))
		m.Reference = news.Reference
		return m, true
	case outbox.Resumed:
		return told(n.To, n.Event, i18n.M("mail.resumed.subject"), i18n.M("mail.resumed.body")), true
	case outbox.Frozen:
		m := told(n.To, n.Event, i18n.M("mail.frozen.subject"), i18n.M("mail.frozen.body"))
		m.Reference = news.Reference
		return m, true
	}
	return mail.Model{}, false
}

// named is what a device is called. A browser that nobody knows, and whose
// person gave it no name, has none.
func named(device string) any {
	if device == "" {
		return i18n.M("credentials.devices.unknown")
	}
	return device
}

// proofs names the proofs that were given.
func proofs(ctx context.Context, given []outbox.Proof) string {
	var names []string
	for _, proof := range given {
		switch proof {
		case outbox.ProofText:
			names = append(names, i18n.T(ctx, "mail.proof.text"))
		case outbox.ProofCall:
			names = append(names, i18n.T(ctx, "mail.proof.call"))
		case outbox.ProofQuestions:
			names = append(names, i18n.T(ctx, "mail.proof.questions"))
		case outbox.ProofPasskey:
			names = append(names, i18n.T(ctx, "mail.proof.passkey"))
		case outbox.ProofCode:
			names = append(names, i18n.T(ctx, "mail.proof.code"))
		case outbox.ProofLink:
			names = append(names, i18n.T(ctx, "mail.proof.link"))
		case outbox.ProofDesk:
			names = append(names, i18n.T(ctx, "mail.proof.desk"))
		}
	}
	return strings.Join(names, ", ")
}

// textOf chooses the words of a text message; zero for what has none.
func textOf(m outbox.Message) i18n.Msg {
	switch m := m.(type) {
	case outbox.LoginID:
		return i18n.M("sms.notice.login_id", "LoginID", m.LoginID)
	case outbox.Notice:
		on := i18n.AsDate(m.Event.At)
		switch news := m.News.(type) {
		case outbox.PasswordChanged, outbox.RecoveryDone:
			return i18n.M("sms.notice.password_changed", "Date", on)
		case outbox.RecoveryStarted:
			return i18n.M("sms.notice.recovery_started")
		case outbox.QuestionsChanged, outbox.PhoneAdded, outbox.PhoneRemoved, outbox.PasskeyAdded, outbox.PasskeyRemoved:
			return i18n.M("sms.notice.security_changed", "Date", on)
		case outbox.NewDevice:
			return i18n.M("sms.notice.new_device", "Date", on)
		case outbox.QuestionsUsed:
			return i18n.M("sms.notice.questions_used", "Date", on)
		case outbox.Frozen:
			return i18n.M("sms.notice.frozen", "Reference", news.Reference)
		}
	}
	return i18n.Msg{}
}

// codeText is the text that brings a one-time code. Its last line lets a browser
// on domain offer to fill it in.
func codeText(purpose code.Purpose, digits, domain string, until time.Time) i18n.Msg {
	switch purpose {
	case code.Test:
		return i18n.M("sms.code.test", "Code", digits, "Domain", domain, "Time", i18n.AsClock(until))
	case code.Recovery:
		return i18n.M("sms.code.recovery", "Code", digits, "Domain", domain)
	}
	return i18n.M("sms.code.body", "Code", digits, "Domain", domain, "Time", i18n.AsClock(until))
}
