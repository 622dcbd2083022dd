package draft

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/secret"
	"oneid/db"
)

// Kept is how long a draft waits after its last step when nothing else is set.
const Kept = 7 * 24 * time.Hour

// Sealer seals a draft's content.
type Sealer interface {
	Seal(ctx context.Context, at secret.Place, plaintext []byte) ([]byte, error)
	Open(ctx context.Context, at secret.Place, sealed []byte) ([]byte, error)
}

// Drafts keeps drafts.
type Drafts struct {
	Sealer Sealer
	// For is how long a draft waits after its last step; zero means Kept.
	For time.Duration
}

func (k *Drafts) kept() time.Duration {
	if k.For > 0 {
		return k.For
	}
	return Kept
}

// Open returns the open draft of a licence with the college's newest facts, or
// a new one. resumed tells which. Newer facts that differ send the person
// through the steps that show them again.
func (k *Drafts) Open(ctx context.Context, tx db.Tx, college db.CollegeCode, number db.Index, facts Facts) (d *Draft, resumed bool, err error) {
	row, err := db.LockOpenDraft(ctx, tx, college, number)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return k.create(ctx, tx, college, number, facts)
	case err != nil:
		return nil, false, err
	}
	if !row.ExpiresAt.After(tx.At) {
		if err := db.DeleteDraft(ctx, tx, row.ID); err != nil {
			return nil, false, err
		}
		return k.create(ctx, tx, college, number, facts)
	}
	d, err = k.open(ctx, row)
	if err != nil {
		return nil, false, err
	}
	d.take(facts)
	return d, true, k.Save(ctx, tx, d)
}

func (k *Drafts) create(ctx context.Context, tx db.Tx, college db.CollegeCode, number db.Index, facts Facts) (*Draft, bool, error) {
	d := &Draft{
		ID: db.NewID[db.DraftID](), College: college, Version: 1,
		CreatedAt: tx.At, UpdatedAt: tx.At, ExpiresAt: tx.At.Add(k.kept()),
		Content: Content{Facts: facts},
	}
	data, err := k.seal(ctx, d)
	if err != nil {
		return nil, false, err
	}
	err = db.InsertDraft(ctx, tx, &db.Draft{
		ID: d.ID, College: college, NumberIndex: number, Data: data, Version: 1,
		CreatedAt: tx.At, UpdatedAt: tx.At, ExpiresAt: d.ExpiresAt,
	})
	return d, false, err
}

// take replaces the facts. Where they differ from before, the steps that show
// or use them are to be done again.
func (d *Draft) take(facts Facts) {
	before := d.Facts
	d.Facts = facts
	same := before.First == facts.First && before.Middle == facts.Middle && before.Last == facts.Last &&
		before.Gender == facts.Gender && before.BirthDate == facts.BirthDate
	if !same {
		d.Renewed = d.Renewed || d.Personal != nil
		d.Personal, d.Questions, d.Reviewed = nil, nil, false
	}
	if before.Number != facts.Number || before.Class != facts.Class {
		d.Designations, d.Reviewed = nil, false
	}
}

// Lock reads a draft and holds it until the transaction ends. ErrNotFound also
// when its time is up.
func (k *Drafts) Lock(ctx context.Context, tx db.Tx, id db.DraftID) (*Draft, error) {
	row, err := db.LockDraft(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if !row.ExpiresAt.After(tx.At) {
		return nil, fmt.Errorf("draft %s has expired: %w", id, db.ErrNotFound)
	}
	return k.open(ctx, row)
}

// Read reads a draft without holding it, for showing a step.
func (k *Drafts) Read(ctx context.Context, d *db.DB, id db.DraftID) (*Draft, error) {
	row, err := db.DraftByID(ctx, d, id)
	if err != nil {
		return nil, err
	}
	if !row.ExpiresAt.After(d.Clock.Now()) {
		return nil, fmt.Errorf("draft %s has expired: %w", id, db.ErrNotFound)
	}
	return k.open(ctx, row)
}

// Save writes a locked draft. Its seven days begin again.
func (k *Drafts) Save(ctx context.Context, tx db.Tx, d *Draft) error {
	data, err := k.seal(ctx, d)
	if err != nil {
		return err
	}
	d.Version++
	d.UpdatedAt, d.ExpiresAt = tx.At, tx.At.Add(k.kept())
	return db.SaveDraft(ctx, tx, d.ID, data, d.Version, d.ExpiresAt)
}

// Finish empties a locked draft and ties it to the account it became.
func (k *Drafts) Finish(ctx context.Context, tx db.Tx, d *Draft, account db.AccountID) error {
	empty := &Draft{ID: d.ID, Content: Content{Wanted: d.Wanted}}
	data, err := k.seal(ctx, empty)
	if err != nil {
		return err
	}
	d.Account = account
	return db.FinishDraft(ctx, tx, d.ID, data, account)
}

func (k *Drafts) open(ctx context.Context, row *db.Draft) (*Draft, error) {
	d := &Draft{
		ID: row.ID, College: row.College, Version: row.Version,
		CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt, ExpiresAt: row.ExpiresAt, Account: row.AccountID,
	}
	text, err := k.Sealer.Open(ctx, place(row.ID), row.Data)
	if err != nil {
		return nil, fmt.Errorf("open draft %s: %w", row.ID, err)
	}
	if err := json.Unmarshal(text, &d.Content); err != nil {
		return nil, fmt.Errorf("read draft %s: %w", row.ID, err)
	}
	return d, nil
}

func (k *Drafts) seal(ctx context.Context, d *Draft) (db.Sealed, error) {
	text, err := json.Marshal(d.Content)
	if err != nil {
		return nil, fmt.Errorf("write draft %s: %w", d.ID, err)
	}
	data, err := k.Sealer.Seal(ctx, place(d.ID), text)
	if err != nil {
		return nil, fmt.Errorf("seal draft %s: %w", d.ID, err)
	}
	return data, nil
}

func place(id db.DraftID) secret.Place {
	return secret.Place{Table: "drafts", Column: "data", Row: string(id)}
}
