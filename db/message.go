package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Channels of a message.
const (
	ChannelMail = "mail"
	ChannelSMS  = "sms"
	ChannelCall = "call"
)

// States of a message.
const (
	MessageWaiting   = "waiting"   // not yet handed to a carrier
	MessageSent      = "sent"      // a carrier has it
	MessageDelivered = "delivered" // the carrier says that it arrived
	MessageFailed    = "failed"    // it will not arrive
	MessageCancelled = "cancelled" // it was no longer worth sending
)

// Message is a mail, text or call. Once a carrier has it, who it went to and
// what it said are emptied; what is left is for the service desk.
type Message struct {
	bun.BaseModel `bun:"table:messages"`

	ID        MessageID `bun:",pk"`
	Kind      string
	Channel   string
	AccountID AccountID `bun:",nullzero"`
	DraftID   DraftID   `bun:",nullzero"`
	CodeID    CodeID    `bun:",nullzero"`
	Language  string
	Recipient Sealed
	Content   Sealed
	Masked    string // what may be shown of the recipient
	State     string
	Carrier   string
	CarrierID string
	Problem   string
	CreatedAt time.Time
	ExpiresAt *time.Time // not worth sending after this
	SentAt    *time.Time
	StateAt   time.Time
}

// InsertMessage adds a message.
func InsertMessage(ctx context.Context, tx Tx, m *Message) error {
	_, err := tx.NewInsert().Model(m).Exec(ctx)
	return wrap(err, "insert %s message", m.Kind)
}

// MessageByID reads a message.
func MessageByID(ctx context.Context, q bun.IDB, id MessageID) (*Message, error) {
	m := new(Message)
	err := q.NewSelect().Model(m).Where("id = ?", id).Scan(ctx)
	return m, wrap(err, "find message %s", id)
}

// MessageSentBy notes that a carrier has taken a message, and empties it. A
// carrier may report the end before it has answered: that report stays.
func MessageSentBy(ctx context.Context, tx Tx, id MessageID, carrier, carrierID string) error {
	_, err := tx.NewUpdate().Model((*Message)(nil)).
		Set("state = CASE WHEN state = ? THEN ? ELSE state END", MessageWaiting, MessageSent).
		Set("state_at = CASE WHEN state = ? THEN ? ELSE state_at END", MessageWaiting, tx.At).
		Set("carrier = ?", carrier).Set("carrier_id = ?", carrierID).Set("sent_at = ?", tx.At).
		Set("recipient = NULL").Set("content = NULL").
		Where("id = ?", id).Exec(ctx)
	return wrap(err, "note message %s as sent", id)
}

// SettleMessage moves a message that is on its way to its final state and
// empties it. It is false when the message had one already, so that a report
// which comes twice changes nothing.
func SettleMessage(ctx context.Context, tx Tx, id MessageID, state, problem string) (bool, error) {
	res, err := tx.NewUpdate().Model((*Message)(nil)).
		Set("state = ?", state).Set("problem = ?", problem).Set("state_at = ?", tx.At).
		Set("recipient = NULL").Set("content = NULL").
		Where("id = ? AND state IN (?, ?)", id, MessageWaiting, MessageSent).Exec(ctx)
	if err != nil {
		return false, wrap(err, "settle message %s", id)
	}
	n, err := res.RowsAffected()
	return n == 1, wrap(err, "settle message %s", id)
}

// NoteTrouble keeps why the last try to send a message failed, for the service
// desk.
func NoteTrouble(ctx context.Context, q bun.IDB, id MessageID, problem string) error {
	_, err := q.NewUpdate().Model((*Message)(nil)).Set("problem = ?", problem).
		Where("id = ? AND state = ?", id, MessageWaiting).Exec(ctx)
	return wrap(err, "note trouble of message %s", id)
}

// NewestMessageOf is the last message that was to bring a code.
func NewestMessageOf(ctx context.Context, q bun.IDB, code CodeID) (MessageID, error) {
	var id MessageID
	err := q.NewSelect().Model((*Message)(nil)).Column("id").Where("code_id = ?", code).
		Order("id DESC").Limit(1).Scan(ctx, &id)
	return id, wrap(err, "find newest message of code %s", code)
}

// FailForgotten fails messages that expired without anyone noticing, because
// their job was lost, and returns how many.
func FailForgotten(ctx context.Context, q bun.IDB, now time.Time) (int, error) {
	res, err := q.NewUpdate().Model((*Message)(nil)).
		Set("state = ?", MessageFailed).Set("problem = 'forgotten'").Set("state_at = ?", now).
		Set("recipient = NULL").Set("content = NULL").
		Where("state = ? AND expires_at <= ?", MessageWaiting, now.Add(-forgottenAfter)).Exec(ctx)
	if err != nil {
		return 0, wrap(err, "fail forgotten messages")
	}
	n, err := res.RowsAffected()
	return int(n), wrap(err, "fail forgotten messages")
}

// forgottenAfter is how long past its expiry a message has a job at most.
const forgottenAfter = time.Hour
