package outbox

import (
	"encoding/json"
	"fmt"
	"time"

	"oneid/db"
	"oneid/views/i18n"
)

// Kind names what a message is about.
type Kind string

// The kinds. They are stored: a name once given stays.
const (
	KindWelcome       Kind = "welcome"
	KindEmailConfirm  Kind = "email_confirm"
	KindDraftKept     Kind = "draft_kept"
	KindRegisterAgain Kind = "register_again"
	KindCode          Kind = "code"

	KindLoginID        Kind = "login_id"
	KindRecoveryLink   Kind = "recovery_link"
	KindPasswordEnding Kind = "password_ending"
	KindPasswordEnded  Kind = "password_ended"
)

// LinkLife is how long a link that confirms an address works.
const LinkLife = 24 * time.Hour

// RecoveryLinkLife is how long a link works that proves, during a recovery, that
// the address is the person's.
const RecoveryLinkLife = 30 * time.Minute

// ConfirmPath is where such a link leads, before its token.
const ConfirmPath = "/profile/email/confirm/"

// mailLife is how long it is worth trying to deliver a mail.
const mailLife = 3 * 24 * time.Hour

// Message is something to tell a person. Its implementations are the structs of
// this package.
type Message interface{ envelope() envelope }

// envelope is what the outside of a message shows.
type envelope struct {
	kind     Kind
	channel  string
	to       string
	account  db.AccountID
	draft    db.DraftID
	code     db.CodeID
	language i18n.Lang
	// until, or life from now, is when it is not worth sending any more.
	until time.Time
	life  time.Duration
}

// Person is whom a mail goes to.
type Person struct {
	Account  db.AccountID `json:"-"` // one of the two, as far as there is one
	Draft    db.DraftID   `json:"-"`
	Name     string       // as they are greeted
	Email    string       `json:"-"` // sealed apart, as the recipient
	Language i18n.Lang    `json:"-"`
}

func (p Person) mail(k Kind) envelope {
	return envelope{kind: k, channel: db.ChannelMail, to: p.Email, account: p.Account, draft: p.Draft, language: p.Language}
}

// Event is when and where something happened that a security mail tells about.
// What is not known stays empty and is left out.
type Event struct {
	At time.Time
	// Device is the browser and its system in words; Place a town, never a guess.
	Device, Place string
	// NotMe is the address behind "Was this not you?"; without it the mail says
	// to call the Service Desk.
	NotMe string
	// Reference is the number to give to the Service Desk, if there is one.
	Reference string
}

// Welcome tells a person that the account is there, and its Login ID.
type Welcome struct {
	To      Person
	LoginID string // with its domain
}

func (m Welcome) envelope() envelope { return m.To.mail(KindWelcome) }

// EmailConfirm asks whoever reads an address to confirm it.
type EmailConfirm struct {
	To   Person
	Link string
}

func (m EmailConfirm) envelope() envelope {
	e := m.To.mail(KindEmailConfirm)
	e.life = LinkLife
	return e
}

// DraftKept tells how to go on with a registration that was left.
type DraftKept struct {
	To    Person
	Step  int
	Until time.Time // when it is erased
}

func (m DraftKept) envelope() envelope {
	e := m.To.mail(KindDraftKept)
	e.until = m.Until
	return e
}

// RegisterAgain tells the holder of an account that a registration was started
// with the same licence.
type RegisterAgain struct {
	To    Person
	Event Event
}

func (m RegisterAgain) envelope() envelope { return m.To.mail(KindRegisterAgain) }

// LoginID brings the login ID that a person asked for: by mail, or by text when
// Phone is set.
type LoginID struct {
	To      Person
	Phone   string `json:"-"` // E.164
	LoginID string // with its domain
}

func (m LoginID) envelope() envelope {
	e := m.To.mail(KindLoginID)
	if m.Phone != "" {
		e.channel, e.to = db.ChannelSMS, m.Phone
	}
	return e
}

// RecoveryLink brings the link that proves, during a recovery, that the address
// is the person's.
type RecoveryLink struct {
	To   Person
	Link string
}

func (m RecoveryLink) envelope() envelope {
	e := m.To.mail(KindRecoveryLink)
	e.life = RecoveryLinkLife
	return e
}

// PasswordEnding reminds of the day on which a password ends.
type PasswordEnding struct {
	To Person
	On time.Time
}

func (m PasswordEnding) envelope() envelope {
	e := m.To.mail(KindPasswordEnding)
	e.until = m.On
	return e
}

// PasswordEnded tells that the next sign-in will ask for a new password.
type PasswordEnded struct{ To Person }

func (m PasswordEnded) envelope() envelope { return m.To.mail(KindPasswordEnded) }

// Code brings a one-time code by text, or calls and asks for a digit. Package
// code sends it; the code itself is not in it.
type Code struct {
	ID        db.CodeID
	Account   db.AccountID `json:"-"`
	Draft     db.DraftID   `json:"-"`
	Number    string       `json:"-"` // E.164
	Method    string       // db.MethodText or db.MethodCall
	Language  i18n.Lang    `json:"-"`
	ExpiresAt time.Time
}

func (m Code) envelope() envelope {
	channel := db.ChannelSMS
	if m.Method == db.MethodCall {
		channel = db.ChannelCall
	}
	return envelope{
		kind: KindCode, channel: channel, to: m.Number, account: m.Account, draft: m.Draft, code: m.ID,
		language: m.Language, until: m.ExpiresAt,
	}
}

// Read returns a message from its stored content. What the row holds anyway
// (ids, recipient, language) is not in it.
func Read(k Kind, content []byte) (Message, error) {
	switch k {
	case KindWelcome:
		return read[Welcome](content)
	case KindEmailConfirm:
		return read[EmailConfirm](content)
	case KindDraftKept:
		return read[DraftKept](content)
	case KindRegisterAgain:
		return read[RegisterAgain](content)
	case KindCode:
		return read[Code](content)
	case KindLoginID:
		return read[LoginID](content)
	case KindRecoveryLink:
		return read[RecoveryLink](content)
	case KindPasswordEnding:
		return read[PasswordEnding](content)
	case KindPasswordEnded:
		return read[PasswordEnded](content)
	case KindServiceWarning:
		return read[ServiceWarning](content)
	}
	return readNews(k, content)
}

func read[M Message](content []byte) (Message, error) { return decode[M](content) }

func decode[T any](content []byte) (T, error) {
	var v T
	if err := json.Unmarshal(content, &v); err != nil {
		// The decoder's words could quote the content.
		return v, fmt.Errorf("content is not a %T", v)
	}
	return v, nil
}
