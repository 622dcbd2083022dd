package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"oneid/app/internal/secret"
	"oneid/db"
)

// table is where messages lie, for sealing.
const table = "messages"

// Outbox takes messages.
type Outbox struct {
	Seal *secret.Sealer
	Jobs *river.Client[pgx.Tx]
}

// NewJobs returns a client that adds jobs to the database and works none.
func NewJobs(pool *pgxpool.Pool) (*river.Client[pgx.Tx], error) {
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		return nil, fmt.Errorf("prepare the job queue: %w", err)
	}
	return client, nil
}

// Queues that jobs wait in. Mail that is slow must not hold up a code.
const (
	QueueMail  = "mail"
	QueuePhone = "phone"
)

// Job is a message to deliver.
type Job struct {
	Message db.MessageID `json:"message"`
}

// Kind names the job in the queue.
func (Job) Kind() string { return "deliver_message" }

// QueueErrands holds errands: short work that is not a message itself.
const QueueErrands = "errands"

// Errand is work that is put off so that a request takes the same time whether
// or not there is anybody to do it for. Whoever does it finds out.
type Errand struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

// Kind names the job in the queue.
func (Errand) Kind() string { return "run_errand" }

const errandAttempts = 5

// Later puts an errand off, in tx. id is all that it will know.
func (o *Outbox) Later(ctx context.Context, tx db.Tx, name, id string) error {
	return o.putOff(ctx, tx, Errand{name, id}, time.Time{})
}

// soon is within what time an errand put off by Soon begins.
const soon = 6 * time.Second

// Soon is Later for an errand that is more work for somebody than for a
// stranger: it begins at a moment drawn at random, so that the work does not
// fall on the next request, where its time could be seen.
func (o *Outbox) Soon(ctx context.Context, tx db.Tx, name, id string) error {
	return o.putOff(ctx, tx, Errand{name, id}, tx.At.Add(soon/5+rand.N(soon-soon/5)))
}

// putOff queues an errand; the zero time begins it at once.
func (o *Outbox) putOff(ctx context.Context, tx db.Tx, e Errand, at time.Time) error {
	opts := &river.InsertOpts{Queue: QueueErrands, MaxAttempts: errandAttempts, ScheduledAt: at}
	if _, err := o.Jobs.InsertTx(ctx, tx.Jobs, e, opts); err != nil {
		return fmt.Errorf("put off %s: %w", e.Name, err)
	}
	return nil
}

// attempts is more than ever fit before a message expires, which is what ends
// the retries.
const attempts = 1000

// Send writes a message and its job in tx. It fails for a message without a
// recipient.
func (o *Outbox) Send(ctx context.Context, tx db.Tx, m Message) error {
	e := m.envelope()
	if e.to == "" {
		return fmt.Errorf("send %s: it has no recipient", e.kind)
	}
	row := &db.Message{
		ID: db.NewID[db.MessageID](), Kind: string(e.kind), Channel: e.channel,
		AccountID: e.account, DraftID: e.draft, CodeID: e.code, Language: string(e.language),
		Masked: mask(e.channel, e.to), State: db.MessageWaiting,
		CreatedAt: tx.At, StateAt: tx.At, ExpiresAt: expiry(e, tx.At),
	}
	content, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("send %s: %w", e.kind, err)
	}
	if row.Recipient, err = o.Seal.Seal(ctx, place("recipient", row.ID), []byte(e.to)); err != nil {
		return fmt.Errorf("send %s: seal recipient: %w", e.kind, err)
	}
	if row.Content, err = o.Seal.Seal(ctx, place("content", row.ID), content); err != nil {
		return fmt.Errorf("send %s: seal content: %w", e.kind, err)
	}
	if err := db.InsertMessage(ctx, tx, row); err != nil {
		return err
	}
	queue := QueuePhone
	if e.channel == db.ChannelMail {
		queue = QueueMail
	}
	if _, err := o.Jobs.InsertTx(ctx, tx.Jobs, Job{row.ID}, &river.InsertOpts{Queue: queue, MaxAttempts: attempts}); err != nil {
		return fmt.Errorf("send %s: queue it: %w", e.kind, err)
	}
	return nil
}

// Opened is a message ready to be put into words.
type Opened struct {
	To      string
	Message Message
}

// Open unseals a message that is still waiting.
func Open(ctx context.Context, seal *secret.Sealer, row *db.Message) (Opened, error) {
	to, err := seal.Open(ctx, place("recipient", row.ID), row.Recipient)
	if err != nil {
		return Opened{}, fmt.Errorf("open message %s: %w", row.ID, err)
	}
	content, err := seal.Open(ctx, place("content", row.ID), row.Content)
	if err != nil {
		return Opened{}, fmt.Errorf("open message %s: %w", row.ID, err)
	}
	m, err := Read(Kind(row.Kind), content)
	if err != nil {
		return Opened{}, fmt.Errorf("open message %s: %w", row.ID, err)
	}
	return Opened{To: string(to), Message: m}, nil
}

func place(column string, id db.MessageID) secret.Place {
	return secret.Place{Table: table, Column: column, Row: string(id)}
}

func expiry(e envelope, at time.Time) *time.Time {
	until := e.until
	if until.IsZero() {
		life := e.life
		if life == 0 {
			life = mailLife
		}
		until = at.Add(life)
	}
	return &until
}
