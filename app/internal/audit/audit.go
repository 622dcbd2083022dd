package audit

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync"
	"time"

	"oneid/app/internal/secret"
	"oneid/db"
)

// chains is the number of chains; it never changes once events exist.
const chains = 8

// Event is something worth keeping. Only Kind is always needed.
type Event struct {
	Kind Kind
	// Actor did it: an account, a staff account, "cli" or "system". Empty
	// means that the subject did it, or a stranger where there is no subject.
	Actor string
	// Subject is whom it concerns: an account, draft or service id.
	Subject string
	// Service is the service concerned, if any.
	Service db.ServiceID
	// Reference is the number shown to the person, so that the desk finds this.
	Reference string
	// Details are further facts: ids, codes and masked values only.
	Details map[string]string
}

// Keys is the part of the key ring that chains events.
type Keys interface {
	MAC(purpose secret.Purpose, version int, parts ...[]byte) ([]byte, error)
	Current(purpose secret.Purpose) int
}

// Log adds events to the chains.
type Log struct {
	Keys Keys

	mu sync.Mutex
	// heads are the ends of the chains as Append left them: mostly they still are.
	heads [chains]*db.AuditHead
}

// Record adds an event. It locks the event's chain until tx ends, so it belongs
// at the end of a transaction.
func (l *Log) Record(ctx context.Context, tx db.Tx, e Event) error {
	head, err := db.LockAuditHead(ctx, tx, Chain(e))
	if err != nil {
		return fmt.Errorf("record %s: %w", e.Kind, err)
	}
	row, err := l.next(head, Pend(ctx, tx.At, e))
	if err != nil {
		return err
	}
	if err := db.AppendAudit(ctx, tx, row); err != nil {
		return fmt.Errorf("record %s: %w", e.Kind, err)
	}
	return nil
}

// Chain is the chain that an event goes into.
func Chain(e Event) int { return chainOf(e.Subject) }

// next is the row that adds an event to its chain, whose head the caller holds
// until the row is written.
func (l *Log) next(head *db.AuditHead, p Pending) (*db.AuditEvent, error) {
	e, origin := p.event, p.origin
	details := e.Details
	if details == nil {
		details = map[string]string{}
	}
	text, err := json.Marshal(details) // keys come out sorted: canonical
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", e.Kind, err)
	}
	row := &db.AuditEvent{
		Chain: head.Chain, Seq: head.Seq + 1, Before: head.Hash, At: p.at,
		Kind: string(e.Kind), Actor: e.Actor, Subject: e.Subject, Service: string(e.Service),
		RequestID: origin.RequestID, Address: origin.Address, Reference: e.Reference,
		Details: string(text), KeyVersion: l.Keys.Current(secret.KeyAudit),
	}
	if row.Hash, err = l.link(head.Hash, row); err != nil {
		return nil, fmt.Errorf("record %s: %w", e.Kind, err)
	}
	return row, nil
}

// link computes the hash that ties a row to the one before it.
func (l *Log) link(previous []byte, r *db.AuditEvent) ([]byte, error) {
	return l.Keys.MAC(secret.KeyAudit, r.KeyVersion, previous,
		[]byte(strconv.Itoa(r.Chain)), []byte(strconv.FormatInt(r.Seq, 10)),
		[]byte(r.At.UTC().Format(time.RFC3339Nano)),
		[]byte(r.Kind), []byte(r.Actor), []byte(r.Subject), []byte(r.Service),
		[]byte(r.RequestID), []byte(r.Address), []byte(r.Reference), []byte(r.Details))
}

func chainOf(subject string) int {
	h := fnv.New32a()
	h.Write([]byte(subject))
	return int(h.Sum32() % chains)
}

// Origin is where a request came from, for every event it causes.
type Origin struct{ RequestID, Address string }

type originKey struct{}

// WithOrigin notes where the work under ctx comes from.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

func originOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}

// same compares hashes without telling where they differ.
func same(a, b []byte) bool { return hmac.Equal(a, b) }
