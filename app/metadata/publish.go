package metadata

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"oneid/app/internal/samlkey"
	"oneid/db"
)

const (
	// Life is how long others may rely on our metadata without asking again, and
	// Step how often the date in it moves: between steps the document stays the
	// same to the byte.
	Life = 14 * 24 * time.Hour
	Step = 24 * time.Hour
)

// Publisher makes one document and keeps it until it changes.
type Publisher struct {
	DB   *db.DB
	Keys *samlkey.Ring
	// Write makes the document of these keys, valid until a time.
	Write func(keys samlkey.Published, validUntil time.Time) ([]byte, error)

	mu   sync.Mutex
	kept *Document
}

// Document is what is published, with how to tell whether it has changed.
type Document struct {
	Body       []byte
	ETag       string // strong: of these very bytes
	ModifiedAt time.Time

	version int64
	day     time.Time
}

// Current returns the document of this moment.
func (p *Publisher) Current(ctx context.Context) (*Document, error) {
	day := p.DB.Clock.Now().UTC().Truncate(Step)
	keys, err := p.Keys.Published(ctx, p.DB)
	if err != nil {
		return nil, err
	}
	// Held while writing: the second to ask would only do the same work again.
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept != nil && p.kept.version == keys.Version && p.kept.day.Equal(day) {
		return p.kept, nil
	}
	body, err := p.Write(keys, day.Add(Life))
	if err != nil {
		return nil, fmt.Errorf("write metadata: %w", err)
	}
	sum := sha256.Sum256(body)
	p.kept = &Document{
		Body: body, ETag: `"` + hex.EncodeToString(sum[:16]) + `"`, ModifiedAt: day, version: keys.Version, day: day,
	}
	if keys.ChangedAt.After(day) {
		p.kept.ModifiedAt = keys.ChangedAt
	}
	return p.kept, nil
}

// Fetched notes that a service fetches the document by its own address, at a
// time before the keys in it were read. ErrNotFound: no service has the address.
func (p *Publisher) Fetched(ctx context.Context, token string, at time.Time) error {
	if len(token) != 32 {
		return fmt.Errorf("address of %d characters: %w", len(token), db.ErrNotFound)
	}
	return db.NoteMetadataFetch(ctx, p.DB, token, at)
}

// Known tells whether an error means that there is no such address.
func unknown(err error) bool { return errors.Is(err, db.ErrNotFound) }
