package outbox

import (
	"fmt"
	"time"

	"oneid/db"
)

// The kinds of notices: something happened to an account. They are stored.
const (
	KindPasswordChanged  Kind = "password_changed"
	KindRecoveryStarted  Kind = "recovery_started"
	KindRecoveryDone     Kind = "recovery_done"
	KindRecoveryDesk     Kind = "recovery_desk"
	KindQuestionsChanged Kind = "questions_changed"
	KindPhoneAdded       Kind = "phone_added"
	KindPhoneRemoved     Kind = "phone_removed"
	KindPasskeyAdded     Kind = "passkey_added"
	KindPasskeyRemoved   Kind = "passkey_removed"
	KindPasskeyRefused   Kind = "passkey_refused"
	KindCodesMade        Kind = "codes_made"
	KindCodeUsed         Kind = "code_used"
	KindNewDevice        Kind = "new_device"
	KindQuestionsUsed    Kind = "questions_used"
	KindManyTries        Kind = "many_tries"
	KindDeviceCopied     Kind = "device_copied"
	KindFrozen           Kind = "frozen"
	KindPasskeyRenamed   Kind = "passkey_renamed"
	KindPhonesOrdered    Kind = "phones_ordered"
	KindDeviceForgotten  Kind = "device_forgotten"
	KindDevicesForgotten Kind = "devices_forgotten"
	KindDeviceRenamed    Kind = "device_renamed"
	KindSessionsEnded    Kind = "sessions_ended"
	KindSuspended        Kind = "suspended"
	KindResumed          Kind = "resumed"
)

// News is what happened to an account. Its implementations are the structs
// below; package notice tells them on every channel.
type News interface{ Kind() Kind }

// Proof is a kind of proof that a person gave.
type Proof string

// The proofs that mails name.
const (
	ProofText      Proof = "text"
	ProofCall      Proof = "call"
	ProofQuestions Proof = "questions"
	ProofPasskey   Proof = "passkey"
	ProofCode      Proof = "code" // a recovery code
	ProofLink      Proof = "link" // mailed
	ProofDesk      Proof = "desk" // the Service Desk's questions, in a call
)

type (
	// PasswordChanged: the person, or whoever was signed in, changed it.
	PasswordChanged struct{}
	// RecoveryStarted: somebody chose Forgot Password.
	RecoveryStarted struct{}
	// RecoveryDone: a recovery set a new password.
	RecoveryDone struct{ Proofs []Proof }
	// RecoveryDesk: a recovery waits for a call to the Service Desk.
	RecoveryDesk struct {
		Until     time.Time
		Reference string
	}
	// QuestionsChanged: new challenge questions and answers.
	QuestionsChanged struct{}
	// PhoneAdded and PhoneRemoved name a challenge phone by its last two digits.
	PhoneAdded   struct{ Last string }
	PhoneRemoved struct{ Last string }
	// PasskeyAdded and PasskeyRemoved name the passkey.
	PasskeyAdded   struct{ Item string }
	PasskeyRemoved struct{ Item string }
	// PasskeyRefused: a passkey's counter went back; it may be a copy.
	PasskeyRefused struct{ Item string }
	// CodesMade: ten new recovery codes.
	CodesMade struct{}
	// CodeUsed: one of them was used, Left still work.
	CodeUsed struct{ Left int }
	// NewDevice: a sign-in from a browser or network not seen before.
	NewDevice struct{ Proof Proof }
	// QuestionsUsed: a sign-in with the password and two challenge questions.
	QuestionsUsed struct{}
	// ManyTries: somebody kept typing wrong passwords.
	ManyTries struct{}
	// DeviceCopied: a remembered browser's cookie came from two places.
	DeviceCopied struct{ Item string }
	// Frozen: the account was frozen; the Service Desk asks for the reference.
	Frozen struct{ Reference string }
	// Suspended: a person in charge stopped the account; the Service Desk asks for
	// the reference. Resumed: it is open again.
	Suspended struct{ Reference string }
	Resumed   struct{}
	// PasskeyRenamed: what was called Before is called Item now.
	PasskeyRenamed struct{ Before, Item string }
	// PhonesOrdered: the number ending in Last is offered first now.
	PhonesOrdered struct{ Last string }
	// DeviceForgotten: a recognised device is so no more.
	DeviceForgotten struct{ Item string }
	// DevicesForgotten: none is.
	DevicesForgotten struct{}
	// DeviceRenamed: what was called Before is called Item now.
	DeviceRenamed struct{ Before, Item string }
	// SessionsEnded: a session ended others of its account.
	SessionsEnded struct{ Count int }
)

// Kind names the news.
func (PasswordChanged) Kind() Kind  { return KindPasswordChanged }
func (RecoveryStarted) Kind() Kind  { return KindRecoveryStarted }
func (RecoveryDone) Kind() Kind     { return KindRecoveryDone }
func (RecoveryDesk) Kind() Kind     { return KindRecoveryDesk }
func (QuestionsChanged) Kind() Kind { return KindQuestionsChanged }
func (PhoneAdded) Kind() Kind       { return KindPhoneAdded }
func (PhoneRemoved) Kind() Kind     { return KindPhoneRemoved }
func (PasskeyAdded) Kind() Kind     { return KindPasskeyAdded }
func (PasskeyRemoved) Kind() Kind   { return KindPasskeyRemoved }
func (PasskeyRefused) Kind() Kind   { return KindPasskeyRefused }
func (CodesMade) Kind() Kind        { return KindCodesMade }
func (CodeUsed) Kind() Kind         { return KindCodeUsed }
func (NewDevice) Kind() Kind        { return KindNewDevice }
func (QuestionsUsed) Kind() Kind    { return KindQuestionsUsed }
func (ManyTries) Kind() Kind        { return KindManyTries }
func (DeviceCopied) Kind() Kind     { return KindDeviceCopied }
func (Frozen) Kind() Kind           { return KindFrozen }
func (PasskeyRenamed) Kind() Kind   { return KindPasskeyRenamed }
func (PhonesOrdered) Kind() Kind    { return KindPhonesOrdered }
func (DeviceForgotten) Kind() Kind  { return KindDeviceForgotten }
func (DevicesForgotten) Kind() Kind { return KindDevicesForgotten }
func (DeviceRenamed) Kind() Kind    { return KindDeviceRenamed }
func (SessionsEnded) Kind() Kind    { return KindSessionsEnded }
func (Suspended) Kind() Kind        { return KindSuspended }
func (Resumed) Kind() Kind          { return KindResumed }

// ByText tells which news are worth a text message beside the mail.
func ByText(news News) bool {
	switch news.(type) {
	case PasswordChanged, RecoveryStarted, RecoveryDone, QuestionsChanged, PhoneAdded, PhoneRemoved,
		PasskeyAdded, PasskeyRemoved, NewDevice, QuestionsUsed, Frozen:
		return true
	}
	return false
}

// Freezable tells which news a person may answer with "this was not me". What
// others did in vain, what has closed the account already, or what a person in
// charge did, is not answered so.
func Freezable(news News) bool {
	switch news.(type) {
	case ManyTries, Frozen, Suspended, Resumed, DeviceCopied, PasskeyRefused:
		return false
	}
	return true
}

// Notice tells a person about their account: by mail, or by text when Phone is
// set. Use package notice, which finds every channel.
type Notice struct {
	To    Person
	Phone string `json:"-"` // E.164
	Event Event
	News  News
}

func (m Notice) envelope() envelope {
	e := m.To.mail(m.News.Kind())
	if m.Phone != "" {
		e.channel, e.to = db.ChannelSMS, m.Phone
	}
	return e
}

func readNotice[N News](content []byte) (Message, error) {
	m, err := decode[struct {
		To    Person
		Event Event
		News  N
	}](content)
	return Notice{To: m.To, Event: m.Event, News: m.News}, err
}

// readNews reads a notice of its kind.
func readNews(k Kind, content []byte) (Message, error) {
	switch k {
	case KindPasswordChanged:
		return readNotice[PasswordChanged](content)
	case KindRecoveryStarted:
		return readNotice[RecoveryStarted](content)
	case KindRecoveryDone:
		return readNotice[RecoveryDone](content)
	case KindRecoveryDesk:
		return readNotice[RecoveryDesk](content)
	case KindQuestionsChanged:
		return readNotice[QuestionsChanged](content)
	case KindPhoneAdded:
		return readNotice[PhoneAdded](content)
	case KindPhoneRemoved:
		return readNotice[PhoneRemoved](content)
	case KindPasskeyAdded:
		return readNotice[PasskeyAdded](content)
	case KindPasskeyRemoved:
		return readNotice[PasskeyRemoved](content)
	case KindPasskeyRefused:
		return readNotice[PasskeyRefused](content)
	case KindCodesMade:
		return readNotice[CodesMade](content)
	case KindCodeUsed:
		return readNotice[CodeUsed](content)
	case KindNewDevice:
		return readNotice[NewDevice](content)
	case KindQuestionsUsed:
		return readNotice[QuestionsUsed](content)
	case KindManyTries:
		return readNotice[ManyTries](content)
	case KindDeviceCopied:
		return readNotice[DeviceCopied](content)
	case KindFrozen:
		return readNotice[Frozen](content)
	case KindPasskeyRenamed:
		return readNotice[PasskeyRenamed](content)
	case KindPhonesOrdered:
		return readNotice[PhonesOrdered](content)
	case KindDeviceForgotten:
		return readNotice[DeviceForgotten](content)
	case KindDevicesForgotten:
		return readNotice[DevicesForgotten](content)
	case KindDeviceRenamed:
		return readNotice[DeviceRenamed](content)
	case KindSessionsEnded:
		return readNotice[SessionsEnded](content)
	case KindSuspended:
		return readNotice[Suspended](content)
	case KindResumed:
		return readNotice[Resumed](content)
	}
	return nil, fmt.Errorf("no message of kind %q", k)
}
