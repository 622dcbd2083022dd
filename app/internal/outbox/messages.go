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
)

// LinkLife is how long a link that confirms an address works.
const LinkLife = 24 * time.Hour

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
// Device and Place are shown only together.
type Event struct {
	At            time.Time
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
	}
	return nil, fmt.Errorf("no message of kind %q", k)
}

func read[M Message](content []byte) (Message, error) {
	var m M
	if err := json.Unmarshal(content, &m); err != nil {
		// The decoder's words could quote the content.
		return nil, fmt.Errorf("content is not a %T", m)
	}
	return m, nil
}
