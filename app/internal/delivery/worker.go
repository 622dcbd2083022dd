package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/i18n"
)

const (
	// workLimit is more than a line of two carriers takes to fail.
	workLimit = 25 * time.Second
	// Pauses between tries grow from the first to the longest of the channel.
	firstPause        = 2 * time.Second
	longestPausePhone = 30 * time.Second
	longestPauseMail  = 15 * time.Minute
)

// Deliverer delivers messages. It is River's worker for outbox.Job.
type Deliverer struct {
	river.WorkerDefaults[outbox.Job]

	DB        *db.DB
	Seal      *secret.Sealer
	Ring      *secret.KeyRing
	Catalogue *i18n.Catalogue
	// Lines are the carriers of each channel (db.ChannelMail and so on).
	Lines map[string]*Line
	// Domain is the host that codes in text messages are bound to.
	Domain string
	// Errands are what else is done out of a request's sight.
	Errands Errands
}

// Work delivers one message, or decides that it is not to be delivered. An
// error asks for another try.
func (d *Deliverer) Work(ctx context.Context, job *river.Job[outbox.Job]) error {
	row, err := db.MessageByID(ctx, d.DB, job.Args.Message)
	if errors.Is(err, db.ErrNotFound) {
		return river.JobCancel(err)
	}
	if err != nil {
		return err
	}
	if row.State != db.MessageWaiting {
		return nil // delivered before, and the worker died before it could say so
	}
	if row.ExpiresAt != nil && !row.ExpiresAt.After(d.DB.Clock.Now()) {
		return d.giveUp(ctx, row, db.MessageFailed, "expired")
	}
	parcel, worth, err := d.pack(ctx, row)
	if errors.Is(err, secret.ErrTampered) {
		return d.giveUp(ctx, row, db.MessageFailed, "unreadable")
	}
	if err != nil {
		return err
	}
	if !worth {
		return d.giveUp(ctx, row, db.MessageCancelled, "settled")
	}
	line := d.Lines[row.Channel]
	if line == nil {
		return fmt.Errorf("no carrier for %s", row.Channel)
	}
	carrier, id, err := line.hand(ctx, parcel)
	var trouble *Trouble
	switch {
	case err == nil:
		return db.InTx(ctx, d.DB, func(ctx context.Context, tx db.Tx) error {
			return db.MessageSentBy(ctx, tx, row.ID, carrier, id)
		})
	case errors.Is(err, errAllResting):
		return river.JobSnooze(breakerRest / 2)
	case errors.As(err, &trouble) && trouble.Final:
		return d.giveUp(ctx, row, db.MessageFailed, trouble.Code)
	case errors.As(err, &trouble):
		if noteErr := db.NoteTrouble(ctx, d.DB, row.ID, trouble.Code); noteErr != nil {
			return errors.Join(err, noteErr)
		}
	}
	return err
}

// giveUp settles a message that will not be delivered, and with it the code it
// was to bring.
func (d *Deliverer) giveUp(ctx context.Context, row *db.Message, state, problem string) error {
	return settle(ctx, d.DB, row, state, problem)
}

// Timeout bounds one try.
func (*Deliverer) Timeout(*river.Job[outbox.Job]) time.Duration { return workLimit }

// NextRetry waits longer after each failure. A code is soon worthless, so its
// pauses stay short; what ends the tries is the message's expiry.
func (*Deliverer) NextRetry(job *river.Job[outbox.Job]) time.Time {
	longest := longestPauseMail
	if job.Queue == outbox.QueuePhone {
		longest = longestPausePhone
	}
	pause := firstPause << min(max(job.Attempt-1, 0), 16)
	return time.Now().Add(min(pause, longest))
}

// settle moves a message to its final state. Where it did not arrive and no
// newer message brings the same code, the code is settled too, so that its page
// can say so.
func settle(ctx context.Context, d *db.DB, row *db.Message, state, problem string) error {
	return db.InTx(ctx, d, func(ctx context.Context, tx db.Tx) error {
		settled, err := db.SettleMessage(ctx, tx, row.ID, state, problem)
		if err != nil || !settled || row.CodeID == "" {
			return err
		}
		// A call that has ended brings nothing more either.
		if state == db.MessageDelivered && row.Channel != db.ChannelCall {
			return nil
		}
		newest, err := db.NewestMessageOf(ctx, tx, row.CodeID)
		if err != nil || newest != row.ID {
			return err
		}
		_, err = db.SettleCode(ctx, tx, row.CodeID, db.CodeUndelivered)
		return err
	})
}
