package db

import (
	"time"

	"github.com/google/uuid"
)

// Ids are types of their own so that one can't be passed for another. They are
// UUIDs of version 7 in their text form: unguessable enough for an id, ordered
// by time, and never a secret.
type (
	// AccountID identifies an account for ever.
	AccountID string
	// DraftID identifies an unfinished registration.
	DraftID string
	// EvidenceID identifies what a college signed.
	EvidenceID string
	// CodeID identifies a one-time code.
	CodeID string
	// MessageID identifies a mail, text or call.
	MessageID string
	// PhoneID identifies a challenge phone.
	PhoneID string
	// DeviceID identifies a recognised device.
	DeviceID string
	// PasskeyID identifies a passkey.
	PasskeyID string
	// RecoveryID identifies a recovery under way.
	RecoveryID string
	// DesignationID identifies a professional designation of an account.
	DesignationID string
	// ImportID identifies metadata that somebody brought.
	ImportID string
	// ExchangeID identifies an exchange with a service that was recorded.
	ExchangeID string
	// ProposalID identifies what waits for a second administrator.
	ProposalID string
	// ServiceID names a service, for example "connectingontario".
	ServiceID string
	// CollegeCode names a regulatory college, for example "cpso".
	CollegeCode string
)

// NewID returns a fresh id of the wanted type.
func NewID[T ~string]() T {
	return T(uuid.Must(uuid.NewV7()).String())
}

// Sealed is personal data as the database keeps it: encrypted by keys that are
// not in the database.
type Sealed []byte

// Index is a keyed hash that finds a sealed value without opening it.
type Index []byte

// Never is a time no expiry reaches.
var Never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
